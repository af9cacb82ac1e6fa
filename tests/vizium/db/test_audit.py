from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from vizium.db import audit
from vizium.db.guards import drop_append_only, make_append_only
from vizium.db.session import Database

_UPSERT = "SELECT * FROM audit_entry WHERE true ON CONFLICT (id) DO UPDATE SET actor = 'nobody'"


def record_three(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        for action in ("visits.hold", "visits.confirm", "visits.arrive"):
            audit.record(session, by="school", action=action, subject="visit:1", now=now)


def actions(database: Database) -> list[str]:
    with database.reading() as session:
        return [act.action for act in audit.list_acts(session, "visit:1")]


def test_acts_of_one_instant_are_listed_in_the_order_they_were_written(
    database: Database, now: datetime
) -> None:
    record_three(database, now)

    assert actions(database) == ["visits.hold", "visits.confirm", "visits.arrive"]


def test_acts_are_those_of_the_subject_with_all_their_facts(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        for subject in ("claim:1", "claim:2"):
            facts = {"cents": 100, "why": "rēķins"}
            audit.record(session, by="p1", action="a.b", subject=subject, now=now, facts=facts)

    with database.reading() as session:
        (act,) = audit.list_acts(session, "claim:2")
    assert act == audit.AuditRow(now, "p1", "a.b", "claim:2", {"cents": 100, "why": "rēķins"})


def test_acts_are_listed_oldest_first_and_not_more_than_asked_for(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        for hours in (2, 0, 1):
            instant = now + timedelta(hours=hours)
            audit.record(session, by="p", action=f"at.{hours}", subject="visit:1", now=instant)

    with database.reading() as session:
        found = [act.action for act in audit.list_acts(session, "visit:1", most=2)]
    assert found == ["at.0", "at.1"]


def test_history_cannot_be_rewritten_in_raw_sql(database: Database, now: datetime) -> None:
    record_three(database, now)

    for statement in (
        "UPDATE audit_entry SET actor = 'nobody'",
        "UPDATE audit_entry SET at = at WHERE action = 'visits.hold'",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE action = 'visits.hold'",
        f"INSERT INTO audit_entry {_UPSERT}",
    ):
        with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
            session.execute(text(statement))

    with database.reading() as session:
        assert [act.actor for act in audit.list_acts(session, "visit:1")] == ["school"] * 3


def test_sqlite_refuses_to_replace_history(
    tmp_path: Path, migrated_sqlite: Path, now: datetime
) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{copy}")
    record_three(database, now)
    replacing = "SELECT id, at, 'nobody', action, subject, facts FROM audit_entry"

    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
        session.execute(text(f"INSERT OR REPLACE INTO audit_entry {replacing}"))

    assert len(actions(database)) == 3
    database.close()


def test_postgresql_refuses_to_truncate_history(
    request: pytest.FixtureRequest, now: datetime
) -> None:
    server = request.getfixturevalue("postgres")
    with server.new_database(request.getfixturevalue("migrated_postgres")) as url:
        database = Database(url)
        record_three(database, now)
        with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
            session.execute(text("TRUNCATE audit_entry CASCADE"))
        assert len(actions(database)) == 3
        database.close()


def test_guard_can_be_taken_off_and_put_on_again(database: Database, now: datetime) -> None:
    record_three(database, now)
    with database.transaction() as session:
        drop_append_only(session.connection(), "audit_entry")
        session.execute(text("DELETE FROM audit_entry WHERE action = 'visits.hold'"))
        make_append_only(session.connection(), "audit_entry")

    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
        session.execute(text("DELETE FROM audit_entry"))

    assert actions(database) == ["visits.confirm", "visits.arrive"]
