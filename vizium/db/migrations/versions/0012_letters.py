"""What hosts are told, fees for not coming, courses that move, are revoked and forget.

Of a class of which more were written down than had enrolled, the rest now came beside them.
"""

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0012"
down_revision = "0011"

# Keyed by table, then by column.
_NEW_COLUMNS = {
    "resources_host": {"email": "TEXT NOT NULL DEFAULT ''"},
    "visits_visit": {
        "no_show_fee_cents": (
            "BIGINT NOT NULL DEFAULT 0"
            " CONSTRAINT ck_visits_visit_no_show_fee_part_of_fee"
            " CHECK (no_show_fee_cents BETWEEN 0 AND fee_cents)"
            " CONSTRAINT ck_visits_visit_no_show_fee_of_a_no_show"
            " CHECK (no_show_fee_cents = 0 OR state = 'no_show')"
        )
    },
    "courses_session": {"version": "INTEGER NOT NULL DEFAULT 0"},
    "courses_enrolment": {"erased_at": "{instant}"},
    "courses_attendance": {
        "extra": (
            "INTEGER NOT NULL DEFAULT 0"
            " CONSTRAINT ck_courses_attendance_extra_beside_enrolled"
            " CHECK (extra = 0 OR (extra > 0 AND present > 0))"
        )
    },
}
_SEATS = "(SELECT seats FROM courses_enrolment WHERE id = {row}.enrolment)"
_BESIDE = """
UPDATE courses_attendance SET extra = present - enrolled.seats, present = enrolled.seats
FROM courses_enrolment AS enrolled
WHERE enrolled.id = courses_attendance.enrolment AND present > enrolled.seats
"""
_GUARD = "courses_attendance_within_enrolled"
_TOO_MANY = "more present than enrolled"


def upgrade() -> None:
    instant = "DATETIME" if _is_sqlite() else "TIMESTAMP WITH TIME ZONE"
    for table, columns in _NEW_COLUMNS.items():
        for name, kind in columns.items():
            # In words: Alembic cannot add a column with a CHECK to a table of SQLite.
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} " + kind.format(instant=instant))
    op.execute(_BESIDE)
    for statement in _guard():
        op.execute(statement)
    _create_revocation()
    _create_host_day()


def downgrade() -> None:
    op.drop_table("hosts_day")
    drop_append_only(op.get_bind(), "courses_revocation")
    op.drop_table("courses_revocation")
    for statement in _unguard():
        op.execute(statement)
    op.execute("UPDATE courses_attendance SET present = present + extra")
    for table, columns in reversed(_NEW_COLUMNS.items()):
        for name in reversed(columns):
            op.drop_column(table, name)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _guard() -> list[str]:
    """Nobody is present who did not enrol: those beyond are counted beside."""
    beyond = "NEW.present > " + _SEATS.format(row="NEW")
    if _is_sqlite():
        return [
            f"CREATE TRIGGER {_GUARD}_{verb} BEFORE {verb} ON courses_attendance WHEN {beyond}"
            f" BEGIN SELECT RAISE(ABORT, '{_TOO_MANY}'); END"
            for verb in ("insert", "update")
        ]
    refuse = f"RAISE EXCEPTION '{_TOO_MANY}' USING ERRCODE = 'check_violation'"
    body = f"BEGIN IF {beyond} THEN {refuse}; END IF; RETURN NEW; END"
    each_row = "BEFORE INSERT OR UPDATE ON courses_attendance FOR EACH ROW"
    return [
        f"CREATE FUNCTION {_GUARD}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE TRIGGER {_GUARD} {each_row} EXECUTE FUNCTION {_GUARD}()",
    ]


def _unguard() -> list[str]:
    if _is_sqlite():
        return [f"DROP TRIGGER {_GUARD}_{verb}" for verb in ("insert", "update")]
    return [f"DROP TRIGGER {_GUARD} ON courses_attendance", f"DROP FUNCTION {_GUARD}()"]


def _create_revocation() -> None:
    op.create_table(
        "courses_revocation",
        sa.Column("completion", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revoked_at", UtcInstant(), nullable=False),
        sa.Column("revoked_by", sa.Text(), nullable=False),
        sa.Column("revoked_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["completion"], ["courses_completion.id"], name=op.f("fk_courses_revocation_completion")
        ),
        sa.PrimaryKeyConstraint("completion", name=op.f("pk_courses_revocation")),
    )
    make_append_only(op.get_bind(), "courses_revocation")


def _create_host_day() -> None:
    op.create_table(
        "hosts_day",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("seen_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["host"], ["resources_host.code"], name=op.f("fk_hosts_day_host")),
        sa.PrimaryKeyConstraint("host", "day", name=op.f("pk_hosts_day")),
    )
