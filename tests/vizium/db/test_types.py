from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from vizium.db.session import Database
from vizium.jobs.models import Job, JobState
from vizium.web.limits import RateCount

RIGA = ZoneInfo("Europe/Riga")


def test_instant_comes_back_as_the_same_instant_in_utc(database: Database) -> None:
    instants = [
        datetime(2027, 3, 30, 10, tzinfo=UTC),
        datetime(2027, 3, 30, 10, 0, 0, 1, tzinfo=UTC),
        datetime(2027, 3, 30, 14, tzinfo=RIGA),
        datetime(2027, 10, 31, 3, 30, tzinfo=RIGA),
        datetime(2027, 10, 31, 3, 30, fold=1, tzinfo=RIGA),
        datetime(2028, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=14))),
    ]

    store(database, *instants)

    with database.reading() as session:
        found = session.scalars(select(RateCount.window_start).order_by(RateCount.window_start))
        assert list(found) == [each.astimezone(UTC) for each in instants]
    with database.reading() as session:
        found = session.scalars(select(RateCount.window_start))
        assert {each.utcoffset() for each in found} == {timedelta(0)}


def test_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="aware"):
        store(database, datetime(2027, 3, 30, 10))  # noqa: DTZ001 - naive is what is tested


def test_instants_are_compared_as_instants(database: Database, now: datetime) -> None:
    instants = [now + timedelta(microseconds=step) for step in (0, 1, 999_999, 1_000_000)]
    store(database, *instants)

    with database.reading() as session:
        chosen = RateCount.window_start > instants[1].astimezone(RIGA)
        found = session.scalars(
            select(RateCount.window_start).where(chosen).order_by(RateCount.window_start)
        )
        assert list(found) == instants[2:]


def test_word_that_is_not_of_the_enum_is_refused_in_python(
    database: Database, now: datetime
) -> None:
    job = Job(id="1", kind="k", args={}, state="sleeping", run_at=now, created_at=now)

    with pytest.raises(StatementError, match="sleeping"), database.transaction() as session:
        session.add(job)


def test_word_that_is_not_of_the_enum_is_refused_by_the_database(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        session.add(
            Job(id="1", kind="k", args={}, state=JobState.AVAILABLE, run_at=now, created_at=now)
        )

    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text("UPDATE job SET state = 'sleeping'"))

    with database.reading() as session:
        assert session.scalar(text("SELECT state FROM job")) == "available"


def test_reference_to_nobody_is_refused_by_the_database(database: Database) -> None:
    insert = text("INSERT INTO auth_role (person, role) VALUES ('nobody', 'admin')")

    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(insert)


def store(database: Database, *instants: datetime) -> None:
    with database.transaction() as session:
        rows = enumerate(instants)
        session.add_all([RateCount(key=str(n), window_start=each, used=1) for n, each in rows])
