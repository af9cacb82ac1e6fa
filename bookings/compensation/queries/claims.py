"""Claims with their visits, checks and decisions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bookings.compensation.models import Claim, ClaimCheck, Decision
from bookings.compensation.rules import ClaimState, Filing, Invoice
from bookings.ledger.rules import Draw
from bookings.schools.models import School
from bookings.visits.models import Visit
from vizium.kernel.errors import NotFound
from vizium.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What officer A found and recommends."""

    checked_by: str
    recommended_cents: Cents | None
    reasons: tuple[str, ...]
    note: str
    findings: tuple[str, ...]
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What was decided on a claim, and why."""

    id: str
    outcome: ClaimState
    award_cents: Cents
    proposed_cents: Cents
    reasons: tuple[str, ...]
    note: str
    checked_by: str
    decided_by: str
    policy_version: int
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim with what is shown of its visit and school; `pupils` were booked."""

    id: str
    visit: str
    reference: str
    school: str
    school_name: str
    visited_on: date
    pupils: int
    contact_name: str
    contact_email: str
    page_language: str
    owner_person: str | None
    fund: str
    policy_version: int
    state: ClaimState
    version: int
    asked_at: datetime
    reasons: tuple[str, ...]
    distance_m: int | None
    band: str
    share_bp: int
    draw: Draw
    last_day: date | None
    draft: dict[str, object]
    filing: Filing | None
    filed_at: datetime | None
    checked_by: str | None
    decided_by: str | None
    decided_cents: Cents | None

    @property
    def award_cents(self) -> Cents:
        """What is or was reserved."""
        return self.draw.total_cents


@dataclass(frozen=True, slots=True)
class ClaimWish:
    """Which claims a list shows; everything empty means all."""

    states: Collection[ClaimState] = ()
    school: str = ""
    visit: str = ""
    after: str = ""


def get_claim(session: Session, claim_id: str) -> ClaimRow:
    """One claim.

    Raises:
        NotFound: ``claim``.
    """
    return _one(session, _claims().where(Claim.id == claim_id))


def get_claim_of_visit(session: Session, visit_id: str) -> ClaimRow:
    """The claim of a visit.

    Raises:
        NotFound: ``claim``: no bus money was ever asked for.
    """
    return _one(session, _claims().where(Claim.visit == visit_id))


def find_claim_of_visit(session: Session, visit_id: str) -> ClaimRow | None:
    """The claim of a visit, or None if no bus money was ever asked for."""
    row = session.execute(_claims().where(Claim.visit == visit_id)).one_or_none()
    return None if row is None else _claim_row(*row)


def list_claims(session: Session, wish: ClaimWish, *, most: int = 100) -> list[ClaimRow]:
    """Claims in the order in which they were asked for; `wish.after` is the last id before."""
    query = _claims().order_by(Claim.id).limit(most)
    if wish.states:
        query = query.where(Claim.state.in_(wish.states))
    if wish.school:
        query = query.where(Claim.school == wish.school)
    if wish.visit:
        query = query.where(Claim.visit == wish.visit)
    if wish.after:
        query = query.where(Claim.id > wish.after)
    return [_claim_row(*row) for row in session.execute(query)]


def list_checks(session: Session, claim_id: str) -> list[CheckRow]:
    """The checks of a claim, oldest first."""
    query = select(ClaimCheck).where(ClaimCheck.claim == claim_id).order_by(ClaimCheck.id)
    return [
        CheckRow(
            checked_by=row.checked_by,
            recommended_cents=row.recommended_cents,
            reasons=tuple(row.reasons),
            note=row.note,
            findings=tuple(row.findings),
            checked_at=row.checked_at,
        )
        for row in session.scalars(query)
    ]


def list_decisions(session: Session, claim_id: str) -> list[DecisionRow]:
    """The decisions on a claim, oldest first."""
    query = select(Decision).where(Decision.claim == claim_id).order_by(Decision.id)
    return [
        DecisionRow(
            id=row.id,
            outcome=row.outcome,
            award_cents=row.award_cents,
            proposed_cents=row.proposed_cents,
            reasons=tuple(row.reasons),
            note=row.note,
            checked_by=row.checked_by,
            decided_by=row.decided_by,
            policy_version=row.policy_version,
            decided_at=row.decided_at,
        )
        for row in session.scalars(query)
    ]


def _claims() -> Select[Claim, Visit, str]:
    return (
        select(Claim, Visit, School.name)
        .join(Visit, Visit.id == Claim.visit)
        .join(School, School.register_no == Claim.school)
        .execution_options(populate_existing=True)
    )


def _one(session: Session, query: Select[Claim, Visit, str]) -> ClaimRow:
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("claim")
    return _claim_row(*row)


def _claim_row(claim: Claim, visit: Visit, school_name: str) -> ClaimRow:
    return ClaimRow(
        id=claim.id,
        visit=claim.visit,
        reference=visit.reference,
        school=claim.school,
        school_name=school_name,
        visited_on=visit.local_date,
        pupils=visit.pupils,
        contact_name=visit.contact_name,
        contact_email=visit.contact_email,
        page_language=visit.page_language,
        owner_person=visit.owner_person,
        fund=claim.fund,
        policy_version=claim.policy_version,
        state=claim.state,
        version=claim.version,
        asked_at=claim.asked_at,
        reasons=tuple(claim.reasons),
        distance_m=claim.distance_m,
        band=claim.band,
        share_bp=claim.share_bp,
        draw=Draw(Cents(claim.award_cents - claim.award_far_cents), claim.award_far_cents),
        last_day=claim.last_day,
        draft=claim.draft,
        filing=_filing(claim),
        filed_at=claim.filed_at,
        checked_by=claim.checked_by,
        decided_by=claim.decided_by,
        decided_cents=claim.decided_cents,
    )


def _filing(claim: Claim) -> Filing | None:
    if claim.filed_at is None:
        return None
    # The CHECK filed_with_invoice holds these together.
    assert claim.supplier_reg_no is not None
    assert claim.invoice_number is not None
    assert claim.issued_on is not None
    assert claim.invoice_cents is not None
    assert claim.km is not None
    assert claim.iban is not None
    assert claim.cofunding_cents is not None
    return Filing(
        invoice=Invoice(
            claim.supplier_reg_no, claim.invoice_number, claim.issued_on, claim.invoice_cents
        ),
        km=claim.km,
        iban=claim.iban,
        cofunding_cents=claim.cofunding_cents,
        supplier_name=claim.supplier_name or "",
    )
