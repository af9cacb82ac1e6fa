"""Programmes of several sessions and educators: enrolment, attendance, completion."""

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0010"
down_revision = "0009"

_STANDS = sa.text("state IN ('enrolled', 'waiting', 'offered')")
_NOT_CANCELLED = sa.text("cancelled_at IS NULL")


def upgrade() -> None:
    _create_run()
    _create_session()
    _create_enrolment()
    _create_attendance()
    _create_completion()
    make_append_only(op.get_bind(), "courses_completion")


def downgrade() -> None:
    drop_append_only(op.get_bind(), "courses_completion")
    op.drop_table("courses_completion")
    op.drop_table("courses_attendance")
    op.drop_table("courses_enrolment")
    op.drop_table("courses_session")
    op.drop_table("courses_run")


def _create_run() -> None:
    op.create_table(
        "courses_run",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("audience", _words("courseaudience", "educators", "classes"), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("measure", _words("completionmeasure", "sessions", "hours"), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("enrol_until", sa.Date(), nullable=False),
        sa.Column("published_at", UtcInstant(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_courses_run_capacity_positive")),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_courses_run_hours_not_negative")),
        sa.CheckConstraint("price_cents >= 0", name=op.f("ck_courses_run_price_not_negative")),
        sa.CheckConstraint(
            "share_bp BETWEEN 1 AND 10000", name=op.f("ck_courses_run_share_of_a_whole")
        ),
        sa.ForeignKeyConstraint(
            ["activity"], ["programmes_activity.code"], name=op.f("fk_courses_run_activity")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_courses_run")),
    )


def _create_session() -> None:
    op.create_table(
        "courses_session",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("start", UtcInstant(), nullable=False),
        sa.Column("end", UtcInstant(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("rooms", sa.JSON(), nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("cancelled_at", UtcInstant(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.CheckConstraint('start < "end"', name=op.f("ck_courses_session_starts_before_end")),
        sa.ForeignKeyConstraint(["run"], ["courses_run.code"], name=op.f("fk_courses_session_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_session")),
    )
    op.create_index(
        "uq_courses_session_standing",
        "courses_session",
        ["run", "start"],
        unique=True,
        sqlite_where=_NOT_CANCELLED,
        postgresql_where=_NOT_CANCELLED,
    )
    op.create_index(
        op.f("ix_courses_session_local_date"), "courses_session", ["local_date"], unique=False
    )


def _create_enrolment() -> None:
    op.create_table(
        "courses_enrolment",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column(
            "state",
            _words("enrolmentstate", "enrolled", "waiting", "offered", "withdrawn", "lapsed"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("school", sa.Text(), nullable=True),
        sa.Column("workplace", sa.Text(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("page_language", sa.Text(), nullable=False),
        sa.Column("owner_person", sa.Text(), nullable=True),
        sa.Column("waiting_since", UtcInstant(), nullable=True),
        sa.Column("offer_expires_at", UtcInstant(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("ck_courses_enrolment_seats_positive")),
        sa.CheckConstraint(
            "(offer_expires_at IS NOT NULL) = (state IN ('offered', 'lapsed'))",
            name=op.f("ck_courses_enrolment_expires_while_offered"),
        ),
        sa.ForeignKeyConstraint(
            ["run"], ["courses_run.code"], name=op.f("fk_courses_enrolment_run")
        ),
        sa.ForeignKeyConstraint(
            ["school"], ["schools_school.register_no"], name=op.f("fk_courses_enrolment_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_enrolment")),
        sa.UniqueConstraint("reference", name=op.f("uq_courses_enrolment_reference")),
    )
    op.create_index(
        "uq_courses_enrolment_standing",
        "courses_enrolment",
        ["run", "who"],
        unique=True,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )
    op.create_index(
        op.f("ix_courses_enrolment_state_offer_expires_at"),
        "courses_enrolment",
        ["state", "offer_expires_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_courses_enrolment_run_waiting_since"),
        "courses_enrolment",
        ["run", "waiting_since"],
        unique=False,
    )


def _create_attendance() -> None:
    op.create_table(
        "courses_attendance",
        sa.Column("session", sa.String(length=26), nullable=False),
        sa.Column("enrolment", sa.String(length=26), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UtcInstant(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("present >= 0", name=op.f("ck_courses_attendance_present_not_negative")),
        sa.ForeignKeyConstraint(
            ["enrolment"], ["courses_enrolment.id"], name=op.f("fk_courses_attendance_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["session"], ["courses_session.id"], name=op.f("fk_courses_attendance_session")
        ),
        sa.PrimaryKeyConstraint("session", "enrolment", name=op.f("pk_courses_attendance")),
    )
    op.create_index(
        op.f("ix_courses_attendance_enrolment"), "courses_attendance", ["enrolment"], unique=False
    )


def _create_completion() -> None:
    op.create_table(
        "courses_completion",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("enrolment", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title_lv", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("outcomes_lv", sa.JSON(), nullable=False),
        sa.Column("outcomes_en", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("confirmed_at", UtcInstant(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("confirmed_name", sa.Text(), nullable=False),
        sa.CheckConstraint("people > 0", name=op.f("ck_courses_completion_people_positive")),
        sa.ForeignKeyConstraint(
            ["enrolment"], ["courses_enrolment.id"], name=op.f("fk_courses_completion_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_completion")),
        sa.UniqueConstraint("enrolment", name=op.f("uq_courses_completion_enrolment")),
        sa.UniqueConstraint("number", name=op.f("uq_courses_completion_number")),
    )


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
