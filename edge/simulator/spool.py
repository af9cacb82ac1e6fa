"""A device's store-and-forward: nothing is forgotten before the hub says it is stored."""

from collections.abc import Iterable
from dataclasses import replace

from edge.wire.encode import Ack
from edge.wire.limits import RECORDS_PER_MESSAGE_MAX
from edge.wire.messages import Metrics, Record

# An hour of a busy exhibit; a real device keeps weeks on its disk.
_RECORDS_MAX = 2_000
# dn/ack is QoS 0 and may be lost; a repeated record costs the hub nothing.
_RESEND_AFTER_MS = 30_000

Key = tuple[str, int]
"""(boot, seq)"""


class Spool:
    """Records in the order they were made, and which of them are under way."""

    def __init__(self) -> None:
        self._records: dict[Key, Record] = {}
        self._unsent: dict[Key, None] = {}
        self._sent_at_ms = 0

    def __len__(self) -> int:
        return len(self._records)

    @property
    def oldest_ms(self) -> int | None:
        """When the oldest record was made."""
        first = next(iter(self._records.values()), None)
        return None if first is None else first.at_ms

    @property
    def has_unsent(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._unsent)

    def add(self, record: Record) -> None:
        """Keep a record; a full spool lets go of the oldest metrics first."""
        if len(self._records) >= _RECORDS_MAX:
            self._drop(self._least_worth())
        self._records[record.boot, record.seq] = record
        self._unsent[record.boot, record.seq] = None

    def take_live(self, now_ms: int) -> list[Record]:
        """The next message of what has just happened: of one boot, at most 100 records."""
        return self._take(now_ms, historical=False)

    def take_history(self, now_ms: int) -> list[Record]:
        """The next message of what could not be told in its time."""
        return self._take(now_ms, historical=True)

    def _take(self, now_ms: int, *, historical: bool) -> list[Record]:
        unsent = (self._records[key] for key in self._unsent)
        taken = _alike([record for record in unsent if record.historical is historical])
        for record in taken:
            del self._unsent[record.boot, record.seq]
        if taken:
            self._sent_at_ms = now_ms
        return taken

    def forget(self, ack: Ack) -> None:
        """Drop what the hub has stored; what it misses is sent again."""
        stored = [key for key in self._records if key[0] == ack.boot and key[1] <= ack.upto]
        for key in stored:
            if any(first <= key[1] <= last for first, last in ack.miss):
                self._unsent[key] = None
            else:
                self._drop(key)

    def send_all_again(self) -> None:
        """After a reconnect, and under a new epoch: everything kept is history, and unsent."""
        for key, record in self._records.items():
            self._records[key] = replace(record, historical=True)
            self._unsent[key] = None

    def send_overdue_again(self, now_ms: int) -> None:
        """Records under way for too long without an ack are sent again."""
        is_under_way = len(self._records) > len(self._unsent)
        if is_under_way and now_ms - self._sent_at_ms > _RESEND_AFTER_MS:
            self._unsent = dict.fromkeys(self._records)

    def _least_worth(self) -> Key:
        records: Iterable[tuple[Key, Record]] = self._records.items()
        oldest = next(iter(self._records))
        return next((key for key, one in records if isinstance(one.body, Metrics)), oldest)

    def _drop(self, key: Key) -> None:
        del self._records[key]
        self._unsent.pop(key, None)


def _alike(records: list[Record]) -> list[Record]:
    boot = records[0].boot if records else ""
    return [one for one in records if one.boot == boot][:RECORDS_PER_MESSAGE_MAX]
