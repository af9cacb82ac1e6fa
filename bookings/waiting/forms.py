"""From what a teacher sends to a class on the waiting list: values, or every field's error."""

from datetime import date

from bookings.visits.forms import GRADES, parse_contact, parse_people
from bookings.visits.planner.request import Need, Wish
from bookings.visits.rules import POLICY
from bookings.waiting.service import AddWaiting
from vizium.web.forms import Form

LANGUAGES = ("lv", "en", "ru")
# Fields that travel from page to page; `d` and `code` may be sent several times.
_TRAVELLING = ("school", "adults", "language", *(f"g{grade}" for grade in GRADES))
_SEVERAL = ("code", "d", "need")
_ACTIVITIES_MOST = 6


def travelling(form: Form, *without: str) -> list[tuple[str, str]]:
    """The answers given so far, to be carried in a query or in hidden fields."""
    several = [(name, value) for name in _SEVERAL for value in form.all(name) if value]
    single = [(name, form.raw(name)) for name in ("day", *_TRAVELLING) if form.raw(name)]
    return [pair for pair in [*several, *single] if pair[0] not in without]


def days_named(form: Form) -> tuple[date, ...]:
    """The days that are ticked; what is no day is left out."""
    days = (_day(value) for value in form.all("d"))
    return tuple(sorted({day for day in days if day is not None}))


def wanted_day(form: Form) -> date | None:
    """The day that was full, from which the teacher came."""
    return _day(form.raw("day"))


def later_day(form: Form) -> date | None:
    """The day from which later days were asked for."""
    return _day(form.raw("later"))


def check_days(form: Form) -> None:
    """Note what is wrong with the days."""
    days = days_named(form)
    if not days:
        form.fail("d", "no_day_ticked")
    elif len(days) > POLICY.waiting_days_max:
        form.fail("d", "days_too_many", most=POLICY.waiting_days_max)


def parse_waiting(form: Form, *, page_language: str, owner_person: str | None) -> AddWaiting:
    """A class for the waiting list.

    Raises:
        InvalidInput: every field's error.
    """
    people = parse_people(form)
    if people.language not in LANGUAGES:
        form.fail("language", "choose")
    check_days(form)
    contact = parse_contact(form)
    transport = form.choice("transport", ("yes", "no"))
    form.check()
    codes = dict.fromkeys(code for code in form.all("code") if code)
    needs = {need.value: need for need in Need}
    return AddWaiting(
        school=form.raw("school"),
        days=days_named(form),
        groups=people.groups,
        adults=people.adults,
        language=people.language,
        page_language=page_language,
        contact=contact,
        wishes=tuple(Wish(code=code) for code in list(codes)[:_ACTIVITIES_MOST]) or (Wish(),),
        needs=frozenset(needs[word] for word in form.all("need") if word in needs),
        wants_transport=transport == "yes",
        owner_person=owner_person,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
