"""A plan's id is the plan itself: packed, compressed and signed.

So planning writes nothing, an id that was changed on the way is none of ours, and what it says is
judged anew against the world of the moment when somebody orders it.
"""

import base64
import binascii
import json
import zlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bookings.visits.planner.plan import Plan, Stop, StopKind, Subgroup
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.rules import Group
from vizium.kernel.ids import is_signed, sign

# Fits into an address and a hidden field everywhere; the longest day of four subgroups has 1,000.
PLAN_ID_LENGTH_MAX = 1_800
_PURPOSE = "visit-plan"
# Rises when the form of the packing changes: older ids are then none of ours any more.
_FORM = 1
# A signed id of a legal length unpacks to some thousands of letters.
_UNPACKED_MAX = 64_000
_KINDS = tuple(StopKind)
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def encode_plan(request: PlanRequest, plan: Plan, secret_key: str) -> str:
    """A request and a plan for it as one signed id."""
    text = json.dumps(pack_day(request, plan), separators=(",", ":"), ensure_ascii=False).encode()
    packed = base64.urlsafe_b64encode(zlib.compress(text, 9)).decode().rstrip("=")
    plan_id = f"{packed}.{sign(secret_key, _PURPOSE, packed)}"
    assert len(plan_id) <= PLAN_ID_LENGTH_MAX, "a day has no more than some tens of stops"
    return plan_id


def decode_plan(plan_id: str, secret_key: str) -> tuple[PlanRequest, Plan] | None:
    """What an id says, or None if it is not one of ours."""
    if len(plan_id) > PLAN_ID_LENGTH_MAX:
        return None
    packed, _, signature = plan_id.partition(".")
    if not is_signed(secret_key, _PURPOSE, packed, signature=signature):
        return None
    try:
        squeezed = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        text = zlib.decompressobj().decompress(squeezed, _UNPACKED_MAX)
        return unpack_day(json.loads(text))
    except (binascii.Error, zlib.error, ValueError):
        return None


def pack_day(request: PlanRequest, plan: Plan) -> list[object]:
    """A request and its plan as short JSON."""
    return [_FORM, _pack_request(request, plan.day), _pack_plan(plan)]


def unpack_day(packed: list[Any]) -> tuple[PlanRequest, Plan]:
    """What `pack_day` packed.

    Raises:
        ValueError: it was packed in a form that we no longer read.
    """
    if packed[0] != _FORM:
        raise ValueError
    _, request, plan = packed
    unpacked = _unpack_plan(plan)
    return _unpack_request(request, unpacked.day), unpacked


def _pack_request(request: PlanRequest, day: date) -> list[object]:
    return [
        request.schools,
        [(one - day).days for one in request.dates],
        [(group.grade, group.pupils) for group in request.groups],
        request.adults,
        request.language,
        [(wish.code, wish.kind, wish.subject, wish.area) for wish in request.wishes],
        request.galleries,
        sorted(need.value for need in request.needs),
        _wall(request.arrive),
        _wall(request.depart),
    ]


def _unpack_request(packed: list[list[object]], day: date) -> PlanRequest:
    schools, dates, groups, adults, language, wishes, galleries, needs, arrive, depart = packed
    return PlanRequest(
        schools=tuple(map(str, schools)),
        dates=tuple(day + timedelta(days=_int(days)) for days in dates),
        groups=tuple(Group(grade, pupils) for grade, pupils in _rows(groups)),
        adults=_int(adults),
        language=str(language),
        wishes=tuple(Wish(*wish) for wish in _rows(wishes)),
        galleries=tuple(map(str, galleries)),
        needs=frozenset(Need(str(need)) for need in needs),
        arrive=_hour(arrive),
        depart=_hour(depart),
    )


def _pack_plan(plan: Plan) -> list[object]:
    return [
        plan.day.toordinal(),
        _minutes(plan.arrive - _EPOCH),
        _minutes(plan.leave - plan.arrive),
        [(subgroup.pupils, subgroup.adults) for subgroup in plan.subgroups],
        [_pack_stop(stop, plan.arrive) for stop in plan.stops],
    ]


def _pack_stop(stop: Stop, arrive: datetime) -> list[object]:
    return [
        _KINDS.index(stop.kind),
        stop.code,
        _minutes(stop.start - arrive),
        _minutes(stop.end - stop.start),
        stop.who,
        stop.session,
        stop.rooms,
        stop.host,
        stop.machines,
    ]


def _unpack_plan(packed: list[object]) -> Plan:
    day, arrive, stay, subgroups, stops = packed
    arrives = _EPOCH + _int(arrive) * _MINUTE
    return Plan(
        day=date.fromordinal(_int(day)),
        arrive=arrives,
        leave=arrives + _int(stay) * _MINUTE,
        subgroups=tuple(Subgroup(*one) for one in _rows(subgroups)),
        stops=tuple(_unpack_stop(one, arrives) for one in _rows(stops)),
    )


def _unpack_stop(packed: list[object], arrive: datetime) -> Stop:
    kind, code, after, minutes, who, session, rooms, host, machines = packed
    start = arrive + _int(after) * _MINUTE
    return Stop(
        kind=_KINDS[_int(kind)],
        code=str(code),
        start=start,
        end=start + _int(minutes) * _MINUTE,
        who=tuple(map(_int, _list(who))),
        session=_text(session),
        rooms=tuple(map(str, _list(rooms))),
        host=_text(host),
        machines=tuple(map(str, _list(machines))),
    )


def _minutes(length: timedelta) -> int:
    assert length % _MINUTE == timedelta(), "plans stand on whole minutes"
    return length // _MINUTE


def _wall(at: time | None) -> str | None:
    return None if at is None else f"{at:%H:%M}"


def _hour(packed: object) -> time | None:
    return None if packed is None else time.fromisoformat(str(packed))


def _text(packed: object) -> str | None:
    return None if packed is None else str(packed)


def _int(packed: object) -> int:
    assert isinstance(packed, int)
    return packed


def _list(packed: object) -> list[object]:
    assert isinstance(packed, list)
    return packed


def _rows(packed: object) -> list[list[Any]]:
    assert isinstance(packed, list)
    return packed
