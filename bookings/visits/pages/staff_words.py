"""What a plan's changes and faults are called on the pages of the staff, stop by stop."""

from collections.abc import Iterable, Sequence

from bookings.resources.queries import OutageRow
from bookings.visits.pages.plan_view import Names
from bookings.visits.planner.difference import Change, StopChange
from bookings.visits.planner.plan import Plan, Stop
from bookings.visits.planner.violations import Violation
from vizium.web.i18n import Translator
from vizium.web.templating import wall_time


def change_lines(changes: Iterable[StopChange], names: Names, words: Translator) -> list[str]:
    """Each change as one sentence."""
    return [_change_line(change, names, words) for change in changes]


def presence_lines(before: Plan, after: Plan, words: Translator) -> list[str]:
    """When the class is in the building, where that becomes otherwise."""
    was, now = (
        f"{wall_time(words.lang, plan.arrive)}–{wall_time(words.lang, plan.leave)}"
        for plan in (before, after)
    )
    if was == now:
        return []
    return [words.t("In the building: was %(before)s, now %(after)s", before=was, after=now)]


def fault_lines(
    faults: Iterable[Violation], plan: Plan, names: Names, words: Translator
) -> list[str]:
    """Each fault with the stop at which it is, each once."""
    lines = []
    for fault in faults:
        said = words.code("violation", fault.code)
        if fault.stop is not None:
            stop = plan.stops[fault.stop]
            said = f"{_span(stop, words.lang)} {_title(stop, names)}: {said}"
        lines.append(said)
    return list(dict.fromkeys(lines))


def resource_name(outage: OutageRow, names: Names) -> str:
    """What is out of order, as people call it; an exhibit by its code."""
    code = outage.exhibit or outage.resource
    return names.rooms.get(code) or names.hosts.get(code) or names.titles.get(code) or code


def stops_of(plans: Sequence[Plan], changes: Iterable[StopChange]) -> list[Plan]:
    """All that has to be named: the plans, and as one more the stops of the changes."""
    stops = tuple(
        stop for change in changes for stop in (change.before, change.after) if stop is not None
    )
    if not stops:
        return list(plans)
    named = Plan(
        day=stops[0].start.date(),
        arrive=stops[0].start,
        leave=stops[0].end,
        subgroups=(),
        stops=stops,
    )
    return [*plans, named]


def _change_line(change: StopChange, names: Names, words: Translator) -> str:
    told = change.after or change.before
    assert told is not None
    before, after = (
        _said(change.kind, stop, names, words.lang) if stop else ""
        for stop in (change.before, change.after)
    )
    title = _title(told, names)
    if change.kind in {Change.OTHER_ROOM, Change.OTHER_HOST}:
        title = f"{_span(told, words.lang)} {title}"
    return words.code("stop_change", change.kind.value, title=title, before=before, after=after)


def _said(kind: Change, stop: Stop, names: Names, lang: str) -> str:
    if kind is Change.OTHER_ROOM:
        return _place(stop, names) or _title(stop, names)
    if kind is Change.OTHER_HOST:
        return _host(stop, names) or "–"
    return ", ".join(part for part in (_span(stop, lang), _place(stop, names)) if part)


def _span(stop: Stop, lang: str) -> str:
    return f"{wall_time(lang, stop.start)}–{wall_time(lang, stop.end)}"


def _title(stop: Stop, names: Names) -> str:
    return names.titles.get(stop.code, stop.code)


def _place(stop: Stop, names: Names) -> str:
    if stop.session is not None:
        return names.offers.get(stop.session, ("", ""))[0]
    return ", ".join(names.rooms.get(room, room) for room in stop.rooms)


def _host(stop: Stop, names: Names) -> str:
    if stop.session is not None:
        return names.offers.get(stop.session, ("", ""))[1]
    return names.hosts.get(stop.host, stop.host) if stop.host else ""
