"""Batches with their payments, claims that wait for one, and what statements told of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ScalarSelect, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from bookings.compensation.models import (
    Claim,
    Decision,
    Fund,
    Payout,
    PayoutLine,
)
from bookings.compensation.queries.claims import ClaimRow
from bookings.compensation.rules import (
    ClaimState,
    LineState,
    Ordered,
    PayoutState,
)
from bookings.schools.models import School
from bookings.visits.models import Visit
from vizium.kernel.errors import NotFound
from vizium.kernel.money import Cents

_IDS_AT_ONCE = 5_000
# States in which a decided award may be put into a batch.
PAYABLE_STATES = (
    ClaimState.APPROVED,
    ClaimState.PARTIAL,
    ClaimState.OVERTURNED,
    ClaimState.PAYABLE,
)


@dataclass(frozen=True, slots=True)
class PayerAccount:
    """The account that a fund pays from; `bic` may be empty."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class OwedRow:
    """A claim whose award, or what came back of it, waits for a batch."""

    claim: str
    version: int
    state: ClaimState
    decision: str
    reference: str
    school_name: str
    iban: str
    owed_cents: Cents
    checked_by: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A batch; counts and sums are of its lines that were not cancelled."""

    id: str
    fund: str
    number: int
    state: PayoutState
    version: int
    execute_on: date
    payer: PayerAccount
    made_by: str
    made_at: datetime
    sealed_sha256: str | None
    sealed_at: datetime | None
    released_by: str | None
    released_at: datetime | None
    lines: int
    total_cents: Cents
    booked: int

    @property
    def message_id(self) -> str:
        """The batch's id at the bank."""
        return f"{self.fund}-{self.number:04d}".upper()


@dataclass(frozen=True, slots=True)
class PayoutLineRow:
    """One payment of a batch."""

    id: str
    payout: str
    claim: str
    end_to_end_id: str
    amount_cents: Cents
    name: str
    iban: str
    reference: str
    checked_by: str
    decided_by: str
    state: LineState
    returned_cents: Cents


def find_payer(session: Session, fund: str) -> PayerAccount | None:
    """The account that a fund pays from, or None while nobody has named it."""
    found = session.execute(
        select(Fund.payer_name, Fund.payer_iban, Fund.payer_bic).where(Fund.code == fund)
    ).one_or_none()
    if found is None or not found.payer_iban:
        return None
    return PayerAccount(found.payer_name or "", found.payer_iban, found.payer_bic or "")


def list_owed(session: Session, fund: str, *, most: int) -> list[OwedRow]:
    """Claims that wait for their money, first the one that was decided first."""
    earlier = aliased(Decision)
    latest = select(func.max(earlier.id)).where(earlier.claim == Claim.id).correlate(Claim)
    query = (
        select(Claim, Decision, Visit.reference, School.name, _paid_net())
        .select_from(Claim)
        .join(Decision, Decision.id == latest.scalar_subquery())
        .join(Visit, Visit.id == Claim.visit)
        .join(School, School.register_no == Claim.school)
        .where(Claim.fund == fund, Claim.state.in_(PAYABLE_STATES))
        .order_by(Decision.id)
        .limit(most)
    )
    owed = []
    for claim, decision, reference, school_name, paid in session.execute(query):
        left = Cents((claim.decided_cents or 0) - int(paid))
        if left <= 0:
            continue
        owed.append(
            OwedRow(
                claim=claim.id,
                version=claim.version,
                state=claim.state,
                decision=decision.id,
                reference=reference,
                school_name=school_name,
                iban=claim.iban or "",
                owed_cents=left,
                checked_by=decision.checked_by,
                decided_by=decision.decided_by,
            )
        )
    return owed


def owed_cents(session: Session, claim: ClaimRow) -> Cents:
    """What is decided and neither paid nor on its way."""
    paid = session.scalar(select(_paid_net()).select_from(Claim).where(Claim.id == claim.id))
    return Cents((claim.decided_cents or 0) - int(paid or 0))


def find_moved(session: Session, claims: Collection[str]) -> dict[str, tuple[int, int]]:
    """Cents that the bank has booked and not given back, and cents that it was told to pay.

    Keyed by claim; claims of which nothing was sent are not in it.
    """
    booked, waits = PayoutLine.state == LineState.BOOKED, PayoutLine.state == LineState.WAITING
    kept = case((booked, PayoutLine.amount_cents - PayoutLine.returned_cents), else_=0)
    waiting = case((waits, PayoutLine.amount_cents), else_=0)
    query = (
        select(PayoutLine.claim, func.sum(kept), func.sum(waiting))
        .join(Payout, Payout.id == PayoutLine.payout)
        .where(Payout.state.in_((PayoutState.SENT, PayoutState.CLOSED)))
        .where(PayoutLine.claim.in_(claims))
        .group_by(PayoutLine.claim)
    )
    return {claim: (int(paid), int(sent)) for claim, paid, sent in session.execute(query)}


