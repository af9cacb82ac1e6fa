"""The periods of a fund, and the claims that still hang in one."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.compensation.models import Claim
from bookings.compensation.queries.funds import get_fund
from bookings.compensation.rules import ENCUMBERING, OWED, ClaimState
from bookings.ledger.rules import Period
from bookings.visits.models import Visit
from vizium.kernel.errors import NotFound

# Money is kept or owed, or somebody waits for an answer that may move money.
_HANGING = (
    ENCUMBERING
    | OWED
    | {
        *(ClaimState.SUBMITTED, ClaimState.NEEDS_INFO, ClaimState.OFFERED),
        *(ClaimState.CONTESTED, ClaimState.RETURNED),
    }
)
_ONE_DAY = timedelta(days=1)


def get_period(session: Session, code: str, year: int) -> Period:
    """The period of a fund that is named by the year in which it begins.

    The first is the fund's own; each later one is a year long, for what is returned or repaid after
    the fund has ended.

    Raises:
        NotFound: ``fund``, or ``period``: it would begin before the fund.
    """
    fund = get_fund(session, code)
    later = year - fund.first_day.year
    if not 0 <= later <= date.max.year - fund.last_day.year:
        raise NotFound("period", fund=code, year=year)
    if not later:
        return Period(code, year, fund.first_day, fund.last_day)
    first_day = _years_after(fund.last_day, later - 1) + _ONE_DAY
    return Period(code, year, first_day, _years_after(fund.last_day, later))


def list_hanging(session: Session, period: Period) -> list[str]:
    """The references of visits until the period's end whose claims are not at their end."""
    query = (
        select(Visit.reference)
        .join(Claim, Claim.visit == Visit.id)
        .where(
            Claim.fund == period.fund,
            Claim.state.in_(_HANGING),
            Visit.local_date <= period.last_day,
        )
        .order_by(Visit.reference)
    )
    return list(session.scalars(query))


def _years_after(day: date, years: int) -> date:
    """The same day so many years later; 28 February for a 29th that is not there."""
    year = day.year + years
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(year, 2, 28) if is_leap_day and year % 4 else day.replace(year=year)
