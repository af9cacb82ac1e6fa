"""What becomes of those who enrol in a course, without a database.

```
  (new) -> enrolled <----------+        Enrolled and offered keep places, waiting keeps a turn.
    |         |                |        Completion is no state: it is a fact of its own.
    +-> waiting -> offered ----+
          |  |        |  +----> lapsed       nobody answered the offer in time
          |  +--------+-------> withdrawn
```
Whether a course counts as completed follows from one rule of the run over who was present; the same
rule tells an educator's completion and how many pupils of a class completed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from vizium.kernel.clock import local_date
from vizium.kernel.errors import FieldError
from vizium.kernel.money import AMOUNT_CENTS_MAX

# An academic hour, in which educators' programmes are counted in Latvia.
ACADEMIC_HOUR_MIN = 45
# How long a place that became free is kept for the one to whom it is offered.
OFFER_KEPT = timedelta(hours=48)
# A reminder goes out so long before a session.
REMIND_BEFORE = timedelta(days=2)
CAPACITY_MAX = 500
HOURS_MAX = 400
SESSIONS_MAX = 40
SESSION_MIN_MAX = 8 * 60
GRADE_MAX = 12
SHARE_BP_MAX = 10_000
# The centre's assumption until it says otherwise; every run carries its own.
USUAL_SHARE_BP = 7_500


# For how many years after a course we know who enrolled, from the day on that stands first; the
# rule of the day on which it is looked counts. Three years are an assumption until the centre says:
# so long a teacher may have to show the hours of further training.
CONTACT_KEPT_YEARS: tuple[tuple[date, int], ...] = ((date(2026, 9, 1), 3),)


class CourseAudience(StrEnum):
    """Who enrols: educators one by one, or a school with a whole class."""

    EDUCATORS = "educators"
    CLASSES = "classes"


class CourseStatus(StrEnum):
    """Where a run stands, as lists say it; it follows from its facts and the time."""

    PLANNED = "planned"
    OPEN = "open"
    FULL = "full"
    CLOSED = "closed"
    BEGUN = "begun"
    OVER = "over"
    CANCELLED = "cancelled"


class CompletionMeasure(StrEnum):
    """What a completion rule counts."""

    SESSIONS = "sessions"
    HOURS = "hours"


class EnrolmentState(StrEnum):
    """Where an enrolment stands."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


_S = EnrolmentState
# Keyed by the state that is left.
MOVES: dict[EnrolmentState, frozenset[EnrolmentState]] = {
    _S.ENROLLED: frozenset({_S.WITHDRAWN}),
    _S.WAITING: frozenset({_S.OFFERED, _S.WITHDRAWN}),
    _S.OFFERED: frozenset({_S.ENROLLED, _S.WITHDRAWN, _S.LAPSED}),
    _S.WITHDRAWN: frozenset(),
    _S.LAPSED: frozenset(),
}
# States that keep places.
KEEPING = frozenset({_S.ENROLLED, _S.OFFERED})
# States in which a second enrolment of the same people would be one too many.
STANDING = KEEPING | {_S.WAITING}


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """So much of the sessions, or of their hours, must be attended; the share in basis points."""

    measure: CompletionMeasure = CompletionMeasure.SESSIONS
    share_bp: int = USUAL_SHARE_BP


@dataclass(frozen=True, slots=True)
class TaughtSession:
    """What a completion rule knows of a session that was not cancelled."""

    id: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody has come; units are sessions or minutes, as the rule counts.

    `people` is how many completed: one educator or none, or the pupils of a class.
    """

    attended: int
    needed: int
    total: int
    people: int

    @property
    def is_fulfilled(self) -> bool:
        """Whether the rule is met."""
        return self.people > 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for so many places; the list of them is ordered by time."""

    id: str
    seats: int


