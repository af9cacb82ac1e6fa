"""Reads of the centre's own rules: every version of them, and the one that holds on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bookings.visits.models import VisitRules
from bookings.visits.planner.world import DayPolicy
from bookings.visits.rules import POLICY, VisitPolicy, with_values
from vizium.db.base import Base
from vizium.kernel.errors import NotFound

DAY_POLICY = DayPolicy()
# The two halves of the stored values: of visiting, and of planning a day.
VISIT, DAY = "visit", "day"
Halves = Mapping[str, Mapping[str, object]]
"""What a version says of each half; what it does not name stands as the house assumes it."""

_RULES = Base.metadata.tables[VisitRules.__tablename__].c
_STOOD_LAST = (
    select(_RULES["values"])
    .where(_RULES.valid_from <= bindparam("day"))
    .order_by(_RULES.valid_from.desc(), _RULES.number.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One version of the rules, everything said; number 0 is what the house assumes.

    `valid_from`, `saved_by` and `saved_at` are None for what the house assumes.
    """

    number: int
    valid_from: date | None
    saved_by: str | None
    saved_at: datetime | None
    visit: VisitPolicy
    day: DayPolicy


ASSUMED = PolicyRow(0, None, None, None, POLICY, DAY_POLICY)


def read_halves(session: Session, day: date) -> Halves:
    """What the version that holds on a day says; empty before the first one."""
    return cast("Halves", session.scalar(_STOOD_LAST, {"day": day}) or {})


def list_policies(session: Session) -> list[PolicyRow]:
    """All versions in the order in which they begin; what the house assumes is not among them."""
    query = select(VisitRules).order_by(VisitRules.valid_from, VisitRules.number)
    return [_row(one) for one in session.scalars(query)]


def get_rules(session: Session, number: int) -> PolicyRow:
    """One version.

    Raises:
        NotFound: ``rules``.
    """
    found = session.get(VisitRules, number) if number else None
    if found is None and number:
        raise NotFound("rules", number=number)
    return ASSUMED if found is None else _row(found)


def standing_on(versions: list[PolicyRow], day: date) -> PolicyRow:
    """The version that holds on a day, of versions in the order in which they begin."""
    begun = [one for one in versions if one.valid_from is not None and one.valid_from <= day]
    return begun[-1] if begun else ASSUMED


def _row(one: VisitRules) -> PolicyRow:
    halves = cast("Halves", one.values)
    return PolicyRow(
        number=one.number,
        valid_from=one.valid_from,
        saved_by=one.saved_by,
        saved_at=one.saved_at,
        visit=with_values(POLICY, halves.get(VISIT, {})),
        day=with_values(DAY_POLICY, halves.get(DAY, {})),
    )
