"""The centre's own rules in words: every value, and what differs between two versions."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import cast

from bookings.visits.forms.policy import percent_typed
from bookings.visits.forms.policy_fields import (
    MINUTE,
    RuleField,
    RuleKind,
    Rules,
    rule_groups,
    rules_in,
)
from bookings.visits.queries.policy import PolicyRow
from bookings.visits.rules import FeeStep
from vizium.web.i18n import Translator


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule with its words before and after."""

    field: str
    before: str
    after: str


def rules_of(row: PolicyRow) -> dict[str, object]:
    """All values of a version, keyed by the field's name."""
    return rules_in(row.visit, row.day)


def rules_in_words(row: PolicyRow, words: Translator) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every rule with its value, group by group."""
    rules = rules_of(row)
    return [
        (group, [(one.name, rule_words(one, rules[one.name], words)) for one in fields])
        for group, fields in rule_groups()
        if fields
    ]


def rule_changes(before: Rules, after: Rules, words: Translator) -> list[RuleChange]:
    """The rules in which two versions differ."""
    return [
        RuleChange(
            one.name,
            rule_words(one, before[one.name], words),
            rule_words(one, after[one.name], words),
        )
        for _, fields in rule_groups()
        for one in fields
        if before[one.name] != after[one.name]
    ]


def rule_words(field: RuleField, value: object, words: Translator) -> str:
    """The value of a rule as people read it; its unit stands in the rule's own words."""
    if isinstance(value, timedelta):
        whole, rest = divmod(value, field.unit)
        return f"{value // MINUTE} min" if rest else str(whole)
    if isinstance(value, time):
        return f"{value:%H.%M}" if words.lang == "lv" else f"{value:%H:%M}"
    if field.kind is RuleKind.SHARE:
        return percent_typed(cast("int", value))
    return _list_words(field, value, words) if isinstance(value, tuple) else str(value)


def _list_words(field: RuleField, values: tuple[object, ...], words: Translator) -> str:
    if field.kind is RuleKind.STEPS:
        steps = cast("tuple[FeeStep, ...]", values)
        return "; ".join(_step_words(step, words) for step in steps) or "–"
    if field.kind is RuleKind.WEEKDAYS:
        return ", ".join(words.code("weekday", str(day)) for day in values) or "–"
    return ", ".join(str(one) for one in values) or "–"


def _step_words(step: FeeStep, words: Translator) -> str:
    return words.t(
        "%(days)s days before or earlier: %(share)s %%",
        days=step.days_before,
        share=percent_typed(step.share_bp),
    )
