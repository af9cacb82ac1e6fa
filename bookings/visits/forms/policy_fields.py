"""The fields of the centre's own rules, one for each value of the two halves.

They come from the rules themselves, so a rule that is added has its field at once. What kind of
field it is follows from the value that stands: a length of time, a wall time, a number, a share, a
list of numbers, weekdays, or steps of a fee.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time, timedelta
from enum import StrEnum

from bookings.visits.planner.world import DayPolicy
from bookings.visits.rules import POLICY, FeeStep, VisitPolicy

Rules = Mapping[str, object]
"""The values of both halves, keyed by the field's name: ``visit_hold``, ``day_lunch``."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
VISIT_PREFIX, DAY_PREFIX = "visit_", "day_"
# Nothing asks for it: how far places are apart is a rule of the day.
_UNUSED = frozenset({"visit_walk"})


class RuleKind(StrEnum):
    """How a rule is asked for."""

    LENGTH = "length"
    CLOCK = "clock"
    WHOLE = "whole"
    SHARE = "share"
    NUMBERS = "numbers"
    WEEKDAYS = "weekdays"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class RuleField:
    """One rule as a field; a length of time is said in `unit`."""

    name: str
    kind: RuleKind
    unit: timedelta = MINUTE
    least: int = 0
    most: int = 1000


# In whole days or hours; every other length is in minutes.
_UNITS = {
    "visit_provisional": DAY,
    "visit_offer": HOUR,
    "visit_offer_ends_before": HOUR,
    "visit_offer_least": HOUR,
    "day_day_most": HOUR,
}
# The least and the most that anybody can mean, where it is not 0 and 1000.
_BOUNDS = {
    "visit_hold": (5, 240),
    "visit_extensions_max": (0, 100),
    "visit_provisional": (1, 60),
    "visit_pupils_per_adult_preschool": (1, 50),
    "visit_pupils_per_adult_basic": (1, 50),
    "visit_pupils_per_adult_secondary": (1, 50),
    "visit_adults_max": (1, 500),
    "visit_free_change_days": (0, 365),
    "visit_best_fit_percent": (1, 100),
    "visit_offer": (1, 336),
    "visit_offer_ends_before": (0, 336),
    "visit_offer_least": (1, 336),
    "visit_offers_missed_max": (1, 20),
    "visit_waiting_days_max": (1, 60),
    "visit_host_news_days": (0, 30),
    "day_lunch": (5, 120),
    "day_pause_after": (30, 600),
    "day_gallery_min": (5, 240),
    "day_gallery_most": (5, 480),
    "day_day_most": (1, 14),
    "day_lead_days": (0, 365),
    "day_subgroups_most": (1, 12),
}
# Keyed by the word of the group; what no group names stands in the last one.
_GROUPS: dict[str, tuple[str, ...]] = {
    "booking": ("visit_hold", "visit_extensions_max", "visit_provisional", "day_lead_days"),
    "people": (
        "visit_pupils_per_adult_preschool",
        "visit_pupils_per_adult_basic",
        "visit_pupils_per_adult_secondary",
        "visit_adults_max",
        "day_subgroups_most",
    ),
    "fees": ("visit_free_change_days", "visit_fee_steps", "visit_no_show_fee_bp"),
    "letters": (
        "visit_reminder_days",
        "visit_quiet_from",
        "visit_quiet_until",
        "visit_quiet_weekdays",
        "visit_host_news_days",
        "visit_host_news_settle",
    ),
    "waiting": (
        "visit_best_fit_percent",
        "visit_offer",
        "visit_offer_ends_before",
        "visit_offer_least",
        "visit_offers_missed_max",
        "visit_waiting_days_max",
    ),
    "times": (
        "visit_arrive_early",
        "day_arrive_early",
        "day_walk",
        "day_bus_slack",
        "day_day_most",
        "day_idle_most",
        "day_gallery_min",
        "day_gallery_most",
        "day_pause_after",
        "day_pause",
        "day_lunch",
        "day_lunch_from",
        "day_lunch_until",
    ),
    "other": (),
}


def rules_in(visit: VisitPolicy, day: DayPolicy) -> dict[str, object]:
    """The values of both halves, keyed by the field's name."""
    return {
        f"{prefix}{field.name}": getattr(half, field.name)
        for prefix, half in ((VISIT_PREFIX, visit), (DAY_PREFIX, day))
        for field in fields(half)
    }


def rule_groups() -> list[tuple[str, list[RuleField]]]:
    """All fields in their groups, in the order in which they are asked."""
    kinds = {name: _field(name, value) for name, value in rules_in(POLICY, DayPolicy()).items()}
    named = {name for names in _GROUPS.values() for name in names} | _UNUSED
    groups = _GROUPS | {"other": tuple(name for name in kinds if name not in named)}
    return [
        (group, [kinds[name] for name in names if name in kinds])
        for group, names in groups.items()
        if names
    ]


def _field(name: str, value: object) -> RuleField:
    least, most = _BOUNDS.get(name, (0, 1000))
    return RuleField(name, _kind(name, value), _UNITS.get(name, MINUTE), least, most)


def _kind(name: str, value: object) -> RuleKind:
    if isinstance(value, timedelta):
        return RuleKind.LENGTH
    if isinstance(value, time):
        return RuleKind.CLOCK
    if not isinstance(value, tuple):
        return RuleKind.SHARE if name.endswith("_bp") else RuleKind.WHOLE
    if name.endswith("_weekdays"):
        return RuleKind.WEEKDAYS
    return RuleKind.STEPS if value and isinstance(value[0], FeeStep) else RuleKind.NUMBERS
