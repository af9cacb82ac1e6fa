"""The codes of a request, against what the centre has: a slip of the pen is no day that is full."""

from collections.abc import Collection, Iterator
from typing import Protocol

from sqlalchemy.orm import Session

from bookings.programmes.queries import list_activities, list_areas, list_subjects
from bookings.resources.queries import list_galleries
from bookings.visits.planner.request import PlanRequest
from vizium.kernel.errors import FieldError

# How much of a strange code is said back.
_CODE_SHOWN = 20


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


def check_codes(session: Session, request: PlanRequest) -> list[FieldError]:
    """The language, galleries, subjects and learning areas that nobody knows."""
    wishes = request.wishes
    subjects = {wish.subject for wish in wishes if wish.subject is not None}
    areas = {wish.area for wish in wishes if wish.area is not None}
    return [
        *_check_language(session, request.language),
        *_unknown("galleries", "gallery", request.galleries, list_galleries(session)),
        *_unknown("wants", "subject", subjects, list_subjects(session)),
        *_unknown("wants", "area", areas, list_areas(session)),
    ]


def _check_language(session: Session, language: str) -> Iterator[FieldError]:
    spoken = {one for row in list_activities(session) for one in row.languages}
    if spoken and language not in spoken:
        yield FieldError("language", "language_unknown", {"known": ", ".join(sorted(spoken))})


def _unknown(
    field: str, what: str, named: Collection[str], rows: Collection[_Coded]
) -> Iterator[FieldError]:
    """What is named of a kind and is none of these rows."""
    for code in sorted(set(named) - {row.code for row in rows}):
        yield FieldError(field, f"{what}_unknown", {what: code[:_CODE_SHOWN]})
