"""Visits of a whole day: stops of every kind, subgroups, several schools, dated policy.

Stops that stood were sessions: each becomes a stop of its activity's kind that the whole class
takes. Stepping back keeps only the stops that stand in sessions.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant
from vizium.kernel.ids import new_id

revision = "0009"
down_revision = "0008"

# What a class of the first version did before its first session: it was asked to come early.
_ARRIVE_EARLY = timedelta(minutes=15)
_FUNDING = ("own", "skolas_soma", "esf", "municipality", "fund")
# Keyed by the column of visits_visit; each is written anew below where a visit stands.
_NEW_COLUMNS = {
    "subgroups": "JSON NOT NULL DEFAULT '[]'",
    "wishes": "JSON NOT NULL DEFAULT '[]'",
    "galleries": "JSON NOT NULL DEFAULT '[]'",
    "needs": "JSON NOT NULL DEFAULT '[]'",
    "bus_arrives": "TIME",
    "bus_departs": "TIME",
    "arrive_at": "{instant} NOT NULL DEFAULT '2000-01-01 00:00:00.000000'",
    "leave_at": "{instant} NOT NULL DEFAULT '2000-01-01 00:00:00.000000'",
    "funding": (
        "VARCHAR(32) NOT NULL DEFAULT 'own' CONSTRAINT ck_visits_visit_funding CHECK (funding IN ("
        + ", ".join(f"'{word}'" for word in _FUNDING)
        + "))"
    ),
    "fee_cents": "BIGINT NOT NULL DEFAULT 0",
    "approver_email": "TEXT",
}
_KINDS = ("programme", "workshop", "show", "gallery", "lunch")
_VISIT = sa.table(
    "visits_visit",
    sa.column("id", sa.Text),
    sa.column("pupils", sa.Integer),
    sa.column("adults", sa.Integer),
    sa.column("subgroups", sa.JSON),
    sa.column("wishes", sa.JSON),
    sa.column("arrive_at", UtcInstant),
    sa.column("leave_at", UtcInstant),
)
_OLD_STOPS = sa.text(
    'SELECT stop.visit, stop.session, stop.pupils, visit.adults, one.activity, one.start, one."end"'
    ", activity.kind FROM visits_stop AS stop JOIN visits_visit AS visit ON visit.id = stop.visit"
    " JOIN visits_session AS one ON one.id = stop.session"
    " JOIN programmes_activity AS activity ON activity.code = one.activity"
    " ORDER BY stop.visit, one.start, one.id"
).columns(start=UtcInstant, end=UtcInstant)


def upgrade() -> None:
    connection = op.get_bind()
    stops = [row._asdict() for row in connection.execute(_OLD_STOPS)]
    op.drop_table("visits_stop")
    _widen_visit()
    stop_table = _create_stop()
    _create_party()
    _create_change()
    op.create_table(
        "visits_policy",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("valid_from", name=op.f("pk_visits_policy")),
    )
    make_append_only(connection, "visits_change")
    _move_stops(connection, stop_table, stops)


def downgrade() -> None:
    connection = op.get_bind()
    drop_append_only(connection, "visits_change")
    for table in ("visits_policy", "visits_change", "visits_party"):
        op.drop_table(table)
    kept = connection.execute(
        sa.text(
            "SELECT visit, session, max(pupils) AS pupils FROM visits_stop"
            " WHERE session IS NOT NULL GROUP BY visit, session"
        )
    )
    stops = [row._asdict() for row in kept]
    op.drop_table("visits_stop")
    old_table = _create_old_stop()
    if stops:
        connection.execute(sa.insert(old_table), stops)
    for column in reversed(_NEW_COLUMNS):
        op.drop_column("visits_visit", column)


def _widen_visit() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    instant = "DATETIME" if is_sqlite else "TIMESTAMP WITH TIME ZONE"
    for name, kind in _NEW_COLUMNS.items():
        # In words: Alembic cannot add a column with a CHECK to a table of SQLite.
        op.execute(f"ALTER TABLE visits_visit ADD COLUMN {name} " + kind.format(instant=instant))


def _move_stops(connection: sa.Connection, table: sa.Table, stops: list[dict[str, object]]) -> None:
    of_visit: dict[object, list[dict[str, object]]] = defaultdict(list)
    for stop in stops:
        of_visit[stop["visit"]].append(stop)
    rows = [
        _new_stop(stop, position)
        for in_order in of_visit.values()
        for position, stop in enumerate(in_order)
    ]
    if rows:
        connection.execute(sa.insert(table), rows)
    for visit in connection.execute(sa.select(_VISIT.c.id, _VISIT.c.pupils, _VISIT.c.adults)):
        taken = of_visit[visit.id]
        starts = [stop["start"] for stop in taken if isinstance(stop["start"], datetime)]
        ends = [stop["end"] for stop in taken if isinstance(stop["end"], datetime)]
        values: dict[str, object] = {
            "subgroups": [{"pupils": visit.pupils, "adults": visit.adults}],
            "wishes": [{"code": stop["activity"]} for stop in taken],
        }
        if taken:
            values |= {"arrive_at": min(starts) - _ARRIVE_EARLY, "leave_at": max(ends)}
        connection.execute(sa.update(_VISIT).where(_VISIT.c.id == visit.id).values(values))


def _new_stop(stop: dict[str, object], position: int) -> dict[str, object]:
    start = stop["start"]
    assert isinstance(start, datetime)
    return {
        "id": new_id(start.astimezone(UTC)),
        "visit": stop["visit"],
        "position": position,
        "kind": stop["kind"],
        "code": stop["activity"],
        "session": stop["session"],
        "rooms": [],
        "host": None,
        "machines": [],
        "start": start,
        "end": stop["end"],
        "who": [0],
        "pupils": stop["pupils"],
        "adults": stop["adults"],
    }


def _create_stop() -> sa.Table:
    table = op.create_table(
        "visits_stop",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", _words("stopkind", *_KINDS), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("rooms", sa.JSON(), nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("machines", sa.JSON(), nullable=False),
        sa.Column("start", UtcInstant(), nullable=False),
        sa.Column("end", UtcInstant(), nullable=False),
        sa.Column("who", sa.JSON(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.CheckConstraint("pupils > 0", name=op.f("ck_visits_stop_pupils_positive")),
        sa.CheckConstraint("adults >= 0", name=op.f("ck_visits_stop_adults_not_negative")),
        sa.ForeignKeyConstraint(
            ["session"], ["visits_session.id"], name=op.f("fk_visits_stop_session")
        ),
        sa.ForeignKeyConstraint(["visit"], ["visits_visit.id"], name=op.f("fk_visits_stop_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits_stop")),
        sa.UniqueConstraint("visit", "position", name=op.f("uq_visits_stop_visit_position")),
    )
    op.create_index(op.f("ix_visits_stop_session"), "visits_stop", ["session"], unique=False)
    return table


def _create_party() -> None:
    op.create_table(
        "visits_party",
        sa.Column("visit", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.CheckConstraint("pupils > 0", name=op.f("ck_visits_party_pupils_positive")),
        sa.CheckConstraint("adults >= 0", name=op.f("ck_visits_party_adults_not_negative")),
        sa.ForeignKeyConstraint(
            ["school"], ["schools_school.register_no"], name=op.f("fk_visits_party_school")
        ),
        sa.ForeignKeyConstraint(["visit"], ["visits_visit.id"], name=op.f("fk_visits_party_visit")),
        sa.PrimaryKeyConstraint("visit", "position", name=op.f("pk_visits_party")),
        sa.UniqueConstraint("visit", "school", name=op.f("uq_visits_party_visit_school")),
    )
    op.create_index(op.f("ix_visits_party_school"), "visits_party", ["school"], unique=False)


def _create_change() -> None:
    op.create_table(
        "visits_change",
        sa.Column("visit", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit"], ["visits_visit.id"], name=op.f("fk_visits_change_visit")
        ),
        sa.PrimaryKeyConstraint("visit", "version", name=op.f("pk_visits_change")),
    )


def _create_old_stop() -> sa.Table:
    table = op.create_table(
        "visits_stop",
        sa.Column("visit", sa.String(length=26), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.CheckConstraint("pupils > 0", name=op.f("ck_visits_stop_pupils_positive")),
        sa.ForeignKeyConstraint(
            ["session"], ["visits_session.id"], name=op.f("fk_visits_stop_session")
        ),
        sa.ForeignKeyConstraint(["visit"], ["visits_visit.id"], name=op.f("fk_visits_stop_visit")),
        sa.PrimaryKeyConstraint("visit", "session", name=op.f("pk_visits_stop")),
    )
    op.create_index(op.f("ix_visits_stop_session"), "visits_stop", ["session"], unique=False)
    return table


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
