"""What a start takes from its environment: settings, logging, free ports.

Light on purpose: `vizium run` has its web server waking up before it imports what it needs itself.
"""

import gc
import logging
import os
import shutil
import socket
from collections.abc import Iterator, MutableMapping
from contextlib import closing, contextmanager
from pathlib import Path

from vizium import settings as house
from vizium.kernel.errors import SettingsError
from vizium.settings import Settings

_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def load_settings(*, demo: bool = False) -> Settings:
    """The settings of this process's environment, with logging set up."""
    os.umask(0o077)  # database, files and keys are for this account alone
    settings = house.load(os.environ, demo=demo or os.environ.get("VIZIUM_DEMO") == "1")
    logging.basicConfig(level=settings.log_level.upper(), format=_LOG_FORMAT)
    for chatty in ("alembic", "httpx", "_granian"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return settings


@contextmanager
def without_collecting() -> Iterator[None]:
    """Make what stays until the end, modules and routes, without looking for garbage in between.

    The collector would walk through everything again and again: 0.4 s of a start of 3 s.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def prepare_demo(environment: MutableMapping[str, str], *, fresh: bool) -> None:
    """Choose the demo's own folder and take ``PORT`` and ``MQTT_PORT`` as short names."""
    environment.setdefault("VIZIUM_DATA_DIR", "var/demo")
    for short in ("PORT", "MQTT_PORT"):
        if environment.get(short, "").strip():
            environment.setdefault(f"VIZIUM_{short}", environment[short])
    if fresh:
        folder = Path(environment["VIZIUM_DATA_DIR"])
        if folder.exists() and not (folder / "secret-key").exists():
            raise SettingsError(f"{folder} does not look like a data folder of vizium; not erased.")
        shutil.rmtree(folder, ignore_errors=True)


def refuse_busy_port(host: str, port: int, setting: str) -> None:
    """End a start early when a port is taken.

    Raises:
        SettingsError: names the setting that takes another port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"Port {port} on {host} cannot be used ({error.strerror}); "
                f"end what uses it or set {setting} to a free port."
            ) from error
