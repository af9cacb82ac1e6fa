"""The questions of a day: what each page asks, from the class to the hours of the bus."""

from collections.abc import Callable
from datetime import date

from litestar import Response

from bookings.programmes.queries import (
    ActivityRow,
    TitleRow,
    list_activities,
    list_subjects,
    search_activities,
)
from bookings.programmes.rules import ActivityKind, ActivitySearch
from bookings.resources.queries import list_galleries, standing, why_closed
from bookings.visits.forms import GRADES
from bookings.visits.forms.day import (
    days_named,
    parse_class,
    parse_days,
    parse_hours,
    parse_parties,
    parse_wishes,
    wishes_named,
)
from bookings.visits.pages.plan_days import (
    DayChoice,
    first_day_asked_for,
    list_choices,
)
from bookings.visits.pages.plan_journey import Journey
from bookings.visits.pages.plan_schools import ask_schools, check_schools
from bookings.visits.rules import merge_groups
from vizium.kernel.clock import days_after, local_date
from vizium.web.forms import Form
from vizium.web.templating import short_date

_ACTIVITIES_SHOWN = 10
_LANGUAGES = ("lv", "en", "ru")


def check_step(journey: Journey, step: str) -> None:
    """Note in the form what is wrong with the answer to a question, if anything."""
    _CHECKS[step](journey)


def ask_step(journey: Journey, step: str) -> Response[bytes]:
    """The page of a question."""
    return _ASKS[step](journey)


def _check_class(journey: Journey) -> None:
    parse_class(journey.form, journey.rules())


def _ask_class(journey: Journey) -> Response[bytes]:
    spoken = [(code, journey.page.words.code("language", code)) for code in _LANGUAGES]
    return journey.show("class", grades=GRADES, spoken=spoken)


def _grades(journey: Journey) -> set[int]:
    silent = Form(journey.form.fields)
    return {group.grade for group in merge_groups(parse_parties(silent))}


def _check_wishes(journey: Journey) -> None:
    with journey.database.reading() as session:
        known = {row.code: row.grades for row in list_activities(session) if _is_for_pupils(row)}
    parse_wishes(journey.form, known, _grades(journey))


def _ask_wishes(journey: Journey) -> Response[bytes]:
    form, grades = journey.form, _grades(journey)
    words = form.text("words", missing=None)
    chosen = wishes_named(form)
    with journey.database.reading() as session:
        found = search_activities(session, ActivitySearch(q=words)).items
        every = {row.code: row for row in list_activities(session)}
        subjects = list_subjects(session)
    fitting = [row for row in found if _is_for_pupils(row) and grades <= set(row.grades)]
    shown = [row for row in fitting if row.code not in chosen][:_ACTIVITIES_SHOWN]
    return journey.show(
        "wishes",
        words=words,
        chosen=chosen,
        picked=[every[code] for code in chosen if code in every],
        shown=shown,
        more=len(fitting) > len(shown),
        grade=max(grades, default=None),
        subjects=_subjects_taught(subjects, every, grades),
    )


def _subjects_taught(
    subjects: tuple[TitleRow, ...], every: dict[str, ActivityRow], grades: set[int]
) -> list[TitleRow]:
    taught = {
        subject
        for row in every.values()
        if _is_for_pupils(row) and grades <= set(row.grades)
        for subject in row.subjects
    }
    return [subject for subject in subjects if subject.code in taught]


def _is_for_pupils(row: ActivityRow) -> bool:
    return row.kind is not ActivityKind.EDUCATOR


def _ask_extras(journey: Journey) -> Response[bytes]:
    with journey.database.reading() as session:
        galleries = standing(list_galleries(session), local_date(journey.page.now))
    return journey.show("extras", galleries=galleries)


def _check_days(journey: Journey) -> None:
    form = journey.form
    days = parse_days(form, today=local_date(journey.page.now))
    if form.errors:
        return
    with journey.database.reading() as session:
        for day in days:
            reason = why_closed(session, day)
            if reason is not None:
                form.fail("date", f"day_closed_{reason.value}", date=short_date(day))


def _ask_days(journey: Journey) -> Response[bytes]:
    form = journey.form
    today = local_date(journey.page.now)
    chosen = days_named(Form(form.fields))
    with journey.database.reading() as session:
        prepared = first_day_asked_for(session, now=journey.page.now)
        first = max(_day(form.raw("from")) or prepared, today)
        choices = list_choices(session, first, grades=_grades(journey), now=journey.page.now)
    shown = {choice.day for choice in choices}
    kept = [DayChoice(day) for day in chosen if day not in shown and not form.errors]
    later = days_after(choices[-1].day, 1) if choices else None
    sooner = days_after(today, 1) if first >= prepared else None
    return journey.show(
        "days", choices=[*kept, *choices], chosen=chosen, later=later, sooner=sooner
    )


def _check_hours(journey: Journey) -> None:
    parse_hours(journey.form)


def _ask_hours(journey: Journey) -> Response[bytes]:
    return journey.show("hours")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _no_check(_journey: Journey) -> None:
    """Every answer is good."""


_CHECKS: dict[str, Callable[[Journey], None]] = {
    "class": _check_class,
    "school": check_schools,
    "wishes": _check_wishes,
    "extras": _no_check,
    "days": _check_days,
    "hours": _check_hours,
}
_ASKS: dict[str, Callable[[Journey], Response[bytes]]] = {
    "class": _ask_class,
    "school": ask_schools,
    "wishes": _ask_wishes,
    "extras": _ask_extras,
    "days": _ask_days,
    "hours": _ask_hours,
}
