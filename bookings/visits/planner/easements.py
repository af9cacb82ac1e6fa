"""Changed requests, of each kind the gentlest first: what a teacher might do with less trouble.

They are only thought of here; `relax` tries them with the planner.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time

from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.planner.ways import CELL_MIN
from bookings.visits.planner.world import ActivityFact, World
from bookings.visits.rules import Group, VisitPolicy, adults_needed

# A teacher moves the bus by an hour or two; beyond, half hours are near enough.
_QUARTERS, _HALVES = 8, 6
_INSTEADS_EACH = 4


@dataclass(frozen=True, slots=True)
class Easement:
    """One change: its code, what was wished and what would be instead, and the changed request."""

    change: str
    before: str
    after: str
    request: PlanRequest


def arrivals(request: PlanRequest) -> Iterator[Easement]:
    """The bus comes earlier or later: a full hall may ask for a later arrival."""
    for minutes in _shifts():
        for shift in (-minutes, minutes):
            at = moved(request.arrive, shift)
            if request.arrive and at and (request.depart is None or at < request.depart):
                changed = replace(request, arrive=at)
                yield Easement("arrive", f"{request.arrive:%H:%M}", f"{at:%H:%M}", changed)


def departures(request: PlanRequest) -> list[Easement]:
    """The bus leaves later, by every quarter of an hour until midnight: what fits once fits on."""
    found: list[Easement] = []
    at = moved(request.depart, CELL_MIN)
    while request.depart and at:
        changed = replace(request, depart=at)
        found.append(Easement("depart", f"{request.depart:%H:%M}", f"{at:%H:%M}", changed))
        at = moved(at, CELL_MIN)
    return found


def _shifts() -> Iterator[int]:
    yield from range(CELL_MIN, (_QUARTERS + 1) * CELL_MIN, CELL_MIN)
    yield from range((_QUARTERS + 2) * CELL_MIN, (_QUARTERS + 2 * _HALVES) * CELL_MIN, 2 * CELL_MIN)


def moved(at: time | None, minutes: int) -> time | None:
    """A wall time earlier or later on the same day."""
    minute = -1 if at is None else at.hour * 60 + at.minute + minutes
    return time(*divmod(minute, 60)) if 0 <= minute < 24 * 60 else None


def days(request: PlanRequest, worlds: Mapping[date, World]) -> Iterator[Easement]:
    """The other days, from the nearest to a wanted one."""

    def distance(day: date) -> tuple[int, date]:
        return min(abs((day - wanted).days) for wanted in request.dates), day

    for day in sorted(set(worlds) - set(request.dates), key=distance) if request.dates else ():
        before = min(request.dates, key=lambda wanted: (abs(day - wanted), wanted))
        changed = replace(request, dates=(day,))
        yield Easement("date", before.isoformat(), day.isoformat(), changed)


def languages(request: PlanRequest, worlds: Mapping[date, World]) -> Iterator[Easement]:
    """Another language that the centre teaches in."""
    facts = _activities(worlds).values()
    for language in sorted({one for fact in facts for one in fact.languages}):
        if language != request.language:
            changed = replace(request, language=language)
            yield Easement("language", request.language, language, changed)


def others(request: PlanRequest, worlds: Mapping[date, World]) -> Iterator[Easement]:
    """Another activity of the same subject or area, the most alike first."""
    known = _activities(worlds)
    for index, wish in enumerate(request.wishes):
        wished = known.get(wish.code or "")
        if wished is None:
            continue
        alike = [fact for fact in known.values() if _may_stand_for(fact, wished, request)]
        for fact in sorted(alike, key=lambda fact: _likeness(fact, wished))[:_INSTEADS_EACH]:
            wishes = _with(request.wishes, index, Wish(code=fact.code))
            yield Easement("instead", wished.code, fact.code, replace(request, wishes=wishes))


def _may_stand_for(fact: ActivityFact, wished: ActivityFact, request: PlanRequest) -> bool:
    taken = {wish.code for wish in request.wishes}
    return (
        fact.code not in taken
        and request.grades <= fact.grades
        and request.language in fact.languages
        and bool(fact.subjects & wished.subjects or fact.areas & wished.areas)
    )


def _likeness(fact: ActivityFact, wished: ActivityFact) -> tuple[int, int, bool, str]:
    subjects, areas = fact.subjects & wished.subjects, fact.areas & wished.areas
    return -len(subjects), -len(areas), fact.kind is not wished.kind, fact.code


def needs(request: PlanRequest) -> Iterator[Easement]:
    """Lunch and quiet may be given up; a way without steps may not."""
    for need in (Need.LUNCH, Need.QUIET):
        if need in request.needs:
            yield Easement("need", need.value, "", replace(request, needs=request.needs - {need}))


def fewer(request: PlanRequest) -> Iterator[Easement]:
    """Without one gallery or, from the last on, without one wish; something stays."""
    for gallery in reversed(request.galleries):
        left = tuple(code for code in request.galleries if code != gallery)
        if left or request.wishes:
            yield Easement("without", gallery, "", replace(request, galleries=left))
    if len(request.wishes) + len(request.galleries) > 1:
        for index in reversed(range(len(request.wishes))):
            wishes = request.wishes[:index] + request.wishes[index + 1 :]
            said = _said(request.wishes[index])
            yield Easement("without", said, "", replace(request, wishes=wishes))


def _said(wish: Wish) -> str:
    return wish.code or wish.kind or wish.subject or wish.area or ""


def shrink(groups: tuple[Group, ...], pupils: int) -> tuple[Group, ...]:
    """So many pupils in the proportion of the grades; of each grade at least one."""
    total = sum(group.pupils for group in groups)
    sizes = [max(1, group.pupils * pupils // total) for group in groups]
    # Who lost the largest part of a pupil gets it back first; who has most gives first.
    order = sorted(range(len(groups)), key=lambda i: -(groups[i].pupils * pupils % total))
    for index in order[: max(0, pupils - sum(sizes))]:
        sizes[index] += 1
    while sum(sizes) > pupils and max(sizes) > 1:
        sizes[sizes.index(max(sizes))] -= 1
    return tuple(Group(group.grade, size) for group, size in zip(groups, sizes, strict=True))


def half_the_wishes(request: PlanRequest) -> Iterator[tuple[PlanRequest, PlanRequest]]:
    """Two visits of the whole class, each with half of the wishes."""
    half = len(request.wishes) // 2
    if half:
        galleries = len(request.galleries) // 2
        yield (
            replace(
                request, wishes=request.wishes[:-half], galleries=request.galleries[galleries:]
            ),
            replace(
                request, wishes=request.wishes[-half:], galleries=request.galleries[:galleries]
            ),
        )


def half_the_class(
    request: PlanRequest, policy: VisitPolicy
) -> Iterator[tuple[PlanRequest, PlanRequest]]:
    """Two visits of the same content; the adults are divided as the grades need."""
    some = shrink(request.groups, request.pupils // 2)
    rest = tuple(
        Group(group.grade, group.pupils - part.pupils)
        for group, part in zip(request.groups, some, strict=True)
        if group.pupils > part.pupils
    )
    if request.pupils < 2 or not rest:
        return
    adults = max(adults_needed(some, policy), request.adults // 2)
    others = max(adults_needed(rest, policy), request.adults - adults)
    yield replace(request, groups=some, adults=adults), replace(request, groups=rest, adults=others)


def _with(wishes: tuple[Wish, ...], index: int, wish: Wish) -> tuple[Wish, ...]:
    return (*wishes[:index], wish, *wishes[index + 1 :])


def _activities(worlds: Mapping[date, World]) -> Mapping[str, ActivityFact]:
    return {code: fact for world in worlds.values() for code, fact in world.activities.items()}
