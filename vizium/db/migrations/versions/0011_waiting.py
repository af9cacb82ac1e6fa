"""Waiting for a day: classes that wait, offers, why each was made; links that can be revoked."""

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0011"
down_revision = "0010"

_TABLES = (
    "auth_link_version",
    "waiting_class",
    "waiting_day",
    "waiting_offer",
    "waiting_choice",
)


def upgrade() -> None:
    op.create_table(
        "auth_link_version",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "subject", name=op.f("pk_auth_link_version")),
    )
    _create_class()
    op.create_table(
        "waiting_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("looked_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_waiting_day")),
    )
    _create_offer()
    make_append_only(op.get_bind(), "waiting_choice")


def downgrade() -> None:
    drop_append_only(op.get_bind(), "waiting_choice")
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_class() -> None:
    op.create_table(
        "waiting_class",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column(
            "state",
            _word("waitingstate", "waiting", "offered", "taken", "expired", "withdrawn"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("page_language", sa.Text(), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("wants_transport", sa.Boolean(), nullable=False),
        sa.Column("owner_person", sa.Text(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("pupils > 0", name=op.f("ck_waiting_class_pupils_positive")),
        sa.CheckConstraint("adults >= 0", name=op.f("ck_waiting_class_adults_not_negative")),
        sa.ForeignKeyConstraint(
            ["school"], ["schools_school.register_no"], name=op.f("fk_waiting_class_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_class")),
        sa.UniqueConstraint("reference", name=op.f("uq_waiting_class_reference")),
    )
    op.create_index(op.f("ix_waiting_class_school"), "waiting_class", ["school"], unique=False)
    op.create_index(
        op.f("ix_waiting_class_state_last_day"),
        "waiting_class",
        ["state", "last_day"],
        unique=False,
    )


def _create_offer() -> None:
    op.create_table(
        "waiting_offer",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("waiting", sa.String(length=26), nullable=False),
        sa.Column("visit", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "state", _word("offerstate", "open", "accepted", "declined", "lapsed"), nullable=False
        ),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["waiting"], ["waiting_class.id"], name=op.f("fk_waiting_offer_waiting")
        ),
        sa.ForeignKeyConstraint(
            ["visit"], ["visits_visit.id"], name=op.f("fk_waiting_offer_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_offer")),
        sa.UniqueConstraint("visit", name=op.f("uq_waiting_offer_visit")),
    )
    op.create_index(op.f("ix_waiting_offer_waiting"), "waiting_offer", ["waiting"], unique=False)
    op.create_index(
        "ix_waiting_offer_one_open",
        "waiting_offer",
        ["waiting"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "waiting_choice",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("offer", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pupils_free", sa.Integer(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer"], ["waiting_offer.id"], name=op.f("fk_waiting_choice_offer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_choice")),
        sa.UniqueConstraint("offer", name=op.f("uq_waiting_choice_offer")),
    )
    op.create_index(op.f("ix_waiting_choice_day"), "waiting_choice", ["day"], unique=False)


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
