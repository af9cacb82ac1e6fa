"""The ground floor: audit, commands, jobs, mail, rate counts, people."""

import sqlalchemy as sa
from alembic import op

from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.types import UtcInstant

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        op.f("ix_audit_entry_subject_id"), "audit_entry", ["subject", "id"], unique=False
    )
    op.create_table(
        "auth_person",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("school", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_person")),
        sa.UniqueConstraint("email", name=op.f("uq_auth_person_email")),
    )
    op.create_table(
        "command",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_command")),
    )
    op.create_index(op.f("ix_command_at"), "command", ["at"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "available",
                "executing",
                "retryable",
                "completed",
                "cancelled",
                "discarded",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("run_at", UtcInstant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("finished_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index(op.f("ix_job_state_run_at"), "job", ["state", "run_at"], unique=False)
    op.create_table(
        "mail_message",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("calendar", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sent",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("sent_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_message")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_message_key")),
    )
    op.create_index(op.f("ix_mail_message_recipient"), "mail_message", ["recipient"], unique=False)
    op.create_table(
        "web_rate_count",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("window_start", UtcInstant(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window_start", name=op.f("pk_web_rate_count")),
    )
    op.create_table(
        "auth_link",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=26), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("used_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["auth_person.id"], name=op.f("fk_auth_link_person")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_auth_link")),
    )
    op.create_table(
        "auth_role",
        sa.Column("person", sa.String(length=26), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "teacher",
                "office",
                "coordinator",
                "host",
                "desk",
                "technician",
                "methodologist",
                "finance_a",
                "finance_b",
                "payer",
                "director",
                "auditor",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person"], ["auth_person.id"], name=op.f("fk_auth_role_person")),
        sa.PrimaryKeyConstraint("person", "role", name=op.f("pk_auth_role")),
    )
    op.create_table(
        "auth_session",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=26), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"], ["auth_person.id"], name=op.f("fk_auth_session_person")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_auth_session")),
    )
    op.create_index(op.f("ix_auth_session_person"), "auth_session", ["person"], unique=False)
    op.create_table(
        "auth_token",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=26), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("revoked_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["auth_person.id"], name=op.f("fk_auth_token_person")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_auth_token")),
    )
    op.create_index(op.f("ix_auth_token_person"), "auth_token", ["person"], unique=False)
    make_append_only(op.get_bind(), "audit_entry")


def downgrade() -> None:
    drop_append_only(op.get_bind(), "audit_entry")
    op.drop_index(op.f("ix_auth_token_person"), table_name="auth_token")
    op.drop_table("auth_token")
    op.drop_index(op.f("ix_auth_session_person"), table_name="auth_session")
    op.drop_table("auth_session")
    op.drop_table("auth_role")
    op.drop_table("auth_link")
    op.drop_table("web_rate_count")
    op.drop_index(op.f("ix_mail_message_recipient"), table_name="mail_message")
    op.drop_table("mail_message")
    op.drop_index(op.f("ix_job_state_run_at"), table_name="job")
    op.drop_table("job")
    op.drop_index(op.f("ix_command_at"), table_name="command")
    op.drop_table("command")
    op.drop_table("auth_person")
    op.drop_index(op.f("ix_audit_entry_subject_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
