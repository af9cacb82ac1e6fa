"""The tables of schools, programmes and resources."""

import sqlalchemy as sa
from alembic import op

from vizium.db.types import UtcInstant

revision = "0003"
down_revision = "0002"

_TABLES = (
    "schools_municipality",
    "schools_place",
    "schools_school",
    "programmes_catalogue_version",
    "programmes_learning_area",
    "programmes_subject",
    "programmes_activity",
    "resources_resource",
    "resources_cell",
    "resources_allocation",
    "resources_room",
    "resources_machine",
    "resources_host",
    "resources_opening_hours",
    "resources_closure",
)


def upgrade() -> None:
    _create_map()
    _create_schools()
    _create_areas_and_subjects()
    _create_activities()
    _create_capacity()
    _create_rooms_machines_and_hosts()
    _create_hours()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_map() -> None:
    op.create_table(
        "schools_municipality",
        sa.Column("iso_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "merged_into <> iso_code", name=op.f("ck_schools_municipality_merged_into_another")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"],
            ["schools_municipality.iso_code"],
            name=op.f("fk_schools_municipality_merged_into"),
        ),
        sa.PrimaryKeyConstraint("iso_code", name=op.f("pk_schools_municipality")),
    )
    op.create_table(
        "schools_place",
        sa.Column("geonameid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("road_m", sa.Integer(), nullable=False),
        sa.CheckConstraint("road_m >= 0", name=op.f("ck_schools_place_road_not_negative")),
        sa.ForeignKeyConstraint(
            ["municipality"],
            ["schools_municipality.iso_code"],
            name=op.f("fk_schools_place_municipality"),
        ),
        sa.PrimaryKeyConstraint("geonameid", name=op.f("pk_schools_place")),
    )


def _create_schools() -> None:
    op.create_table(
        "schools_school",
        sa.Column("register_no", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            _word(
                "schoolkind",
                "preschool",
                "primary",
                "basic",
                "secondary",
                "gymnasium",
                "special",
                "vocational",
                "other",
            ),
            nullable=False,
        ),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("municipality", sa.Text(), nullable=True),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column(
            "distance_source",
            _word("distancesource", "estimate", "manual", "route-plan"),
            nullable=True,
        ),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcInstant(), nullable=False),
        sa.CheckConstraint(
            "(distance_m IS NULL) = (distance_source IS NULL)",
            name=op.f("ck_schools_school_distance_with_source"),
        ),
        sa.CheckConstraint("distance_m >= 0", name=op.f("ck_schools_school_distance_not_negative")),
        sa.ForeignKeyConstraint(
            ["municipality"],
            ["schools_municipality.iso_code"],
            name=op.f("fk_schools_school_municipality"),
        ),
        sa.ForeignKeyConstraint(
            ["place"], ["schools_place.geonameid"], name=op.f("fk_schools_school_place")
        ),
        sa.PrimaryKeyConstraint("register_no", name=op.f("pk_schools_school")),
    )


def _create_areas_and_subjects() -> None:
    op.create_table(
        "programmes_catalogue_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes_catalogue_version")),
    )
    op.create_table(
        "programmes_learning_area",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title_lv", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_programmes_learning_area")),
    )
    op.create_table(
        "programmes_subject",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("title_lv", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area"], ["programmes_learning_area.code"], name=op.f("fk_programmes_subject_area")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_programmes_subject")),
    )


