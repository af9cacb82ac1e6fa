"""What is new in a host's day, and when that is worth a letter; pure.

```
far away      nobody writes: the calendar that the host subscribes to shows it
near          what is other than the host was told last, once it has stood still for a while
so near       at once, whatever else may still change
```
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

# Who starts so soon hears it now and not when the last change has settled.
_SO_NEAR = timedelta(hours=2)
# SEQUENCE of a calendar counts minutes from here: it rises whatever was changed, and by whom.
_COUNTED_FROM = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Duty:
    """One stretch of a host's day with a class or a course.

    `key` stays the same when it is moved; `uid` is its entry in calendars. `titles` and `places`
    are keyed by language, `who` is the school or what else says whose it is.
    """

    key: str
    uid: str
    start: datetime
    end: datetime
    rooms: tuple[str, ...]
    titles: Mapping[str, str]
    places: Mapping[str, str]
    who: str
    people: int

    def is_as(self, other: "Duty") -> bool:
        """Whether it is at the same time in the same rooms."""
        return (self.start, self.end, self.rooms) == (other.start, other.end, other.rooms)


class NewsKind(StrEnum):
    """What became of a duty."""

    ADDED = "added"
    MOVED = "moved"
    OTHER_ROOM = "other_room"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class HostNews:
    """One thing that is not as the host was told; an added duty has no `before`."""

    kind: NewsKind
    before: Duty | None
    after: Duty | None

    @property
    def first_start(self) -> datetime:
        """The earliest instant that it concerns."""
        return min(duty.start for duty in (self.before, self.after) if duty is not None)


def news_of(told: Sequence[Duty], duties: Sequence[Duty], *, now: datetime) -> list[HostNews]:
    """What is new, in time order; what has begun already is no news any more."""
    was = {duty.key: duty for duty in told}
    stands = {duty.key: duty for duty in duties}
    found = [
        HostNews(_kind(was.get(key), stands.get(key)), was.get(key), stands.get(key))
        for key in {**was, **stands}
        if not _is_same(was.get(key), stands.get(key))
    ]
    open_still = [one for one in found if _last_start(one) > now]
    return sorted(open_still, key=lambda one: (one.first_start, one.kind))


def is_due(
    news: Sequence[HostNews], *, stands_since: datetime, settle: timedelta, now: datetime
) -> bool:
    """Whether to write: nothing has changed for a while, or it is about to begin."""
    if not news:
        return False
    soonest = min(one.first_start for one in news)
    return now - stands_since >= settle or soonest - now <= _SO_NEAR


def sequence_at(now: datetime) -> int:
    """The SEQUENCE of calendar entries that leave at an instant."""
    return int((now - _COUNTED_FROM).total_seconds()) // 60


def face_of(duties: Sequence[Duty]) -> str:
    """What a day looks like to its host: the same text, the same day."""
    return "\n".join(sorted(f"{d.key} {d.start} {d.end} {' '.join(d.rooms)}" for d in duties))


def packed(duty: Duty) -> dict[str, object]:
    """A duty as JSON."""
    return {
        "key": duty.key,
        "uid": duty.uid,
        "start": duty.start.isoformat(),
        "end": duty.end.isoformat(),
        "rooms": list(duty.rooms),
        "titles": dict(duty.titles),
        "places": dict(duty.places),
        "who": duty.who,
        "people": duty.people,
    }


def unpacked(kept: Mapping[str, Any]) -> Duty:
    """A duty out of JSON."""
    return Duty(
        key=kept["key"],
        uid=kept["uid"],
        start=datetime.fromisoformat(kept["start"]),
        end=datetime.fromisoformat(kept["end"]),
        rooms=tuple(kept["rooms"]),
        titles=kept["titles"],
        places=kept["places"],
        who=kept["who"],
        people=kept["people"],
    )


def _is_same(before: Duty | None, after: Duty | None) -> bool:
    return before is not None and after is not None and before.is_as(after)


def _kind(before: Duty | None, after: Duty | None) -> NewsKind:
    if before is None:
        return NewsKind.ADDED
    if after is None:
        return NewsKind.DROPPED
    same_time = (before.start, before.end) == (after.start, after.end)
    return NewsKind.OTHER_ROOM if same_time else NewsKind.MOVED


def _last_start(news: HostNews) -> datetime:
    return max(duty.start for duty in (news.before, news.after) if duty is not None)
