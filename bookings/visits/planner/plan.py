"""A day that was found: who does what, where, with whom and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class StopKind(StrEnum):
    """What a stop is; the first three are activities of the catalogue."""

    PROGRAMME = "programme"
    WORKSHOP = "workshop"
    SHOW = "show"
    GALLERY = "gallery"
    LUNCH = "lunch"


@dataclass(frozen=True, slots=True)
class Subgroup:
    """A part of the class that stays together all day; an undivided class is one subgroup."""

    pupils: int
    adults: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stretch of the day, [start, end), aware UTC.

    `who` are the indices of the subgroups that take it, ascending. An activity stands either in a
    published `session`, whose rooms and host are taken already, or is made for this class alone:
    then `rooms` (neighbours, ascending), `host` and `machines` are taken for it, the rooms from
    their set-up on. `code` is the activity's, the gallery's, or ``lunch``.
    """

    kind: StopKind
    code: str
    start: datetime
    end: datetime
    who: tuple[int, ...] = (0,)
    session: str | None = None
    rooms: tuple[str, ...] = ()
    host: str | None = None
    machines: tuple[str, ...] = ()

    @property
    def is_activity(self) -> bool:
        """Whether it is an activity of the catalogue."""
        return self.kind not in {StopKind.GALLERY, StopKind.LUNCH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One day: `arrive` and `leave` are when the class is in the building, stops in time order."""

    day: date
    arrive: datetime
    leave: datetime
    subgroups: tuple[Subgroup, ...]
    stops: tuple[Stop, ...]

    def pupils_of(self, stop: Stop) -> int:
        """The pupils who take a stop."""
        return sum(self.subgroups[index].pupils for index in stop.who)

    def adults_of(self, stop: Stop) -> int:
        """The adults who go along to a stop."""
        return sum(self.subgroups[index].adults for index in stop.who)

    @property
    def programmes(self) -> int:
        """How many programmes every pupil takes: the fewest of any subgroup."""
        return min(
            sum(stop.kind is StopKind.PROGRAMME for stop in self.stops_of(index))
            for index in range(len(self.subgroups))
        )

    def stops_of(self, subgroup: int) -> Iterator[Stop]:
        """One subgroup's stops, in time order."""
        return (stop for stop in self.stops if subgroup in stop.who)


def order_of(stop: Stop) -> tuple[datetime, tuple[int, ...], str]:
    """The order in which the stops of a plan stand."""
    return stop.start, stop.who, stop.code
