"""Writes configuration, ACL and passwords for a real Mosquitto, ready to be started.

    .venv/bin/python deploy/write_mosquitto_files.py /etc/vizium-broker --device ex-041

A user who has a password keeps it, so the script can be run again for one more device. New
passwords are printed once and stored only as hashes. The folder must belong to the user that
Mosquitto runs as (Debian: ``chown -R mosquitto /etc/vizium-broker``).
"""

import argparse
import os
import secrets
import sys
from pathlib import Path

from edge.broker.mosquitto import MosquittoFiles, acl_text, mosquitto_conf, passwords_text
from edge.wire.topics import is_device_id

HUB, SIMULATOR = "vizium-hub", "vizium-sim"


def main() -> int:
    """Write the files; 1 for a name that no device may have."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the broker's folder; made if it is missing")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=1883, help="port to listen on")
    parser.add_argument("--device", action="append", default=[], help="an exhibit's device name")
    given = parser.parse_args()
    strange = [name for name in given.device if not is_device_id(name)]
    if strange:
        sys.stderr.write(f"{strange[0]} cannot name a device: use 2 to 40 of a-z, 0-9 and -.\n")
        return 1
    # Mosquitto's next major version refuses password files that everybody can read.
    os.umask(0o077)
    files = MosquittoFiles(given.folder.absolute())
    files.folder.mkdir(parents=True, exist_ok=True)
    files.configuration.write_text(mosquitto_conf(files, port=given.port, host=given.host))
    files.acl.write_text(acl_text(hub_user=HUB, simulator_user=SIMULATOR))
    made = _add_passwords(files.passwords, [HUB, SIMULATOR, *given.device])
    for user, password in made.items():
        sys.stdout.write(f"password {user} {password}\n")
    if HUB in made:
        host = "127.0.0.1" if given.host in {"0.0.0.0", "::"} else given.host  # noqa: S104 - compared
        url = f"mqtt://{HUB}:{made[HUB]}@{host}:{given.port}"
        sys.stdout.write(f"VIZIUM_MQTT_URL={url}\n")
    sys.stdout.write(f"start it with: mosquitto -c {files.configuration}\n")
    return 0


def _add_passwords(file: Path, users: list[str]) -> dict[str, str]:
    """Append a line for each user who has none; the passwords made, by user."""
    kept = file.read_text() if file.exists() else ""
    known = {line.partition(":")[0] for line in kept.splitlines()}
    made = {user: secrets.token_urlsafe(18) for user in users if user not in known}
    salts = {user: secrets.token_bytes(12) for user in made}
    file.write_text(kept + passwords_text(made, salt_by_user=salts))
    return made


if __name__ == "__main__":
    sys.exit(main())
