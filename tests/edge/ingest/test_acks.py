import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.ingest.acks import AckTracker, StoredRanges
from edge.wire.encode import Ack
from edge.wire.messages import DeadLetter, DeadLetterReason, Event, Gap, Record


@pytest.mark.parametrize(
    ("seqs", "ack"),
    [
        ([1, 2, 3], Ack("B", 3)),
        ([3, 1, 2], Ack("B", 3)),
        ([1, 2, 5, 6, 9], Ack("B", 9, ((3, 4), (7, 8)))),
        ([7], Ack("B", 7, ((1, 6),))),
        ([1, 1, 1], Ack("B", 1)),
        ([0, 1], Ack("B", 1)),
    ],
)
def test_ack_names_every_seq_that_is_not_stored(seqs: list[int], ack: Ack) -> None:
    ranges = StoredRanges()
    for seq in seqs:
        ranges.add(seq, seq)

    assert ranges.ack("B") == ack


@given(st.lists(st.tuples(st.integers(1, 3000), st.integers(0, 9)), min_size=1, max_size=400))
def test_ack_never_claims_what_is_not_stored(ranges: list[tuple[int, int]]) -> None:
    kept = StoredRanges()
    stored: set[int] = set()
    for first, more in ranges:
        kept.add(first, first + more)
        stored |= set(range(first, first + more + 1))

    ack = kept.ack("B")

    missing = {seq for first, last in ack.miss for seq in range(first, last + 1)}
    assert set(range(1, ack.upto + 1)) - missing <= stored
    assert all(seq in stored for seq in range(1, 3010) if seq in kept)


def record(seq: int, *, device: str = "ex-041", boot: str = "B") -> Record:
    return Record(device, boot, seq, Event("press"), at_ms=0, mono_ms=0)


def test_known_key_is_of_its_device_and_boot_alone() -> None:
    tracker = AckTracker()
    tracker.note_stored(record(5))

    known = [
        tracker.is_stored(one)
        for one in (record(5), record(6), record(5, device="ex-042"), record(5, boot="C"))
    ]

    assert known == [True, False, False, False]


def test_gap_and_dead_letter_close_their_seqs() -> None:
    tracker = AckTracker()
    gap = Record("ex-041", "B", 10, Gap(1, 8), at_ms=0, mono_ms=0)
    letter = DeadLetter("t", b"", 0, DeadLetterReason.UNKNOWN_KIND, "", "ex-041", "B", 9)

    keys = {tracker.note_stored(gap), tracker.note_stored(letter)}

    assert keys == {("ex-041", "B")}
    assert tracker.ack(("ex-041", "B")) == Ack("B", 10)
