"""A real server as a child of the tests: unprivileged, on a free port, and gone when they are.

A test run may be killed at any moment. Each server therefore asks the kernel for a signal when its
parent dies (Linux), so that no orphan keeps a port; elsewhere `stop()` has to be enough.
"""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# Linux keeps a file system in memory here.
_MEMORY = Path("/dev/shm")
# Some databases at once, their log, and what else lives there.
_ROOM_BYTES = 2_000_000_000
# From <linux/prctl.h>: the signal that this process gets when its parent dies.
_PR_SET_PDEATHSIG = 1
_STOP_S_MAX = 20
_LOG_TAIL_BYTES = 4_000


class MissingSoftwareError(Exception):
    """A program is not on this machine; the text is the reason that the test report names."""


def find_program(*names: str, package: str, folders: Sequence[Path] = ()) -> Path:
    """The first of the programs that is here: in the folders, on PATH, or in the sbin folders."""
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", ""), "/usr/sbin"])
    for name in names:
        if found := shutil.which(name, path=path):
            return Path(found)
    raise MissingSoftwareError(
        f"{names[0]} is not installed (as root: apt-get install {package}; "
        "`make test` as root does it)"
    )


def free_port() -> int:
    """A TCP port on loopback that nothing uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged_account(*names: str) -> pwd.struct_passwd | None:
    """Who a server runs as when the tests run as root; None when they do not."""
    if os.geteuid() != 0:
        return None
    for name in (*names, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise MissingSoftwareError(f"no unprivileged account here: none of {names}, nor nobody")


def private_folder(name: str, account: pwd.struct_passwd | None) -> Path:
    """A new folder that only the server's account may enter; its path is short, for sockets.

    In memory where the machine has room there: a database of each test is 700 small files.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"vizium-{name}-", dir=_memory()))
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def _memory() -> Path | None:
    has_room = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES
    return _MEMORY if has_room and os.access(_MEMORY, os.W_OK) else None


def spawn(
    arguments: Sequence[str | Path],
    *,
    account: pwd.struct_passwd | None,
    log: Path,
    orphan_signal: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a server in its own session, so that Ctrl-C in the terminal reaches only the tests."""

    def die_with_parent() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, orphan_signal)

    with log.open("ab") as output:
        return subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one short system call in the child
        )


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """End a server and wait until it is gone; SIGKILL when it does not listen."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(_STOP_S_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def log_tail(log: Path) -> str:
    """The last words of a server, for the error that says it did not start."""
    return log.read_bytes()[-_LOG_TAIL_BYTES:].decode(errors="replace") if log.exists() else ""
