"""Put some stops of a standing plan elsewhere so that all of it fits again: the smallest such move.

Few stops move rather than many, and of equally many those that move by the fewest minutes. The
stops that are at fault by themselves move first; where one comes to stand in the way of others,
these move too, as long as no more move than are allowed: at first only those at fault, then one
more, and so on. A branch that cannot beat the best found is left. The judge has the last word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import combinations

from bookings.visits.planner.judge.case import case_of
from bookings.visits.planner.plan import Plan, Stop, StopKind, order_of
from bookings.visits.planner.takes import setup_start
from bookings.visits.planner.validate import blocks, validate
from bookings.visits.planner.variants import Setting, Variant, replacements_of, variants_of
from bookings.visits.planner.violations import Violation
from bookings.visits.planner.world import LUNCH, World

# What the class was promised: it may be given up, last of all, but must be said.
PROMISES = frozenset({"wish_missing", "pupils_left_out", "gallery_missing", "lunch_missing"})
# What a judgement costs when a look at two stops costs one.
_JUDGEMENT_STEPS = 100
_NO_TIME = timedelta()

Promise = tuple[str, object]
Worth = tuple[int, int]
"""Minutes shifted, then the sum of the variants' ranks: less is better."""


@dataclass(slots=True)
class Budget:
    """Steps that a repair may still take: a class at the door does not wait for the best of all."""

    steps: int

    def spend(self, steps: int = 1) -> bool:
        """Take steps; whether there were any left."""
        self.steps -= steps
        return self.steps >= 0


@dataclass(frozen=True, slots=True)
class Way:
    """A variant with the stops of the standing plan, a bit each, in whose way it would stand."""

    variant: Variant
    crossing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A plan that is to be repaired: which stops may move, and which of them must.

    `at_fault` are the stops that would be wrong in an otherwise empty day. `ways` and `stand_ins`
    are keyed by the stop's index, and filled when first asked for.
    """

    setting: Setting
    movable: tuple[int, ...]
    movable_bits: int
    at_fault: frozenset[int]
    ways: dict[int, tuple[Way, ...]] = field(default_factory=dict)
    stand_ins: dict[int, tuple[Way, ...]] = field(default_factory=dict)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The stops as they stand."""
        return self.setting.plan.stops

    def ways_of(self, index: int) -> tuple[Way, ...]:
        """The variants of a stop."""
        if index not in self.ways:
            found = variants_of(self.setting, self.stops[index])
            self.ways[index] = self._crossed(index, found)
        return self.ways[index]

    def stand_ins_of(self, index: int) -> tuple[Way, ...]:
        """The other activities that can stand in for a stop."""
        if index not in self.stand_ins:
            found = replacements_of(self.setting, self.stops[index])
            self.stand_ins[index] = self._crossed(index, found)
        return self.stand_ins[index]

    def _crossed(self, index: int, variants: tuple[Variant, ...]) -> tuple[Way, ...]:
        """Variants of a stop with what they cross."""
        world = self.setting.world
        others = [(1 << at, stop) for at, stop in enumerate(self.stops) if at != index]
        return tuple(
            Way(one, sum(bit for bit, stop in others if not are_apart(world, one.stop, stop)))
            for one in variants
        )

    def judge(self, stops: Sequence[Stop]) -> tuple[Violation, ...]:
        """What is wrong when the day has these stops."""
        return _judge(self.setting, stops)


def standing_of(setting: Setting) -> Standing:
    """A plan with what of it is still ahead."""
    case = case_of(setting.plan, setting.request, setting.world, under_way=True)
    movable = tuple(sorted(index for index, _ in case.ahead))
    over = [stop for at, stop in enumerate(setting.plan.stops) if at not in movable]
    at_fault = (
        index
        for index in movable
        if not is_sound(_judge(setting, [*over, setting.plan.stops[index]]))
    )
    return Standing(
        setting=setting,
        movable=movable,
        movable_bits=sum(1 << index for index in movable),
        at_fault=frozenset(at_fault),
    )


def _judge(setting: Setting, stops: Sequence[Stop]) -> tuple[Violation, ...]:
    plan = with_stops(setting, stops)
    return blocks(validate(plan, setting.request, setting.world, under_way=True))


def is_sound(faults: Sequence[Violation]) -> bool:
    """Whether nothing is wrong but what is still missing."""
    return all(fault.code in PROMISES for fault in faults)


def with_stops(setting: Setting, stops: Sequence[Stop]) -> Plan:
    """The plan with other stops; the class stays as long as they take."""
    leave = max([setting.plan.leave, *(stop.end for stop in stops)])
    return replace(setting.plan, stops=tuple(sorted(stops, key=order_of)), leave=leave)


def promises_in(violations: Sequence[Violation]) -> frozenset[Promise]:
    """What was promised and is not kept, comparable between two plans."""
    return frozenset(
        (one.code, one.facts.get("wish", one.facts.get("gallery")))
        for one in violations
        if one.code in PROMISES
    )


def repair(
    standing: Standing,
    budget: Budget,
    *,
    dropped: frozenset[int] = frozenset(),
    replaced: frozenset[int] = frozenset(),
) -> Plan | None:
    """The plan with the fewest and shortest moves that make it fit, or None.

    Args:
        dropped: stops, by index, that the class does without.
        replaced: stops, by index, for which another activity stands in.
    """
    stops = standing.stops
    movable = [index for index in standing.movable if index not in dropped]
    if not _fits_by_length(standing.setting, [stops[index] for index in movable]):
        return None
    forced = (standing.at_fault | replaced) - dropped
    seeds = _seeds(standing, movable, forced, budget)
    for most in range(min(map(len, seeds), default=0), len(movable) + 1 if seeds else 0):
        placing = _Placing(standing, budget, dropped, replaced)
        for seed in seeds:
            placing.place(seed, most)
        if placing.best is not None:
            return placing.best[1]
    return None


