"""What an e-invoice says, beside the file that it was read from."""

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only

revision = "0016"
down_revision = "0015"

_TABLE = "compensation_reading"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("evidence", sa.String(length=26), nullable=False),
        sa.Column("supplier_reg_no", sa.Text(), nullable=False),
        sa.Column("supplier_name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.CheckConstraint("total_cents > 0", name=op.f("ck_compensation_reading_total_positive")),
        sa.ForeignKeyConstraint(
            ["evidence"],
            ["compensation_evidence.id"],
            name=op.f("fk_compensation_reading_evidence"),
        ),
        sa.PrimaryKeyConstraint("evidence", name=op.f("pk_compensation_reading")),
    )
    make_append_only(op.get_bind(), _TABLE)


def downgrade() -> None:
    drop_append_only(op.get_bind(), _TABLE)
    op.drop_table(_TABLE)
