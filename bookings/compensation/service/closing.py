"""Close a period of a fund: only when none of its claims hangs, then the ledger shuts its books."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.compensation.queries import get_period, list_hanging
from bookings.ledger.queries import ClosingRow
from bookings.ledger.service import ClosePeriod, close_period
from vizium.kernel.errors import Conflict

# More references than this do not help the one who reads them.
_NAMED_MOST = 20


@dataclass(frozen=True, slots=True)
class CloseFund:
    """Close the period of a fund that began in `year`; the same `key` again changes nothing.

    What is left goes to the fund `carry_to`, or back to whoever has put it in.
    """

    key: str
    fund: str
    year: int
    carry_to: str | None = None


def close_fund(
    session: Session, command: CloseFund, *, secret_key: str, by: str, now: datetime
) -> ClosingRow:
    """Take back what is left of a period (E11) and shut it.

    Raises:
        NotFound: ``fund`` or ``period``.
        Conflict: ``claims_hang``, with the references of the visits; and what the ledger refuses.
    """
    period = get_period(session, command.fund, command.year)
    hanging = list_hanging(session, period)
    if hanging:
        named = ", ".join(hanging[:_NAMED_MOST])
        raise Conflict("claims_hang", count=len(hanging), claims=named)
    ending = ClosePeriod(command.key, period, command.carry_to)
    return close_period(session, ending, secret_key=secret_key, by=by, now=now)
