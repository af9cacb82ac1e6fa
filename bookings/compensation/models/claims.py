"""Funds, their policies, claims, and what people did with claims.

```
Fund 1--* Policy (versions, append-only)
Fund 1--* Claim *--1 Visit
          Claim 1--* Evidence 1--? Reading, ClaimCheck 1--* Decision (append-only)
```
The amounts of a claim are bounded by CHECKs, and who checks never decides: a decision carries its
check and that check's author under one foreign key, and a CHECK tells the two people apart.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bookings.compensation.rules import DECIDED, FILED, ClaimState
from bookings.schools.models import School
from bookings.visits.models import Visit
from vizium.db.base import Base, Id
from vizium.kernel.money import Cents


def _words(states: frozenset[ClaimState]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


_FILED = (
    "(supplier_reg_no IS NOT NULL AND invoice_number IS NOT NULL AND issued_on IS NOT NULL"
    " AND invoice_cents IS NOT NULL AND km IS NOT NULL AND iban IS NOT NULL"
    " AND cofunding_cents IS NOT NULL AND filed_at IS NOT NULL)"
)
_DECIDED = "(checked_by IS NOT NULL AND decided_by IS NOT NULL AND decided_cents IS NOT NULL)"


class Fund(Base):
    """The fixed money of a period, and the account that pays; what is left is the ledger's word."""

    __tablename__ = "compensation_fund"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="period"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    title_lv: Mapped[str]
    title_en: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    opened_at: Mapped[datetime]
    payer_name: Mapped[str | None]
    payer_iban: Mapped[str | None]
    payer_bic: Mapped[str | None]


