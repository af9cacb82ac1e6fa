"""The tables of compensation: funds, policies, claims, evidence, checks, decisions."""

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0005"
down_revision = "0004"

_STATES = (
    "draft",
    "submitted",
    "needs_info",
    "ineligible",
    "reserved",
    "waitlisted",
    "offered",
    "open",
    "claimed",
    "checked",
    "approved",
    "partial",
    "rejected",
    "contested",
    "upheld",
    "overturned",
    "withdrawn",
    "lapsed",
    "payable",
    "batched",
    "sent",
    "paid",
    "returned",
    "revoked",
    "recovery",
    "recovered",
)
_STATE = sa.Enum(*_STATES, name="claimstate", native_enum=False, create_constraint=True, length=32)
_FILED = (
    "'approved', 'batched', 'checked', 'claimed', 'contested', 'overturned', 'paid', "
    "'partial', 'payable', 'recovered', 'recovery', 'rejected', 'returned', 'revoked', "
    "'sent', 'upheld'"
)
_FILED_FACTS = (
    "supplier_reg_no IS NOT NULL AND invoice_number IS NOT NULL AND issued_on IS NOT NULL"
    " AND invoice_cents IS NOT NULL AND km IS NOT NULL AND iban IS NOT NULL"
    " AND cofunding_cents IS NOT NULL AND filed_at IS NOT NULL"
)
_DECIDED = (
    "'approved', 'batched', 'contested', 'overturned', 'paid', 'partial', 'payable', "
    "'recovered', 'recovery', 'rejected', 'returned', 'revoked', 'sent', 'upheld'"
)
_DECIDED_FACTS = "checked_by IS NOT NULL AND decided_by IS NOT NULL AND decided_cents IS NOT NULL"
_HISTORY = ("compensation_policy", "compensation_check", "compensation_decision")
_TABLES = ("fund", "policy", "claim", "check", "evidence", "decision")


def upgrade() -> None:
    _create_fund()
    _create_policy()
    _create_claim()
    _create_check()
    _create_evidence()
    _create_decision()
    for table in _HISTORY:
        make_append_only(op.get_bind(), table)


def downgrade() -> None:
    for table in _HISTORY:
        drop_append_only(op.get_bind(), table)
    for table in reversed(_TABLES):
        op.drop_table(f"compensation_{table}")


def _create_fund() -> None:
    op.create_table(
        "compensation_fund",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title_lv", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("opened_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_compensation_fund_period")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_compensation_fund")),
    )


def _create_policy() -> None:
    op.create_table(
        "compensation_policy",
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("stored_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_compensation_policy_validity")),
        sa.CheckConstraint("version > 0", name=op.f("ck_compensation_policy_version_positive")),
        sa.ForeignKeyConstraint(
            ["fund"], ["compensation_fund.code"], name=op.f("fk_compensation_policy_fund")
        ),
        sa.PrimaryKeyConstraint("fund", "version", name=op.f("pk_compensation_policy")),
    )


