"""Reads of enrolments, with attendance and completion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from bookings.courses.models import (
    Completion,
    CourseAttendance,
    CourseSession,
    Enrolment,
    Revocation,
)
from bookings.courses.rules import KEEPING, STANDING, EnrolmentState, state_at
from vizium.kernel.errors import NotFound

_COMPLETIONS = select(Completion, Revocation).outerjoin(
    Revocation, Revocation.completion == Completion.id
)


@dataclass(frozen=True, slots=True)
class RevocationRow:
    """Since when a certificate counts no longer, why, and who said so."""

    reason: str
    revoked_at: datetime
    revoked_name: str


@dataclass(frozen=True, slots=True)
class CompletionRow:
    """A completion as its certificate says it; one with a `revocation` counts no longer."""

    enrolment: str
    number: str
    people: int
    hours: int
    name: str
    titles: dict[str, str]
    outcomes: dict[str, tuple[str, ...]]
    first_day: date
    last_day: date
    confirmed_at: datetime
    confirmed_name: str
    revocation: RevocationRow | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """One enrolment; `seats` are one educator or the pupils of a class.

    `workplace` names the school too where there is one. `present` of those enrolled and `extra`
    beside them are keyed by session id. What is erased says of nobody who that was.
    """

    id: str
    reference: str
    run: str
    state: EnrolmentState
    version: int
    name: str
    email: str
    phone: str
    school: str | None
    workplace: str
    grade: int | None
    seats: int
    page_language: str
    owner_person: str | None
    waiting_since: datetime | None
    offer_expires_at: datetime | None
    created_at: datetime
    is_erased: bool = False
    present: Mapping[str, int] = field(default_factory=dict)
    extra: Mapping[str, int] = field(default_factory=dict)
    completion: CompletionRow | None = None

    def seen_at(self, now: datetime) -> "EnrolmentRow":
        """The enrolment as it counts now: an offer whose time is over has lapsed."""
        return replace(self, state=state_at(self.state, self.offer_expires_at, now=now))

    @property
    def is_kept(self) -> bool:
        """Whether it keeps places."""
        return self.state in KEEPING

    @property
    def has_certificate(self) -> bool:
        """Whether an educator completed, and the certificate counts."""
        return (
            self.completion is not None
            and self.grade is None
            and self.completion.revocation is None
        )

    def came(self, session_id: str) -> int:
        """How many came to a session, with those who came beside the enrolled."""
        return self.present.get(session_id, 0) + self.extra.get(session_id, 0)


def get_enrolment(session: Session, reference: str) -> EnrolmentRow:
    """One enrolment.

    Raises:
        NotFound: ``enrolment``.
    """
    return _one(session, select(Enrolment).where(Enrolment.reference == reference))


def get_enrolment_by_id(session: Session, enrolment_id: str) -> EnrolmentRow:
    """One enrolment by its id.

    Raises:
        NotFound: ``enrolment``.
    """
    return _one(session, select(Enrolment).where(Enrolment.id == enrolment_id))


def find_standing(session: Session, code: str, who: str) -> EnrolmentRow | None:
    """The enrolment of the same people that still stands, or None."""
    same = (Enrolment.run == code) & (Enrolment.who == who)
    rows = _rows(session, select(Enrolment).where(same, Enrolment.state.in_(STANDING)))
    return rows[0] if rows else None


def list_enrolments(
    session: Session, code: str, *, states: frozenset[EnrolmentState] | None = None
) -> list[EnrolmentRow]:
    """The enrolments of a run: by name, those who wait by their turn."""
    query = select(Enrolment).where(Enrolment.run == code).order_by(Enrolment.id)
    if states is not None:
        query = query.where(Enrolment.state.in_(states))
    rows = _rows(session, query)
    waiting = [row for row in rows if row.waiting_since and row.state is EnrolmentState.WAITING]
    waiting.sort(key=lambda row: (row.waiting_since, row.id))
    others = [row for row in rows if row not in waiting]
    others.sort(key=lambda row: (row.state is not EnrolmentState.ENROLLED, row.name, row.id))
    return [*others, *waiting]


def count_before(session: Session, row: EnrolmentRow) -> int:
    """How many wait before this one, who waits."""
    assert row.waiting_since is not None
    earlier = or_(
        Enrolment.waiting_since < row.waiting_since,
        (Enrolment.waiting_since == row.waiting_since) & (Enrolment.id < row.id),
    )
    waits = (Enrolment.run == row.run) & (Enrolment.state == EnrolmentState.WAITING)
    return session.scalar(select(func.count()).select_from(Enrolment).where(waits, earlier)) or 0


def find_completion(session: Session, number: str) -> CompletionRow | None:
    """What a certificate with this number says, or None if there is none."""
    found = session.execute(_COMPLETIONS.where(Completion.number == number)).one_or_none()
    return None if found is None else _completion_row(*found)


def list_reminded(
    session: Session, *, first: datetime, last: datetime
) -> list[tuple[str, str, int, str]]:
    """Run, session id and version, enrolment id of each session that starts in (first, last]."""
    query = (
        select(CourseSession.run, CourseSession.id, CourseSession.version, Enrolment.id)
        .join(Enrolment, Enrolment.run == CourseSession.run)
        .where(
            CourseSession.start > first,
            CourseSession.start <= last,
            CourseSession.cancelled_at.is_(None),
            Enrolment.state == EnrolmentState.ENROLLED,
        )
        .order_by(CourseSession.start, Enrolment.id)
    )
    return [
        (run, session_id, version, enrolment)
        for run, session_id, version, enrolment in session.execute(query)
    ]


def _one(session: Session, query: Select[Enrolment]) -> EnrolmentRow:
    rows = _rows(session, query)
    if not rows:
        raise NotFound("enrolment")
    return rows[0]


def _rows(session: Session, query: Select[Enrolment]) -> list[EnrolmentRow]:
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    ids = [one.id for one in found]
    present, extra = _present(session, ids)
    completed = session.execute(_COMPLETIONS.where(Completion.enrolment.in_(ids)))
    completions = {one.enrolment: _completion_row(one, gone) for one, gone in completed}
    return [
        EnrolmentRow(
            id=one.id,
            reference=one.reference,
            run=one.run,
            state=one.state,
            version=one.version,
            name=one.name,
            email=one.email,
            phone=one.phone,
            school=one.school,
            workplace=one.workplace,
            grade=one.grade,
            seats=one.seats,
            page_language=one.page_language,
            owner_person=one.owner_person,
            waiting_since=one.waiting_since,
            offer_expires_at=one.offer_expires_at,
            created_at=one.created_at,
            is_erased=one.erased_at is not None,
            present=present.get(one.id, {}),
            extra=extra.get(one.id, {}),
            completion=completions.get(one.id),
        )
        for one in found
    ]


_Counted = dict[str, dict[str, int]]


def _present(session: Session, ids: Sequence[str]) -> tuple[_Counted, _Counted]:
    """People present and those beside them, each keyed by enrolment, then by session."""
    present: _Counted = {}
    extra: _Counted = {}
    attendance = select(CourseAttendance).where(CourseAttendance.enrolment.in_(ids))
    for one in session.scalars(attendance.execution_options(populate_existing=True)):
        present.setdefault(one.enrolment, {})[one.session] = one.present
        if one.extra:
            extra.setdefault(one.enrolment, {})[one.session] = one.extra
    return present, extra


def _completion_row(found: Completion, revoked: Revocation | None) -> CompletionRow:
    return CompletionRow(
        enrolment=found.enrolment,
        number=found.number,
        people=found.people,
        hours=found.hours,
        name=found.name,
        titles={"lv": found.title_lv, "en": found.title_en},
        outcomes={"lv": tuple(found.outcomes_lv), "en": tuple(found.outcomes_en)},
        first_day=found.first_day,
        last_day=found.last_day,
        confirmed_at=found.confirmed_at,
        confirmed_name=found.confirmed_name,
        revocation=(
            RevocationRow(revoked.reason, revoked.revoked_at, revoked.revoked_name)
            if revoked
            else None
        ),
    )