class PolicyVersion(Base):
    """The rules of a fund for a time; a change is a new version."""

    __tablename__ = "compensation_policy"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_to", name="validity"),
        CheckConstraint("version > 0", name="version_positive"),
    )

    fund: Mapped[str] = mapped_column(ForeignKey(Fund.code), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    rules: Mapped[dict[str, object]]
    author: Mapped[str]
    stored_at: Mapped[datetime]


class Claim(Base):
    """A school's request for the bus of one visit, from the reservation to the payment.

    `award_cents` is what is or was reserved, `award_far_cents` its part from the ring-fence;
    `draft` keeps what the school has typed and not sent yet.
    """

    __tablename__ = "compensation_claim"
    __table_args__ = (
        ForeignKeyConstraint(
            ["fund", "policy_version"], ["compensation_policy.fund", "compensation_policy.version"]
        ),
        CheckConstraint("award_cents >= 0", name="award_not_negative"),
        CheckConstraint(
            "award_far_cents >= 0 AND award_far_cents <= award_cents", name="far_within_award"
        ),
        CheckConstraint("decided_cents >= 0 AND decided_cents <= award_cents", name="within_award"),
        CheckConstraint(
            "decided_cents = 0 OR decided_cents + cofunding_cents <= invoice_cents",
            name="within_invoice",
        ),
        CheckConstraint("state <> 'rejected' OR decided_cents = 0", name="rejected_is_nothing"),
        CheckConstraint("checked_by <> decided_by", name="two_people"),
        CheckConstraint(f"state NOT IN ({_words(FILED)}) OR {_FILED}", name="filed_with_invoice"),
        CheckConstraint(f"state NOT IN ({_words(DECIDED)}) OR {_DECIDED}", name="decided_by_two"),
        Index(None, "fund", "state"),
        Index(None, "school"),
        Index(None, "supplier_reg_no", "invoice_number"),
        Index(None, "iban"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    visit: Mapped[str] = mapped_column(Id, ForeignKey(Visit.id), unique=True)
    school: Mapped[str] = mapped_column(ForeignKey(School.register_no))
    fund: Mapped[str] = mapped_column(ForeignKey(Fund.code))
    policy_version: Mapped[int]
    state: Mapped[ClaimState]
    version: Mapped[int]
    asked_at: Mapped[datetime]
    reasons: Mapped[list[str]]
    distance_m: Mapped[int | None]
    band: Mapped[str]
    share_bp: Mapped[int]
    award_cents: Mapped[Cents]
    award_far_cents: Mapped[Cents]
    last_day: Mapped[date | None]
    draft: Mapped[dict[str, object]]
    supplier_reg_no: Mapped[str | None]
    supplier_name: Mapped[str | None]
    invoice_number: Mapped[str | None]
    issued_on: Mapped[date | None]
    invoice_cents: Mapped[Cents | None]
    km: Mapped[int | None]
    iban: Mapped[str | None]
    cofunding_cents: Mapped[Cents | None]
    filed_at: Mapped[datetime | None]
    checked_by: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_cents: Mapped[Cents | None]


class Evidence(Base):
    """A file that proves a claim; the bytes lie outside the web root under `sha256`."""

    __tablename__ = "compensation_evidence"
    __table_args__ = (
        UniqueConstraint("claim", "sha256"),
        CheckConstraint("size > 0", name="size_positive"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    claim: Mapped[str] = mapped_column(Id, ForeignKey(Claim.id))
    sha256: Mapped[str]
    original_sha256: Mapped[str] = mapped_column(index=True)
    media_type: Mapped[str]
    size: Mapped[int]
    name: Mapped[str]
    warnings: Mapped[list[str]]
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class Reading(Base):
    """What an e-invoice among the evidence says; empty where it does not say it."""

    __tablename__ = "compensation_reading"
    __table_args__ = (CheckConstraint("total_cents > 0", name="total_positive"),)

    evidence: Mapped[str] = mapped_column(Id, ForeignKey(Evidence.id), primary_key=True)
    supplier_reg_no: Mapped[str]
    supplier_name: Mapped[str]
    number: Mapped[str]
    issued_on: Mapped[date]
    total_cents: Mapped[Cents]
    iban: Mapped[str]
    problems: Mapped[list[str]]


class ClaimCheck(Base):
    """What finance officer A found in one version of a claim, and recommends to B."""

    __tablename__ = "compensation_check"
    __table_args__ = (
        UniqueConstraint("claim", "claim_version"),
        UniqueConstraint("id", "claim", "checked_by"),
        CheckConstraint("recommended_cents >= 0", name="recommended_not_negative"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    claim: Mapped[str] = mapped_column(Id, ForeignKey(Claim.id))
    claim_version: Mapped[int]
    checked_by: Mapped[str]
    recommended_cents: Mapped[Cents | None]
    reasons: Mapped[list[str]]
    note: Mapped[str]
    findings: Mapped[list[str]]
    checked_at: Mapped[datetime]


class Decision(Base):
    """What finance officer B decided, on which check and under which policy."""

    __tablename__ = "compensation_decision"
    __table_args__ = (
        UniqueConstraint("claim", "claim_version"),
        ForeignKeyConstraint(
            ["check_id", "claim", "checked_by"],
            ["compensation_check.id", "compensation_check.claim", "compensation_check.checked_by"],
        ),
        ForeignKeyConstraint(
            ["fund", "policy_version"], ["compensation_policy.fund", "compensation_policy.version"]
        ),
        CheckConstraint("checked_by <> decided_by", name="two_people"),
        CheckConstraint("award_cents >= 0 AND award_cents <= proposed_cents", name="within_policy"),
        CheckConstraint("(outcome = 'rejected') = (award_cents = 0)", name="rejected_is_nothing"),
        CheckConstraint("outcome IN ('approved', 'partial', 'rejected')", name="is_outcome"),
        Index(
            "uq_compensation_decision_people",
            "id",
            "claim",
            "checked_by",
            "decided_by",
            unique=True,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    claim: Mapped[str] = mapped_column(Id, ForeignKey(Claim.id), index=True)
    claim_version: Mapped[int]
    check_id: Mapped[str] = mapped_column(Id)
    checked_by: Mapped[str]
    decided_by: Mapped[str]
    outcome: Mapped[ClaimState]
    award_cents: Mapped[Cents]
    proposed_cents: Mapped[Cents]
    reasons: Mapped[list[str]]
    note: Mapped[str]
    fund: Mapped[str]
    policy_version: Mapped[int]
    decided_at: Mapped[datetime]
