"""Child processes that never outlive their parent.

Each child gets the read end of a pipe whose write end only the parent holds. When the parent ends,
even by SIGKILL, the pipe closes and the child stops itself; so a new start finds its ports free.
Children run in a session of their own: Ctrl-C reaches the parent alone, which ends them in order.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_LIFELINE = "VIZIUM_LIFELINE_FD"
_STOP_TIMEOUT_S = 10.0


@dataclass(slots=True)
class Children:
    """The child processes of one parent."""

    environment: Mapping[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _read_end: int = -1
    _write_end: int = -1

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Start `python -m vizium.cli ARGUMENTS` under a name."""
        if self._write_end < 0:
            self._read_end, self._write_end = os.pipe()
        self.running[name] = subprocess.Popen(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-m", "vizium.cli", *arguments],
            env={**self.environment, _LIFELINE: str(self._read_end)},
            pass_fds=(self._read_end,),
            start_new_session=True,
        )

    def let_go(self) -> None:
        """In a fork of the parent: hold no lifeline, so that it ends with the parent alone."""
        if self._write_end >= 0:
            os.close(self._write_end)

    def find_ended(self) -> tuple[str, int] | None:
        """The name and exit code of a child that has ended, if one has."""
        for name, process in self.running.items():
            code = process.poll()
            if code is not None:
                return name, code
        return None

    def stop(self) -> None:
        """End all children: ask, wait, then insist."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        deadline_s = time.monotonic() + _STOP_TIMEOUT_S
        for process in self.running.values():
            try:
                process.wait(max(0.1, deadline_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()


def follow_parent() -> None:
    """In a child: end this process when the parent has ended."""
    descriptor = os.environ.pop(_LIFELINE, "")
    if descriptor:
        threading.Thread(target=_watch, args=(int(descriptor),), daemon=True).start()


def _watch(descriptor: int) -> None:
    os.read(descriptor, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOP_TIMEOUT_S)
    os._exit(1)
