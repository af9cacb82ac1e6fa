"""Every setting of vizium: one frozen value, read once at the roof and passed down.

`DOCUMENTED` is the single list from which settings are read, `vizium settings` prints them, and a
test holds the README to them.
"""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from vizium.kernel.env import parse_flag, parse_port, read
from vizium.kernel.errors import SettingsError

_SECRET_LENGTH_MIN = 32


@dataclass(frozen=True, slots=True)
class Setting:
    """One documented setting: its variable, what it does, its default in words."""

    name: str
    does: str
    default: str


DOCUMENTED = (
    Setting(
        "VIZIUM_DATA_DIR", "Folder for the database, evidence files and the secret key.", "var"
    ),
    Setting(
        "VIZIUM_DATABASE_URL",
        "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
        "sqlite in the data folder",
    ),
    Setting(
        "VIZIUM_MQTT_URL",
        "mqtt://USER:PASSWORD@HOST:PORT of your broker (MQTT 5). Empty: the embedded one.",
        "embedded broker on loopback",
    ),
    Setting("VIZIUM_MQTT_PORT", "Port of the embedded broker, on loopback only.", "1883"),
    Setting("VIZIUM_HOST", "Address that the web server listens on.", "127.0.0.1"),
    Setting("VIZIUM_PORT", "Port that the web server listens on.", "8000"),
    Setting(
        "VIZIUM_BASE_URL",
        "Address under which people reach the centre; links in mails and QR codes start with it.",
        "http://127.0.0.1:PORT",
    ),
    Setting(
        "VIZIUM_SECRET_KEY",
        "At least 32 random characters; signs links, passes and the ledger's chain.",
        "made once and kept in the data folder",
    ),
    Setting(
        "VIZIUM_SMTP_URL",
        "smtp://USER:PASSWORD@HOST:PORT or smtps://…; empty: mails stay in the outbox.",
        "empty",
    ),
    Setting("VIZIUM_MAIL_FROM", "Sender of all mails.", "VIZIUM <vizium@localhost>"),
    Setting(
        "VIZIUM_TRUST_PROXY",
        "1 if a reverse proxy sets X-Forwarded-For; then its last entry is the visitor.",
        "0",
    ),
    Setting(
        "VIZIUM_STRIPE_KEY",
        "Secret key of Stripe for card payments of visits (not built yet).",
        "empty",
    ),
    Setting(
        "VIZIUM_STRIPE_WEBHOOK_SECRET",
        "Signing secret of Stripe's web hook (not built yet).",
        "empty",
    ),
    Setting("VIZIUM_LOG_LEVEL", "debug, info, warning or error.", "info"),
)
_LOG_LEVELS = frozenset({"debug", "info", "warning", "error"})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked. Secrets do not appear in its repr."""

    data_dir: Path
    database_url: str = field(repr=False)
    mqtt_url: str = field(repr=False)
    mqtt_embedded: bool
    host: str
    port: int
    base_url: str
    secret_key: str = field(repr=False)
    smtp_url: str = field(repr=False)
    mail_from: str
    trust_proxy: bool
    stripe_key: str = field(repr=False)
    stripe_webhook_secret: str = field(repr=False)
    log_level: str
    demo: bool = False

    @property
    def secure_cookies(self) -> bool:
        """Cookies travel over TLS only where people reach the centre by TLS."""
        return self.base_url.startswith("https://")


def load(environment: Mapping[str, str], *, demo: bool = False) -> Settings:
    """Read and check all settings; makes the data folder and its secret key where missing.

    Raises:
        SettingsError: one sentence that names the setting and what to do.
    """
    data_dir = Path(environment.get("VIZIUM_DATA_DIR", "").strip() or "var").absolute()
    _make_folder(data_dir)
    port = read(environment, "VIZIUM_PORT", parse_port, 8000, "a port from 1 to 65535")
    mqtt_url, mqtt_embedded = broker_url(environment)
    return Settings(
        data_dir=data_dir,
        database_url=_database_url(environment, data_dir),
        mqtt_url=mqtt_url,
        mqtt_embedded=mqtt_embedded,
        host=environment.get("VIZIUM_HOST", "").strip() or "127.0.0.1",
        port=port,
        base_url=read(
            environment,
            "VIZIUM_BASE_URL",
            _parse_base_url,
            f"http://127.0.0.1:{port}",
            "an address such as https://vizium.example",
        ),
        secret_key=_secret_key(environment, data_dir),
        smtp_url=read(
            environment,
            "VIZIUM_SMTP_URL",
            _parse_smtp_url,
            "",
            "smtp://HOST:PORT or smtps://HOST:PORT",
        ),
        mail_from=read(
            environment,
            "VIZIUM_MAIL_FROM",
            _parse_mail_from,
            "VIZIUM <vizium@localhost>",
            "a sender such as VIZIUM <vizium@example.lv>",
        ),
        trust_proxy=read(
            environment, "VIZIUM_TRUST_PROXY", parse_flag, default=False, wants="0 or 1"
        ),
        stripe_key=environment.get("VIZIUM_STRIPE_KEY", "").strip(),
        stripe_webhook_secret=environment.get("VIZIUM_STRIPE_WEBHOOK_SECRET", "").strip(),
        log_level=read(
            environment,
            "VIZIUM_LOG_LEVEL",
            _parse_log_level,
            "info",
            "debug, info, warning or error",
        ),
        demo=demo,
    )


def broker_url(environment: Mapping[str, str]) -> tuple[str, bool]:
    """The broker's address, and whether it is the embedded one.

    Raises:
        SettingsError: ``VIZIUM_MQTT_URL`` or ``VIZIUM_MQTT_PORT`` is wrong.
    """
    port = read(environment, "VIZIUM_MQTT_PORT", parse_port, 1883, "a port from 1 to 65535")
    given = read(
        environment, "VIZIUM_MQTT_URL", _parse_mqtt_url, "", "mqtt://HOST:PORT or mqtts://HOST:PORT"
    )
    return given or f"mqtt://127.0.0.1:{port}", not given


def _make_folder(folder: Path) -> None:
    try:
        # It holds the secret key and people's data: other accounts of the machine stay outside.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The data folder {folder} cannot be written ({getattr(error, 'strerror', error)}); "
            "make it writable or set VIZIUM_DATA_DIR to another."
        ) from error


def _database_url(environment: Mapping[str, str], data_dir: Path) -> str:
    url = environment.get("VIZIUM_DATABASE_URL", "").strip()
    if not url:
        return f"sqlite:///{data_dir / 'vizium.sqlite'}"
    if not _is_database_url(url):
        raise SettingsError(
            "VIZIUM_DATABASE_URL must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; "
            "mend or unset it."
        )
    return url


def _is_database_url(url: str) -> bool:
    if url.startswith("sqlite:///"):
        return url.removeprefix("sqlite:///") not in {"", ":memory:"}
    parts = urlsplit(url)
    try:
        has_port = parts.port != 0
    except ValueError:
        has_port = False
    return has_port and parts.scheme in {"postgresql", "postgresql+psycopg"}


def _secret_key(environment: Mapping[str, str], data_dir: Path) -> str:
    given = environment.get("VIZIUM_SECRET_KEY", "").strip()
    if given:
        if len(given) < _SECRET_LENGTH_MIN:
            raise SettingsError(
                f"VIZIUM_SECRET_KEY is shorter than {_SECRET_LENGTH_MIN} characters; "
                "use a longer random text or unset it."
            )
        return given
    file = data_dir / "secret-key"
    try:
        if not file.exists():
            _make_secret(file)
        kept = file.read_text("ascii").strip()
    except (OSError, ValueError) as error:
        raise SettingsError(f"The secret key in {file} cannot be read ({error}).") from error
    if len(kept) < _SECRET_LENGTH_MIN:
        raise SettingsError(f"The secret key in {file} is damaged; restore it from your backup.")
    return kept


def _make_secret(file: Path) -> None:
    """Make the file with its content in one step: of processes that start together, one wins."""
    with tempfile.NamedTemporaryFile(dir=file.parent) as made:  # readable by its owner alone
        made.write(secrets.token_urlsafe(48).encode())
        made.flush()
        os.fsync(made.fileno())
        with suppress(FileExistsError):
            os.link(made.name, file)


def _parse_mqtt_url(text: str) -> str:
    _refuse_other_than(text, "mqtt", "mqtts")
    return text


def _parse_smtp_url(text: str) -> str:
    _refuse_other_than(text, "smtp", "smtps")
    return text


def _parse_base_url(text: str) -> str:
    _refuse_other_than(text, "http", "https")
    parts = urlsplit(text)
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(text)
    return text.rstrip("/")


def _refuse_other_than(text: str, *schemes: str) -> None:
    parts = urlsplit(text)
    if parts.scheme not in schemes or not parts.hostname or parts.port == 0 or " " in text:
        raise ValueError(text)


def _parse_mail_from(text: str) -> str:
    _, address = parseaddr(text)
    if not text.isprintable() or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValueError(text)
    return text


def _parse_log_level(text: str) -> str:
    if text.lower() not in _LOG_LEVELS:
        raise ValueError(text)
    return text.lower()
