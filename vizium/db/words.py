"""Change the words that a column of words may hold, for a migration.

A column of words is text with a CHECK. PostgreSQL swaps a CHECK; SQLite cannot, and copying a table
that others point at would break their foreign keys. SQLite's own advice for a change that does not
touch the rows is to edit the stored text of the table inside the transaction.

Source:
    https://www.sqlite.org/lang_altertable.html#otheralter, the procedure for changes "that do not
    affect the on-disk content in any way".
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text


def change_words(
    connection: Connection,
    table: str,
    column: str,
    before: Sequence[str],
    after: Sequence[str],
    *,
    name: str,
) -> None:
    """Replace the CHECK of a column of words.

    Args:
        before: the words as the last migration that wrote them listed them.
        after: the words from now on; rows that hold another word must be gone.
        name: the enum's name in lower case, the last part of the constraint's.
    """
    constraint = f"ck_{table}_{name}"
    if connection.dialect.name == "sqlite":
        _edit_schema(connection, table, _check(column, before), _check(column, after))
        return
    connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"))
    check = _check(column, after)
    connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {check}"))


def _check(column: str, words: Sequence[str]) -> str:
    return f"CHECK ({column} IN ({', '.join(repr(word) for word in words)}))"


def _edit_schema(connection: Connection, table: str, before: str, after: str) -> None:
    stored = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table"
    sql = connection.execute(text(stored), {"table": table}).scalar_one()
    assert sql.count(before) == 1, f"{table} has no {before}"
    version = connection.execute(text("PRAGMA schema_version")).scalar_one()
    connection.execute(text("PRAGMA writable_schema = ON"))
    connection.execute(
        text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table"),
        {"sql": sql.replace(before, after), "table": table},
    )
    # All connections, this one too, read the schema anew.
    connection.execute(text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(text("PRAGMA writable_schema = OFF"))
