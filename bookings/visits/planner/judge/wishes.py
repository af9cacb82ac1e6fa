"""What was asked for: every subgroup gets every wish, every wanted gallery, and lunch.

Two wishes are met by two different activities: who wishes for "any show" twice wants two shows. So
wishes and activities are matched one to one, each wish to one that it means.
"""

from collections.abc import Collection, Iterator, Sequence

from bookings.visits.planner.judge.case import Case
from bookings.visits.planner.plan import StopKind
from bookings.visits.planner.request import Need, Wish
from bookings.visits.planner.violations import Violation, found
from bookings.visits.planner.world import ActivityFact


def meets(activity: ActivityFact, wish: Wish) -> bool:
    """Whether an activity is what a wish means: all that the wish says holds."""
    return (
        wish.code in {None, activity.code}
        and wish.kind in {None, activity.kind.value}
        and (wish.subject is None or wish.subject in activity.subjects)
        and (wish.area is None or wish.area in activity.areas)
    )


def unmet(wishes: Sequence[Wish], activities: Collection[ActivityFact]) -> list[int]:
    """The wishes, by index, that stay without an activity of their own; as few as can be."""
    choices = [[one.code for one in activities if meets(one, wish)] for wish in wishes]
    # Keyed by the activity's code: the index of the wish that has it.
    given: dict[str, int] = {}
    return [index for index in range(len(wishes)) if not _give(index, choices, given, set())]


def _give(index: int, choices: list[list[str]], given: dict[str, int], seen: set[str]) -> bool:
    """Give a wish an activity, if need be by finding another for the wish that has it."""
    for code in choices[index]:
        if code in seen:
            continue
        seen.add(code)
        if code not in given or _give(given[code], choices, given, seen):
            given[code] = index
            return True
    return False


def check_wishes(case: Case) -> Iterator[Violation]:
    """Every wish is met, and met for every subgroup."""
    wishes = case.request.wishes
    missing = unmet(wishes, _taken(case, None))
    for index in missing:
        yield found("wish_missing", wish=index, **_said(wishes[index]))
    # Keyed by the wish's index: the subgroups that miss what others get.
    left_out: dict[int, list[int]] = {}
    met = [index for index in range(len(wishes)) if index not in missing]
    for number in range(len(case.plan.subgroups)):
        for place in unmet([wishes[index] for index in met], _taken(case, number)):
            left_out.setdefault(met[place], []).append(number)
    for index, numbers in sorted(left_out.items()):
        yield found("pupils_left_out", wish=index, subgroups=tuple(numbers), **_said(wishes[index]))


def _taken(case: Case, subgroup: int | None) -> list[ActivityFact]:
    """The activities that a subgroup takes, or that anybody takes."""
    stops = case.plan.stops if subgroup is None else case.plan.stops_of(subgroup)
    codes = sorted({stop.code for stop in stops if stop.is_activity})
    known = case.world.activities
    return [known[code] for code in codes if code in known]


def _said(wish: Wish) -> dict[str, object]:
    """What a wish says."""
    said = {"code": wish.code, "kind": wish.kind, "subject": wish.subject, "area": wish.area}
    return {name: value for name, value in said.items() if value is not None}


def check_galleries(case: Case) -> Iterator[Violation]:
    """Every subgroup sees every gallery that was asked for."""
    for gallery in case.request.galleries:
        missing = _without(case, StopKind.GALLERY, gallery)
        if missing:
            yield found("gallery_missing", gallery=gallery, subgroups=missing)


def check_lunch(case: Case) -> Iterator[Violation]:
    """Who asked for lunch gets it, every subgroup."""
    if Need.LUNCH in case.request.needs:
        missing = _without(case, StopKind.LUNCH, None)
        if missing:
            yield found("lunch_missing", subgroups=missing)


def _without(case: Case, kind: StopKind, code: str | None) -> tuple[int, ...]:
    """The subgroups that have no stop of a kind, and of a code where it is said."""
    having = {
        number
        for stop in case.plan.stops
        if stop.kind is kind and code in {None, stop.code}
        for number in stop.who
    }
    return tuple(n for n in range(len(case.plan.subgroups)) if n not in having)
