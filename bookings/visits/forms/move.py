"""The stops of a visit moved by hand: fields of each stop, and of one that is added.

```
s0_start s0_end s0_who s0_drop      every stop; an activity keeps its length, so it has no end
s0_session s0_rooms s0_host         an activity: a published session, or a room and a host
s0_place                            a gallery: which one
n_what n_start n_end n_who          one more stop: ``lunch``, a gallery, an activity, a session
n_rooms n_host                      where and with whom an added activity is held
arrive leave                        when the class is in the building
```
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bookings.visits.forms.clock import parse_wall
from bookings.visits.planner.plan import Plan, Stop, StopKind, order_of
from bookings.visits.planner.world import LUNCH, World
from vizium.kernel.clock import from_wall, to_riga
from vizium.web.forms import Form

# Before the id of a published session, where an activity's code could stand.
_SESSION = "session:"
# Between the codes of rooms that are opened into one.
_AND = "+"


def rooms_word(rooms: tuple[str, ...]) -> str:
    """Rooms as the value of a field."""
    return _AND.join(rooms)


def move_form(plan: Plan) -> Form:
    """The fields as the plan has them."""
    fields = {"arrive": [_wall(plan.arrive)], "leave": [_wall(plan.leave)]}
    for index, stop in enumerate(plan.stops):
        fields |= {
            f"s{index}_start": [_wall(stop.start)],
            f"s{index}_end": [_wall(stop.end)],
            f"s{index}_who": [str(who) for who in stop.who],
            f"s{index}_session": [stop.session or ""],
            f"s{index}_rooms": [rooms_word(stop.rooms)],
            f"s{index}_host": [stop.host or ""],
            f"s{index}_place": [stop.code],
        }
    return Form(fields)


def parse_move(form: Form, plan: Plan, world: World) -> Plan:
    """The plan as the fields have it; errors are noted in the form."""
    stops = [*_kept(form, plan, world), *_added(form, plan, world)]
    if not stops:
        form.fail("stops", "day_empty")
    arrive = _instant(form, "arrive", plan.arrive)
    leave = _instant(form, "leave", plan.leave)
    if leave <= arrive:
        form.fail("leave", "leaves_before_coming")
    return replace(plan, arrive=arrive, leave=leave, stops=tuple(sorted(stops, key=order_of)))


def _kept(form: Form, plan: Plan, world: World) -> Iterator[Stop]:
    for index, stop in enumerate(plan.stops):
        name = f"s{index}"
        if form.flag(f"{name}_drop"):
            continue
        who = _who(form, f"{name}_who", plan)
        if stop.is_activity:
            yield replace(_activity(form, name, stop, world), who=who)
        else:
            start = _instant(form, f"{name}_start", stop.start)
            end = _end(form, f"{name}_end", start, stop.end)
            code = _gallery(form, f"{name}_place", stop, world)
            yield replace(stop, code=code, start=start, end=end, who=who)


def _gallery(form: Form, name: str, stop: Stop, world: World) -> str:
    """Which gallery a stop is in; lunch is where it is."""
    code = form.raw(name)
    if stop.kind is not StopKind.GALLERY or not code or code == stop.code:
        return stop.code
    if code not in world.galleries:
        form.fail(name, "choose")
        return stop.code
    return code


def _activity(form: Form, name: str, stop: Stop, world: World) -> Stop:
    """An activity in a published session, or made for this class at its own hour."""
    session = form.raw(f"{name}_session")
    if session:
        offer = world.offers.get(session)
        if offer is None or offer.code != stop.code:
            form.fail(f"{name}_session", "choose")
            return stop
        if _is_asked_otherwise(form, name, stop, offer.start):
            form.fail(f"{name}_start", "session_is_as_published", at=_wall(offer.start))
        taken = replace(stop, session=session, start=offer.start, end=offer.end)
        return replace(taken, rooms=(), host=None, machines=())
    start = _instant(form, f"{name}_start", stop.start)
    rooms = tuple(room for room in form.raw(f"{name}_rooms").split(_AND) if room)
    if not rooms or not set(rooms) <= world.rooms.keys():
        form.fail(f"{name}_rooms", "choose")
    host = form.raw(f"{name}_host")
    if host not in world.hosts:
        form.fail(f"{name}_host", "choose")
    activity = world.activities.get(stop.code)
    return replace(
        stop,
        session=None,
        start=start,
        end=start + (stop.end - stop.start),
        rooms=rooms,
        host=host,
        machines=activity.machines if activity else stop.machines,
    )


def _is_asked_otherwise(form: Form, name: str, stop: Stop, published: datetime) -> bool:
    """Whether an hour, a room or a host is typed beside a session, which has its own."""
    at = parse_wall(form, f"{name}_start")
    hours = {to_riga(instant).time() for instant in (stop.start, published)}
    own = {f"{name}_rooms": rooms_word(stop.rooms), f"{name}_host": stop.host or ""}
    is_other = any(form.raw(field) not in {"", before} for field, before in own.items())
    return is_other or (at is not None and at not in hours)


def _added(form: Form, plan: Plan, world: World) -> Iterator[Stop]:
    what = form.raw("n_what")
    if not what:
        return
    if what.startswith(_SESSION) or what in world.activities:
        yield from _added_activity(form, what, plan, world)
        return
    if what != LUNCH and what not in world.galleries:
        form.fail("n_what", "choose")
        return
    kind = StopKind.LUNCH if what == LUNCH else StopKind.GALLERY
    length = world.policy.lunch if kind is StopKind.LUNCH else world.policy.gallery_min
    start = _instant(form, "n_start", plan.arrive)
    typed = form.raw("n_end").strip()
    end = _end(form, "n_end", start, start + length) if typed else start + length
    yield Stop(kind=kind, code=what, start=start, end=end, who=_who_comes(form, plan))


def _added_activity(form: Form, what: str, plan: Plan, world: World) -> Iterator[Stop]:
    """One more activity: in a published session, or made for this class at an hour."""
    session = what.removeprefix(_SESSION) if what.startswith(_SESSION) else ""
    offer = world.offers.get(session)
    activity = world.activities.get(offer.code if offer else what)
    if activity is None:
        form.fail("n_what", "choose")
        return
    start = offer.start if offer else _instant(form, "n_start", plan.arrive)
    stop = Stop(
        kind=activity.kind,
        code=activity.code,
        start=start,
        end=start + activity.duration,
        who=_who_comes(form, plan),
    )
    fields = {**form.fields, "n_session": [session]}
    made = Form(fields)
    yield _activity(made, "n", stop, world)
    form.errors += [one for one in made.errors if one not in form.errors]


def _who_comes(form: Form, plan: Plan) -> tuple[int, ...]:
    """The subgroups that are ticked for an added stop; none ticked means everybody."""
    everybody = tuple(range(len(plan.subgroups)))
    return _who(form, "n_who", plan) if form.all("n_who") else everybody


def _who(form: Form, name: str, plan: Plan) -> tuple[int, ...]:
    count = len(plan.subgroups)
    if count == 1:
        return (0,)
    named = set(form.all(name))
    who = tuple(index for index in range(count) if str(index) in named)
    if not who:
        form.fail(name, "choose")
    return who or (0,)


def _end(form: Form, name: str, start: datetime, otherwise: datetime) -> datetime:
    end = _instant(form, name, otherwise)
    if end <= start:
        form.fail(name, "end_before_start")
    return end


def _instant(form: Form, name: str, otherwise: datetime) -> datetime:
    """The instant of an hour on the day of `otherwise`."""
    at = parse_wall(form, name)
    if at is None:
        form.fail(name, "missing")
        return otherwise
    return from_wall(to_riga(otherwise).date(), at)


def _wall(instant: datetime) -> str:
    return f"{to_riga(instant):%H.%M}"
