"""Published sessions as they become: closed to new classes, moved, cancelled, brought back.

```
open <-> closed        who has it keeps it, nobody new gets in
open, closed -> cancelled -> open     rooms and host are given back, and taken again if still free
```
A class never loses a session in silence: a cancelled one stays, with the visits that need another
plan, and a session that classes have keeps its hour. The database holds both. A class that books in
the very moment in which a session is closed may still get in, and is seen in it afterwards.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from bookings.resources.service import release, swap
from bookings.visits.models import ActivitySession, VisitStop
from bookings.visits.queries import VisitRow, get_sessions, list_visits_by_id
from bookings.visits.rules import SessionRow, SessionState
from bookings.visits.service.sessions import (
    owner_of_session,
    takes_of_session,
)
from vizium.db import audit
from vizium.kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class SessionCommand:
    """An order about one session; `version` is what the person saw."""

    id: str
    version: int


@dataclass(frozen=True, slots=True)
class SessionAct:
    """One act; `action` is a word such as ``close_session``, `word` the reason that was given."""

    at: datetime
    by: str
    action: str
    word: str


def list_classes(session: Session, session_id: str, *, now: datetime) -> list[VisitRow]:
    """The visits that stand on a session and keep their places, by reference."""
    query = select(VisitStop.visit).where(VisitStop.session == session_id).distinct()
    rows = list_visits_by_id(session, session.scalars(query).all())
    seen = (row.seen_at(now) for row in rows)
    return sorted((row for row in seen if row.is_kept), key=lambda row: row.reference)


def list_stranded(
    session: Session, first_day: date, *, now: datetime
) -> list[tuple[SessionRow, list[VisitRow]]]:
    """Cancelled sessions from a day on with the classes that still have them in their plans."""
    query = (
        select(ActivitySession.id)
        .where(ActivitySession.state == SessionState.CANCELLED)
        .where(ActivitySession.local_date >= first_day)
        .where(select(VisitStop.id).where(VisitStop.session == ActivitySession.id).exists())
    )
    rows = get_sessions(session, session.scalars(query).all(), now=now)
    stranded = ((row, list_classes(session, row.id, now=now)) for row in rows)
    return [(row, classes) for row, classes in stranded if classes]


def close_session(session: Session, command: SessionCommand, *, by: str, now: datetime) -> None:
    """Take nobody new; the classes that have it keep it.

    Raises:
        NotFound: ``session``.
        Conflict: ``session_changed`` since the person looked, ``session_is_past``, or
            ``session_cancelled``.
    """
    row = load_session(session, command, now=now)
    if row.state is SessionState.CANCELLED:
        raise Conflict("session_cancelled")
    change_session(session, row, state=SessionState.CLOSED)
    note_session(session, row, "close_session", by=by, now=now)


def open_session(session: Session, command: SessionCommand, *, by: str, now: datetime) -> None:
    """Take classes again; what was cancelled takes its rooms and its host again.

    Raises:
        NotFound, Conflict: as `close_session`.
        CapacityExceeded: somebody else has its room or its host by now.
    """
    row = load_session(session, command, now=now)
    if row.state is SessionState.CANCELLED:
        take_places(session, row, now=now)
    change_session(session, row, state=SessionState.OPEN)
    note_session(session, row, "open_session", by=by, now=now)


def cancel_session(
    session: Session, command: SessionCommand, reason: str, *, by: str, now: datetime
) -> None:
    """It does not take place: give its rooms and host back; who has it needs another plan.

    Raises:
        NotFound, Conflict: as `close_session`.
    """
    row = load_session(session, command, now=now)
    if row.state is SessionState.CANCELLED:
        raise Conflict("session_cancelled")
    # Capacity before rows, as everywhere.
    release(session, owner_of_session(row.id))
    change_session(session, row, state=SessionState.CANCELLED)
    note_session(session, row, "cancel_session", by=by, now=now, word=reason)


def load_session(session: Session, command: SessionCommand, *, now: datetime) -> SessionRow:
    """The session, if nobody changed it since the person looked and it is still to come.

    Raises:
        NotFound: ``session``.
        Conflict: ``session_changed``, ``session_is_past``.
    """
    row = get_sessions(session, [command.id], now=now)[0]
    if row.version != command.version:
        raise Conflict("session_changed")
    if row.start <= now:
        raise Conflict("session_is_past")
    return row


def change_session(session: Session, row: SessionRow, **values: object) -> None:
    """Write values and the next version, if the session is still as it was read.

    Raises:
        Conflict: ``session_changed``: somebody else was first.
    """
    as_read = (ActivitySession.id == row.id) & (ActivitySession.version == row.version)
    changed = session.execute(
        update(ActivitySession)
        .where(as_read)
        .values(version=row.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", changed).rowcount == 0:
        raise Conflict("session_changed")
    session.expire_all()


def take_places(session: Session, row: SessionRow, *, now: datetime) -> None:
    """Take the rooms and the host of a session in place of what it has."""
    codes = (*row.rooms, *([row.host_code] if row.host_code else []))
    takes = list(takes_of_session(codes, row.start, row.end))
    swap(session, owner_of_session(row.id), takes, expires_at=None, now=now)


def note_session(
    session: Session, row: SessionRow, verb: str, *, by: str, now: datetime, **facts: object
) -> None:
    """Write the act into the audit trail."""
    audit.record(
        session, by=by, action=f"visits.{verb}", subject=f"session:{row.id}", facts=facts, now=now
    )


def read_session_history(session: Session, session_id: str) -> list[SessionAct]:
    """Everything that was done to a session since it was published, oldest first."""
    return [
        SessionAct(
            at=row.at,
            by=row.actor,
            action=row.action.removeprefix("visits."),
            word=str(row.facts.get("word", "")),
        )
        for row in audit.list_acts(session, f"session:{session_id}")
    ]
