"""Funds, the versions of their rules, and their money as the ledger has it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.compensation.models import Claim, Fund, PolicyVersion
from bookings.compensation.rules import ENCUMBERING, OWED, ClaimState
from bookings.compensation.tariff import Policy, parse_policy
from bookings.ledger.queries import get_balances
from bookings.visits.models import Visit
from vizium.kernel.errors import NotFound
from vizium.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fund, without its money."""

    code: str
    title_lv: str
    title_en: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One version of a fund's rules."""

    fund: str
    version: int
    valid_from: date
    valid_to: date
    policy: Policy


@dataclass(frozen=True, slots=True)
class FundView:
    """A fund's money as the ledger says, and how many wait for it."""

    fund: FundRow
    policy: PolicyRow
    appropriated_cents: Cents
    available_cents: Cents
    reserved_far_cents: Cents
    encumbered_cents: Cents
    obligated_cents: Cents
    expended_cents: Cents
    waiting: int


@dataclass(frozen=True, slots=True)
class FundMonth:
    """What the claims of one month of visits and one band of distance come to."""

    month: date
    band: str
    claims: int
    reserved_cents: Cents
    approved_cents: Cents


def get_fund(session: Session, code: str) -> FundRow:
    """One fund.

    Raises:
        NotFound: ``fund``.
    """
    fund = session.get(Fund, code)
    if fund is None:
        raise NotFound("fund", fund=code)
    return _fund_row(fund)


def find_fund(session: Session, day: date) -> FundRow | None:
    """The fund whose period contains a day; the newest where periods overlap."""
    covers = (Fund.first_day <= day) & (Fund.last_day >= day)
    fund = session.scalar(select(Fund).where(covers).order_by(Fund.first_day.desc()).limit(1))
    return None if fund is None else _fund_row(fund)


def find_shown_fund(session: Session, day: date) -> FundRow | None:
    """The fund that the public page shows: of that day, else the one that starts last."""
    found = find_fund(session, day)
    if found is not None:
        return found
    fund = session.scalar(select(Fund).order_by(Fund.first_day.desc()).limit(1))
    return None if fund is None else _fund_row(fund)


def list_funds(session: Session) -> list[FundRow]:
    """All funds, the newest period first."""
    return [
        _fund_row(fund) for fund in session.scalars(select(Fund).order_by(Fund.first_day.desc()))
    ]


def find_policy(session: Session, fund: str, day: date) -> PolicyRow | None:
    """The rules in force on a day: the newest version that is valid then."""
    valid = (PolicyVersion.valid_from <= day) & (PolicyVersion.valid_to >= day)
    query = select(PolicyVersion).where(PolicyVersion.fund == fund, valid)
    stored = session.scalar(query.order_by(PolicyVersion.version.desc()).limit(1))
    return None if stored is None else _policy_row(stored)


def get_policy(session: Session, fund: str, version: int) -> PolicyRow:
    """A stored version of the rules.

    Raises:
        NotFound: ``policy``.
    """
    stored = session.get(PolicyVersion, (fund, version))
    if stored is None:
        raise NotFound("policy", fund=fund, version=version)
    return _policy_row(stored)


def get_fund_view(session: Session, fund: FundRow, day: date) -> FundView:
    """A fund's money to the cent as the ledger has it.

    Raises:
        NotFound: ``policy``: no version of its rules was ever stored.
    """
    policy = find_policy(session, fund.code, day)
    if policy is None:
        newest = select(func.max(PolicyVersion.version)).where(PolicyVersion.fund == fund.code)
        policy = get_policy(session, fund.code, session.scalar(newest) or 0)
    balances = get_balances(session, fund.code)
    waiting = select(func.count()).where(
        Claim.fund == fund.code, Claim.state == ClaimState.WAITLISTED
    )
    return FundView(
        fund=fund,
        policy=policy,
        appropriated_cents=Cents(balances["appropriated"]),
        available_cents=Cents(balances["available"] + balances["reserved-far"]),
        reserved_far_cents=Cents(balances["reserved-far"]),
        encumbered_cents=Cents(balances["encumbered"]),
        obligated_cents=Cents(balances["obligated"]),
        expended_cents=Cents(balances["expended"]),
        waiting=session.scalar(waiting) or 0,
    )


def list_fund_months(session: Session, fund: str) -> list[FundMonth]:
    """Reserved and approved money by month of the visit and band of distance.

    The sums of all rows are the encumbered and obligated balances of the ledger.
    """
    query = (
        select(
            Visit.local_date,
            Claim.band,
            Claim.state,
            func.count(),
            func.sum(Claim.award_cents),
            func.sum(Claim.decided_cents),
        )
        .join(Visit, Visit.id == Claim.visit)
        .where(Claim.fund == fund, Claim.state.in_(ENCUMBERING | OWED))
        .group_by(Visit.local_date, Claim.band, Claim.state)
    )
    months: dict[tuple[date, str], list[int]] = {}
    for day, band, state, claims, award_cents, decided_cents in session.execute(query):
        sums = months.setdefault((day.replace(day=1), band), [0, 0, 0])
        sums[0] += claims
        if state in ENCUMBERING:
            sums[1] += int(award_cents or 0)
        else:
            sums[2] += int(decided_cents or 0)
    return [
        FundMonth(month, band, claims, Cents(reserved), Cents(approved))
        for (month, band), (claims, reserved, approved) in sorted(
            months.items(), key=lambda item: (item[0][0], int(item[0][1].rstrip("+").split("-")[0]))
        )
    ]


def _fund_row(fund: Fund) -> FundRow:
    return FundRow(fund.code, fund.title_lv, fund.title_en, fund.first_day, fund.last_day)


def _policy_row(stored: PolicyVersion) -> PolicyRow:
    return PolicyRow(
        fund=stored.fund,
        version=stored.version,
        valid_from=stored.valid_from,
        valid_to=stored.valid_to,
        policy=parse_policy(stored.rules),
    )
