"""The log of offers: who was looked at each time, and why one was chosen."""

from collections.abc import Collection
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.schools.models import School
from bookings.waiting.models import WaitingChoice, WaitingClass
from bookings.waiting.queries.rows import CandidateRow, ChoiceRow
from bookings.waiting.rules import Verdict
from vizium.kernel.clock import local_date


def list_choices(session: Session, *, most: int = 50) -> list[ChoiceRow]:
    """The log of offers, the newest first."""
    query = select(WaitingChoice).order_by(WaitingChoice.id.desc()).limit(most)
    choices = session.scalars(query).all()
    logged = [(choice, cast("list[dict[str, object]]", choice.candidates)) for choice in choices]
    names = _names(session, {str(one["waiting"]) for _, ones in logged for one in ones})
    return [
        ChoiceRow(
            choice.day,
            choice.at,
            choice.pupils_free,
            choice.rule,
            tuple(_candidate_row(one, names) for one in ones),
        )
        for choice, ones in logged
    ]


def _names(session: Session, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Reference and school of classes, keyed by id."""
    query = (
        select(WaitingClass.id, WaitingClass.reference, School.name)
        .join(School, School.register_no == WaitingClass.school)
        .where(WaitingClass.id.in_(ids))
    )
    return {one: (reference, name) for one, reference, name in session.execute(query)}


def _candidate_row(logged: dict[str, object], names: dict[str, tuple[str, str]]) -> CandidateRow:
    reference, school_name = names[str(logged["waiting"])]
    return CandidateRow(
        reference=reference,
        school_name=school_name,
        pupils=int(str(logged["pupils"])),
        visits=int(str(logged["visits"])),
        waiting_since=local_date(datetime.fromisoformat(str(logged["created_at"]))),
        verdict=Verdict(str(logged["verdict"])),
    )
