"""A day as people read it: what happens when, where, with whom, and who of the class takes it.

Pure: a plan that is only proposed and the stops of a visit that stands become the same moments.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import groupby, pairwise

from bookings.visits.planner.plan import Plan, Stop, Subgroup
from bookings.visits.planner.request import Wish
from bookings.visits.queries import StopRow
from vizium.web.i18n import Translator

# A shorter gap is the walk from door to door and no line of its own.
_GAP_SHOWN = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called in one language, keyed by code.

    `offers` are the place and the host of published sessions, keyed by session.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    rooms: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)
    offers: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the class does; `who` are subgroups counted from 1, empty for everybody."""

    who: tuple[int, ...]
    kind: str
    title: str
    place: str
    host: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One stretch of the day; no parts: nothing is planned, the class has time of its own."""

    start: datetime
    end: datetime
    parts: tuple[Part, ...]


def moments_of_plan(plan: Plan, names: Names, *, changed: Collection[Stop] = ()) -> list[Moment]:
    """A proposed day in time order; `changed` stops are marked."""
    everybody = tuple(range(len(plan.subgroups)))
    return _moments(
        (stop, replace(_part_of_stop(stop, names, everybody), is_changed=stop in changed))
        for stop in plan.stops
    )


def moments_of_visit(
    stops: Sequence[StopRow], subgroups: Sequence[Subgroup], language: str
) -> list[Moment]:
    """The day of a visit in time order."""
    everybody = tuple(range(max(1, len(subgroups))))
    return _moments((stop, _part_of_row(stop, language, everybody)) for stop in stops)


def days_of_groups(
    moments: Sequence[Moment], subgroups: Sequence[Subgroup]
) -> list[list[tuple[Moment, Part]]]:
    """What each group of a divided class does, one after the other; empty where it is not."""
    if len(subgroups) < 2:
        return []
    return [
        [
            (moment, part)
            for moment in moments
            for part in moment.parts
            if not part.who or number in part.who
        ]
        for number in range(1, len(subgroups) + 1)
    ]


def waiting(plan: Plan) -> timedelta:
    """The longest that any subgroup stands between its stops with nothing planned."""
    return max(
        (_waiting_of(list(plan.stops_of(index))) for index in range(len(plan.subgroups))),
        default=timedelta(),
    )


def first_reasons(plans: Sequence[Plan]) -> list[str]:
    """Why the first plan stands first, as codes; empty where it stands alone."""
    first, *others = plans
    if not others:
        return []
    reasons = []
    if all(waiting(first) < waiting(other) for other in others):
        reasons.append("least_waiting")
    if all(len(first.subgroups) < len(other.subgroups) for other in others):
        reasons.append("together")
    if all(first.leave - first.arrive < other.leave - other.arrive for other in others):
        reasons.append("shortest")
    if all(first.day < other.day for other in others):
        reasons.append("earliest_day")
    return reasons or ["best_balance"]


def wish_in_words(wish: Wish, names: Names, words: Translator) -> str:
    """A wish as a check page repeats it."""
    if wish.code:
        return names.titles.get(wish.code, wish.code)
    if wish.kind:
        return words.code("any_kind", wish.kind)
    named = wish.subject or wish.area or ""
    return words.t("anything in: %(subject)s", subject=names.titles.get(named, named))


def wall_in_words(at: time | None, lang: str) -> str:
    """``9.30`` in Latvian, ``9:30`` in English; empty when it is not known."""
    return "" if at is None else f"{at:%H.%M}" if lang == "lv" else f"{at:%H:%M}"


def _moments(parts: Iterable[tuple[Stop | StopRow, Part]]) -> list[Moment]:
    ordered = sorted(parts, key=lambda pair: (pair[0].start, pair[0].end, pair[1].who))
    moments = [
        Moment(start, end, tuple(part for _, part in pairs))
        for (start, end), pairs in groupby(ordered, key=lambda pair: (pair[0].start, pair[0].end))
    ]
    return _with_gaps(moments)


def _with_gaps(moments: list[Moment]) -> list[Moment]:
    shown = moments[:1]
    over_at = moments[0].end if moments else None
    for moment in moments[1:]:
        assert over_at is not None
        if moment.start - over_at >= _GAP_SHOWN:
            shown.append(Moment(over_at, moment.start, ()))
        shown.append(moment)
        over_at = max(over_at, moment.end)
    return shown


def _part_of_stop(stop: Stop, names: Names, everybody: tuple[int, ...]) -> Part:
    place = ", ".join(names.rooms.get(room, room) for room in stop.rooms)
    host = names.hosts.get(stop.host, "") if stop.host else ""
    if stop.session is not None:
        place, host = names.offers.get(stop.session, (place, host))
    return Part(
        who=_numbers(stop.who, everybody),
        kind=stop.kind.value,
        title=names.titles.get(stop.code, stop.code),
        place=place,
        host=host,
    )


def _part_of_row(stop: StopRow, language: str, everybody: tuple[int, ...]) -> Part:
    return Part(
        who=_numbers(stop.who, everybody),
        kind=str(stop.kind),
        title=stop.title(language),
        place=stop.places.get(language, ""),
        host=stop.host or "",
    )


def _numbers(who: tuple[int, ...], everybody: tuple[int, ...]) -> tuple[int, ...]:
    return () if tuple(who) == everybody else tuple(index + 1 for index in who)


def _waiting_of(stops: Sequence[Stop]) -> timedelta:
    return sum(
        (max(timedelta(), after.start - before.end) for before, after in pairwise(stops)),
        timedelta(),
    )
