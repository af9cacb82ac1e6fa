"""Roll-ups against what the sessions themselves say, told in any order and more than once."""

import random
from datetime import datetime, timedelta

from sqlalchemy import select

from edge.wire.messages import Record
from exhibits.telemetry.service import record_batch
from exhibits.usage.models import UsageRollUp
from exhibits.usage.queries import find_last_use, list_sessions, list_usage
from exhibits.usage.rules import Amount, Bucket, Span, roll_up
from tests.factories.exhibits import given_exhibits, use
from vizium.db.session import Database


def test_roll_ups_equal_the_sessions_in_any_order_and_with_repetitions(
    database: Database, now: datetime
) -> None:
    chance = random.Random(7)
    told = [
        use(
            device,
            seq,
            now - timedelta(seconds=chance.randrange(200_000)),
            dwell_s=chance.randrange(5_000),
            historical=chance.random() < 0.5,
        )
        for device in ("ex-001", "ex-002")
        for seq in range(150)
    ]
    sent = told + chance.sample(told, 100)
    chance.shuffle(sent)

    _send(database, sent, now)

    with database.reading() as session:
        sessions = [
            found
            for device in ("ex-001", "ex-002")
            for found in list_sessions(session, device, now - timedelta(days=9), now)
        ]
        kept = {
            Bucket(row.exhibit, row.span, row.start_at): Amount(row.uses, row.busy_ms)
            for row in session.scalars(select(UsageRollUp))
        }
    assert len(sessions) == 300
    assert kept == roll_up(sessions)


def test_usage_tells_uses_busy_time_and_median(database: Database, now: datetime) -> None:
    _send(
        database,
        [
            use("ex-001", seq, now - timedelta(minutes=5), dwell_s=s)
            for seq, s in ((1, 10), (2, 90))
        ],
        now,
    )

    with database.reading() as session:
        (hour,) = list_usage(session, "ex-001", Span.HOUR, now - timedelta(hours=1), now)
        last = find_last_use(session, "ex-001")

    assert (hour.uses, hour.busy_s, hour.dwell_s_median) == (2, 100, 50.0)
    assert last is not None
    assert last.started_at == now - timedelta(minutes=5)


def _send(database: Database, records: list[Record], now: datetime) -> None:
    with database.transaction() as session:
        given_exhibits(session, "ex-001", "ex-002")
    for first in range(0, len(records), 37):
        with database.transaction() as session:
            record_batch(session, records[first : first + 37], received_at=now)
