"""Each activity: is there such a one, is it for this class, does its session still stand?"""

from collections.abc import Iterator

from bookings.visits.planner.judge.case import Case
from bookings.visits.planner.violations import Violation, found


def check_known(case: Case) -> Iterator[Violation]:
    """The activity is in the catalogue, and made for a class alone only if it may be."""
    for index, stop in case.ahead:
        activity = case.world.activities.get(stop.code) if stop.is_activity else None
        if stop.is_activity and activity is None:
            yield found("activity_unknown", index, code=stop.code)
        offer = case.offer(stop)
        lacks_session = offer is None or offer.code != stop.code
        if stop.is_activity and stop.session is not None and lacks_session:
            yield found("session_unknown", index, code=stop.code, session=stop.session)
        if activity is not None and stop.session is None and not activity.on_request:
            yield found("session_unknown", index, code=stop.code, session=None)


def check_grades(case: Case) -> Iterator[Violation]:
    """It is for every grade that comes."""
    for index, stop, activity in case.activities:
        refused = tuple(sorted(case.request.grades - activity.grades))
        if refused:
            taken = tuple(sorted(activity.grades))
            yield found("grade_not_taken", index, code=stop.code, grades=refused, taken=taken)


def check_language(case: Case) -> Iterator[Violation]:
    """It is held in the class's language."""
    wanted = case.request.language
    for index, stop, activity in case.activities:
        if wanted not in activity.languages:
            offered = tuple(sorted(activity.languages))
            yield found(
                "language_not_offered", index, code=stop.code, language=wanted, offered=offered
            )


def check_size(case: Case) -> Iterator[Violation]:
    """Neither too few pupils for it nor too many at once."""
    for index, stop, activity in case.activities:
        pupils = case.plan.pupils_of(stop)
        if pupils < activity.seats_min:
            facts = {"code": stop.code, "pupils": pupils, "least": activity.seats_min}
            yield found("group_too_small", index, **facts)
        if pupils > activity.seats_max:
            facts = {"code": stop.code, "pupils": pupils, "most": activity.seats_max}
            yield found("group_too_large", index, **facts)


def check_exhibits(case: Case) -> Iterator[Violation]:
    """The exhibits that it is about work."""
    for index, stop, activity in case.activities:
        broken = tuple(sorted(activity.exhibits & case.world.out_of_order))
        if broken:
            yield found("exhibit_out_of_order", index, code=stop.code, exhibits=broken)
