"""Long lists of visits for the staff: filtered, counted, a page at a time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from bookings.schools.models import School
from bookings.visits.models import Visit, VisitStop
from bookings.visits.queries.rows import VisitRow
from bookings.visits.queries.visits import visit_rows
from bookings.visits.rules import EXPIRING, VisitState
from vizium.kernel.text import words

_WORDS_MAX = 8


@dataclass(frozen=True, slots=True)
class ListWish:
    """Which visits a list shows: days, both included; everything empty means all.

    `school` are words of its name or place, or its number.
    """

    first: date | None = None
    last: date | None = None
    state: VisitState | None = None
    school: str = ""
    activity: str = ""


def list_filtered(
    session: Session, wish: ListWish, *, now: datetime, most: int, offset: int = 0
) -> list[VisitRow]:
    """The visits as they count now, the first to come first."""
    query = _filtered(select(Visit.id), wish, now).order_by(Visit.arrive_at, Visit.id)
    return [row.seen_at(now) for row in visit_rows(session, query.limit(most).offset(offset))]


def count_filtered(session: Session, wish: ListWish, *, now: datetime) -> int:
    """How many there are on all pages."""
    return session.scalar(_filtered(select(func.count(Visit.id)), wish, now)) or 0


def list_unanswered(session: Session, state: VisitState, *, now: datetime) -> list[VisitRow]:
    """The visits of a state that time ends, the oldest first."""
    query = select(Visit.id).where(_counts_as(state, now)).order_by(Visit.created_at, Visit.id)
    return visit_rows(session, query)


def _filtered(query: Select[Any], wish: ListWish, now: datetime) -> Select[Any]:
    if wish.first is not None:
        query = query.where(Visit.local_date >= wish.first)
    if wish.last is not None:
        query = query.where(Visit.local_date <= wish.last)
    if wish.state is not None:
        query = query.where(_counts_as(wish.state, now))
    if wish.activity:
        taken = select(VisitStop.visit).where(VisitStop.code == wish.activity)
        query = query.where(Visit.id.in_(taken))
    asked = words(wish.school)[:_WORDS_MAX]
    if asked:
        query = query.join(School, School.register_no == Visit.school)
        query = query.where(*(School.search.contains(word) for word in asked))
    return query


def _counts_as(state: VisitState, now: datetime) -> ColumnElement[bool]:
    """Whether a visit counts as in a state now, whatever a sweep has written yet."""
    is_over = and_(Visit.state.in_(EXPIRING), Visit.expires_at <= now)
    if state is VisitState.EXPIRED:
        return or_(Visit.state == state, is_over)
    if state in EXPIRING:
        return and_(Visit.state == state, Visit.expires_at > now)
    return Visit.state == state
