"""What the ledger's tables refuse by themselves: closed periods, forks, false reversals, overdraws.

PostgreSQL looks at all rows of a statement together, after they stand; SQLite at each row.
"""

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0015"
down_revision = "0014"

_FIXED_BEFORE = "code, fund, book, unit, side, floor"
_FIXED = f"{_FIXED_BEFORE}, subject_most"
# EUR 10 million, the house's largest amount, and one award for a claim.
_CENTS_MOST = 1_000_000_000
_SUBJECT_ACCOUNTS = (
    *("encumbered", "obligated", "expended"),
    *("expense", "receivable", "payable", "transit"),
)
_SENTENCES = {
    "closed": "a closed period takes no transfer",
    "chain": "a transfer is the next of its chain",
    "mirror": "a reversal is the mirror of what it reverses",
    "subject": "a subject has between 0 and its most in an account",
}


def upgrade() -> None:
    _drop_fixed()
    op.add_column("ledger_account", sa.Column("subject_most", sa.BigInteger(), nullable=True))
    for name in _SUBJECT_ACCOUNTS:
        _set_most(name, _CENTS_MOST)
    _set_most("caps-used", 1)
    _create_fixed(_FIXED)
    op.add_column("ledger_transfer", sa.Column("once", sa.Text(), nullable=True))
    op.create_index("ix_ledger_transfer_once", "ledger_transfer", ["once"], unique=True)
    _create_closing()
    _create_anchor()
    for table in ("ledger_closing", "ledger_anchor"):
        make_append_only(op.get_bind(), table)
    for statement in _SQLITE if _is_sqlite() else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if _is_sqlite():
        for name in ("closed", "chain", "mirror", "advance", "subject"):
            op.execute(f"DROP TRIGGER ledger_transfer_{name}")
    else:
        op.execute("DROP TRIGGER ledger_transfer_hold ON ledger_transfer")
        op.execute("DROP FUNCTION ledger_transfer_hold()")
    for table in ("ledger_anchor", "ledger_closing"):
        drop_append_only(op.get_bind(), table)
        op.drop_table(table)
    op.drop_index("ix_ledger_transfer_once", "ledger_transfer")
    op.drop_column("ledger_transfer", "once")
    _drop_fixed()
    op.drop_column("ledger_account", "subject_most")
    _create_fixed(_FIXED_BEFORE)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _set_most(name: str, most: int) -> None:
    account = sa.table(
        "ledger_account", sa.column("code"), sa.column("fund"), sa.column("subject_most")
    )
    own = account.c.code == account.c.fund + f":{name}"
    op.execute(sa.update(account).where(own).values(subject_most=most))


