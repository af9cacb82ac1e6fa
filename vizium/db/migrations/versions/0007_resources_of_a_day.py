"""The floor of a whole day: galleries, shifts, outages, walks and the school calendar."""

from datetime import date, time

import sqlalchemy as sa
from alembic import op

from vizium.db.types import UtcInstant
from vizium.db.words import change_words

revision = "0007"
down_revision = "0006"

_TABLES = (
    "resources_gallery",
    "resources_shift",
    "resources_outage",
    "resources_walk",
    "resources_school_break",
)
_KINDS = ("segment", "pool", "host", "machine", "seats")
# A host's weekdays become shifts of the whole day, until somebody says when the host works.
_SHIFT = {
    "valid_from": date(2026, 9, 1),
    "valid_to": date(2027, 8, 31),
    "starts": time(8, 30),
    "ends": time(19, 0),
}


def upgrade() -> None:
    _change_kinds(_KINDS, (*_KINDS, "party"))
    op.create_index(op.f("ix_resources_resource_kind"), "resources_resource", ["kind"])
    for column, default in (("step_free", sa.true()), ("quiet", sa.false())):
        op.add_column(
            "resources_room",
            sa.Column(column, sa.Boolean(), nullable=False, server_default=default),
        )
    _create_galleries()
    _create_shifts()
    _create_outages()
    _create_walks()
    _create_school_breaks()
    _weekdays_to_shifts()
    op.drop_column("resources_host", "weekdays")


def downgrade() -> None:
    op.add_column(
        "resources_host", sa.Column("weekdays", sa.JSON(), nullable=False, server_default="[]")
    )
    _shifts_to_weekdays()
    for table in reversed(_TABLES):
        op.drop_table(table)
    for column in ("quiet", "step_free"):
        op.drop_column("resources_room", column)
    op.drop_index(op.f("ix_resources_resource_kind"), "resources_resource")
    for table in ("resources_allocation", "resources_cell"):
        op.execute(f"DELETE FROM {table} WHERE resource LIKE 'alone:%'")  # noqa: S608 - our names
    op.execute("DELETE FROM resources_resource WHERE kind = 'party'")
    _change_kinds((*_KINDS, "party"), _KINDS)


def _change_kinds(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    change_words(op.get_bind(), "resources_resource", "kind", before, after, name="resourcekind")


def _create_galleries() -> None:
    op.create_table(
        "resources_gallery",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"], ["resources_resource.code"], name=op.f("fk_resources_gallery_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_resources_gallery")),
    )


def _create_shifts() -> None:
    op.create_table(
        "resources_shift",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("break_starts", sa.Time(), nullable=True),
        sa.Column("break_ends", sa.Time(), nullable=True),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_resources_shift_weekday_iso")),
        sa.CheckConstraint(
            "valid_from <= valid_to", name=op.f("ck_resources_shift_period_in_order")
        ),
        sa.CheckConstraint("starts < ends", name=op.f("ck_resources_shift_starts_before_end")),
        sa.CheckConstraint(
            "(break_starts IS NULL) = (break_ends IS NULL)",
            name=op.f("ck_resources_shift_break_complete"),
        ),
        sa.CheckConstraint(
            "starts < break_starts AND break_starts < break_ends AND break_ends < ends",
            name=op.f("ck_resources_shift_break_inside"),
        ),
        sa.ForeignKeyConstraint(
            ["host"], ["resources_host.code"], name=op.f("fk_resources_shift_host")
        ),
        sa.PrimaryKeyConstraint("host", "weekday", "valid_from", name=op.f("pk_resources_shift")),
    )


def _create_outages() -> None:
    op.create_table(
        "resources_outage",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("start", UtcInstant(), nullable=False),
        sa.Column("end", UtcInstant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("reported_at", UtcInstant(), nullable=False),
        sa.Column("ended_at", UtcInstant(), nullable=True),
        sa.CheckConstraint('"start" < "end"', name=op.f("ck_resources_outage_starts_before_end")),
        sa.CheckConstraint(
            "ended_at >= reported_at", name=op.f("ck_resources_outage_reported_before_ended")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources_outage")),
    )
    op.create_index(op.f("ix_resources_outage_end"), "resources_outage", ["end"])


def _create_walks() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    in_order = "one < other" if is_sqlite else 'one COLLATE "C" < other COLLATE "C"'
    op.create_table(
        "resources_walk",
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint(in_order, name=op.f("ck_resources_walk_pair_in_order")),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 60", name=op.f("ck_resources_walk_minutes_of_a_walk")
        ),
        sa.ForeignKeyConstraint(
            ["one"], ["resources_resource.code"], name=op.f("fk_resources_walk_one")
        ),
        sa.ForeignKeyConstraint(
            ["other"], ["resources_resource.code"], name=op.f("fk_resources_walk_other")
        ),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_resources_walk")),
    )


def _create_school_breaks() -> None:
    op.create_table(
        "resources_school_break",
        sa.Column(
            "kind", _word("breakkind", "autumn", "winter", "spring", "summer"), nullable=False
        ),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("grades", sa.JSON(), nullable=False),
        sa.Column("status", _word("breakstatus", "official", "assumption"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "first_day <= last_day", name=op.f("ck_resources_school_break_days_in_order")
        ),
        sa.PrimaryKeyConstraint("kind", "first_day", name=op.f("pk_resources_school_break")),
    )


def _weekdays_to_shifts() -> None:
    hosts, shifts = _old_hosts(), _table("resources_shift")
    rows = op.get_bind().execute(sa.select(hosts.c.code, hosts.c.weekdays)).all()
    values = [
        {"host": code, "weekday": weekday} | _SHIFT for code, days in rows for weekday in days
    ]
    if values:
        op.get_bind().execute(sa.insert(shifts), values)


def _shifts_to_weekdays() -> None:
    hosts, shifts = _old_hosts(), _table("resources_shift")
    days: dict[str, set[int]] = {}
    for host, weekday in op.get_bind().execute(sa.select(shifts.c.host, shifts.c.weekday)):
        days.setdefault(host, set()).add(weekday)
    for host, weekdays in days.items():
        change = sa.update(hosts).where(hosts.c.code == host)
        op.get_bind().execute(change.values(weekdays=sorted(weekdays)))


def _old_hosts() -> sa.TableClause:
    return sa.table(
        "resources_host", sa.column("code", sa.Text()), sa.column("weekdays", sa.JSON())
    )


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
