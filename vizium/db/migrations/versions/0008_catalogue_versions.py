"""The catalogue by school year: outcomes with codes, materials, machines, galleries, versions.

Columns are added one by one and never by copying a table: sessions point at activities. The words
of the search go: each process makes its index from the texts themselves.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0008"
down_revision = "0007"

_TITLED = ("programmes_learning_area", "programmes_subject")
# Name, type and what rows that stand already get.
_ADDED: tuple[tuple[str, sa.types.TypeEngine[Any], str], ...] = (
    ("outcome_codes", sa.JSON(), "[]"),
    ("galleries", sa.JSON(), "[]"),
    ("machines", sa.JSON(), "[]"),
    ("materials", sa.JSON(), "[]"),
    ("sessions_count", sa.Integer(), "1"),
    ("school_year", sa.Integer(), "0"),
    ("version", sa.Integer(), "0"),
)
_FLAGS = (("on_request", sa.true()), ("archived", sa.false()))
_WORDS = ("title_words", "other_words")


def upgrade() -> None:
    for name, kind, standing in _ADDED:
        op.add_column(
            "programmes_activity",
            sa.Column(name, kind, server_default=standing, nullable=False),
        )
    for name, flag in _FLAGS:
        op.add_column(
            "programmes_activity",
            sa.Column(name, sa.Boolean(), server_default=flag, nullable=False),
        )
    for name in _WORDS:
        op.drop_column("programmes_activity", name)
    for table in _TITLED:
        op.add_column(table, sa.Column("edited_by", sa.Text(), nullable=True))
    _create_outcomes()
    _create_versions()


def downgrade() -> None:
    drop_append_only(op.get_bind(), "programmes_version")
    op.drop_table("programmes_version")
    op.drop_table("programmes_outcome")
    for table in _TITLED:
        op.drop_column(table, "edited_by")
    for name in _WORDS:
        op.add_column(
            "programmes_activity",
            sa.Column(name, sa.Text(), server_default="", nullable=False),
        )
    for name in (*(name for name, _ in _FLAGS), *(name for name, _, _ in _ADDED)):
        op.drop_column("programmes_activity", name)


def _create_outcomes() -> None:
    op.create_table(
        "programmes_outcome",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("first_grade", sa.Integer(), nullable=False),
        sa.Column("last_grade", sa.Integer(), nullable=False),
        sa.Column("title_lv", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("edited_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "0 <= first_grade AND first_grade <= last_grade AND last_grade <= 12",
            name=op.f("ck_programmes_outcome_grades_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["area"], ["programmes_learning_area.code"], name=op.f("fk_programmes_outcome_area")
        ),
        sa.ForeignKeyConstraint(
            ["subject"], ["programmes_subject.code"], name=op.f("fk_programmes_outcome_subject")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_programmes_outcome")),
    )


def _create_versions() -> None:
    op.create_table(
        "programmes_version",
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_programmes_version_version_counted")),
        sa.ForeignKeyConstraint(
            ["activity"], ["programmes_activity.code"], name=op.f("fk_programmes_version_activity")
        ),
        sa.PrimaryKeyConstraint(
            "activity", "school_year", "version", name=op.f("pk_programmes_version")
        ),
    )
    make_append_only(op.get_bind(), "programmes_version")
