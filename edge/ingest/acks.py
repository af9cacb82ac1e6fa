"""Which records are stored, so that a device knows what it may forget.

Per (device, boot) the stored seqs are kept as ranges, e.g. ``1-57 60-91``. The
ack then says ``upto 91, miss [[58, 59]]``. A hub that has just started knows of
nothing below the first seq it sees and says so: the device sends again what it
still has and the store recognises the keys. Forgetting is therefore always safe,
claiming too much never is; so all memory here is bounded by forgetting.
"""

from bisect import bisect_left
from collections import OrderedDict

from edge.wire.encode import Ack
from edge.wire.messages import DeadLetter, Gap, Message, Record

# A device counts its records from here in each boot.
FIRST_SEQ = 1
_RANGES_MAX = 256
_MISS_MAX = 50
# 84 exhibits, a few boots each; beyond it the one that was silent longest is forgotten.
_TRACKS_MAX = 4096

TrackKey = tuple[str, str]
"""(device, boot)"""


class StoredRanges:
    """Sorted, disjoint ranges of stored seqs of one boot."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def __contains__(self, seq: int) -> bool:
        index = bisect_left(self._lasts, seq)
        return index < len(self._lasts) and self._firsts[index] <= seq

    def add(self, first: int, last: int) -> None:
        """Add the range, merging what it touches."""
        left = bisect_left(self._lasts, first - 1)
        right = left
        while right < len(self._firsts) and self._firsts[right] <= last + 1:
            right += 1
        if left < right:
            first = min(first, self._firsts[left])
            last = max(last, self._lasts[right - 1])
        self._firsts[left:right] = [first]
        self._lasts[left:right] = [last]
        if len(self._firsts) > _RANGES_MAX:
            del self._firsts[0], self._lasts[0]

    def ack(self, boot: str) -> Ack:
        """What may be forgotten; the ranges that are not stored are all named."""
        starts = [last + 1 for last in self._lasts]
        misses = list(
            zip([FIRST_SEQ, *starts], [first - 1 for first in self._firsts], strict=False)
        )
        misses = [(first, last) for first, last in misses if first <= last]
        if len(misses) <= _MISS_MAX:
            return Ack(boot, self._lasts[-1], tuple(misses))
        return Ack(boot, misses[_MISS_MAX][0] - 1, tuple(misses[:_MISS_MAX]))


class AckTracker:
    """The stored ranges of every device and boot heard of lately."""

    def __init__(self) -> None:
        self._tracks: OrderedDict[TrackKey, StoredRanges] = OrderedDict()

    def is_stored(self, message: Message) -> bool:
        """Whether the message is a record that was committed since this process started."""
        if not isinstance(message, Record):
            return False
        track = self._tracks.get((message.device, message.boot))
        return track is not None and message.seq in track

    def note_stored(self, message: Message) -> TrackKey | None:
        """Remember a committed message; the track it touched, if it is a record's."""
        match message:
            case Record(device=device, boot=boot, seq=seq, body=Gap(first_seq, last_seq)):
                self._track((device, boot)).add(first_seq, last_seq)
                return self._note((device, boot), seq)
            case Record(device=device, boot=boot, seq=seq):
                return self._note((device, boot), seq)
            case DeadLetter(device=str(device), boot=str(boot), seq=int(seq)):
                return self._note((device, boot), seq)
        return None

    def ack(self, key: TrackKey) -> Ack:
        """The ack of a track that ``note_stored`` has touched."""
        return self._tracks[key].ack(key[1])

    def _note(self, key: TrackKey, seq: int) -> TrackKey:
        self._track(key).add(seq, seq)
        return key

    def _track(self, key: TrackKey) -> StoredRanges:
        track = self._tracks.setdefault(key, StoredRanges())
        self._tracks.move_to_end(key)
        if len(self._tracks) > _TRACKS_MAX:
            self._tracks.popitem(last=False)
        return track
