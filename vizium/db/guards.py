"""Triggers by which the database itself refuses to rewrite history."""

from sqlalchemy import Connection, text


def make_append_only(connection: Connection, table: str) -> None:
    """Make a table refuse UPDATE and DELETE from now on, on SQLite and PostgreSQL."""
    for statement in _refusals(connection.dialect.name, table):
        connection.execute(text(statement))


def drop_append_only(connection: Connection, table: str) -> None:
    """Take the refusals off again (for a migration that goes down)."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"DROP TRIGGER {table}_no_update"))
        connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
    else:
        connection.execute(text(f"DROP TRIGGER {table}_append_only ON {table}"))
        connection.execute(text(f"DROP TRIGGER {table}_no_truncate ON {table}"))
        connection.execute(text(f"DROP FUNCTION {table}_refuse()"))


def _refusals(dialect: str, table: str) -> list[str]:
    sentence = f"{table} is append-only"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    refuse = f"EXECUTE FUNCTION {table}_refuse()"
    raising = f"BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END"
    rows = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}"
    emptying = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {raising} $$",
        f"CREATE TRIGGER {table}_append_only {rows}",
        f"CREATE TRIGGER {table}_no_truncate {emptying}",
    ]
