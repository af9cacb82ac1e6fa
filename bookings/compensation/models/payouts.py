"""Batches of payments, and what the bank's statements say of them.

```
Payout 1--* PayoutLine *--1 Decision        BankStatement 1--* BankLine *--? PayoutLine
```
Three people stand between a claim and its money: a line carries who checked and who decided, bound
to the decision by a foreign key, and who released, bound to the batch; CHECKs tell them apart.
Triggers keep a batch as it was sealed, and let it be sent only when each line names its releaser.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bookings.compensation.models.claims import Claim, Fund
from bookings.compensation.rules import LineState, Meaning, PayoutState
from vizium.db.base import Base, Id
from vizium.kernel.money import Cents


class Payout(Base):
    """One file for the bank; its `number` counts in a fund, `sealed_sha256` is of its bytes."""

    __tablename__ = "compensation_payout"
    __table_args__ = (
        UniqueConstraint("fund", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("made_by <> released_by", name="released_by_another"),
        CheckConstraint(
            "state IN ('drafted', 'cancelled')"
            " OR (sealed_sha256 IS NOT NULL AND sealed_at IS NOT NULL)",
            name="sealed",
        ),
        CheckConstraint(
            "state NOT IN ('sent', 'closed')"
            " OR (released_by IS NOT NULL AND released_at IS NOT NULL)",
            name="released",
        ),
        Index("uq_compensation_payout_releaser", "id", "released_by", unique=True),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    fund: Mapped[str] = mapped_column(ForeignKey(Fund.code))
    number: Mapped[int]
    state: Mapped[PayoutState]
    version: Mapped[int]
    execute_on: Mapped[date]
    payer_name: Mapped[str]
    payer_iban: Mapped[str]
    payer_bic: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    sealed_sha256: Mapped[str | None]
    sealed_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    released_at: Mapped[datetime | None]


class PayoutLine(Base):
    """One payment of a batch; a claim has at most one that waits for the bank."""

    __tablename__ = "compensation_payout_line"
    __table_args__ = (
        UniqueConstraint("end_to_end_id"),
        ForeignKeyConstraint(
            ["decision", "claim", "checked_by", "decided_by"],
            [
                "compensation_decision.id",
                "compensation_decision.claim",
                "compensation_decision.checked_by",
                "compensation_decision.decided_by",
            ],
        ),
        ForeignKeyConstraint(
            ["payout", "released_by"], ["compensation_payout.id", "compensation_payout.released_by"]
        ),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint(
            "released_by <> checked_by AND released_by <> decided_by", name="third_person"
        ),
        CheckConstraint(
            "returned_cents >= 0 AND returned_cents <= amount_cents"
            " AND (returned_cents = 0 OR state = 'booked')",
            name="returned_within_amount",
        ),
        Index(
            "uq_compensation_payout_line_waiting",
            "claim",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "payout"),
        Index(None, "claim"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    payout: Mapped[str] = mapped_column(Id, ForeignKey(Payout.id))
    claim: Mapped[str] = mapped_column(Id, ForeignKey(Claim.id))
    decision: Mapped[str] = mapped_column(Id)
    end_to_end_id: Mapped[str]
    amount_cents: Mapped[Cents]
    name: Mapped[str]
    iban: Mapped[str]
    reference: Mapped[str]
    checked_by: Mapped[str]
    decided_by: Mapped[str]
    released_by: Mapped[str | None]
    state: Mapped[LineState]
    returned_cents: Mapped[Cents]


class BankStatement(Base):
    """A statement that was read; the same one again changes nothing."""

    __tablename__ = "compensation_bank_statement"
    __table_args__ = (UniqueConstraint("iban", "statement_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    fund: Mapped[str] = mapped_column(ForeignKey(Fund.code))
    iban: Mapped[str]
    statement_id: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    opening_cents: Mapped[int] = mapped_column(BigInteger)
    closing_cents: Mapped[int] = mapped_column(BigInteger)
    read_by: Mapped[str]
    read_at: Mapped[datetime]


class BankLine(Base):
    """One payment that a statement tells, and what it was to the fund."""

    __tablename__ = "compensation_bank_line"
    __table_args__ = (
        UniqueConstraint("statement", "position"),
        CheckConstraint(
            "(meaning IN ('booked', 'returned')) = (line IS NOT NULL)", name="posted_has_a_line"
        ),
        Index(None, "line"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    statement: Mapped[str] = mapped_column(Id, ForeignKey(BankStatement.id))
    position: Mapped[int]
    booked_on: Mapped[date]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str]
    end_to_end_id: Mapped[str]
    name: Mapped[str]
    iban: Mapped[str]
    remittance: Mapped[str]
    return_reason: Mapped[str]
    meaning: Mapped[Meaning]
    line: Mapped[str | None] = mapped_column(Id, ForeignKey(PayoutLine.id))


class BankSettlement(Base):
    """What a person found out about a line that nothing was posted for."""

    __tablename__ = "compensation_bank_settlement"

    bank_line: Mapped[str] = mapped_column(Id, ForeignKey(BankLine.id), primary_key=True)
    note: Mapped[str]
    settled_by: Mapped[str]
    settled_at: Mapped[datetime]
