"""The centre's own rules, dated: those of a day are what stood last before it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bookings.visits.models import VisitRules
from bookings.visits.planner.world import DayPolicy
from bookings.visits.rules import POLICY, VisitPolicy, with_values
from vizium.db import audit

_DAY_POLICY = DayPolicy()
# The two halves of the stored values: of visiting, and of planning a day.
_VISIT, _DAY = "visit", "day"
_KEPT = "visits.policy"
_STOOD_LAST = (
    select(VisitRules.values)
    .where(VisitRules.valid_from <= bindparam("day"))
    .order_by(VisitRules.valid_from.desc())
    .limit(1)
)


def get_policy(session: Session, day: date) -> VisitPolicy:
    """The rules of visiting for visits of a day."""
    return with_values(POLICY, _values(session, day, _VISIT))


def get_day_policy(session: Session, day: date) -> DayPolicy:
    """The rules by which a day is planned."""
    return with_values(_DAY_POLICY, _values(session, day, _DAY))


def save_policy(
    session: Session,
    valid_from: date,
    *,
    visit: Mapping[str, object],
    day: Mapping[str, object],
    by: str,
    now: datetime,
) -> None:
    """Let rules hold from a day on; what is not named stands as the house assumes it.

    Raises:
        InvalidInput: an unknown rule or a value that it cannot take.
    """
    with_values(POLICY, visit)
    with_values(_DAY_POLICY, day)
    session.merge(VisitRules(valid_from=valid_from, values={_VISIT: dict(visit), _DAY: dict(day)}))
    session.flush()
    session.info.pop(_KEPT, None)
    facts = {"visit": dict(visit), "day": dict(day)}
    audit.record(
        session,
        by=by,
        action="visits.save_policy",
        subject=f"visits_policy:{valid_from}",
        facts=facts,
        now=now,
    )


def _values(session: Session, day: date, half: str) -> Mapping[str, object]:
    # One transaction asks for the same day's rules again and again.
    kept: dict[date, Mapping[str, Mapping[str, object]]] = session.info.setdefault(_KEPT, {})
    if day not in kept:
        found = session.scalar(_STOOD_LAST, {"day": day})
        kept[day] = cast("Mapping[str, Mapping[str, object]]", found or {})
    return kept[day].get(half, {})
