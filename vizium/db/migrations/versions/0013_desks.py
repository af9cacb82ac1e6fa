"""Sessions that are closed, moved or cancelled; rules as numbered versions; the last administrator.

What must never happen is refused by the database: a stop in a session that is cancelled or at
another hour, another hour for a session that classes have, rules that reach back or are rewritten,
a centre without an administrator.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0013"
down_revision = "0012"

_STATE = (
    "VARCHAR(32) NOT NULL DEFAULT 'open' CONSTRAINT ck_visits_session_sessionstate"
    " CHECK (state IN ('open', 'closed', 'cancelled'))"
)
_HAS_CLASSES = (
    "EXISTS (SELECT 1 FROM visits_stop AS stop JOIN visits_visit AS visit ON visit.id = stop.visit"
    " WHERE stop.session = OLD.id AND visit.state NOT IN ('cancelled', 'expired'))"
)
_OTHER_HOUR = '(NEW.start <> OLD.start OR NEW."end" <> OLD."end" OR NEW.activity <> OLD.activity)'
_NO_SUCH_SESSION = (
    "NOT EXISTS (SELECT 1 FROM visits_session AS one WHERE one.id = NEW.session"
    " AND one.state <> 'cancelled' AND one.start = NEW.start)"
)
_NOBODY_LEFT = (
    "NOT EXISTS (SELECT 1 FROM auth_role AS other JOIN auth_person AS account"
    " ON account.id = other.person WHERE other.role = 'admin' AND account.active"
    " AND other.person <> {own})"
)


def upgrade() -> None:
    # In words: Alembic cannot add a column with a CHECK to a table of SQLite.
    op.execute(f"ALTER TABLE visits_session ADD COLUMN state {_STATE}")
    op.execute("ALTER TABLE visits_session ADD COLUMN version INTEGER NOT NULL DEFAULT 1")
    op.execute("ALTER TABLE auth_person ADD COLUMN version INTEGER NOT NULL DEFAULT 1")
    _number_rules()
    for statement in _guards() if _is_sqlite() else _guards_of_postgresql():
        op.execute(statement)


def downgrade() -> None:
    for trigger, table in _TRIGGERS.items():
        if _is_sqlite():
            op.execute(f"DROP TRIGGER {trigger}")
        else:
            op.execute(f"DROP TRIGGER {trigger} ON {table}")
            op.execute(f"DROP FUNCTION {trigger}()")
    _forget_numbers()
    op.drop_column("auth_person", "version")
    op.drop_column("visits_session", "version")
    op.drop_column("visits_session", "state")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
    )


def _number_rules() -> None:
    """Each set of rules that stands becomes a version, numbered in the order of its days."""
    old = sa.table("visits_policy", *(sa.column(one.name, one.type) for one in _columns()))
    rows = op.get_bind().execute(sa.select(old).order_by(old.c.valid_from)).all()
    op.drop_table("visits_policy")
    table = op.create_table(
        "visits_policy",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_columns(),
        sa.Column("saved_on", sa.Date(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "valid_from > saved_on", name=op.f("ck_visits_policy_only_from_tomorrow")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_visits_policy")),
    )
    for number, row in enumerate(rows, 1):
        # When they were written nobody knows any more: the day before is the latest.
        saved_on = row.valid_from - timedelta(days=1)
        values = {"number": number, "saved_on": saved_on, "saved_by": "system"}
        values["saved_at"] = datetime.combine(saved_on, time(), UTC)
        known = {"valid_from": row.valid_from, "values": row.values}
        op.get_bind().execute(sa.insert(table), values | known)
    make_append_only(op.get_bind(), "visits_policy")


def _forget_numbers() -> None:
    drop_append_only(op.get_bind(), "visits_policy")
    names = (
        sa.column("number", sa.Integer),
        *(sa.column(one.name, one.type) for one in _columns()),
    )
    new = sa.table("visits_policy", *names)
    rows = op.get_bind().execute(sa.select(new).order_by(new.c.number)).all()
    op.drop_table("visits_policy")
    table = op.create_table(
        "visits_policy",
        *_columns(),
        sa.PrimaryKeyConstraint("valid_from", name=op.f("pk_visits_policy")),
    )
    # Of several from one day the last one counted.
    kept = {row.valid_from: {"valid_from": row.valid_from, "values": row.values} for row in rows}
    if kept:
        op.get_bind().execute(sa.insert(table), list(kept.values()))


# Trigger -> its table.
_TRIGGERS = {
    "visits_stop_in_session": "visits_stop",
    "visits_session_keeps_hour": "visits_session",
    "auth_role_keeps_admin": "auth_role",
    "auth_person_keeps_admin": "auth_person",
}
_ADMIN_GOES = "OLD.role = 'admin' AND " + _NOBODY_LEFT.format(own="OLD.person")
_IS_ADMIN = (
    "EXISTS (SELECT 1 FROM auth_role AS own WHERE own.person = OLD.id AND own.role = 'admin')"
)
_ADMIN_SLEEPS = " AND ".join(
    ("OLD.active", "NOT NEW.active", _IS_ADMIN, _NOBODY_LEFT.format(own="OLD.id"))
)
_SENTENCES = {
    "visits_stop_in_session": "the session is cancelled or at another hour",
    "visits_session_keeps_hour": "classes have this session",
    "auth_role_keeps_admin": "the last administrator stays",
    "auth_person_keeps_admin": "the last administrator stays",
}
# Trigger -> event and condition.
_RULES = {
    "visits_stop_in_session": (
        "BEFORE INSERT ON visits_stop",
        f"NEW.session IS NOT NULL AND {_NO_SUCH_SESSION}",
    ),
    "visits_session_keeps_hour": (
        "BEFORE UPDATE ON visits_session",
        f"{_OTHER_HOUR} AND {_HAS_CLASSES}",
    ),
    "auth_role_keeps_admin": ("BEFORE DELETE ON auth_role", _ADMIN_GOES),
    "auth_person_keeps_admin": ("BEFORE UPDATE ON auth_person", _ADMIN_SLEEPS),
}


def _guards() -> list[str]:
    return [
        f"CREATE TRIGGER {name} {event} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{_SENTENCES[name]}'); END"
        for name, (event, condition) in _RULES.items()
    ]


def _guards_of_postgresql() -> list[str]:
    """The same; who cancels or moves a session and who takes it wait for each other."""
    # Who was first is seen by who waited: each statement of the function looks anew.
    waits = {
        "visits_stop_in_session": (
            "IF NEW.session IS NOT NULL THEN"
            " PERFORM 1 FROM visits_session WHERE id = NEW.session FOR SHARE; END IF; "
        )
    }
    statements = []
    for name, (event, condition) in _RULES.items():
        row = "OLD" if "DELETE" in event else "NEW"
        body = (
            f"BEGIN {waits.get(name, '')}IF {condition} THEN RAISE EXCEPTION '{_SENTENCES[name]}'"
            f" USING ERRCODE = 'restrict_violation'; END IF; RETURN {row}; END"
        )
        statements += [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"CREATE TRIGGER {name} {event} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]
    return statements
