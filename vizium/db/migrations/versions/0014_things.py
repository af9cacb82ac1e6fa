"""Things that staff add and retire: a dated change of a resource, and the centre's own words."""

import json
from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from vizium.db.types import UtcInstant

revision = "0014"
down_revision = "0013"

# Words that every centre needs to add its first room and its first host; staff may change them.
_KNOWN = (
    ("skill", "chemistry", "Ķīmija", "Chemistry"),
    ("skill", "coding", "Programmēšana", "Coding"),
    ("skill", "early-years", "Darbs ar mazākajiem", "Early years"),
    ("skill", "geography", "Ģeogrāfija", "Geography"),
    ("skill", "health", "Veselība", "Health"),
    ("skill", "making", "Darbnīcas darbi", "Making"),
    ("skill", "maths", "Matemātika", "Mathematics"),
    ("skill", "nature", "Dabaszinības", "Natural sciences"),
    ("skill", "physics", "Fizika", "Physics"),
    ("skill", "show", "Zinātnes šovi", "Science shows"),
    ("room_kind", "classroom", "Nodarbību telpa", "Classroom"),
    ("room_kind", "laboratory", "Laboratorija", "Laboratory"),
    ("room_kind", "show-hall", "Šovu zāle", "Show hall"),
    ("room_kind", "workshop", "Darbnīca", "Workshop"),
)


def upgrade() -> None:
    op.add_column("resources_resource", sa.Column("changes_at", UtcInstant(), nullable=True))
    # In the column's own words SQLite adds a CHECK without writing the whole table anew.
    op.execute(
        "ALTER TABLE resources_resource ADD COLUMN changes_to INTEGER"
        " CONSTRAINT ck_resources_resource_change_not_negative CHECK (changes_to >= 0)"
        " CONSTRAINT ck_resources_resource_change_complete"
        " CHECK ((changes_at IS NULL) = (changes_to IS NULL))"
    )
    term = _create_terms()
    rows = {(kind, code): (kind, code, code, code) for kind, code in _used()}
    rows |= {row[:2]: row for row in _KNOWN}
    names = ("kind", "code", "title_lv", "title_en")
    op.bulk_insert(term, [dict(zip(names, rows[key], strict=True)) for key in sorted(rows)])


def downgrade() -> None:
    op.drop_table("resources_term")
    for column in ("changes_to", "changes_at"):
        op.drop_column("resources_resource", column)


def _create_terms() -> sa.Table:
    words = "skill", "room_kind"
    kind = sa.Enum(*words, name="termkind", native_enum=False, create_constraint=True, length=32)
    return op.create_table(
        "resources_term",
        sa.Column("kind", kind, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title_lv", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_resources_term")),
    )


def _used() -> Iterable[tuple[str, str]]:
    """The words that rows of this centre use already."""
    read = op.get_bind().execute
    skills: set[str] = set()
    for (stored,) in read(sa.text("SELECT skills FROM resources_host")):
        skills.update(json.loads(stored) if isinstance(stored, str) else stored)
    skills.update(read(sa.text("SELECT skill FROM programmes_activity")).scalars())
    kinds = set(read(sa.text("SELECT kind FROM resources_room")).scalars())
    kinds.update(read(sa.text("SELECT room_kind FROM programmes_activity")).scalars())
    yield from (("skill", code) for code in skills if code)
    yield from (("room_kind", code) for code in kinds if code)
