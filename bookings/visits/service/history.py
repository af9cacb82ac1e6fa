"""What was done to a visit, by whom and when, and what each change of it made different."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.visits.models import VisitChange
from bookings.visits.planner.difference import StopChange, difference
from bookings.visits.planner.ids import unpack_day
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import PlanRequest
from bookings.visits.queries import VisitRow
from vizium.db.audit import list_acts, record

_ACTS_SHOWN = 200
_WORD = "word"


@dataclass(frozen=True, slots=True)
class Act:
    """One act; `action` is a word such as ``confirm_visit``, `word` what was written along.

    `pupils` are those before and after where they became others, `stops` what moved.
    """

    at: datetime
    by: str
    action: str
    word: str = ""
    pupils: tuple[int, int] | None = None
    stops: tuple[StopChange, ...] = ()


def note_word(session: Session, visit: VisitRow, word: str, *, by: str, now: datetime) -> None:
    """Keep what somebody of the staff wrote about a visit: a wish, a reason."""
    record(
        session,
        by=by,
        action="visits.note_visit",
        subject=f"visit:{visit.id}",
        facts={"reference": visit.reference, _WORD: word},
        now=now,
    )


def read_history(session: Session, visit: VisitRow) -> list[Act]:
    """Everything that was done to a visit, oldest first."""
    changes = _changes(session, visit)
    acts = []
    for row in list_acts(session, f"visit:{visit.id}", most=_ACTS_SHOWN):
        version = row.facts.get("version")
        action = row.action.removeprefix("visits.")
        changed = _led_to(changes, version) if action == "change_visit" else None
        acts.append(
            Act(
                at=row.at,
                by=row.actor,
                action=action,
                word=str(row.facts.get(_WORD, "")),
                pupils=changed[0] if changed else None,
                stops=changed[1] if changed else (),
            )
        )
    return acts


_Changed = tuple[tuple[int, int] | None, tuple[StopChange, ...]]


def _led_to(changes: Mapping[int, _Changed], version: object) -> _Changed | None:
    """The change that led to a version: the last that ended an earlier one.

    The fund's answer to a change makes one more version of the same visit.
    """
    ended = [before for before in changes if isinstance(version, int) and before < version]
    return changes[max(ended)] if ended else None


def _changes(session: Session, visit: VisitRow) -> dict[int, _Changed]:
    """What each change made different, keyed by the version that it ended."""
    query = select(VisitChange.version, VisitChange.snapshot).where(VisitChange.visit == visit.id)
    kept = session.execute(query.order_by(VisitChange.version)).all()
    days: list[tuple[int, PlanRequest, Plan]] = [
        (version, *unpack_day(cast("list[Any]", snapshot["day"]))) for version, snapshot in kept
    ]
    days.append((visit.version, visit.request, visit.plan))
    return {before[0]: _difference(before, after) for before, after in pairwise(days)}


def _difference(
    before: tuple[int, PlanRequest, Plan], after: tuple[int, PlanRequest, Plan]
) -> _Changed:
    pupils = (before[1].pupils, after[1].pupils)
    return pupils if pupils[0] != pupils[1] else None, difference(before[2], after[2])
