"""Who comes: pupils of each grade, the adults with them, and the numbers counted at the door."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bookings.visits.rules import (
    GRADE_MAX,
    POLICY,
    PUPILS_MAX,
    Group,
    VisitPolicy,
    adults_needed,
    pupils_of,
)
from bookings.visits.service import RecordArrival
from vizium.web.forms import Form

GRADES = tuple(range(GRADE_MAX + 1))


@dataclass(frozen=True, slots=True)
class People:
    """Who comes, as the group page asks it."""

    groups: tuple[Group, ...]
    adults: int
    language: str


def parse_people(form: Form, *, language: str | None = None) -> People:
    """Pupils by grade, adults, language (unless it stands); errors are noted in the form."""
    groups = parse_groups(form)
    adults = parse_adults(form)
    return People(groups, adults, language or form.text("language"))


def parse_groups(form: Form, prefix: str = "") -> tuple[Group, ...]:
    """The pupils of each grade; errors are noted in the form.

    Args:
        prefix: stands before the field names where a page knows several schools.
    """
    groups = tuple(_groups(form, prefix))
    if not groups:
        form.fail(f"{prefix}groups", "pupils_missing")
    elif pupils_of(groups) > PUPILS_MAX:
        form.fail(f"{prefix}groups", "pupils_too_many", most=PUPILS_MAX)
    return groups


def parse_adults(form: Form, prefix: str = "") -> int:
    """The adults who come along; an error is noted in the form."""
    return form.whole(f"{prefix}adults", least=0, most=POLICY.adults_max)


def check_supervision(
    form: Form, groups: Sequence[Group], adults: int, policy: VisitPolicy = POLICY
) -> None:
    """Note in the form when too few adults come; nothing is noted about a class of nobody."""
    needed = adults_needed(groups, policy) if groups else 0
    if adults < needed:
        code = "adults_too_few" if adults else "adults_none"
        form.fail("adults", code, needed=needed, pupils=pupils_of(groups))


def parse_arrival(form: Form, reference: str) -> RecordArrival:
    """How many came, as the front desk counts.

    Raises:
        InvalidInput: every field's error.
    """
    pupils = form.whole("pupils", least=1, most=PUPILS_MAX)
    adults = form.whole("adults", least=0, most=PUPILS_MAX)
    form.check()
    return RecordArrival(
        reference=reference,
        pupils=pupils,
        adults=adults,
        at=None,
        nonce=form.raw("key"),
        any_day=form.flag("any_day"),
    )


def _groups(form: Form, prefix: str) -> Iterator[Group]:
    for grade in GRADES:
        pupils = form.whole(f"{prefix}g{grade}", least=0, most=PUPILS_MAX, empty=0)
        if pupils:
            yield Group(grade, pupils)
