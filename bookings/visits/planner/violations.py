"""What can be wrong with a plan: one code each, whether it blocks, and the facts to explain it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Whether a plan with this fault may be booked all the same."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Violation:
    """One fault of a plan; `stop` is the index of the stop at fault, None for the whole day.

    `facts` are plain values (text, numbers, instants, tuples of them), keyed by name: what is
    wanted and what there is, so that a page can say it in a sentence and offer the remedy.
    """

    code: str
    level: Level
    stop: int | None
    facts: Mapping[str, object]


_WARNINGS = frozenset(
    {
        "lead_time_short",
        "no_pause",
        "too_long_day",
        "bus_slack_short",
        "lunch_untimely",
    }
)
# Every code, in the order of the ladder: the day, its hours, people, wishes, stops, what they take.
CODES: tuple[str, ...] = (
    # The day.
    "closed_day",
    "day_is_past",
    "lead_time_short",
    "outside_hours",
    "too_long_day",
    "arrives_too_late",
    "leaves_too_late",
    "bus_slack_short",
    # The people.
    "pupils_lost",
    "too_few_adults",
    "too_many_subgroups",
    # What was asked for.
    "wish_missing",
    "pupils_left_out",
    "gallery_missing",
    "lunch_missing",
    # The stops in time.
    "off_grid",
    "wrong_duration",
    "stops_overlap",
    "no_time_to_walk",
    "no_pause",
    "lunch_untimely",
    # Each activity.
    "activity_unknown",
    "session_unknown",
    "grade_not_taken",
    "language_not_offered",
    "group_too_small",
    "group_too_large",
    "exhibit_out_of_order",
    # Each place.
    "room_unknown",
    "wrong_room_kind",
    "rooms_not_neighbours",
    "room_too_small",
    "room_taken",
    "setup_missing",
    "gallery_unknown",
    "gallery_taken",
    "not_step_free",
    "not_quiet",
    # Who and what runs it.
    "host_unknown",
    "host_lacks_skill",
    "host_lacks_language",
    "host_off_shift",
    "host_taken",
    "host_overworked",
    "machine_taken",
    # What counts people.
    "session_host_absent",
    "session_room_out",
    "session_full",
    "gallery_full",
    "lunch_full",
    "hall_full",
    "coach_bays_full",
)
LEVELS: Mapping[str, Level] = {
    code: Level.WARN if code in _WARNINGS else Level.BLOCK for code in CODES
}


def found(code: str, stop: int | None = None, /, **facts: object) -> Violation:
    """A violation of a known code at its level."""
    return Violation(code, LEVELS[code], stop, facts)


def blocks(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Those with which the plan must not be booked."""
    return tuple(violation for violation in violations if violation.level is Level.BLOCK)