def measure_standing(
    rule: CompletionRule, sessions: Sequence[TaughtSession], present: Mapping[str, int]
) -> Standing:
    """How far attendance fulfils a rule.

    A class is counted, never named, so nobody knows which pupils came when. As many pupils count
    as completed as were present at enough sessions: the largest number that the rule's share of
    sessions reached or passed.

    Args:
        present: people by session id; a session without an entry was not attended.
    """
    units = {one.id: one.minutes for one in sessions}
    if rule.measure is CompletionMeasure.SESSIONS:
        units = dict.fromkeys(units, 1)
    total = sum(units.values())
    needed = -(-total * rule.share_bp // SHARE_BP_MAX)
    attended = sum(unit for key, unit in units.items() if present.get(key, 0) > 0)
    people, reached = 0, 0
    # From the fullest session down: the count at which the share is reached is the answer.
    for count, unit in sorted(((present.get(key, 0), unit) for key, unit in units.items()))[::-1]:
        reached += unit
        if reached >= needed > 0:
            people = count
            break
    return Standing(attended, needed, total, people)


def academic_hours(minutes: int) -> int:
    """Whole academic hours; never more than were taught."""
    return minutes // ACADEMIC_HOUR_MIN


def choose_offers(free: int, waiting: Sequence[Waiting]) -> list[str]:
    """To whom free places are offered: in the order of time, everybody who still fits.

    Who needs more places than are free keeps the turn, and is passed by those who fit.
    """
    chosen = []
    for one in waiting:
        if one.seats <= free:
            free -= one.seats
            chosen.append(one.id)
    return chosen


def offer_ends(now: datetime, first_start: datetime) -> datetime:
    """Until when an offer stands: two days, or until the course begins."""
    return min(now + OFFER_KEPT, first_start)


def state_at(
    state: EnrolmentState, offer_expires_at: datetime | None, *, now: datetime
) -> EnrolmentState:
    """The state as it counts now: an offer whose time is over has lapsed."""
    if state is EnrolmentState.OFFERED and offer_expires_at is not None and offer_expires_at <= now:
        return EnrolmentState.LAPSED
    return state


def kept_until(today: date) -> date:
    """Who enrolled in a course that ended on this day or before is no longer known."""
    standing = [years for since, years in CONTACT_KEPT_YEARS if since <= today]
    years = standing[-1] if standing else CONTACT_KEPT_YEARS[0][1]
    is_leap_day = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year - years, day=28 if is_leap_day else today.day)


def may_move(before: EnrolmentState, after: EnrolmentState) -> bool:
    """Whether a state may follow another."""
    return after in MOVES[before]


def is_open(
    *, published: bool, enrol_until: date, starts: Iterable[datetime], now: datetime
) -> bool:
    """Whether somebody may enrol: published, in time, and the first session has not begun."""
    first = min(starts, default=None)
    return published and first is not None and now < first and local_date(now) <= enrol_until


def check_class(
    *, grade: int | None, pupils: int, grades: Sequence[int], capacity: int
) -> list[FieldError]:
    """What is wrong with a class that wants to enrol."""
    errors = []
    if grade is None or not 0 <= grade <= GRADE_MAX:
        errors.append(FieldError("grade", "choose"))
    elif grade not in grades:
        errors.append(FieldError("grade", "course_grade_not_taken", {"grade": grade}))
    if not 1 <= pupils <= capacity:
        errors.append(FieldError("pupils", "course_pupils_bounds", {"most": capacity}))
    return errors


def check_run(*, capacity: int, hours: int, share_bp: int, price_cents: int) -> list[FieldError]:
    """What is wrong with the numbers of a run."""
    bounds = (
        ("capacity", capacity, 1, CAPACITY_MAX),
        ("hours", hours, 0, HOURS_MAX),
        ("share", share_bp, 1, SHARE_BP_MAX),
    )
    errors = [
        FieldError(name, "out_of_bounds", {"least": least, "most": most})
        for name, value, least, most in bounds
        if not least <= value <= most
    ]
    if price_cents < 0:
        errors.append(FieldError("price", "amount_positive"))
    elif price_cents > AMOUNT_CENTS_MAX:
        errors.append(FieldError("price", "amount_too_large"))
    return errors