def _create_closing() -> None:
    op.create_table(
        "ledger_closing",
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("ends_at", UtcInstant(), nullable=False),
        sa.Column("left_cents", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("closed_at", UtcInstant(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_ledger_closing_period")),
        sa.ForeignKeyConstraint(
            ["fund"], ["ledger_head.fund"], name=op.f("fk_ledger_closing_fund")
        ),
        sa.PrimaryKeyConstraint("fund", "year", name=op.f("pk_ledger_closing")),
    )


def _create_anchor() -> None:
    op.create_table(
        "ledger_anchor",
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["fund"], ["ledger_head.fund"], name=op.f("fk_ledger_anchor_fund")),
        sa.PrimaryKeyConstraint("fund", "day", name=op.f("pk_ledger_anchor")),
    )


def _drop_fixed() -> None:
    if _is_sqlite():
        op.execute("DROP TRIGGER ledger_account_no_update")
    else:
        op.execute("DROP TRIGGER ledger_account_fixed ON ledger_account")


def _create_fixed(columns: str) -> None:
    """An account's balance moves; what it is, and its floor, do not."""
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER ledger_account_no_update BEFORE UPDATE OF {columns} ON ledger_account "
            "BEGIN SELECT RAISE(ABORT, 'an account of the ledger is what it was opened as'); END"
        )
    else:
        op.execute(
            f"CREATE TRIGGER ledger_account_fixed BEFORE UPDATE OF {columns} OR DELETE "
            "ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_refuse()"
        )


def _sqlite_trigger(name: str, when: str, condition: str) -> str:
    return (
        f"CREATE TRIGGER ledger_transfer_{name} {when} INSERT ON ledger_transfer "
        f"BEGIN SELECT RAISE(ABORT, '{_SENTENCES[name]}') WHERE {condition}; END"
    )


_SQLITE = (
    _sqlite_trigger(
        "closed",
        "BEFORE",
        "NEW.at < (SELECT MAX(ends_at) FROM ledger_closing WHERE fund = NEW.fund)",
    ),
    _sqlite_trigger(
        "chain", "BEFORE", "NEW.seq <> (SELECT seq + 1 FROM ledger_head WHERE fund = NEW.fund)"
    ),
    _sqlite_trigger(
        "mirror",
        "BEFORE",
        "NEW.reverses IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_transfer AS first"
        " WHERE first.id = NEW.reverses AND first.fund = NEW.fund AND first.debit = NEW.credit"
        " AND first.credit = NEW.debit AND first.amount = NEW.amount AND first.reverses IS NULL)",
    ),
    _sqlite_trigger(
        "subject",
        "AFTER",
        "EXISTS (SELECT 1 FROM ledger_account AS held"
        " WHERE held.code IN (NEW.debit, NEW.credit) AND held.subject_most IS NOT NULL"
        " AND (SELECT SUM(CASE WHEN (moved.debit = held.code) = (held.side = 'debit')"
        " THEN moved.amount ELSE -moved.amount END) FROM ledger_transfer AS moved"
        " WHERE moved.subject = NEW.subject AND moved.fund = NEW.fund"
        " AND held.code IN (moved.debit, moved.credit))"
        " NOT BETWEEN 0 AND held.subject_most)",
    ),
    (
        "CREATE TRIGGER ledger_transfer_advance AFTER INSERT ON ledger_transfer BEGIN UPDATE"
        " ledger_head SET seq = NEW.seq, seal = NEW.seal WHERE fund = NEW.fund; END"
    ),
)


_POSTGRESQL = (
    """
CREATE FUNCTION ledger_transfer_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM fresh JOIN ledger_closing AS done ON done.fund = fresh.fund
             WHERE fresh.at < done.ends_at) THEN
    RAISE EXCEPTION 'a closed period takes no transfer'
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM fresh WHERE reverses IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM ledger_transfer AS first
               WHERE first.id = fresh.reverses AND first.fund = fresh.fund
               AND first.debit = fresh.credit AND first.credit = fresh.debit
               AND first.amount = fresh.amount AND first.reverses IS NULL)) THEN
    RAISE EXCEPTION 'a reversal is the mirror of what it reverses'
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (
    SELECT 1 FROM (
      SELECT DISTINCT fresh.fund, fresh.subject, held.code, held.side, held.subject_most
      FROM fresh JOIN ledger_account AS held ON held.code IN (fresh.debit, fresh.credit)
      WHERE held.subject_most IS NOT NULL
    ) AS held
    WHERE (SELECT SUM(CASE WHEN (moved.debit = held.code) = (held.side = 'debit')
                      THEN moved.amount ELSE -moved.amount END)
           FROM ledger_transfer AS moved
           WHERE moved.subject = held.subject AND moved.fund = held.fund
           AND held.code IN (moved.debit, moved.credit))
      NOT BETWEEN 0 AND held.subject_most) THEN
    RAISE EXCEPTION 'a subject has between 0 and its most in an account'
      USING ERRCODE = 'restrict_violation';
  END IF;
  UPDATE ledger_head AS head SET seq = added.last,
    seal = (SELECT seal FROM fresh WHERE fresh.fund = added.fund AND fresh.seq = added.last)
  FROM (SELECT fund, MIN(seq) AS first, MAX(seq) AS last, COUNT(*) AS many
        FROM fresh GROUP BY fund) AS added
  WHERE head.fund = added.fund AND added.first = head.seq + 1
  AND added.last = head.seq + added.many;
  IF EXISTS (SELECT 1 FROM (SELECT fund, MAX(seq) AS last FROM fresh GROUP BY fund) AS added
             JOIN ledger_head AS head ON head.fund = added.fund WHERE head.seq <> added.last) THEN
    RAISE EXCEPTION 'a transfer is the next of its chain'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
""",
    (
        "CREATE TRIGGER ledger_transfer_hold AFTER INSERT ON ledger_transfer"
        " REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
        " EXECUTE FUNCTION ledger_transfer_hold()"
    ),
)
