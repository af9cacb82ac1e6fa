"""Planted faults: a good plan, request and world with one change, and the code for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from bookings.visits.planner.plan import Plan, Subgroup
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.planner.validate import Violation, validate
from bookings.visits.planner.world import World
from bookings.visits.rules import POLICY as VISITING
from bookings.visits.rules import Group
from tests.bookings.visits.planner.worlds import (
    POLICY,
    at,
    broken,
    crowded,
    given_plan,
    given_request,
    given_split_plan,
    given_stop,
    given_world,
    ill,
    shut,
    taken,
)

# The stops of `given_plan`.
PROGRAMME, SHOW, LUNCH, GALLERY = range(4)


@dataclass(frozen=True, slots=True)
class Trial:
    """A plan, what was asked for and the day: what the judge is given."""

    plan: Plan
    request: PlanRequest
    world: World

    def codes(self, *, under_way: bool = False) -> list[str]:
        """The codes of what the judge says."""
        return [violation.code for violation in self.judge(under_way=under_way)]

    def judge(self, *, under_way: bool = False) -> tuple[Violation, ...]:
        """What the judge says, with its facts."""
        return validate(self.plan, self.request, self.world, under_way=under_way)


def trial_of(
    plan: Plan | None = None, request: PlanRequest | None = None, world: World | None = None
) -> Trial:
    return Trial(plan or given_plan(), request or given_request(), world or given_world())


SPLIT_REQUEST = given_request(wishes=(Wish(code="T-03"), Wish(kind="show")))


def _split(world: World | None = None, **changes: object) -> Trial:
    return Trial(given_split_plan(**changes), SPLIT_REQUEST, world or given_world())


def _stop(index: int, **changes: object) -> Trial:
    return trial_of(with_stop(given_plan(), index, **changes))


def with_stop(plan: Plan, index: int, **changes: object) -> Plan:
    stops = list(plan.stops)
    stops[index] = replace(stops[index], **changes)  # type: ignore[arg-type]
    return replace(plan, stops=tuple(stops))


def _asked(**changes: object) -> Trial:
    return trial_of(request=given_request(**changes))


def in_world(world: World) -> Trial:
    return trial_of(world=world)


def _activity(code: str, **changes: object) -> Trial:
    world = given_world()
    changed = replace(world.activities[code], **changes)  # type: ignore[arg-type]
    return in_world(replace(world, activities={**world.activities, code: changed}))


def _host(code: str, **changes: object) -> Trial:
    world = given_world()
    changed = replace(world.hosts[code], **changes)  # type: ignore[arg-type]
    return in_world(replace(world, hosts={**world.hosts, code: changed}))


def _policy(**changes: object) -> Trial:
    return in_world(given_world(policy=replace(POLICY, **changes)))  # type: ignore[arg-type]


def _without_stop(index: int) -> Trial:
    plan = given_plan()
    stops = plan.stops[:index] + plan.stops[index + 1 :]
    return trial_of(replace(plan, stops=stops))


def _world(**changes: object) -> World:
    return given_world(policy=replace(POLICY, **changes))  # type: ignore[arg-type]


def running_for_the_bus() -> Trial:
    return trial_of(given_plan(leave=at("13:45")), given_request(depart=time(13, 50)))


def _few_adults() -> Trial:
    return trial_of(given_plan(subgroups=(Subgroup(27, 2),)), given_request(adults=2))


def _stricter() -> World:
    """A day whose rules want an adult for five pupils."""
    return given_world(visiting=replace(VISITING, pupils_per_adult_basic=5))


def half_at_the_show() -> Trial:
    """The second part sees a gallery while the first is at the show."""
    plan = given_split_plan()
    instead = given_stop("g-geo", "13:15", "14:00", who=(1,))
    return _split(stops=(*plan.stops[:5], replace(plan.stops[5], who=(0,)), instead))


def _crowd(pool: str, start: str, end: str, free: int) -> Trial:
    return in_world(crowded(given_world(), pool, start, end, free=free))


def _taken(code: str, start: str, end: str) -> Trial:
    return in_world(taken(given_world(), code, start, end))


def _alone_in_half() -> Trial:
    return _split(subgroups=(Subgroup(14, 3), Subgroup(13, 0)))


def _held_in(language: str) -> Trial:
    return _activity("T-07", languages=frozenset({language}))


def _far(one: str, other: str) -> Trial:
    return in_world(given_world(walks={(one, other): timedelta(minutes=16)}))


def _unlisted(code: str) -> Trial:
    """A day without an activity, for a class that does not ask for it."""
    world = given_world()
    rest = {key: value for key, value in world.activities.items() if key != code}
    return trial_of(request=given_request(wishes=()), world=replace(world, activities=rest))


def _broken() -> Trial:
    trial = _activity("T-07", exhibits=frozenset({"ex-001", "ex-002"}))
    return replace(trial, world=broken(trial.world, "ex-002"))


def _wrong_kind() -> Trial:
    world = given_world()
    activity = replace(world.activities["T-07"], room_kind="show-hall")
    return in_world(replace(world, activities={**world.activities, "T-07": activity}))


def _gap() -> Trial:
    """Rooms B and D at an hour when both are free."""
    stop = given_stop("T-07", "13:00", "14:00", rooms=("room-b", "room-d"), host="h-08")
    plan = given_plan()
    return trial_of(replace(plan, stops=(*plan.stops[1:3], stop)))


def _parallel(**second: Any) -> Trial:
    """Both parts take T-03 at once, the second in a room or with a host that the first has."""
    world = given_world()
    second_laboratory = replace(world.rooms["room-a"], kind="laboratory")
    world = replace(world, rooms={**world.rooms, "room-a": second_laboratory})
    first = {"rooms": ("laboratory",), "host": "h-04"}
    stops = (
        given_stop("T-03", "09:45", "10:45", who=(0,), **first),
        given_stop("T-03", "09:45", "10:45", who=(1,), **first | second),
        *given_split_plan().stops[4:],
    )
    return _split(world, stops=stops)


def _no_setup() -> Trial:
    """The second round starts when the first ends."""
    plan = given_split_plan()
    second = replace(plan.stops[3], start=at("10:45"), end=at("11:45"))
    return Trial(
        replace(plan, stops=(*plan.stops[:3], second, *plan.stops[4:])),
        SPLIT_REQUEST,
        given_world(),
    )


def _alone() -> Trial:
    plan = with_stop(given_plan(), GALLERY, code="g-small")
    return trial_of(plan, world=taken(given_world(), "g-small", "13:30", "14:00"))


def _stairs() -> Trial:
    plan = with_stop(given_plan(), GALLERY, code="g-sim")
    return trial_of(plan, given_request(needs=frozenset({Need.STEP_FREE})))


def _tired() -> Trial:
    world = given_world()
    host = replace(world.hosts["h-04"], minutes_left=119)
    return _split(replace(world, hosts={**world.hosts, "h-04": host}))


def _soldering(machines: tuple[str, ...], *, busy: bool = False) -> Trial:
    """Ten pupils of grade 5 solder in workshop 1."""
    stop = given_stop(
        "W-01", "09:45", "10:45", rooms=("workshop-1",), host="h-03", machines=machines
    )
    plan = given_plan(subgroups=(Subgroup(10, 1),), stops=(stop,), leave=at("11:00"))
    request = given_request(groups=(Group(5, 10),), adults=1, wishes=(), needs=frozenset())
    world = taken(given_world(), "m-solder-2", "10:30", "11:30") if busy else given_world()
    return Trial(plan, request, world)


def _seats(free: int) -> Trial:
    return in_world(given_world(offers={"S-02.11": ("11:15", "show-hall", "h-02", free)}))


def _out_of(code: str) -> Trial:
    """A session whose host or room is out."""
    world = given_world()
    offer = replace(world.offers["S-02.11"], free=0, out=code)
    return in_world(replace(world, offers={**world.offers, "S-02.11": offer}))


# Each line: the code, what it is planted by, a trial with one change of a good plan.
FAULTS: list[tuple[str, str, Callable[[], Trial]]] = [
    ("closed_day", "holiday", lambda: in_world(given_world(closes="09:00", why_closed="holiday"))),
    (
        "day_is_past",
        "yesterday",
        lambda: in_world(given_world(now=at("08:00") + timedelta(days=1))),
    ),
    ("day_is_past", "begun", lambda: in_world(given_world(now=at("09:31")))),
    (
        "lead_time_short",
        "in 13 days",
        lambda: in_world(given_world(now=at("09:00", date(2027, 3, 17)))),
    ),
    ("outside_hours", "too early", lambda: in_world(given_world(opens="10:00"))),
    ("outside_hours", "after closing", lambda: in_world(given_world(closes="13:45"))),
    ("too_long_day", "a shorter day", lambda: _policy(day_most=timedelta(hours=4))),
    ("arrives_too_late", "a late bus", lambda: _asked(arrive=time(9, 31))),
    ("arrives_too_late", "no time for coats", lambda: _policy(arrive_early=timedelta(minutes=16))),
    ("leaves_too_late", "an early bus", lambda: _asked(depart=time(13, 59))),
    ("leaves_too_late", "a stop after", lambda: trial_of(given_plan(leave=at("13:40")))),
    ("bus_slack_short", "running", running_for_the_bus),
    ("pupils_lost", "one too few", lambda: trial_of(given_plan(subgroups=(Subgroup(26, 3),)))),
    ("pupils_lost", "one adult lost", lambda: trial_of(given_plan(subgroups=(Subgroup(27, 2),)))),
    ("pupils_lost", "a part that is none", lambda: _stop(GALLERY, who=(0, 1))),
    ("pupils_lost", "nobody", lambda: _stop(GALLERY, who=())),
    ("too_few_adults", "27 and 2", _few_adults),
    ("too_few_adults", "a part alone", _alone_in_half),
    ("too_few_adults", "stricter rules", lambda: in_world(_stricter())),
    ("too_many_subgroups", "two, most one", lambda: _split(_world(subgroups_most=1))),
    ("wish_missing", "not there", lambda: _asked(wishes=(Wish(code="W-01"),))),
    ("wish_missing", "two shows", lambda: _asked(wishes=(Wish(kind="show"), Wish(kind="show")))),
    ("wish_missing", "a subject", lambda: _asked(wishes=(Wish(subject="biology"),))),
    ("pupils_left_out", "one part", half_at_the_show),
    ("gallery_missing", "another", lambda: _asked(galleries=("g-smart", "g-geo"))),
    ("lunch_missing", "dropped", lambda: _without_stop(LUNCH)),
    ("off_grid", "13:05", lambda: _stop(GALLERY, start=at("13:05"))),
    ("wrong_duration", "45 of 60", lambda: _stop(PROGRAMME, end=at("10:30"))),
    ("wrong_duration", "a rush", lambda: _stop(GALLERY, end=at("13:14"))),
    ("wrong_duration", "lost there", lambda: _policy(gallery_most=timedelta(minutes=59))),
    ("wrong_duration", "a bite", lambda: _stop(LUNCH, end=at("12:29"))),
    ("wrong_duration", "backwards", lambda: _stop(LUNCH, end=at("12:00"))),
    ("wrong_duration", "not when it is", lambda: _stop(SHOW, start=at("11:00"), end=at("11:30"))),
    ("stops_overlap", "two places", lambda: _stop(GALLERY, start=at("12:15"), end=at("13:15"))),
    ("no_time_to_walk", "a long way", lambda: _far("g-smart", "lunch")),
    ("no_pause", "no time to breathe", lambda: _policy(pause_after=timedelta(minutes=55))),
    ("lunch_untimely", "too early", lambda: _policy(lunch_from=time(12, 15))),
    ("lunch_untimely", "too late", lambda: _policy(lunch_until=time(12, 15))),
    ("activity_unknown", "withdrawn", lambda: _unlisted("T-07")),
    ("session_unknown", "cancelled", lambda: _stop(SHOW, session="S-02.99")),
    ("session_unknown", "another's", lambda: _stop(SHOW, code="S-01")),
    ("session_unknown", "not on request", lambda: _activity("T-07", on_request=False)),
    ("grade_not_taken", "grade 5", lambda: _activity("T-07", grades=frozenset({6, 7}))),
    ("language_not_offered", "only English", lambda: _held_in("en")),
    ("group_too_small", "28 at least", lambda: _activity("T-07", seats_min=28)),
    ("group_too_large", "26 at most", lambda: _activity("S-02", seats_max=26)),
    ("exhibit_out_of_order", "the robot", _broken),
    ("room_unknown", "no such room", lambda: _stop(PROGRAMME, rooms=("room-x",))),
    ("room_unknown", "no room", lambda: _stop(PROGRAMME, rooms=())),
    ("wrong_room_kind", "a workshop", _wrong_kind),
    ("rooms_not_neighbours", "a gap", _gap),
    ("room_too_small", "20 seats", lambda: _stop(PROGRAMME, rooms=("room-a",))),
    ("room_taken", "by another", lambda: _taken("room-b", "10:30", "11:00")),
    ("room_taken", "out of order", lambda: in_world(shut(given_world(), "room-a"))),
    ("room_taken", "by ourselves", lambda: _parallel(host="h-02")),
    ("setup_missing", "another before", lambda: _taken("room-b", "09:30", "09:45")),
    ("setup_missing", "rotation", _no_setup),
    ("gallery_unknown", "no such", lambda: _stop(GALLERY, code="g-none")),
    ("gallery_taken", "another group", _alone),
    ("not_step_free", "stairs", _stairs),
    ("not_quiet", "a loud show", lambda: _asked(needs=frozenset({Need.QUIET}))),
    ("host_unknown", "no host", lambda: _stop(PROGRAMME, host=None)),
    ("host_unknown", "a stranger", lambda: _stop(PROGRAMME, host="h-99")),
    ("host_lacks_skill", "a chemist", lambda: _stop(PROGRAMME, host="h-04")),
    ("host_lacks_language", "only English", lambda: _host("h-08", languages=frozenset({"en"}))),
    ("host_lacks_language", "in a show", lambda: _host("h-02", languages=frozenset({"en"}))),
    ("host_off_shift", "ill", lambda: in_world(ill(given_world(), "h-08"))),
    ("host_taken", "by another", lambda: _taken("h-08", "10:30", "11:00")),
    ("host_taken", "by ourselves", lambda: _parallel(rooms=("room-a",))),
    ("host_overworked", "59 minutes", lambda: _host("h-08", minutes_left=59)),
    ("host_overworked", "two rounds", _tired),
    ("machine_taken", "by another", lambda: _soldering(("m-solder-1", "m-solder-2"), busy=True)),
    ("machine_taken", "not reserved", lambda: _soldering(("m-solder-1",))),
    ("session_host_absent", "ill", lambda: _out_of("h-02")),
    ("session_room_out", "flooded", lambda: _out_of("show-hall")),
    ("session_full", "26 seats", lambda: _seats(26)),
    ("gallery_full", "29 places", lambda: _crowd("g-smart", "13:30", "13:45", 29)),
    ("lunch_full", "29 places", lambda: _crowd("lunch", "12:15", "12:30", 29)),
    ("hall_full", "29 places", lambda: _crowd("hall", "13:45", "14:00", 29)),
    ("coach_bays_full", "none", lambda: _crowd("coach-bays", "10:00", "10:15", 0)),
]
