"""The form of the centre's own rules: read, and filled from rules that stand."""

import re
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import cast

from bookings.visits.forms.clock import parse_wall
from bookings.visits.forms.policy_fields import (
    DAY_PREFIX,
    MINUTE,
    VISIT_PREFIX,
    RuleField,
    RuleKind,
    Rules,
    rule_groups,
)
from bookings.visits.rules import FeeStep
from bookings.visits.rules.policy import FULL_BP
from vizium.web.forms import Form

STEPS_MOST = 6
_NUMBERS_MOST = 8
WEEKDAYS = range(1, 8)


def rules_form(rules: Rules) -> Form:
    """The fields as rules have them."""
    filled: dict[str, list[str]] = {}
    for field in _all_fields():
        filled |= _written(field, rules[field.name])
    return Form(filled)


def _written(field: RuleField, value: object) -> dict[str, list[str]]:
    """A value as it is typed; steps take two fields."""
    name = field.name
    if field.kind is RuleKind.STEPS:
        steps = cast("tuple[FeeStep, ...]", value)
        return {
            f"{name}_days": [str(step.days_before) for step in steps],
            f"{name}_percent": [percent_typed(step.share_bp) for step in steps],
        }
    if field.kind is RuleKind.WEEKDAYS:
        return {name: [str(day) for day in cast("tuple[int, ...]", value)]}
    return {name: [_typed(field, value)]}


def _typed(field: RuleField, value: object) -> str:
    if isinstance(value, timedelta):
        # Written by a script, it may be no whole number of the unit.
        whole, rest = divmod(value, field.unit)
        return f"{value // MINUTE} min" if rest else str(whole)
    if isinstance(value, time):
        return f"{value:%H.%M}"
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return percent_typed(cast("int", value)) if field.kind is RuleKind.SHARE else str(value)


def parse_rules(form: Form, *, today: date) -> tuple[date, Rules]:
    """From which day on, and the values of every field.

    Raises:
        InvalidInput: every field's error.
    """
    valid_from = form.date("valid_from", stand_in=today)
    if valid_from <= today:
        form.fail("valid_from", "rules_from_tomorrow")
    values = {field.name: _read(form, field) for field in _all_fields()}
    form.check()
    return valid_from, values


def halves(rules: Rules) -> tuple[dict[str, object], dict[str, object]]:
    """The values of visiting and of a day, keyed by the rule's own name."""
    visit, day = (
        {name.removeprefix(half): value for name, value in rules.items() if name.startswith(half)}
        for half in (VISIT_PREFIX, DAY_PREFIX)
    )
    return visit, day


def percent_typed(share_bp: int) -> str:
    """``12,5`` of 1250 basis points."""
    whole, rest = divmod(share_bp, 100)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",") if rest else str(whole)


def _all_fields() -> Iterator[RuleField]:
    return (field for _, group in rule_groups() for field in group)


def _read(form: Form, field: RuleField) -> object:
    """The value of a field; an error is noted in the form."""
    return _READERS[field.kind](form, field)


def _whole(form: Form, field: RuleField) -> int:
    return form.whole(field.name, least=field.least, most=field.most)


def _clock(form: Form, field: RuleField) -> time:
    at = parse_wall(form, field.name)
    if at is None:
        form.fail(field.name, "missing")
    return at or time()


def _weekdays(form: Form, field: RuleField) -> tuple[int, ...]:
    return tuple(day for day in WEEKDAYS if str(day) in form.all(field.name))


def _share(form: Form, field: RuleField) -> int:
    share_bp = _basis_points(form.text(field.name))
    if share_bp is None:
        form.fail(field.name, "not_a_share")
    return share_bp or 0


def _length(form: Form, field: RuleField) -> timedelta:
    in_minutes = re.fullmatch(r"\s*([0-9]{1,6})\s*min\.?\s*", form.raw(field.name))
    if in_minutes:
        length = timedelta(minutes=int(in_minutes[1]))
        if not field.least * field.unit <= length <= field.most * field.unit:
            form.fail(field.name, "out_of_bounds", least=field.least, most=field.most)
        return length
    return form.whole(field.name, least=field.least, most=field.most) * field.unit


def _numbers(form: Form, name: str) -> Iterator[int]:
    words = [word for word in re.split(r"[\s,;]+", form.raw(name)) if word]
    if len(words) > _NUMBERS_MOST or any(not re.fullmatch("[0-9]{1,3}", one) for one in words):
        form.fail(name, "not_numbers", most=_NUMBERS_MOST)
        return
    yield from sorted({int(word) for word in words}, reverse=True)


def _steps(form: Form, name: str) -> Iterator[FeeStep]:
    pairs = zip(form.all(f"{name}_days"), form.all(f"{name}_percent"), strict=False)
    steps = []
    for days, share in pairs:
        if not days and not share:
            continue
        share_bp = _basis_points(share)
        if not re.fullmatch("[0-9]{1,3}", days) or share_bp is None:
            form.fail(name, "not_a_fee_step")
            return
        steps.append(FeeStep(int(days), share_bp))
    yield from sorted(steps[:STEPS_MOST], key=lambda step: -step.days_before)


def _basis_points(text: str) -> int | None:
    try:
        share = Decimal(text.rstrip("% \u00a0").replace(",", ".")) * 100
    except InvalidOperation:
        return None
    if not share.is_finite() or share != share.to_integral_value() or not 0 <= share <= FULL_BP:
        return None
    return int(share)


_READERS: dict[RuleKind, Callable[[Form, RuleField], object]] = {
    RuleKind.LENGTH: _length,
    RuleKind.CLOCK: _clock,
    RuleKind.WHOLE: _whole,
    RuleKind.SHARE: _share,
    RuleKind.NUMBERS: lambda form, field: tuple(_numbers(form, field.name)),
    RuleKind.WEEKDAYS: _weekdays,
    RuleKind.STEPS: lambda form, field: tuple(_steps(form, field.name)),
}
