"""Dependencies are pinned by hash, fetched from nowhere in particular, and each has its reason."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

_LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
_REASONS = ROOT / "docs/decisions/dependencies.md"


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda lock: lock.stem)
def test_lock_pins_every_entry_by_hash_and_names_no_address(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())

    unpinned = [
        e for e in entries if not re.match(r"[\w.\-]+==\S+ (; .+ )?\\\n +--hash=sha256:", e)
    ]
    assert unpinned == []
    assert "://" not in lock.read_text()


def test_locks_agree_on_every_version() -> None:
    pins = {pin for lock in _LOCKS for pin in _pins(lock)}

    assert len(pins) == len({name for name, _ in pins})


def test_every_direct_dependency_is_locked() -> None:
    for file in (ROOT / "requirements").glob("*.in"):
        names = {re.sub(r"\[.*", "", name) for name in _direct(file)}

        assert names <= {name for name, _ in _pins(file.with_suffix(".lock"))}, file.name


def test_every_direct_dependency_has_its_reason_and_no_reason_is_left_over() -> None:
    direct = {name for file in (ROOT / "requirements").glob("*.in") for name in _direct(file)}
    reasons = set(re.findall(r"^\| ([\w.\-]+(?:\[\w+\])?) \|", _REASONS.read_text(), re.MULTILINE))

    assert reasons - {"name"} == direct


def _direct(file: Path) -> list[str]:
    lines = file.read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def _pins(lock: Path) -> list[tuple[str, str]]:
    return re.findall(r"^([\w.\-]+)==(\S+)", lock.read_text(), re.MULTILINE)
