"""A booking by telephone: everything of a class and its day in one form of the staff."""

from collections.abc import Collection, Mapping
from datetime import date

from bookings.visits.forms.clock import parse_days_typed, parse_wall
from bookings.visits.forms.contact import NAME_LENGTH_MAX
from bookings.visits.forms.day import parse_wishes, read_wish, wishes_named
from bookings.visits.forms.people import check_supervision, parse_adults, parse_groups
from bookings.visits.planner.request import DATES_MOST, Need, PlanRequest
from bookings.visits.rules import Contact, Funding
from vizium.kernel.ids import fingerprint
from vizium.kernel.registers import parse_email, parse_phone
from vizium.web.forms import Form

LANGUAGES = ("lv", "en", "ru")
# What a found plan does not depend on, and what differs between two sendings of the same form.
_NOT_PLANNED = frozenset(
    {
        *("name", "phone", "email", "note", "funding", "transport"),
        *("act", "plan", "asked", "key", "q", "_csrf_token"),
    }
)


def parse_day_wanted(
    form: Form, *, school: str, today: date, known: Mapping[str, Collection[int]]
) -> PlanRequest:
    """The class and its day; errors are noted in the form.

    Args:
        school: the register number that the form's words stand for.
        known: the grades of every activity, keyed by code.
    """
    groups, adults = parse_groups(form), parse_adults(form)
    if not form.errors:
        check_supervision(form, groups, adults)
    dates = parse_days_typed(form, "dates", today=today)
    if len(dates) > DATES_MOST:
        form.fail("dates", "dates_count", most=DATES_MOST)
    parse_wishes(form, known, [group.grade for group in groups])
    arrive, depart = parse_wall(form, "arrive"), parse_wall(form, "depart")
    if arrive and depart and depart <= arrive:
        form.fail("depart", "leaves_before_coming")
    return PlanRequest(
        schools=(school,),
        dates=dates,
        groups=groups,
        adults=adults,
        language=form.choice("language", LANGUAGES),
        wishes=tuple(map(read_wish, wishes_named(form))),
        galleries=tuple(code for code in dict.fromkeys(form.all("gal")) if code),
        needs=frozenset(need for need in Need if need.value in form.all("need")),
        arrive=arrive,
        depart=depart,
    )


def parse_caller(form: Form) -> tuple[Contact, Funding, str]:
    """Who answers for the class, who pays, what else was said; errors are noted in the form.

    Whoever calls may have no e-mail: then the pass is printed here.
    """
    contact = Contact(
        name=form.text("name", length_max=NAME_LENGTH_MAX),
        email=form.number("email", parse_email, "") if form.raw("email").strip() else "",
        phone=form.number("phone", parse_phone, ""),
    )
    funding = Funding(form.choice("funding", [one.value for one in Funding]))
    return contact, funding, form.prose("note")


def planned_of(form: Form) -> str:
    """A fingerprint of the answers that a plan was made for."""
    fields = sorted(
        (name, *(value.strip() for value in values))
        for name, values in form.fields.items()
        if name not in _NOT_PLANNED and any(value.strip() for value in values)
    )
    return fingerprint(repr(fields).encode())
