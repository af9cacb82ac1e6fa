"""A broker's address, read from one URL: ``mqtt://user:password@host:1883``."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from vizium.kernel.errors import SettingsError

_PORT_BY_SCHEME = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where a broker listens and who we are to it."""

    host: str
    port: int
    is_tls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def parse_address(url: str) -> BrokerAddress:
    """Read a broker URL.

    Raises:
        SettingsError: not such a URL; the sentence names the setting and what it wants.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise SettingsError(_sentence(url)) from error
    if parts.scheme not in _PORT_BY_SCHEME or not parts.hostname or port == 0:
        raise SettingsError(_sentence(url))
    return BrokerAddress(
        host=parts.hostname,
        port=port or _PORT_BY_SCHEME[parts.scheme],
        is_tls=parts.scheme == "mqtts",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _sentence(url: str) -> str:
    shown = url.rpartition("@")[2]
    return (
        f"VIZIUM_MQTT_URL is {shown!r} but must look like mqtt://127.0.0.1:1883 "
        "or mqtts://user:password@broker.example:8883."
    )
