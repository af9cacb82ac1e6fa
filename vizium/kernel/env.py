"""Typed reading of environment variables: one wrong setting gives one sentence that mends it."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from vizium.kernel.errors import SettingsError

T = TypeVar("T")


def read(
    environment: Mapping[str, str], name: str, parse: Callable[[str], T], default: T, wants: str
) -> T:
    """Read one setting.

    Raises:
        SettingsError: the text cannot be parsed; the sentence names the setting and what it wants.
    """
    text = environment.get(name, "").strip()
    if not text:
        return default
    try:
        return parse(text)
    except ValueError as error:
        shown = re.sub(r"//.*@", "//…@", text)  # a password stays out of the sentence
        raise SettingsError(f"{name} is {shown!r} but must be {wants}.") from error


def parse_port(text: str) -> int:
    """A TCP port, 1..65535."""
    port = int(text)
    if not 1 <= port <= 65_535:
        raise ValueError(text)
    return port


def parse_flag(text: str) -> bool:
    """``1 true yes on`` or ``0 false no off``."""
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError(text)
