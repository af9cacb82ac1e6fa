"""No child outlives its parent, however the parent ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from vizium.cli.children import Children

_PARENT = """
import os, time
from vizium.cli.children import Children

children = Children(os.environ)
children.start("worker", ["worker"])
print(children.find_ended(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def environment(migrated_sqlite: Path, tmp_path: Path) -> Mapping[str, str]:
    copy = tmp_path / "centre.sqlite"
    copy.write_bytes(migrated_sqlite.read_bytes())
    own = {"VIZIUM_DATA_DIR": str(tmp_path), "VIZIUM_DATABASE_URL": f"sqlite:///{copy}"}
    return {**os.environ, **own}


def test_child_dies_when_its_parent_is_killed(environment: Mapping[str, str]) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT], env=environment, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"None\n"

    os.kill(parent.pid, signal.SIGKILL)

    # The child has inherited this pipe: it ends only when the child has ended too.
    parent.communicate(timeout=30)
    assert parent.returncode == -signal.SIGKILL


def test_children_that_are_told_to_stop_end_cleanly(
    environment: Mapping[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    children = Children(environment)
    children.start("worker", ["worker"])
    process = children.running["worker"]

    children.stop()

    assert process.returncode in {0, -signal.SIGTERM}  # the latter: before it could listen
    assert children.running == {}
    assert "Traceback" not in capfd.readouterr().err


def test_child_that_ended_by_itself_is_named_with_its_code(
    environment: Mapping[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    children = Children({**environment, "VIZIUM_LOG_LEVEL": "loud"})
    children.start("worker", ["worker"])

    children.running["worker"].wait(30)

    assert children.find_ended() == ("worker", 1)
    assert "VIZIUM_LOG_LEVEL" in capfd.readouterr().err
    children.stop()
