"""The centre's own rules, dated: those of a day are what stood last before it.

Rules are written once: what holds from another day on, or was wrong, is the next version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.visits.models import VisitRules
from bookings.visits.planner.world import DayPolicy
from bookings.visits.queries.policy import DAY, DAY_POLICY, VISIT, Halves, read_halves
from bookings.visits.rules import POLICY, VisitPolicy, check_policy, with_values
from vizium.db import audit
from vizium.db.base import Base
from vizium.db.inserts import insert_new
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, FieldError, InvalidInput

_KEPT = "visits.policy"
_RULES = Base.metadata.tables[VisitRules.__tablename__]


@dataclass(frozen=True, slots=True)
class WriteRules:
    """The rules from a day on; what is not named stands as the house assumes it.

    `valid_from` is tomorrow or later: what held on a day that has begun is never rewritten. `seen`
    is the highest number that the person saw, None where nobody looked.
    """

    valid_from: date
    visit: Mapping[str, object]
    day: Mapping[str, object]
    seen: int | None = None


def get_policy(session: Session, day: date) -> VisitPolicy:
    """The rules of visiting for visits of a day."""
    return with_values(POLICY, _values(session, day, VISIT))


def get_day_policy(session: Session, day: date) -> DayPolicy:
    """The rules by which a day is planned."""
    return with_values(DAY_POLICY, _values(session, day, DAY))


def save_policy(
    session: Session,
    valid_from: date,
    *,
    visit: Mapping[str, object],
    day: Mapping[str, object],
    by: str,
    now: datetime,
) -> int:
    """Let rules hold from a day on, whatever was written before; see `write_rules`."""
    command = WriteRules(valid_from, visit=visit, day=day)
    return write_rules(session, command, by=by, now=now)


def write_rules(session: Session, command: WriteRules, *, by: str, now: datetime) -> int:
    """Write the next version of the rules; the versions before stay as they are.

    Returns:
        The number of the new version.

    Raises:
        InvalidInput: an unknown rule, a value that it cannot take, values that contradict each
            other, or a day that has begun.
        Conflict: ``rules_changed``: somebody has written another version since.
    """
    valid_from, visit, day = command.valid_from, dict(command.visit), dict(command.day)
    errors = [
        *check_policy(with_values(POLICY, visit)),
        *check_day_policy(with_values(DAY_POLICY, day)),
    ]
    if valid_from <= local_date(now):
        errors.append(FieldError("valid_from", "rules_from_tomorrow"))
    if errors:
        raise InvalidInput(errors)
    last = session.scalar(select(func.max(VisitRules.number))) or 0
    row = {
        "number": last + 1,
        "valid_from": valid_from,
        "values": {VISIT: visit, DAY: day},
        "saved_on": local_date(now),
        "saved_by": by,
        "saved_at": now,
    }
    # Of two who write at once the second waits here, then finds the number taken.
    is_next = command.seen in {None, last}
    if not is_next or insert_new(session, _RULES, row, unless="number", returning="number") is None:
        raise Conflict("rules_changed", number=last)
    session.info.pop(_KEPT, None)
    facts = {"number": last + 1, "visit": visit, "day": day}
    subject = f"visits_policy:{valid_from}"
    audit.record(session, by=by, action="visits.save_policy", subject=subject, facts=facts, now=now)
    return last + 1


def check_day_policy(day: DayPolicy) -> list[FieldError]:
    """What cannot be meant of a day, though each value could be; fields as in the form."""
    errors = []
    if day.lunch_until <= day.lunch_from:
        errors.append(FieldError("day_lunch_until", "end_before_start"))
    if day.gallery_most < day.gallery_min:
        errors.append(FieldError("day_gallery_most", "gallery_most_below_least"))
    errors += [
        FieldError(f"day_{name}", "rule_one_or_more")
        for name in ("lunch", "pause_after", "gallery_min", "day_most")
        if getattr(day, name) <= timedelta()
    ]
    if day.subgroups_most < 1:
        errors.append(FieldError("day_subgroups_most", "rule_one_or_more"))
    return errors


def _values(session: Session, day: date, half: str) -> Mapping[str, object]:
    # One transaction asks for the same day's rules again and again.
    kept: dict[date, Halves] = session.info.setdefault(_KEPT, {})
    if day not in kept:
        kept[day] = read_halves(session, day)
    return kept[day].get(half, {})
