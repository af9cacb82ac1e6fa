"""The fund's counter for visits: estimate, reserve, release, open the claim.

A reservation locks the fund's ledger, reads what is left, and posts; so two schools that want the
last euro come one after the other, and the second one is told that it waits.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bookings.compensation.models import Claim
from bookings.compensation.queries import (
    ClaimRow,
    FundRow,
    PolicyRow,
    find_claim_of_visit,
    find_fund,
    find_policy,
    get_claim,
    get_policy,
)
from bookings.compensation.rules import ClaimReason, ClaimState, claim_last_day
from bookings.compensation.service.funds import end_ring_fence, is_fenced
from bookings.compensation.service.letters import Letter, send_letter
from bookings.compensation.service.moves import change_claim, lock_claim, note
from bookings.compensation.tariff import Award, Trip, award
from bookings.ledger.queries import find_balance, find_balances, get_balances
from bookings.ledger.rules import (
    AVAILABLE,
    RESERVED_FAR,
    AccountPlan,
    Book,
    Draw,
    FundEvent,
    Side,
    account,
    cap_account,
    cap_granted,
    draw_for,
    part_given_back,
    released,
    reserved,
)
from bookings.ledger.service import Entry, lock_ledger, open_account, post_transfers
from bookings.schools.queries import find_school
from bookings.visits.queries import VisitRow
from bookings.visits.rules import TransportAward, TransportEstimate, TransportState
from vizium.kernel.clock import local_date
from vizium.kernel.ids import new_id
from vizium.kernel.money import Cents
from vizium.kernel.schoolyear import SchoolYear
from vizium.settings import Settings

_NOTHING = Draw(Cents(0), Cents(0))
# Why an award goes back: those who did not come lose it by time, all others gave it up.
_LAPSING = frozenset({"expired", "lapsed"})
# What the visit is told about its claim; everything later counts as reserved.
_TOLD = {
    ClaimState.WAITLISTED: TransportState.WAITLISTED,
    ClaimState.OFFERED: TransportState.WAITLISTED,
    ClaimState.INELIGIBLE: TransportState.INELIGIBLE,
}
_ANSWERED_ANEW = frozenset({ClaimState.WITHDRAWN, ClaimState.INELIGIBLE})


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the fund answers to one visit, before it is written down."""

    claim_id: str
    state: ClaimState
    award: Award
    draw: Draw
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FundDesk:
    """Implements `bookings.visits.service.TransportDesk`."""

    settings: Settings

    def estimate(
        self,
        session: Session,
        *,
        register_no: str,
        day: date,
        pupils: int,
        programmes: int,
        now: datetime,
    ) -> TransportEstimate:
        """What the fund would give for a bus to so many programmes that day; writes nothing."""
        terms = _terms(session, day)
        if terms is None:
            return TransportEstimate(Cents(0), 0, Cents(0), (ClaimReason.NO_FUND,))
        fund, policy = terms
        trip = _trip(session, register_no, pupils, programmes)
        planned = award(policy.policy, trip)
        balances = get_balances(session, fund.code)
        open_to_all = balances[AVAILABLE]
        if planned.is_far or not is_fenced(policy.policy, local_date(now)):
            open_to_all += balances[RESERVED_FAR]
        reasons = list(planned.reasons)
        if planned.award_cents:
            cap = cap_account(fund.code, register_no, SchoolYear.of(day))
            reasons += [ClaimReason.CAP_REACHED] if find_balance(session, cap) == 0 else []
            reasons += [ClaimReason.FUND_EMPTY] if open_to_all < planned.award_cents else []
        return TransportEstimate(
            planned.award_cents, planned.share_bp, Cents(open_to_all), tuple(reasons)
        )

    def reserve(self, session: Session, visit: VisitRow, *, now: datetime) -> TransportAward:
        """Reserve the award in the caller's transaction, or say why not.

        Asked again for a visit that has an answer, it gives the same answer.
        """
        terms = _terms(session, visit.local_date)
        if terms is None:
            return TransportAward(TransportState.INELIGIBLE, Cents(0), (ClaimReason.NO_FUND,))
        _, policy = terms
        claim = _find_locked(session, visit.id)
        if claim is not None and claim.state not in _ANSWERED_ANEW:
            return _told(claim)
        claim_id = new_id(now) if claim is None else claim.id
        answer = self._answer(session, visit, policy, claim_id, now)
        if claim is None:
            stored = _add_claim(session, visit, policy, answer, now)
        else:
            stored = change_claim(session, claim, **_columns(policy, answer))
        note(session, stored, "answer_request", by="system", now=now, award=stored.award_cents)
        return _told(stored)

    def release(self, session: Session, visit_id: str, *, reason: str, now: datetime) -> None:
        """Give a reserved or waiting award back; nothing happens when there is none."""
        claim = _find_locked(session, visit_id)
        if claim is None:
            return
        after = ClaimState.LAPSED if reason in _LAPSING else ClaimState.WITHDRAWN
        if claim.state in {ClaimState.RESERVED, ClaimState.OPEN}:
            self.give_back(session, claim, now=now)
        elif claim.state not in {ClaimState.WAITLISTED, ClaimState.OFFERED}:
            return
        changed = change_claim(session, claim, state=after)
        note(session, changed, "release_award", by="system", now=now, reason=reason)

    def open_claim(self, session: Session, visit: VisitRow, *, now: datetime) -> None:
        """The class has been here: its claim may be filed from now on.

        A class that was taken for a no-show and came after all is answered anew first.
        """
        claim = _find_locked(session, visit.id)
        if claim is not None and claim.state is ClaimState.WITHDRAWN:
            self.reserve(session, visit, now=now)
            claim = get_claim(session, claim.id)
        if claim is None or claim.state is not ClaimState.RESERVED:
            return
        policy = get_policy(session, claim.fund, claim.policy_version).policy
        last_day = claim_last_day(visit.local_date, policy.claim_days)
        opened = change_claim(session, claim, state=ClaimState.OPEN, last_day=last_day)
        note(session, opened, "open_claim", by="system", now=now, last_day=last_day.isoformat())
        send_letter(session, Letter.OPENED, opened, settings=self.settings, now=now)

    def give_back(self, session: Session, claim: ClaimRow, *, now: datetime) -> None:
        """E2: the whole award and the place under the school's cap are free again."""
        policy = find_policy(session, claim.fund, local_date(now))
        fenced = policy is not None and is_fenced(policy.policy, local_date(now))
        back = part_given_back(claim.draw, Cents(0), fenced=fenced)
        cap = cap_account(claim.fund, claim.school, SchoolYear.of(claim.visited_on))
        postings = released(claim.fund, back, cap)
        entry = Entry(claim.fund, FundEvent.RELEASED, f"claim:{claim.id}", postings)
        post_transfers(session, entry, secret_key=self.settings.secret_key, now=now)

    def _answer(
        self, session: Session, visit: VisitRow, policy: PolicyRow, claim_id: str, now: datetime
    ) -> _Answer:
        trip = _trip(session, visit.school, visit.pupils, visit.plan.programmes)
        planned = award(policy.policy, trip)
        if not planned.award_cents:
            return _Answer(claim_id, ClaimState.INELIGIBLE, planned, _NOTHING, planned.reasons)
        lock_ledger(session, policy.fund)
        cap = cap_account(policy.fund, visit.school, SchoolYear.of(visit.local_date))
        general, far = account(policy.fund, AVAILABLE), account(policy.fund, RESERVED_FAR)
        left = find_balances(session, (cap, general, far))
        if cap not in left:
            left[cap] = self._open_cap(session, visit, policy, cap, now)
        if not left[cap]:
            reasons = (*planned.reasons, ClaimReason.CAP_REACHED)
            return _Answer(claim_id, ClaimState.INELIGIBLE, planned, _NOTHING, reasons)
        if left[far]:
            secret_key = self.settings.secret_key
            unfenced = end_ring_fence(
                session, policy.fund, policy.policy, secret_key=secret_key, now=now
            )
            left[general], left[far] = left[general] + unfenced, left[far] - unfenced
        draw = draw_for(
            planned.award_cents,
            available=left[general],
            reserved_far=left[far],
            far=planned.is_far,
        )
        if draw is None:
            reasons = (*planned.reasons, ClaimReason.FUND_EMPTY)
            return _Answer(claim_id, ClaimState.WAITLISTED, planned, _NOTHING, reasons)
        postings = reserved(policy.fund, draw, cap)
        entry = Entry(policy.fund, FundEvent.RESERVED, f"claim:{claim_id}", postings)
        post_transfers(session, entry, secret_key=self.settings.secret_key, now=now)
        return _Answer(claim_id, ClaimState.RESERVED, planned, draw, planned.reasons)

    def _open_cap(
        self, session: Session, visit: VisitRow, policy: PolicyRow, cap: str, now: datetime
    ) -> int:
        """Open a school's cap at its first use; how many awards it holds."""
        awards = policy.policy.awards_per_school_year
        open_account(session, policy.fund, AccountPlan(cap, Book.CAPS, Side.DEBIT))
        postings = cap_granted(policy.fund, cap, awards)
        entry = Entry(policy.fund, FundEvent.CAP_GRANTED, f"school:{visit.school}", postings)
        post_transfers(session, entry, secret_key=self.settings.secret_key, now=now)
        return awards


