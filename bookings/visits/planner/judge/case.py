"""A plan before its judge: the plan, the wishes and the day, sorted once for every check."""

from dataclasses import dataclass
from datetime import date, datetime, time

from bookings.visits.planner.plan import Plan, Stop, StopKind
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.world import LUNCH, ActivityFact, Mask, OfferFact, World
from vizium.kernel.clock import from_wall

Line = tuple[int, Stop]
"""A stop of a plan with its index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One plan to be judged.

    `ahead` are the stops to be judged, in time order; of these `activities` are known ones of the
    catalogue, `made` take rooms and a host for this class alone, `galleries` are in a gallery.
    `bus_in` and `bus_out` are when the bus comes and leaves, where it was said.
    """

    plan: Plan
    request: PlanRequest
    world: World
    under_way: bool
    bus_in: datetime | None
    bus_out: datetime | None
    ahead: tuple[Line, ...]
    activities: tuple[tuple[int, Stop, ActivityFact], ...]
    made: tuple[Line, ...]
    galleries: tuple[Line, ...]

    def offer(self, stop: Stop) -> OfferFact | None:
        """The published session of a stop, if there is one."""
        return self.world.offers.get(stop.session) if stop.session is not None else None

    def rooms(self, stop: Stop) -> tuple[str, ...]:
        """The rooms that an activity is in, its own or its session's."""
        offer = self.offer(stop)
        return offer.rooms if offer is not None else stop.rooms

    def place(self, stop: Stop) -> str:
        """Where a class walks to: the first room, the gallery or ``lunch``."""
        if not stop.is_activity:
            return LUNCH if stop.kind is StopKind.LUNCH else stop.code
        return next(iter(self.rooms(stop)), stop.code)

    def mask(self, stop: Stop) -> Mask:
        """The cells of a stop."""
        return self.world.mask(stop.start, stop.end)

    def people(self, stop: Stop) -> int:
        """Pupils and adults of a stop."""
        return self.plan.pupils_of(stop) + self.plan.adults_of(stop)

    def day_of(self, subgroup: int) -> list[Line]:
        """One subgroup's stops that are to be judged, in time order."""
        return [line for line in self.ahead if subgroup in line[1].who]


def case_of(plan: Plan, request: PlanRequest, world: World, *, under_way: bool) -> Case:
    """Sort a plan for its checks.

    Args:
        under_way: what the class has had by now is a fact and no longer to be judged.
    """
    bus_in = _wall(plan.day, request.arrive)
    over_until = world.now if under_way else None
    ahead = sorted(
        (line for line in enumerate(plan.stops) if not _is_over(line[1], over_until, bus_in)),
        key=lambda line: (line[1].start, line[1].end),
    )
    known = world.activities
    activities = [line for line in ahead if line[1].is_activity]
    return Case(
        plan=plan,
        request=request,
        world=world,
        under_way=under_way,
        bus_in=bus_in,
        bus_out=_wall(plan.day, request.depart),
        ahead=tuple(ahead),
        activities=tuple(
            (i, stop, known[stop.code]) for i, stop in activities if stop.code in known
        ),
        made=tuple(line for line in activities if line[1].session is None),
        galleries=tuple(line for line in ahead if line[1].kind is StopKind.GALLERY),
    )


def _wall(day: date, at: time | None) -> datetime | None:
    return from_wall(day, at) if at is not None else None


def _is_over(stop: Stop, until: datetime | None, bus_in: datetime | None) -> bool:
    """Whether the class has had a stop: one that began before a late bus came was not had."""
    return until is not None and stop.end <= until and (bus_in is None or bus_in <= stop.start)
