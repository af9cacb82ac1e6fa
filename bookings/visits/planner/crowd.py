"""How full the house is: what a day takes from those who come later, and where there is room.

The forecourt is what runs out first: six bays, each taken as long as its class is in the house. A
cell of it costs the more, the fewer bays are left; and more at noon, because whoever wants lunch
can be there at no other time. Late cells cost more too: schools want to be home by then.
"""

from datetime import time

from bookings.visits.planner.plan import Plan, StopKind
from bookings.visits.planner.ways import room_for
from bookings.visits.planner.world import COACH_BAYS, HALL, Mask, World
from vizium.kernel.clock import from_wall

# A cell costs so much more when the last bay is taken than when all are free.
_FULL_COSTS = 6
# While lunch is served it costs so many times as much.
_NOON_COSTS = 4
# Schools ask for mornings: on a day that is still quiet, a late one is no bargain.
_LATE_COSTS, _LATE_FROM = 4, time(15)
# Quiet is a day on which more than this share of the forecourt is free.
_QUIET = 0.9


class Crowd:
    """One day as others use it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._prices = tuple(_prices(world))

    def load_of(self, plan: Plan) -> int:
        """What a plan takes from others; its fullest gallery counts as some cells of the day."""
        first = max(0, self.world.cell(plan.arrive))
        return self._fullest(plan) + self.price_of(first, self.world.cell_after(plan.leave))

    def price_of(self, first: int, last: int) -> int:
        """What the forecourt costs in these cells, the last one not among them."""
        return int(sum(self._prices[max(0, first) : last]))

    def room_for(self, people: int, spare: float = 0) -> Mask:
        """The cells in which hall and forecourt hold a class and this share of each is left."""
        cells: Mask = (1 << self.world.cells) - 1
        for code, amount in ((HALL, people), (COACH_BAYS, 1)):
            pool = self.world.pools.get(code)
            if pool is not None:
                cells &= room_for(self.world, code, amount + int(spare * pool.capacity))
        return cells

    def _fullest(self, plan: Plan) -> int:
        """The fullest gallery of the day with this class in it, in fifths."""
        fullest = 0
        for stop in plan.stops:
            if stop.kind is StopKind.GALLERY and stop.code in self.world.pools:
                pool = self.world.pools[stop.code]
                free = self.world.free_in(stop.code, stop.start, stop.end)
                people = pool.capacity - free + plan.pupils_of(stop) + plan.adults_of(stop)
                fullest = max(fullest, 5 * people // max(1, pool.capacity))
        return fullest


def _prices(world: World) -> list[float]:
    """What each cell of the forecourt costs; nothing where there is none."""
    pool = world.pools.get(COACH_BAYS)
    if pool is None:
        return [0] * world.cells
    policy, day = world.policy, world.day
    quiet = sum(pool.free) > _QUIET * pool.capacity * len(pool.free)
    late = world.cell(from_wall(day, _LATE_FROM)) if quiet else world.cells
    noon = world.mask(from_wall(day, policy.lunch_from), from_wall(day, policy.lunch_until))
    capacity = max(1, pool.capacity)
    return [
        (_NOON_COSTS if noon >> cell & 1 else 1)
        * (_LATE_COSTS if cell >= late else 1)
        * (1 + _FULL_COSTS * ((pool.capacity - free + 1) / capacity) ** 2)
        for cell, free in enumerate(pool.free)
    ]