def _terms(session: Session, day: date) -> tuple[FundRow, PolicyRow] | None:
    fund = find_fund(session, day)
    policy = None if fund is None else find_policy(session, fund.code, day)
    return None if fund is None or policy is None else (fund, policy)


def _trip(session: Session, register_no: str, pupils: int, programmes: int) -> Trip:
    school = find_school(session, register_no)
    return Trip(
        school_known=school is not None and school.active,
        pupils=pupils,
        programmes=programmes,
        distance_m=None if school is None else school.distance_m,
    )


def _find_locked(session: Session, visit_id: str) -> ClaimRow | None:
    claim = find_claim_of_visit(session, visit_id)
    return None if claim is None else lock_claim(session, claim.id)


def _told(claim: ClaimRow) -> TransportAward:
    state = _TOLD.get(claim.state, TransportState.RESERVED)
    return TransportAward(state, claim.award_cents, claim.reasons)


def _add_claim(
    session: Session, visit: VisitRow, policy: PolicyRow, answer: _Answer, now: datetime
) -> ClaimRow:
    session.add(
        Claim(
            id=answer.claim_id,
            visit=visit.id,
            school=visit.school,
            fund=policy.fund,
            version=1,
            asked_at=now,
            draft={},
            **_columns(policy, answer),
        )
    )
    session.flush()
    return get_claim(session, answer.claim_id)


def _columns(policy: PolicyRow, answer: _Answer) -> dict[str, object]:
    planned = answer.award
    return {
        "policy_version": policy.version,
        "state": answer.state,
        "reasons": list(answer.reasons),
        "distance_m": planned.distance_m,
        "band": planned.band,
        "share_bp": planned.share_bp,
        "award_cents": answer.draw.total_cents,
        "award_far_cents": answer.draw.far_cents,
    }
