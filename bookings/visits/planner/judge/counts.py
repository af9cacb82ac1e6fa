"""What counts people: seats of sessions, galleries, lunch places, the hall, and coach bays.

What several stops of a plan ask of the same cell adds up, as it does in `takes.takes_of`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from bookings.visits.planner.judge.case import Case
from bookings.visits.planner.plan import Stop, StopKind
from bookings.visits.planner.takes import floor_to_cell
from bookings.visits.planner.violations import Violation, found
from bookings.visits.planner.world import COACH_BAYS, HALL, LUNCH, World


def check_seats(case: Case) -> Iterator[Violation]:
    """A published session takes place, and has a seat for every pupil who takes it."""
    # Keyed by the session: the pupils of this plan.
    pupils: Counter[str] = Counter()
    for index, stop in case.ahead:
        offer = case.offer(stop)
        if offer is None or stop.session is None or not stop.is_activity:
            continue
        if offer.out is not None:
            code = "session_host_absent" if offer.out == offer.host else "session_room_out"
            yield found(code, index, session=stop.session, resource=offer.out)
            continue
        before = pupils[stop.session]
        pupils[stop.session] += case.plan.pupils_of(stop)
        if before <= offer.free < pupils[stop.session]:
            wanted = pupils[stop.session]
            yield found("session_full", index, session=stop.session, wanted=wanted, free=offer.free)


def check_galleries_hold(case: Case) -> Iterator[Violation]:
    """A gallery has room for all who are in it together."""
    by_gallery: dict[str, list[tuple[int, Stop]]] = {}
    known = case.world.galleries
    for index, stop in (line for line in case.galleries if line[1].code in known):
        by_gallery.setdefault(stop.code, []).append((index, stop))
    for gallery, stops in by_gallery.items():
        yield from _check_pool(case, "gallery_full", gallery, stops)


def check_lunch_holds(case: Case) -> Iterator[Violation]:
    """There are places for all who eat together."""
    stops = [(index, stop) for index, stop in case.ahead if stop.kind is StopKind.LUNCH]
    yield from _check_pool(case, "lunch_full", LUNCH, stops)


def _check_pool(
    case: Case, code: str, pool: str, stops: Iterable[tuple[int, Stop]]
) -> Iterator[Violation]:
    """Say each stop in which the people of this plan are more than a pool has places."""
    lines = [(index, stop, _cells(case.world, stop.start, stop.end)) for index, stop in stops]
    wanted: Counter[int] = Counter()
    for _, stop, cells in lines:
        wanted.update(dict.fromkeys(cells, case.people(stop)))
    for index, stop, cells in lines:
        tight = _tightest(case.world, pool, wanted, cells)
        if tight is not None:
            free, people = tight
            facts = {"resource": pool, "free": free, "wanted": people}
            yield found(code, index, start=stop.start, end=stop.end, **facts)


def check_hall(case: Case) -> Iterator[Violation]:
    """The house holds everybody from arrival to departure."""
    people = sum(subgroup.pupils + subgroup.adults for subgroup in case.plan.subgroups)
    yield from _check_day(case, "hall_full", HALL, people)


def check_coach_bays(case: Case) -> Iterator[Violation]:
    """The bus can stand at the door."""
    yield from _check_day(case, "coach_bays_full", COACH_BAYS, 1)


def _check_day(case: Case, code: str, pool: str, amount: int) -> Iterator[Violation]:
    if pool not in case.world.pools:
        return
    start, end = floor_to_cell(case.plan.arrive), case.plan.leave
    if case.under_way:
        start = max(start, floor_to_cell(case.world.now))
    cells = _cells(case.world, start, end)
    tight = _tightest(case.world, pool, Counter(dict.fromkeys(cells, amount)), cells)
    if tight is not None:
        yield found(code, resource=pool, free=tight[0], wanted=amount, start=start, end=end)


def _cells(world: World, start: datetime, end: datetime) -> range:
    """The cells of a stretch that lie inside the day."""
    return range(max(0, world.cell(start)), min(world.cells, world.cell_after(end)))


def _tightest(
    world: World, pool: str, wanted: Counter[int], cells: range
) -> tuple[int, int] | None:
    """The cell that lacks most: what is free of it and what is wanted; None where all fit."""
    fact = world.pools.get(pool)
    worst = max(
        ((fact.free[cell] if fact else 0, wanted[cell]) for cell in cells),
        key=lambda line: line[1] - line[0],
        default=(0, 0),
    )
    return worst if worst[1] > worst[0] else None
