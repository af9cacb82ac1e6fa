"""Batches of payments with their lines, the bank's statements, and the account that pays."""

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0017"
down_revision = "0016"

_PAYER = ("payer_name", "payer_iban", "payer_bic")
_PEOPLE = ("id", "claim", "checked_by", "decided_by")
_HISTORY = (
    "compensation_bank_statement",
    "compensation_bank_line",
    "compensation_bank_settlement",
)
_FIXED = (
    "payout claim decision end_to_end_id amount_cents name iban reference checked_by decided_by"
)
_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    for name in _PAYER:
        op.add_column("compensation_fund", sa.Column(name, sa.Text(), nullable=True))
    op.create_index(
        "uq_compensation_decision_people", "compensation_decision", list(_PEOPLE), unique=True
    )
    _create_payout()
    _create_line()
    _create_statement()
    _create_bank_line()
    _create_settlement()
    for table in _HISTORY:
        make_append_only(op.get_bind(), table)
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in _unguarded(op.get_bind().dialect.name):
        op.execute(statement)
    for table in reversed(_HISTORY):
        drop_append_only(op.get_bind(), table)
        op.drop_table(table)
    op.drop_table("compensation_payout_line")
    op.drop_table("compensation_payout")
    op.drop_index("uq_compensation_decision_people", "compensation_decision")
    for name in _PAYER:
        op.drop_column("compensation_fund", name)


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=26), nullable=False)


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _create_payout() -> None:
    table = "compensation_payout"
    op.create_table(
        table,
        _id("id"),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            _words("payoutstate", "drafted", "sealed", "sent", "closed", "cancelled"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("execute_on", sa.Date(), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=False),
        sa.Column("payer_iban", sa.Text(), nullable=False),
        sa.Column("payer_bic", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.Column("sealed_sha256", sa.Text(), nullable=True),
        sa.Column("sealed_at", UtcInstant(), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", UtcInstant(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f(f"ck_{table}_number_positive")),
        sa.CheckConstraint("made_by <> released_by", name=op.f(f"ck_{table}_released_by_another")),
        sa.CheckConstraint(
            "state IN ('drafted', 'cancelled')"
            " OR (sealed_sha256 IS NOT NULL AND sealed_at IS NOT NULL)",
            name=op.f(f"ck_{table}_sealed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'closed')"
            " OR (released_by IS NOT NULL AND released_at IS NOT NULL)",
            name=op.f(f"ck_{table}_released"),
        ),
        sa.ForeignKeyConstraint(
            ["fund"], ["compensation_fund.code"], name=op.f(f"fk_{table}_fund")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("fund", "number", name=op.f(f"uq_{table}_fund_number")),
    )
    op.create_index(f"uq_{table}_releaser", table, ["id", "released_by"], unique=True)


def _create_line() -> None:
    table = "compensation_payout_line"
    op.create_table(
        table,
        _id("id"),
        _id("payout"),
        _id("claim"),
        _id("decision"),
        sa.Column("end_to_end_id", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column(
            "state",
            _words("linestate", "waiting", "booked", "refused", "cancelled"),
            nullable=False,
        ),
        sa.Column("returned_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f(f"ck_{table}_amount_positive")),
        sa.CheckConstraint(
            "released_by <> checked_by AND released_by <> decided_by",
            name=op.f(f"ck_{table}_third_person"),
        ),
        sa.CheckConstraint(
            "returned_cents >= 0 AND returned_cents <= amount_cents"
            " AND (returned_cents = 0 OR state = 'booked')",
            name=op.f(f"ck_{table}_returned_within_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["payout"], ["compensation_payout.id"], name=op.f(f"fk_{table}_payout")
        ),
        sa.ForeignKeyConstraint(
            ["claim"], ["compensation_claim.id"], name=op.f(f"fk_{table}_claim")
        ),
        sa.ForeignKeyConstraint(
            ["decision", "claim", "checked_by", "decided_by"],
            [f"compensation_decision.{name}" for name in _PEOPLE],
            name=op.f(f"fk_{table}_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["payout", "released_by"],
            ["compensation_payout.id", "compensation_payout.released_by"],
            name=op.f(f"fk_{table}_payout_released_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("end_to_end_id", name=op.f(f"uq_{table}_end_to_end_id")),
    )
    op.create_index(op.f(f"ix_{table}_payout"), table, ["payout"])
    op.create_index(op.f(f"ix_{table}_claim"), table, ["claim"])
    op.create_index(
        f"uq_{table}_waiting",
        table,
        ["claim"],
        unique=True,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def _create_statement() -> None:
    table = "compensation_bank_statement"
    op.create_table(
        table,
        _id("id"),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("statement_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("opening_cents", sa.BigInteger(), nullable=False),
        sa.Column("closing_cents", sa.BigInteger(), nullable=False),
        sa.Column("read_by", sa.Text(), nullable=False),
        sa.Column("read_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fund"], ["compensation_fund.code"], name=op.f(f"fk_{table}_fund")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("iban", "statement_id", name=op.f(f"uq_{table}_iban_statement_id")),
    )
    op.create_index(op.f(f"ix_{table}_sha256"), table, ["sha256"])


def _create_bank_line() -> None:
    table = "compensation_bank_line"
    op.create_table(
        table,
        _id("id"),
        _id("statement"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("end_to_end_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("remittance", sa.Text(), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column(
            "meaning",
            _words(
                "meaning",
                *("booked", "returned", "not_ours"),
                *("not_released", "other_amount", "repeated", "not_split"),
            ),
            nullable=False,
        ),
        sa.Column("line", sa.String(length=26), nullable=True),
        sa.CheckConstraint(
            "(meaning IN ('booked', 'returned')) = (line IS NOT NULL)",
            name=op.f(f"ck_{table}_posted_has_a_line"),
        ),
        sa.ForeignKeyConstraint(
            ["statement"], ["compensation_bank_statement.id"], name=op.f(f"fk_{table}_statement")
        ),
        sa.ForeignKeyConstraint(
            ["line"], ["compensation_payout_line.id"], name=op.f(f"fk_{table}_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("statement", "position", name=op.f(f"uq_{table}_statement_position")),
    )
    op.create_index(op.f(f"ix_{table}_line"), table, ["line"])


def _create_settlement() -> None:
    table = "compensation_bank_settlement"
    op.create_table(
        table,
        _id("bank_line"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("settled_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_line"], ["compensation_bank_line.id"], name=op.f(f"fk_{table}_bank_line")
        ),
        sa.PrimaryKeyConstraint("bank_line", name=op.f(f"pk_{table}")),
    )


# Conditions under which the database refuses, keyed by trigger: table, verb, when, sentence.
_REFUSALS = {
    "compensation_payout_line_into_sealed": (
        "compensation_payout_line",
        "INSERT",
        "(SELECT state FROM compensation_payout WHERE id = NEW.payout) <> 'drafted'",
        "a sealed batch takes no more payments",
    ),
    "compensation_payout_line_fixed": (
        "compensation_payout_line",
        "UPDATE",
        " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _FIXED.split()),
        "a payment is never rewritten",
    ),
    "compensation_payout_line_kept": (
        "compensation_payout_line",
        "DELETE",
        "OLD.id IS NOT NULL",
        "a payment is never deleted",
    ),
    "compensation_payout_kept": (
        "compensation_payout",
        "DELETE",
        "OLD.id IS NOT NULL",
        "a batch is never deleted",
    ),
    "compensation_payout_sealed_once": (
        "compensation_payout",
        "UPDATE",
        (
            "OLD.sealed_sha256 <> COALESCE(NEW.sealed_sha256, '')"
            " OR OLD.released_by <> COALESCE(NEW.released_by, '')"
            " OR NEW.made_by <> OLD.made_by OR NEW.payer_iban <> OLD.payer_iban"
            " OR (OLD.state IN ('sent', 'closed') AND NEW.state NOT IN ('sent', 'closed'))"
        ),
        "a batch stays as it was sealed, and what was sent stays sent",
    ),
    "compensation_payout_sent_by_a_third": (
        "compensation_payout",
        "UPDATE",
        (
            "NEW.state = 'sent' AND EXISTS (SELECT 1 FROM compensation_payout_line"
            " WHERE payout = NEW.id AND (released_by IS NULL OR released_by <> NEW.released_by))"
        ),
        "each payment names who released it",
    ),
}


def _guards(dialect: str) -> list[str]:
    made = []
    for name, (table, verb, when, sentence) in _REFUSALS.items():
        if dialect == "sqlite":
            made.append(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
            continue
        back = "OLD" if verb == "DELETE" else "NEW"
        raising = f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'"
        run = f"EXECUTE FUNCTION {name}()"
        body = f"BEGIN IF {when} THEN {raising}; END IF; RETURN {back}; END"
        made += [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {run}",
        ]
    return made


def _unguarded(dialect: str) -> list[str]:
    dropped = []
    for name, (table, *_) in _REFUSALS.items():
        if dialect == "sqlite":
            dropped.append(f"DROP TRIGGER {name}")
        else:
            dropped += [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]
    return dropped
