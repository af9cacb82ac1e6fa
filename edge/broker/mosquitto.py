"""The configuration of a real Mosquitto, as text; Debian's own loses what it acknowledged.

Measured on the default: with the hub away 4,000 of 5,000 acknowledged messages were
dropped (queue limit), killed it lost 2,000 (autosave every 1,800 s).
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edge.wire.limits import PAYLOAD_BYTES_MAX
from edge.wire.topics import ROOT, SIMULATOR_SITE, SITE
from vizium.kernel.errors import SettingsError

# The passwords are random and long, so rounds guard nothing more and only slow the broker,
# which checks all of them in one thread when the power comes back.
_PBKDF2_ROUNDS = 1_000
_SALT_BYTES = 12
# A refused publish closes an MQTT 3.1.1 connection, so the limit is the packet's, not ours.
_PACKET_BYTES_MAX = 4 * PAYLOAD_BYTES_MAX


@dataclass(frozen=True, slots=True)
class MosquittoFiles:
    """Where one broker keeps its things."""

    folder: Path
    """Database, ACL and passwords; must be writable by the broker and by nobody else."""

    @property
    def configuration(self) -> Path:
        """What ``mosquitto -c`` reads."""
        return self.folder / "mosquitto.conf"

    @property
    def acl(self) -> Path:
        """Who may write and read what."""
        return self.folder / "acl"

    @property
    def passwords(self) -> Path:
        """Hashed passwords by user."""
        return self.folder / "passwords"


def mosquitto_conf(files: MosquittoFiles, *, port: int, host: str = "127.0.0.1") -> str:
    """The configuration: nothing acknowledged is dropped, nobody anonymous is let in.

    Raises:
        SettingsError: the folder's path has a line break, which would be a new directive.
    """
    if not str(files.folder).isprintable():
        raise SettingsError(f"The broker's folder {str(files.folder)!r} must be a plain path.")
    return f"""\
# Written by vizium. One listener, passwords and ACL, queues that do not drop.
listener {port} {host}
allow_anonymous false
password_file {files.passwords}
acl_file {files.acl}

# 0 is "no limit": a limit drops messages that the device believes delivered.
max_inflight_messages 0
max_queued_messages 0
max_packet_size {_PACKET_BYTES_MAX}

# A killed broker loses at most the last seconds; the hub's own ack covers those.
persistence true
persistence_location {files.folder}/
autosave_interval 5
persistent_client_expiration 30d

sys_interval 10
log_dest stderr
log_type error
log_type warning
"""


def acl_text(*, hub_user: str = "vizium-hub", simulator_user: str = "vizium-sim") -> str:
    """The ACL: a device writes as itself and reads what is meant for it, nothing else."""
    return f"""\
# Written by vizium. The hub hears and tells everyone.
user {hub_user}
topic readwrite {ROOT}/{SITE}/#
topic read $SYS/broker/#
topic write {ROOT}/{SIMULATOR_SITE}/#

# Orders to pretend exhibits, never to real ones.
user {simulator_user}
topic readwrite {ROOT}/{SIMULATOR_SITE}/#

# %u is the user name, which is the device.
pattern write {ROOT}/{SITE}/%u/up/#
pattern read {ROOT}/{SITE}/%u/dn/#
pattern read {ROOT}/{SITE}/hub/#
"""


def passwords_text(
    password_by_user: Mapping[str, str], *, salt_by_user: Mapping[str, bytes]
) -> str:
    """The passwords file: salted PBKDF2-SHA512, one line a user.

    Args:
        password_by_user: at least 12 characters each; they are shown once, at claiming.
        salt_by_user: 12 random bytes each, never used twice.
    """
    return "".join(
        f"{user}:{_hash(password, salt_by_user[user])}\n"
        for user, password in sorted(password_by_user.items())
    )


def _hash(password: str, salt: bytes) -> str:
    assert len(salt) == _SALT_BYTES
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _PBKDF2_ROUNDS)
    return f"$7${_PBKDF2_ROUNDS}${_base64(salt)}${_base64(digest)}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
