"""Two ingest processes over one database lose nothing and count nothing twice."""

import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from edge.wire.messages import BatchResult, Record
from exhibits.telemetry.models import StoredRecord
from exhibits.telemetry.queries import get_stats
from exhibits.telemetry.service import record_batch
from exhibits.usage.models import UsageRollUp, UsageSession
from exhibits.usage.rules import Span
from tests.factories.exhibits import given_exhibits, use
from vizium.db.session import Database

pytestmark = pytest.mark.race

EXHIBITS = [f"ex-{number:03}" for number in range(1, 7)]
RECORDS_EACH = 60
PROCESSES = 4


def test_processes_that_share_deliveries_store_each_record_once(
    database: Database, database_url: str, now: datetime
) -> None:
    told = [
        use(code, seq, now - timedelta(minutes=seq), dwell_s=30)
        for code in EXHIBITS
        for seq in range(RECORDS_EACH)
    ]
    with database.transaction() as session:
        given_exhibits(session, *EXHIBITS)

    results: list[BatchResult] = []

    def ingest(number: int) -> None:
        mine = Database(database_url)
        everything = list(told)
        random.Random(number).shuffle(everything)
        for batch in _batches(everything):
            with mine.transaction() as session:
                results.append(record_batch(session, batch, received_at=now))
        mine.close()

    _run(ingest)

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StoredRecord)) == len(told)
        assert session.scalar(select(func.count()).select_from(UsageSession)) == len(told)
        hours = UsageRollUp.span == Span.HOUR
        assert session.scalar(select(func.sum(UsageRollUp.uses)).where(hours)) == len(told)
        stats = get_stats(session)
    assert sum(result.stored for result in results) == stats.stored == len(told)
    assert stats.repeated == len(told) * (PROCESSES - 1)
    assert stats.received == len(told) * PROCESSES


def test_a_sink_that_looks_first_and_writes_then_loses_uses(
    database: Database, database_url: str, now: datetime
) -> None:
    """The negative control: what the locks and the raising upsert are there for."""
    with database.transaction() as session:
        given_exhibits(session, *EXHIBITS)
        record_batch(session, [use("ex-001", 1, now)], received_at=now)
    both_have_looked = threading.Barrier(PROCESSES)

    def naive(_number: int) -> None:
        mine = Database(database_url)
        with mine.reading() as session:
            uses = session.scalars(select(UsageRollUp.uses).limit(1)).one()
        both_have_looked.wait()
        with mine.transaction() as session:
            session.execute(update(UsageRollUp).values(uses=uses + 1))
        mine.close()

    _run(naive)

    with database.reading() as session:
        assert session.scalars(select(UsageRollUp.uses)).all() == [2, 2]


def _batches(records: Sequence[Record]) -> list[Sequence[Record]]:
    return [records[first : first + 50] for first in range(0, len(records), 50)]


def _run(work: Callable[[int], None]) -> None:
    failures: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(n,)) for n in range(PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