def _create_claim() -> None:
    op.create_table(
        "compensation_claim",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit", sa.String(length=26), nullable=False),
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("state", _STATE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcInstant(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("award_cents", sa.BigInteger(), nullable=False),
        sa.Column("award_far_cents", sa.BigInteger(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("supplier_reg_no", sa.Text(), nullable=True),
        sa.Column("supplier_name", sa.Text(), nullable=True),
        sa.Column("invoice_number", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("invoice_cents", sa.BigInteger(), nullable=True),
        sa.Column("km", sa.Integer(), nullable=True),
        sa.Column("iban", sa.Text(), nullable=True),
        sa.Column("cofunding_cents", sa.BigInteger(), nullable=True),
        sa.Column("filed_at", UtcInstant(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_cents", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state <> 'rejected' OR decided_cents = 0",
            name=op.f("ck_compensation_claim_rejected_is_nothing"),
        ),
        sa.CheckConstraint(
            f"state NOT IN ({_FILED}) OR ({_FILED_FACTS})",
            name=op.f("ck_compensation_claim_filed_with_invoice"),
        ),
        sa.CheckConstraint(
            f"state NOT IN ({_DECIDED}) OR ({_DECIDED_FACTS})",
            name=op.f("ck_compensation_claim_decided_by_two"),
        ),
        sa.CheckConstraint(
            "award_cents >= 0", name=op.f("ck_compensation_claim_award_not_negative")
        ),
        sa.CheckConstraint(
            "award_far_cents >= 0 AND award_far_cents <= award_cents",
            name=op.f("ck_compensation_claim_far_within_award"),
        ),
        sa.CheckConstraint(
            "checked_by <> decided_by", name=op.f("ck_compensation_claim_two_people")
        ),
        sa.CheckConstraint(
            "decided_cents = 0 OR decided_cents + cofunding_cents <= invoice_cents",
            name=op.f("ck_compensation_claim_within_invoice"),
        ),
        sa.CheckConstraint(
            "decided_cents >= 0 AND decided_cents <= award_cents",
            name=op.f("ck_compensation_claim_within_award"),
        ),
        sa.ForeignKeyConstraint(
            ["fund", "policy_version"],
            ["compensation_policy.fund", "compensation_policy.version"],
            name=op.f("fk_compensation_claim_fund_policy_version"),
        ),
        sa.ForeignKeyConstraint(
            ["fund"], ["compensation_fund.code"], name=op.f("fk_compensation_claim_fund")
        ),
        sa.ForeignKeyConstraint(
            ["school"], ["schools_school.register_no"], name=op.f("fk_compensation_claim_school")
        ),
        sa.ForeignKeyConstraint(
            ["visit"], ["visits_visit.id"], name=op.f("fk_compensation_claim_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation_claim")),
        sa.UniqueConstraint("visit", name=op.f("uq_compensation_claim_visit")),
    )
    op.create_index(
        op.f("ix_compensation_claim_fund_state"), "compensation_claim", ["fund", "state"]
    )
    op.create_index(op.f("ix_compensation_claim_iban"), "compensation_claim", ["iban"])
    op.create_index(op.f("ix_compensation_claim_school"), "compensation_claim", ["school"])
    op.create_index(
        op.f("ix_compensation_claim_supplier_reg_no_invoice_number"),
        "compensation_claim",
        ["supplier_reg_no", "invoice_number"],
    )


def _create_check() -> None:
    op.create_table(
        "compensation_check",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("claim", sa.String(length=26), nullable=False),
        sa.Column("claim_version", sa.Integer(), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("recommended_cents", sa.BigInteger(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("checked_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "recommended_cents >= 0", name=op.f("ck_compensation_check_recommended_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["claim"], ["compensation_claim.id"], name=op.f("fk_compensation_check_claim")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation_check")),
        sa.UniqueConstraint(
            "claim", "claim_version", name=op.f("uq_compensation_check_claim_claim_version")
        ),
        sa.UniqueConstraint(
            "id", "claim", "checked_by", name=op.f("uq_compensation_check_id_claim_checked_by")
        ),
    )


def _create_evidence() -> None:
    op.create_table(
        "compensation_evidence",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("claim", sa.String(length=26), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("original_sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("added_at", UtcInstant(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_compensation_evidence_size_positive")),
        sa.ForeignKeyConstraint(
            ["claim"], ["compensation_claim.id"], name=op.f("fk_compensation_evidence_claim")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation_evidence")),
        sa.UniqueConstraint("claim", "sha256", name=op.f("uq_compensation_evidence_claim_sha256")),
    )
    op.create_index(
        op.f("ix_compensation_evidence_original_sha256"),
        "compensation_evidence",
        ["original_sha256"],
    )


def _create_decision() -> None:
    op.create_table(
        "compensation_decision",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("claim", sa.String(length=26), nullable=False),
        sa.Column("claim_version", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.String(length=26), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("outcome", _STATE, nullable=False),
        sa.Column("award_cents", sa.BigInteger(), nullable=False),
        sa.Column("proposed_cents", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("decided_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'rejected') = (award_cents = 0)",
            name=op.f("ck_compensation_decision_rejected_is_nothing"),
        ),
        sa.CheckConstraint(
            "outcome IN ('approved', 'partial', 'rejected')",
            name=op.f("ck_compensation_decision_is_outcome"),
        ),
        sa.CheckConstraint(
            "award_cents >= 0 AND award_cents <= proposed_cents",
            name=op.f("ck_compensation_decision_within_policy"),
        ),
        sa.CheckConstraint(
            "checked_by <> decided_by", name=op.f("ck_compensation_decision_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["check_id", "claim", "checked_by"],
            ["compensation_check.id", "compensation_check.claim", "compensation_check.checked_by"],
            name=op.f("fk_compensation_decision_check_id_claim_checked_by"),
        ),
        sa.ForeignKeyConstraint(
            ["claim"], ["compensation_claim.id"], name=op.f("fk_compensation_decision_claim")
        ),
        sa.ForeignKeyConstraint(
            ["fund", "policy_version"],
            ["compensation_policy.fund", "compensation_policy.version"],
            name=op.f("fk_compensation_decision_fund_policy_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation_decision")),
        sa.UniqueConstraint(
            "claim", "claim_version", name=op.f("uq_compensation_decision_claim_claim_version")
        ),
    )
    op.create_index(op.f("ix_compensation_decision_claim"), "compensation_decision", ["claim"])
