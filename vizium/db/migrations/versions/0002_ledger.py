"""The tables of ledger: chains, accounts, transfers, and triggers that hold their history."""

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0002"
down_revision = "0001"

_FIXED = "code, fund, book, unit, side, floor"
_ACCOUNT_KEY = ["ledger_account.code", "ledger_account.fund", "ledger_account.book"]


def upgrade() -> None:
    op.create_table(
        "ledger_head",
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fund", name=op.f("pk_ledger_head")),
    )
    _create_account()
    _create_transfer()
    make_append_only(op.get_bind(), "ledger_transfer")
    _fix_accounts(op.get_bind())


def downgrade() -> None:
    drop_append_only(op.get_bind(), "ledger_transfer")
    op.drop_table("ledger_transfer")
    op.drop_table("ledger_account")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_account_refuse()")
    op.drop_table("ledger_head")


def _create_account() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("book", _words("book", "budget", "money", "caps"), nullable=False),
        sa.Column("unit", _words("unit", "cents", "awards"), nullable=False),
        sa.Column("side", _words("side", "debit", "credit"), nullable=False),
        sa.Column("floor", sa.Boolean(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(book = 'caps') = (unit = 'awards')", name=op.f("ck_ledger_account_unit_of_book")
        ),
        sa.CheckConstraint("NOT floor OR balance >= 0", name=op.f("ck_ledger_account_above_floor")),
        sa.ForeignKeyConstraint(
            ["fund"], ["ledger_head.fund"], name=op.f("fk_ledger_account_fund")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("code", "fund", "book", name=op.f("uq_ledger_account_code_fund_book")),
    )
    op.create_index(op.f("ix_ledger_account_fund"), "ledger_account", ["fund"])


def _create_transfer() -> None:
    op.create_table(
        "ledger_transfer",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("book", _words("book", "budget", "money", "caps"), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("debit", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reverses", sa.String(26), nullable=True),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_transfer_moves_something")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_ledger_transfer_two_accounts")),
        sa.ForeignKeyConstraint(
            ["credit", "fund", "book"],
            _ACCOUNT_KEY,
            name=op.f("fk_ledger_transfer_credit_fund_book"),
        ),
        sa.ForeignKeyConstraint(
            ["debit", "fund", "book"],
            _ACCOUNT_KEY,
            name=op.f("fk_ledger_transfer_debit_fund_book"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses"], ["ledger_transfer.id"], name=op.f("fk_ledger_transfer_reverses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transfer")),
        sa.UniqueConstraint("fund", "seq", name=op.f("uq_ledger_transfer_fund_seq")),
        sa.UniqueConstraint("reverses", name=op.f("uq_ledger_transfer_reverses")),
    )
    op.create_index(op.f("ix_ledger_transfer_subject"), "ledger_transfer", ["subject"])


def _fix_accounts(connection: sa.Connection) -> None:
    """An account's balance moves; what it is, and its floor, do not."""
    sentence = "an account of the ledger is what it was opened as"
    if connection.dialect.name == "sqlite":
        for verb, when in (("update", f"UPDATE OF {_FIXED}"), ("delete", "DELETE")):
            op.execute(
                f"CREATE TRIGGER ledger_account_no_{verb} BEFORE {when} ON ledger_account "
                f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
        return
    raising = f"BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END"
    op.execute(
        "CREATE FUNCTION ledger_account_refuse() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ {raising} $$"
    )
    op.execute(
        f"CREATE TRIGGER ledger_account_fixed BEFORE UPDATE OF {_FIXED} OR DELETE "
        "ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_refuse()"
    )


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
