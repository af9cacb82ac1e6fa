"""The tables of visits: sessions, visits, their stops, and what the door counted."""

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _create_session()
    _create_visit()
    _create_arrival()
    _create_stop()
    make_append_only(op.get_bind(), "visits_arrival")


def downgrade() -> None:
    drop_append_only(op.get_bind(), "visits_arrival")
    op.drop_table("visits_stop")
    op.drop_table("visits_arrival")
    op.drop_table("visits_visit")
    op.drop_table("visits_session")


def _create_session() -> None:
    op.create_table(
        "visits_session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("start", UtcInstant(), nullable=False),
        sa.Column("end", UtcInstant(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("rooms", sa.JSON(), nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_visits_session_capacity_positive")),
        sa.ForeignKeyConstraint(
            ["activity"], ["programmes_activity.code"], name=op.f("fk_visits_session_activity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits_session")),
        sa.UniqueConstraint("activity", "start", name=op.f("uq_visits_session_activity_start")),
    )
    op.create_index(
        op.f("ix_visits_session_local_date_activity"),
        "visits_session",
        ["local_date", "activity"],
        unique=False,
    )


def _create_visit() -> None:
    op.create_table(
        "visits_visit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column(
            "state",
            _words(
                "visitstate",
                "held",
                "provisional",
                "confirmed",
                "arrived",
                "completed",
                "expired",
                "cancelled",
                "no_show",
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("page_language", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column(
            "transport_state",
            _words(
                "transportstate",
                "unwanted",
                "wanted",
                "reserved",
                "waitlisted",
                "ineligible",
                "released",
            ),
            nullable=False,
        ),
        sa.Column("award_cents", sa.BigInteger(), nullable=False),
        sa.Column("transport_reasons", sa.JSON(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("owner_person", sa.Text(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(expires_at IS NOT NULL) = (state IN ('held', 'provisional', 'expired'))",
            name=op.f("ck_visits_visit_expires_while_held"),
        ),
        sa.CheckConstraint("adults >= 0", name=op.f("ck_visits_visit_adults_not_negative")),
        sa.CheckConstraint("price_cents >= 0", name=op.f("ck_visits_visit_price_not_negative")),
        sa.CheckConstraint("pupils > 0", name=op.f("ck_visits_visit_pupils_positive")),
        sa.ForeignKeyConstraint(
            ["school"], ["schools_school.register_no"], name=op.f("fk_visits_visit_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits_visit")),
        sa.UniqueConstraint("reference", name=op.f("uq_visits_visit_reference")),
    )
    op.create_index(
        op.f("ix_visits_visit_local_date"), "visits_visit", ["local_date"], unique=False
    )
    op.create_index(
        op.f("ix_visits_visit_owner_person"), "visits_visit", ["owner_person"], unique=False
    )
    op.create_index(
        op.f("ix_visits_visit_school_local_date"),
        "visits_visit",
        ["school", "local_date"],
        unique=False,
    )
    op.create_index(
        op.f("ix_visits_visit_state_expires_at"),
        "visits_visit",
        ["state", "expires_at"],
        unique=False,
    )


def _create_arrival() -> None:
    op.create_table(
        "visits_arrival",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit", sa.String(length=26), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.CheckConstraint("adults >= 0", name=op.f("ck_visits_arrival_adults_not_negative")),
        sa.CheckConstraint("pupils >= 0", name=op.f("ck_visits_arrival_pupils_not_negative")),
        sa.ForeignKeyConstraint(
            ["visit"], ["visits_visit.id"], name=op.f("fk_visits_arrival_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits_arrival")),
        sa.UniqueConstraint("nonce", name=op.f("uq_visits_arrival_nonce")),
    )
    op.create_index(op.f("ix_visits_arrival_visit"), "visits_arrival", ["visit"], unique=False)


def _create_stop() -> None:
    op.create_table(
        "visits_stop",
        sa.Column("visit", sa.String(length=26), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.CheckConstraint("pupils > 0", name=op.f("ck_visits_stop_pupils_positive")),
        sa.ForeignKeyConstraint(
            ["session"], ["visits_session.id"], name=op.f("fk_visits_stop_session")
        ),
        sa.ForeignKeyConstraint(["visit"], ["visits_visit.id"], name=op.f("fk_visits_stop_visit")),
        sa.PrimaryKeyConstraint("visit", "session", name=op.f("pk_visits_stop")),
    )
    op.create_index(op.f("ix_visits_stop_session"), "visits_stop", ["session"], unique=False)


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
