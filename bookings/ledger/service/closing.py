"""The end of a period: what is left is taken back (E11), and nothing is dated in it any more."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bookings.ledger.models import Closing, Head
from bookings.ledger.queries import ClosingRow, find_closing, get_balances, period_end
from bookings.ledger.rules import (
    APPROPRIATED,
    AVAILABLE,
    ENCUMBERED,
    OBLIGATED,
    RESERVED_FAR,
    Draw,
    FundEvent,
    Period,
    appropriated,
    closed,
)
from bookings.ledger.service.posting import Entry, lock_ledger, post_transfers
from vizium.db import audit
from vizium.db.commands import Answer, begin_command, end_command
from vizium.kernel.errors import Conflict
from vizium.kernel.money import Cents

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ClosePeriod:
    """Close a period once; the same `key` again changes nothing.

    `carry_to` is the fund that gets what is left (E0), the same one or the next; `carry_far_bp` of
    it is kept there for far schools.
    """

    key: str
    period: Period
    carry_to: str | None = None
    carry_far_bp: int = 0


def close_period(
    session: Session, command: ClosePeriod, *, secret_key: str, by: str, now: datetime
) -> ClosingRow:
    """Close a period of a fund: E11 dated on its last instant, then the books stay shut.

    Claims that still hang are the caller's to refuse; here nothing may be reserved or owed.

    Raises:
        NotFound: ``fund``.
        InvalidInput: ``key_reused``: the key stands for another command.
        Conflict: ``period_running``: its last day is not over; ``period_closed``: it, or a later
            one, was closed before; ``period_unsettled``: money is reserved or owed.
    """
    period, key = command.period, f"ledger:close/{command.key}"
    said = json.dumps(asdict(command), default=str, sort_keys=True)
    earlier = begin_command(session, key, fingerprint=said, now=now)
    if earlier is None:
        for fund in sorted({period.fund, command.carry_to or period.fund}):
            lock_ledger(session, fund)
        left = _settled(session, period, now)
        _end(session, command, left, secret_key=secret_key, now=now)
        _shut(session, period, left.total_cents, by=by, now=now)
        end_command(session, key, Answer(200, b"{}"))
    closing = find_closing(session, period.fund, period.year)
    assert closing is not None
    return closing


def _settled(session: Session, period: Period, now: datetime) -> Draw:
    """What is left of a period that is over and owes nothing."""
    if now < period_end(period):
        raise Conflict("period_running", fund=period.fund, day=period.last_day.isoformat())
    shut = session.scalar(select(func.max(Closing.ends_at)).where(Closing.fund == period.fund))
    if shut is not None and shut >= period_end(period):
        raise Conflict("period_closed", fund=period.fund, year=period.year)
    balances = get_balances(session, period.fund)
    if balances[ENCUMBERED] or balances[OBLIGATED]:
        raise Conflict(
            "period_unsettled",
            fund=period.fund,
            reserved_cents=balances[ENCUMBERED],
            owed_cents=balances[OBLIGATED],
        )
    return Draw(Cents(balances[AVAILABLE]), Cents(balances[RESERVED_FAR]))


def _end(
    session: Session, command: ClosePeriod, left: Draw, *, secret_key: str, now: datetime
) -> None:
    period, amount = command.period, left.total_cents
    if not amount:
        return
    postings = closed(period.fund, left, carried=amount if command.carry_to else None)
    once = f"close:{period.fund}:{period.year}"
    ending = Entry(period.fund, FundEvent.CLOSED, f"fund:{period.fund}", postings, once=once)
    last = period_end(period) - _TICK
    post_transfers(session, ending, secret_key=secret_key, now=now, at=last)
    if command.carry_to is None:
        return
    fund = command.carry_to
    opened = get_balances(session, fund)[APPROPRIATED] > 0
    event = FundEvent.TOPPED_UP if opened else FundEvent.OPENED
    postings = appropriated(fund, amount, far_bp=command.carry_far_bp)
    beginning = Entry(fund, event, f"fund:{fund}", postings, once=f"carry:{once}")
    post_transfers(session, beginning, secret_key=secret_key, now=now)


def _shut(session: Session, period: Period, left: Cents, *, by: str, now: datetime) -> None:
    seq, seal = session.execute(select(Head.seq, Head.seal).where(Head.fund == period.fund)).one()
    values = {
        "fund": period.fund,
        "year": period.year,
        "first_day": period.first_day,
        "last_day": period.last_day,
        "ends_at": period_end(period),
        "left_cents": left,
        "seq": seq,
        "seal": seal,
        "closed_at": now,
        "closed_by": by,
    }
    session.execute(insert(Closing), [values])
    audit.record(
        session,
        by=by,
        action="ledger.close_period",
        subject=f"fund:{period.fund}",
        now=now,
        facts={"year": period.year, "left_cents": left},
    )