def _seeds(
    standing: Standing, movable: list[int], forced: frozenset[int], budget: Budget
) -> list[tuple[int, ...]]:
    """The fewest stops to take out so that those that stay are sound: each way to choose them."""
    others = [index for index in movable if index not in forced]
    over = [stop for at, stop in enumerate(standing.stops) if at not in standing.movable]
    for size in range(len(others) + 1):
        found: list[tuple[int, ...]] = []
        for chosen in combinations(others, size):
            if not budget.spend(_JUDGEMENT_STEPS):
                return found
            staying = [standing.stops[index] for index in others if index not in chosen]
            if is_sound(standing.judge([*over, *staying])):
                found.append((*sorted(forced), *chosen))
        if found:
            return found
    return []


def _fits_by_length(setting: Setting, stops: list[Stop]) -> bool:
    """Whether each subgroup has as much time as its stops take at least."""
    earliest, latest = setting.window()
    ahead = [stop for stop in stops if not setting.has_begun(stop)]
    for number in range(len(setting.plan.subgroups)):
        own = (_least(setting.world, stop) for stop in ahead if number in stop.who)
        if sum(own, timedelta()) > max(timedelta(), latest - earliest):
            return False
    return True


def _least(world: World, stop: Stop) -> timedelta:
    """The shortest that a stop can be."""
    length = stop.end - stop.start
    return min(length, world.policy.gallery_min) if stop.kind is StopKind.GALLERY else length


@dataclass(slots=True)
class _Placing:
    """One search: places for some stops beside all others; `best` is the best found so far.

    `lost` are the promises that go with the dropped stops, looked up when first needed.
    """

    standing: Standing
    budget: Budget
    dropped: frozenset[int]
    replaced: frozenset[int]
    best: tuple[Worth, Plan] | None = None
    lost: frozenset[Promise] | None = None

    def place(self, seed: tuple[int, ...], most: int) -> None:
        """Find places for the seed, moving at most so many stops in all, that beat the best."""
        staying = sum(1 << index for index in range(len(self.standing.stops)))
        for index in (*seed, *self.dropped):
            staying &= ~(1 << index)
        if len(seed) <= most:
            self._next(list(seed), [], staying, most - len(seed), (0, 0))

    def _ways(self, index: int) -> tuple[Way, ...]:
        if index in self.replaced:
            return self.standing.stand_ins_of(index)
        return self.standing.ways_of(index)

    def _next(
        self, pending: list[int], placed: list[Stop], staying: int, spare: int, worth: Worth
    ) -> None:
        """Place the pending stop that has the fewest ways; what it crosses becomes pending."""
        if not pending:
            self._finish(placed, staying, worth)
            return
        index = min(pending, key=lambda one: len(self._ways(one)))
        rest = [one for one in pending if one != index]
        least_shift = sum(self._ways(one)[0].variant.shift for one in rest if self._ways(one))
        for way in self._ways(index):
            reached = worth[0] + way.variant.shift, worth[1] + way.variant.rank
            if self.best is not None and (reached[0] + least_shift, reached[1]) >= self.best[0]:
                if reached[0] + least_shift > self.best[0][0]:
                    return
                continue
            crossed = way.crossing & staying
            if crossed.bit_count() > spare or crossed & ~self.standing.movable_bits:
                continue
            if not self.budget.spend(1 + len(placed)):
                return
            if all(are_apart(self.standing.setting.world, way.variant.stop, o) for o in placed):
                moving = [one for one in self.standing.movable if crossed >> one & 1]
                left = spare - len(moving)
                after = [*placed, way.variant.stop]
                self._next([*rest, *moving], after, staying & ~crossed, left, reached)

    def _finish(self, placed: list[Stop], staying: int, worth: Worth) -> None:
        """Ask the judge: nothing may be wrong but what is given up anyway."""
        if not self.budget.spend(_JUDGEMENT_STEPS):
            return
        standing = list(enumerate(self.standing.stops))
        if self.lost is None:
            rest = [stop for at, stop in standing if at not in self.dropped]
            self.lost = promises_in(self.standing.judge(rest))
        stops = [*(stop for at, stop in standing if staying >> at & 1), *placed]
        faults = self.standing.judge(stops)
        if promises_in(faults) <= self.lost and is_sound(faults):
            self.best = worth, with_stops(self.standing.setting, stops)


def are_apart(world: World, one: Stop, other: Stop) -> bool:
    """Whether two stops can stand in one day: nobody and nothing is in both at once."""
    first, second = (one, other) if one.start <= other.start else (other, one)
    if not set(one.who).isdisjoint(other.who):
        gap = second.start - first.end
        if gap < _NO_TIME or gap < world.walk_between(_place(world, first), _place(world, second)):
            return False
    if first.end > second.start:
        is_same_host = first.host is not None and first.host == second.host
        if is_same_host or not set(first.machines).isdisjoint(second.machines):
            return False
    return all(
        first.end <= setup_start(second.start, world.rooms[room].setup)
        for room in first.rooms
        if room in second.rooms and room in world.rooms
    )


def _place(world: World, stop: Stop) -> str:
    if not stop.is_activity:
        return LUNCH if stop.kind is StopKind.LUNCH else stop.code
    offer = world.offers.get(stop.session) if stop.session is not None else None
    return next(iter(offer.rooms if offer is not None else stop.rooms), stop.code)
