"""The tables of registry, health, usage, maintenance and telemetry."""

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0006"
down_revision = "0005"

_TABLES = (
    "registry_floor_version",
    "registry_gallery",
    "registry_exhibit",
    "registry_verdict_change",
    "health_alert",
    "health_card",
    "health_pulse",
    "health_signal_change",
    "usage_roll_up",
    "usage_session",
    "maintenance_fault",
    "maintenance_report",
    "telemetry_dead_letter",
    "telemetry_log",
    "telemetry_record",
    "telemetry_tally",
    "telemetry_unclaimed",
)
_APPEND_ONLY = ("registry_verdict_change", "maintenance_report")


def upgrade() -> None:
    _create_registry()
    _create_health()
    _create_usage()
    _create_maintenance()
    _create_telemetry()
    # The two rows that every writer raises.
    op.execute("INSERT INTO registry_floor_version (id, number) VALUES (1, 0)")
    op.execute(
        "INSERT INTO telemetry_tally (id, received, stored, repeated, dead_letter, unclaimed, "
        "replayed, lag_ms) VALUES (1, 0, 0, 0, 0, 0, 0, 0)"
    )
    for table in _APPEND_ONLY:
        make_append_only(op.get_bind(), table)


def downgrade() -> None:
    for table in _APPEND_ONLY:
        drop_append_only(op.get_bind(), table)
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_registry() -> None:
    op.create_table(
        "registry_floor_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_registry_floor_version_only_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_floor_version")),
    )
    op.create_table(
        "registry_gallery",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title_lv", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("color", sa.Text(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_registry_gallery_has_room")),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_registry_gallery_has_area")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_registry_gallery")),
    )
    op.create_table(
        "registry_exhibit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("gallery", sa.Text(), nullable=False),
        sa.Column("title_lv", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("what_lv", sa.Text(), nullable=False),
        sa.Column("what_en", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            _word(
                "kind",
                "mechanical",
                "sensor",
                "simulator",
                "static-interactive",
                "screen",
                "projection",
                "vr",
            ),
            nullable=False,
        ),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("idle_gap_s", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            _word("verdict", "works", "works_partly", "broken", "off_floor"),
            nullable=False,
        ),
        sa.Column("verdict_at", UtcInstant(), nullable=True),
        sa.Column("verdict_note", sa.Text(), nullable=False),
        sa.CheckConstraint("idle_gap_s > 0", name=op.f("ck_registry_exhibit_has_idle_gap")),
        sa.ForeignKeyConstraint(
            ["gallery"], ["registry_gallery.code"], name=op.f("fk_registry_exhibit_gallery")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_registry_exhibit")),
    )
    op.create_index(
        op.f("ix_registry_exhibit_gallery"), "registry_exhibit", ["gallery"], unique=False
    )
    op.create_table(
        "registry_verdict_change",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("exhibit", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column(
            "verdict",
            _word("verdict", "works", "works_partly", "broken", "off_floor"),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exhibit"], ["registry_exhibit.code"], name=op.f("fk_registry_verdict_change_exhibit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_verdict_change")),
    )
    op.create_index(
        op.f("ix_registry_verdict_change_exhibit_at"),
        "registry_verdict_change",
        ["exhibit", "at"],
        unique=False,
    )


def _create_health() -> None:
    op.create_table(
        "health_alert",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("exhibit", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", _word("severity", "info", "warn", "fault", "safety"), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("since", UtcInstant(), nullable=True),
        sa.Column("raised_at", UtcInstant(), nullable=False),
        sa.Column("cleared_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["exhibit"], ["registry_exhibit.code"], name=op.f("fk_health_alert_exhibit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_alert")),
    )
    op.create_index(
        op.f("ix_health_alert_exhibit_raised_at"),
        "health_alert",
        ["exhibit", "raised_at"],
        unique=False,
    )
    op.create_index(
        "ix_health_alert_one_standing",
        "health_alert",
        ["exhibit", "code"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "health_card",
        sa.Column("exhibit", sa.Text(), nullable=False),
        sa.Column("born_at", UtcInstant(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("firmware", sa.Text(), nullable=True),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("mac", sa.Text(), nullable=True),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("uplink", sa.Text(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("config_revision", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["exhibit"], ["registry_exhibit.code"], name=op.f("fk_health_card_exhibit")
        ),
        sa.PrimaryKeyConstraint("exhibit", name=op.f("pk_health_card")),
    )
    op.create_table(
        "health_pulse",
        sa.Column("exhibit", sa.Text(), nullable=False),
        sa.Column("boot", sa.Text(), nullable=True),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("boot_started_ms", sa.BigInteger(), nullable=True),
        sa.Column("mono_ms", sa.BigInteger(), nullable=True),
        sa.Column(
            "presence",
            _word("presencestate", "starting", "online", "lost", "bye", "removed"),
            nullable=True,
        ),
        sa.Column("presence_at", UtcInstant(), nullable=True),
        sa.Column("presence_retained", sa.Boolean(), nullable=False),
        sa.Column("comes_back", sa.Boolean(), nullable=False),
        sa.Column("heard_at", UtcInstant(), nullable=True),
        sa.Column("heartbeat_s", sa.Integer(), nullable=False),
        sa.Column("app", _word("appstate", "ok", "degraded", "fault"), nullable=False),
        sa.Column("settled_at", UtcInstant(), nullable=True),
        sa.Column(
            "settled_signal",
            _word("signal", "online", "waiting", "stale", "offline", "faulty", "asleep", "unknown"),
            nullable=True,
        ),
        sa.CheckConstraint("heartbeat_s > 0", name=op.f("ck_health_pulse_has_heartbeat")),
        sa.ForeignKeyConstraint(
            ["exhibit"], ["registry_exhibit.code"], name=op.f("fk_health_pulse_exhibit")
        ),
        sa.PrimaryKeyConstraint("exhibit", name=op.f("pk_health_pulse")),
    )
    op.create_table(
        "health_signal_change",
        sa.Column("exhibit", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column(
            "signal",
            _word("signal", "online", "waiting", "stale", "offline", "faulty", "asleep", "unknown"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["exhibit"], ["registry_exhibit.code"], name=op.f("fk_health_signal_change_exhibit")
        ),
        sa.PrimaryKeyConstraint("exhibit", "at", name=op.f("pk_health_signal_change")),
    )


def _create_usage() -> None:
    op.create_table(
        "usage_roll_up",
        sa.Column("exhibit", sa.Text(), nullable=False),
        sa.Column("span", _word("span", "hour", "day"), nullable=False),
        sa.Column("start_at", UtcInstant(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("busy_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("uses >= 0 AND busy_ms >= 0", name=op.f("ck_usage_roll_up_counts_up")),
        sa.ForeignKeyConstraint(
            ["exhibit"], ["registry_exhibit.code"], name=op.f("fk_usage_roll_up_exhibit")
        ),
        sa.PrimaryKeyConstraint("exhibit", "span", "start_at", name=op.f("pk_usage_roll_up")),
    )
    op.create_table(
        "usage_session",
        sa.Column("exhibit", sa.Text(), nullable=False),
        sa.Column("boot", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("started_at", UtcInstant(), nullable=False),
        sa.Column("dwell_ms", sa.Integer(), nullable=False),
        sa.Column("acts", sa.BigInteger(), nullable=False),
        sa.Column("ending", _word("usageend", "idle", "reset", "complete"), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.CheckConstraint("dwell_ms >= 0", name=op.f("ck_usage_session_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["exhibit"], ["registry_exhibit.code"], name=op.f("fk_usage_session_exhibit")
        ),
        sa.PrimaryKeyConstraint("exhibit", "boot", "seq", name=op.f("pk_usage_session")),
    )
    op.create_index(
        op.f("ix_usage_session_exhibit_started_at"),
        "usage_session",
        ["exhibit", "started_at"],
        unique=False,
    )


def _create_maintenance() -> None:
    op.create_table(
        "maintenance_fault",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("exhibit", sa.Text(), nullable=False),
        sa.Column("state", _word("faultstate", "open", "resolved"), nullable=False),
        sa.Column("opened_at", UtcInstant(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("work_done", sa.Text(), nullable=False),
        sa.Column("resolved_at", UtcInstant(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (resolved_at IS NULL)",
            name=op.f("ck_maintenance_fault_resolved_has_instant"),
        ),
        sa.CheckConstraint("reports >= 0", name=op.f("ck_maintenance_fault_reports_count_up")),
        sa.ForeignKeyConstraint(
            ["exhibit"], ["registry_exhibit.code"], name=op.f("fk_maintenance_fault_exhibit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_fault")),
    )
    op.create_index(
        op.f("ix_maintenance_fault_exhibit_opened_at"),
        "maintenance_fault",
        ["exhibit", "opened_at"],
        unique=False,
    )
    op.create_index(
        "ix_maintenance_fault_one_open",
        "maintenance_fault",
        ["exhibit"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "maintenance_report",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("fault", sa.String(length=26), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("source", _word("reportsource", "visitor", "staff"), nullable=False),
        sa.Column(
            "symptom",
            _word("symptom", "dead", "wrong", "no_sound", "damaged", "dirty", "unsafe", "other"),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["fault"], ["maintenance_fault.id"], name=op.f("fk_maintenance_report_fault")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_report")),
    )
    op.create_index(
        op.f("ix_maintenance_report_fault"), "maintenance_report", ["fault"], unique=False
    )


def _create_telemetry() -> None:
    op.create_table(
        "telemetry_dead_letter",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("payload_bytes", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "topic_too_long",
                "unsupported_topic",
                "unsupported_version",
                "bad_device",
                "wrong_device",
                "oversized",
                "bad_utf8",
                "bad_json",
                "too_deep",
                "not_finite",
                "out_of_range",
                "wrong_shape",
                "unknown_kind",
                "too_many",
                "future_dated",
                "unreadable",
                "refused",
                name="deadletterreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("retained", sa.Boolean(), nullable=False),
        sa.Column("state", _word("letterstate", "kept", "replayed"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telemetry_dead_letter")),
    )
    op.create_table(
        "telemetry_log",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telemetry_log")),
    )
    op.create_index(op.f("ix_telemetry_log_source"), "telemetry_log", ["source"], unique=False)
    op.create_table(
        "telemetry_record",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("boot", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("quality", _word("timequality", "device", "estimated"), nullable=False),
        sa.Column("historical", sa.Boolean(), nullable=False),
        sa.Column("received_at", UtcInstant(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "boot", "seq", name=op.f("pk_telemetry_record")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "telemetry_tally",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("repeated", sa.BigInteger(), nullable=False),
        sa.Column("dead_letter", sa.BigInteger(), nullable=False),
        sa.Column("unclaimed", sa.BigInteger(), nullable=False),
        sa.Column("replayed", sa.BigInteger(), nullable=False),
        sa.Column("lag_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_at", UtcInstant(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_telemetry_tally_only_row")),
        sa.CheckConstraint(
            "received = stored + repeated + dead_letter + unclaimed",
            name=op.f("ck_telemetry_tally_adds_up"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telemetry_tally")),
    )
    op.create_table(
        "telemetry_unclaimed",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("first_at", UtcInstant(), nullable=False),
        sa.Column("last_at", UtcInstant(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_telemetry_unclaimed")),
    )


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
