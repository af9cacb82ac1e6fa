"""A fund's ledger, ready to move money in."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings.ledger.rules import AccountPlan, Book, Side, appropriated, cap_granted, chart
from bookings.ledger.service import Entry, open_account, open_ledger, post_transfers
from vizium.kernel.money import Cents

SECRET_KEY = "a-key-for-tests-only-of-32-characters"
FUND = "test-fund"


def given_ledger(
    session: Session, *, cents: int, now: datetime, far_bp: int = 0, fund: str = FUND
) -> str:
    """A fund with money in it and all its accounts."""
    open_ledger(session, fund, secret_key=SECRET_KEY)
    for plan in chart(fund):
        open_account(session, fund, plan)
    if cents:
        entry = Entry(
            fund, "opened", f"fund:{fund}", appropriated(fund, Cents(cents), far_bp=far_bp)
        )
        post_transfers(session, entry, secret_key=SECRET_KEY, now=now)
    return fund


def given_cap(
    session: Session, *, awards: int, now: datetime, school: str = "3200000001", fund: str = FUND
) -> str:
    """A school's cap of so many awards."""
    cap = f"{fund}:cap:{school}:2026/2027"
    open_account(session, fund, AccountPlan(cap, Book.CAPS, Side.DEBIT))
    entry = Entry(fund, "cap_granted", f"school:{school}", cap_granted(fund, cap, awards))
    post_transfers(session, entry, secret_key=SECRET_KEY, now=now)
    return cap
