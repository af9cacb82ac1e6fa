"""Accounts with guarded balances, append-only transfers, closings, anchors, and the chain's head.

The database holds the rules by itself: a floor is a CHECK, a transfer stays inside one book of one
fund by a foreign key of three columns, it is reversed at most once by UNIQUE, and triggers (in the
migrations) refuse

- to rewrite or delete a transfer, a closing or an anchor, or to take an account's floor away;
- a transfer that is not the next one of its fund's chain, or is dated in a closed period;
- a reversal that is not the mirror of what it reverses;
- a subject's part of an account below 0 or above `subject_most`.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bookings.ledger.rules import Book, Side, Unit
from vizium.db.base import Base, Id


class Head(Base):
    """The end of a fund's chain; its row lock orders all transfers of the fund."""

    __tablename__ = "ledger_head"

    fund: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    seal: Mapped[str]


class Account(Base):
    """An account; `balance` is in its unit, on its normal side."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("code", "fund", "book"),
        CheckConstraint("NOT floor OR balance >= 0", name="above_floor"),
        CheckConstraint("(book = 'caps') = (unit = 'awards')", name="unit_of_book"),
        Index(None, "fund"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    fund: Mapped[str] = mapped_column(ForeignKey("ledger_head.fund"))
    book: Mapped[Book]
    unit: Mapped[Unit]
    side: Mapped[Side]
    floor: Mapped[bool]
    balance: Mapped[int] = mapped_column(BigInteger)
    subject_most: Mapped[int | None] = mapped_column(BigInteger)


class Transfer(Base):
    """One movement, never changed; a mistake is reversed by another one, dated that day.

    `once` names what may happen a single time: a second row with it is refused.
    """

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        UniqueConstraint("fund", "seq"),
        UniqueConstraint("reverses"),
        Index(None, "once", unique=True),
        CheckConstraint("amount > 0", name="moves_something"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        ForeignKeyConstraint(
            ["debit", "fund", "book"],
            ["ledger_account.code", "ledger_account.fund", "ledger_account.book"],
        ),
        ForeignKeyConstraint(
            ["credit", "fund", "book"],
            ["ledger_account.code", "ledger_account.fund", "ledger_account.book"],
        ),
        Index(None, "subject"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    fund: Mapped[str]
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    book: Mapped[Book]
    event: Mapped[str]
    subject: Mapped[str]
    debit: Mapped[str]
    credit: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    reverses: Mapped[str | None] = mapped_column(ForeignKey("ledger_transfer.id"))
    seal: Mapped[str]
    once: Mapped[str | None]


class Closing(Base):
    """A period of a fund is over: nothing dated before `ends_at` is written any more.

    `seq` and `seal` are the end of the chain with the closing's own transfers.
    """

    __tablename__ = "ledger_closing"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="period"),)

    fund: Mapped[str] = mapped_column(ForeignKey("ledger_head.fund"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    ends_at: Mapped[datetime]
    left_cents: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    seal: Mapped[str]
    closed_at: Mapped[datetime]
    closed_by: Mapped[str]


class AnchorDay(Base):
    """Where the chain of a fund stood on a day; the same as a line that is kept elsewhere."""

    __tablename__ = "ledger_anchor"

    fund: Mapped[str] = mapped_column(ForeignKey("ledger_head.fund"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    seal: Mapped[str]
    made_at: Mapped[datetime]
