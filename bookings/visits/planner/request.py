"""What a class wants of its day."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from bookings.visits.rules import Group, pupils_of

# A day of more wishes than this is no day of a class.
WISHES_MOST = 6
DATES_MOST = 14


class Need(StrEnum):
    """What the day has to respect beside the wishes."""

    STEP_FREE = "step-free"
    QUIET = "quiet"
    LUNCH = "lunch"


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing to do: an activity by code, or any of a kind, of a subject or of a learning area.

    All that is said must hold; a wish that says nothing means any activity.
    """

    code: str | None = None
    kind: str | None = None
    subject: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """A day to be planned.

    `schools` are register numbers, the leading one first: several small schools may come as one
    group. `arrive` and `depart` are wall times of the bus; None leaves them to the plan.
    `galleries` are codes that the class wants to see; empty leaves the choice to the plan.
    """

    schools: tuple[str, ...]
    dates: tuple[date, ...]
    groups: tuple[Group, ...]
    adults: int
    language: str
    wishes: tuple[Wish, ...] = ()
    galleries: tuple[str, ...] = ()
    needs: frozenset[Need] = frozenset()
    arrive: time | None = None
    depart: time | None = None

    @property
    def pupils(self) -> int:
        """All pupils."""
        return pupils_of(self.groups)

    @property
    def grades(self) -> frozenset[int]:
        """The grades that come; 0 is preschool."""
        return frozenset(group.grade for group in self.groups)
