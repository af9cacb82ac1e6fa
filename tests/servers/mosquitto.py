"""A real Mosquitto, started by a test with the configuration that it wants to see work.

Two words in the configuration are filled in: `{port}`, a free port, and `{folder}`, the folder of
this broker, where `files` lie and where persistence may write. `kill()` and `start()` keep both, so
a test can cut the power and look at what comes back.
"""

import shutil
import signal
import socket
import time
from collections.abc import Mapping

from tests.servers.process import (
    find_program,
    free_port,
    log_tail,
    private_folder,
    spawn,
    stop,
    unprivileged_account,
)

OPEN_TO_ALL = "listener {port} 127.0.0.1\nallow_anonymous true\n"
_START_S_MAX = 20


class Mosquitto:
    """One running broker on loopback."""

    def __init__(self, config: str = OPEN_TO_ALL, files: Mapping[str, str] | None = None) -> None:
        self._program = find_program("mosquitto", package="mosquitto")
        self._account = unprivileged_account("mosquitto")
        self.folder = private_folder("mosquitto", self._account)
        self.port = free_port()
        self._log = self.folder / "server.log"
        try:
            for name, text in {**(files or {}), "mosquitto.conf": config}.items():
                self._write(name, text)
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        """The address of this broker, as `VIZIUM_MQTT_URL` takes it."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the broker; returns when it accepts connections."""
        self.process = spawn(
            [self._program, "-c", self.folder / "mosquitto.conf"],
            account=self._account,
            log=self._log,
        )
        deadline = time.monotonic() + _START_S_MAX
        while not self._accepts():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Mosquitto did not start:\n{log_tail(self._log)}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ask the broker to end, as a service manager does."""
        stop(self.process)

    def kill(self) -> None:
        """End the broker as a power cut does."""
        stop(self.process, signal.SIGKILL)

    def close(self) -> None:
        """End the broker and forget what it kept."""
        if hasattr(self, "process"):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        text = text.replace("{port}", str(self.port)).replace("{folder}", str(self.folder))
        path.write_text(text)
        # Mosquitto warns about password files that others may read.
        path.chmod(0o600)
        if self._account:
            shutil.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _accepts(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