def list_payouts(session: Session, fund: str, *, most: int = 100) -> list[PayoutRow]:
    """The batches of a fund, the newest first."""
    query = _payouts().where(Payout.fund == fund).order_by(Payout.number.desc()).limit(most)
    return [_payout_row(*row) for row in session.execute(query)]


def get_payout(session: Session, payout_id: str) -> PayoutRow:
    """One batch.

    Raises:
        NotFound: ``payout``.
    """
    row = session.execute(_payouts().where(Payout.id == payout_id)).one_or_none()
    if row is None:
        raise NotFound("payout")
    return _payout_row(*row)


def list_lines(session: Session, payout_id: str) -> list[PayoutLineRow]:
    """The payments of a batch, in the order of its file."""
    query = _lines().where(PayoutLine.payout == payout_id).order_by(PayoutLine.end_to_end_id)
    return [_line_row(line) for line in session.scalars(query)]


def find_ordered(
    session: Session, end_to_end_ids: Collection[str]
) -> dict[str, tuple[PayoutLineRow, Ordered]]:
    """Our payments with these ids, keyed by id, with what a bank's line is compared to."""
    query = (
        select(PayoutLine, Payout)
        .join(Payout, Payout.id == PayoutLine.payout)
        .execution_options(populate_existing=True)
    )
    return {
        line.end_to_end_id: (
            _line_row(line),
            Ordered(
                fund=payout.fund,
                iban=payout.payer_iban,
                state=line.state,
                payout_state=payout.state,
                amount_cents=line.amount_cents,
                returned_cents=line.returned_cents,
            ),
        )
        for some in in_parts(end_to_end_ids)
        for line, payout in session.execute(query.where(PayoutLine.end_to_end_id.in_(some)))
    }


def in_parts(ids: Collection[str]) -> Iterator[Sequence[str]]:
    """Ids in parts of which each fits into one query of both databases."""
    known = sorted(ids)
    for first in range(0, len(known), _IDS_AT_ONCE):
        yield known[first : first + _IDS_AT_ONCE]


def _paid_net() -> ScalarSelect[int]:
    """What a claim has got so far, less what came back; what waits at the bank counts as paid."""
    gone = case(
        (PayoutLine.state == LineState.BOOKED, PayoutLine.amount_cents - PayoutLine.returned_cents),
        (PayoutLine.state == LineState.WAITING, PayoutLine.amount_cents),
        else_=0,
    )
    query = select(func.coalesce(func.sum(gone), 0)).where(PayoutLine.claim == Claim.id)
    return query.correlate(Claim).scalar_subquery()


def _payouts() -> Select[Payout, int, int, int]:
    kept = PayoutLine.state != LineState.CANCELLED
    of_it = (PayoutLine.payout == Payout.id) & kept
    count = select(func.count()).select_from(PayoutLine).where(of_it)
    total = select(func.coalesce(func.sum(PayoutLine.amount_cents), 0)).where(of_it)
    booked = count.where(PayoutLine.state == LineState.BOOKED)
    return select(
        Payout, count.scalar_subquery(), total.scalar_subquery(), booked.scalar_subquery()
    ).execution_options(populate_existing=True)


def _payout_row(payout: Payout, lines: int, total: int, booked: int) -> PayoutRow:
    return PayoutRow(
        id=payout.id,
        fund=payout.fund,
        number=payout.number,
        state=payout.state,
        version=payout.version,
        execute_on=payout.execute_on,
        payer=PayerAccount(payout.payer_name, payout.payer_iban, payout.payer_bic),
        made_by=payout.made_by,
        made_at=payout.made_at,
        sealed_sha256=payout.sealed_sha256,
        sealed_at=payout.sealed_at,
        released_by=payout.released_by,
        released_at=payout.released_at,
        lines=lines,
        total_cents=Cents(int(total)),
        booked=booked,
    )


def _lines() -> Select[PayoutLine]:
    return select(PayoutLine).execution_options(populate_existing=True)


def _line_row(line: PayoutLine) -> PayoutLineRow:
    return PayoutLineRow(
        id=line.id,
        payout=line.payout,
        claim=line.claim,
        end_to_end_id=line.end_to_end_id,
        amount_cents=line.amount_cents,
        name=line.name,
        iban=line.iban,
        reference=line.reference,
        checked_by=line.checked_by,
        decided_by=line.decided_by,
        state=line.state,
        returned_cents=line.returned_cents,
    )