def _create_activities() -> None:
    op.create_table(
        "programmes_activity",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            _word("activitykind", "programme", "workshop", "show", "educator"),
            nullable=False,
        ),
        sa.Column("title_lv", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("summary_lv", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("outcomes_lv", sa.JSON(), nullable=False),
        sa.Column("outcomes_en", sa.JSON(), nullable=False),
        sa.Column("needs_lv", sa.Text(), nullable=False),
        sa.Column("needs_en", sa.Text(), nullable=False),
        sa.Column("grades", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("duration_min", sa.Integer(), nullable=False),
        sa.Column("seats_min", sa.Integer(), nullable=False),
        sa.Column("seats_max", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("room_kind", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("exhibits", sa.JSON(), nullable=False),
        sa.Column("exhibits_lv", sa.JSON(), nullable=False),
        sa.Column("exhibits_en", sa.JSON(), nullable=False),
        sa.Column("age_group", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_words", sa.Text(), nullable=False),
        sa.Column("other_words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "1 <= seats_min AND seats_min <= seats_max",
            name=op.f("ck_programmes_activity_seats_in_order"),
        ),
        sa.CheckConstraint(
            "duration_min > 0", name=op.f("ck_programmes_activity_duration_positive")
        ),
        sa.CheckConstraint(
            "price_cents >= 0", name=op.f("ck_programmes_activity_price_not_negative")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_programmes_activity")),
    )


def _create_capacity() -> None:
    op.create_table(
        "resources_resource",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            _word("resourcekind", "segment", "pool", "host", "machine", "seats"),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("title_lv", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_resources_resource_capacity_positive")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_resources_resource")),
    )
    op.create_table(
        "resources_cell",
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("start", UtcInstant(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.CheckConstraint("used <= capacity", name=op.f("ck_resources_cell_within_capacity")),
        sa.CheckConstraint("used >= 0", name=op.f("ck_resources_cell_not_negative")),
        sa.ForeignKeyConstraint(
            ["resource"], ["resources_resource.code"], name=op.f("fk_resources_cell_resource")
        ),
        sa.PrimaryKeyConstraint("resource", "start", name=op.f("pk_resources_cell")),
    )
    op.create_table(
        "resources_allocation",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("start", UtcInstant(), nullable=False),
        sa.Column("end", UtcInstant(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_resources_allocation_amount_positive")),
        sa.ForeignKeyConstraint(
            ["resource"], ["resources_resource.code"], name=op.f("fk_resources_allocation_resource")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources_allocation")),
    )
    op.create_index(
        op.f("ix_resources_allocation_expires_at"),
        "resources_allocation",
        ["expires_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_resources_allocation_owner"), "resources_allocation", ["owner"], unique=False
    )


def _create_rooms_machines_and_hosts() -> None:
    op.create_table(
        "resources_room",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("setup_min", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("ck_resources_room_seats_positive")),
        sa.ForeignKeyConstraint(
            ["code"], ["resources_resource.code"], name=op.f("fk_resources_room_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_resources_room")),
    )
    op.create_table(
        "resources_machine",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"], ["resources_resource.code"], name=op.f("fk_resources_machine_code")
        ),
        sa.ForeignKeyConstraint(
            ["room"], ["resources_room.code"], name=op.f("fk_resources_machine_room")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_resources_machine")),
    )
    op.create_table(
        "resources_host",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("minutes_a_day_max", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "minutes_a_day_max > 0", name=op.f("ck_resources_host_minutes_positive")
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["resources_resource.code"], name=op.f("fk_resources_host_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_resources_host")),
    )


def _create_hours() -> None:
    op.create_table(
        "resources_opening_hours",
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("schools_from", sa.Time(), nullable=True),
        sa.CheckConstraint(
            "(opens IS NULL) = (closes IS NULL) AND (opens IS NULL) = (schools_from IS NULL)",
            name=op.f("ck_resources_opening_hours_hours_complete"),
        ),
        sa.CheckConstraint(
            "opens < closes", name=op.f("ck_resources_opening_hours_opens_before_closing")
        ),
        sa.CheckConstraint(
            "valid_from <= valid_to", name=op.f("ck_resources_opening_hours_period_in_order")
        ),
        sa.CheckConstraint(
            "weekday BETWEEN 1 AND 7", name=op.f("ck_resources_opening_hours_weekday_iso")
        ),
        sa.PrimaryKeyConstraint("weekday", "valid_from", name=op.f("pk_resources_opening_hours")),
    )
    op.create_table(
        "resources_closure",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason_lv", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_resources_closure")),
    )


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
