"""An ingest that is killed between receiving and committing loses nothing; a naive one does."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.wire.address import BrokerAddress
from tests.edge.devices import TestDevice, connected_device, wait_until
from tests.edge.rows import record_payload

ROOT = Path(__file__).parents[3]
RECORDS = "vizium/1/main/ex-041/up/d"


@contextmanager
def victim(address: BrokerAddress, path: Path, kind: str) -> Iterator[subprocess.Popen[str]]:
    """An ingest process that is killed at the end, as by a power cut."""
    url = f"mqtt://{address.user}:{address.password}@{address.host}:{address.port}"
    arguments = [sys.executable, "-m", "tests.edge.ingest.victim", url, str(path), kind]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def stored(path: Path) -> set[int]:
    return {int(line) for line in path.read_text().split()} if path.exists() else set()


def seqs_after_a_kill_before_commit(address: BrokerAddress, path: Path, kind: str) -> set[int]:
    """Seq 1 is stored; 2 to 20 are received and the process is killed; 21 is sent afterwards."""
    with connected_device(address, "ex-041") as device:
        with victim(address, path, f"{kind}working"):
            say_until_stored(device, path)
        with victim(address, path, f"{kind}stuck") as process:
            for seq in range(2, 21):
                device.say(RECORDS, record_payload(seq))
            wait_until_asked(process, {20} if kind else {1, 2})
            # Two more, one by one: by then a naive client has written its acknowledgements.
            for seq in (22, 23) if kind else ():
                device.say(RECORDS, record_payload(seq))
                wait_until_asked(process, {seq})
        with victim(address, path, f"{kind}working"):
            device.say(RECORDS, record_payload(21))
            wait_until(lambda: 21 in stored(path))
    return stored(path)


def wait_until_asked(process: subprocess.Popen[str], any_of: set[int]) -> None:
    """Until the victim's sink holds one of the records, uncommitted."""
    assert process.stdout is not None
    for line in process.stdout:
        if any_of & {int(word) for word in line.split()[1:]}:
            return
    raise AssertionError("the process ended")


def say_until_stored(device: TestDevice, path: Path) -> None:
    """Before the first subscription stands, a broker keeps nothing for anybody."""

    def is_stored() -> bool:
        device.say(RECORDS, record_payload(1))
        return 1 in stored(path)

    wait_until(is_stored)


def test_killed_before_commit_everything_comes_again(
    address: BrokerAddress, tmp_path: Path
) -> None:
    seqs = seqs_after_a_kill_before_commit(address, tmp_path / "stored", "")

    assert seqs == set(range(1, 22))


def test_acknowledging_on_arrival_loses_what_was_not_committed(
    address: BrokerAddress, tmp_path: Path
) -> None:
    seqs = seqs_after_a_kill_before_commit(address, tmp_path / "stored", "naive-")

    assert seqs & set(range(2, 21)) == set()
