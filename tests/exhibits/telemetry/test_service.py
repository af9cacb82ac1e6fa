from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from edge.wire.messages import (
    BatchResult,
    CommandResult,
    CommandStatus,
    DeadLetter,
    DeadLetterReason,
    LogLine,
    Message,
    Severity,
)
from exhibits.health.queries import get_health, list_signals
from exhibits.health.rules import Signal, Step
from exhibits.registry.queries import get_floor_version
from exhibits.telemetry.models import LogEntry, StoredRecord
from exhibits.telemetry.queries import get_stats, list_dead_letters, list_unclaimed
from exhibits.telemetry.rules import BatchTooLarge
from exhibits.telemetry.service import record_batch
from exhibits.usage.queries import count_uses_of_day
from tests.factories.exhibits import (
    LATER_BOOT,
    alert,
    always_open,
    birth,
    given_exhibits,
    heartbeat,
    lost,
    online,
    use,
)
from vizium.db.session import Database

SECOND = timedelta(seconds=1)


@pytest.fixture
def database(database: Database) -> Database:
    with database.transaction() as session:
        given_exhibits(session, "ex-001", "ex-002")
    return database


def hear(database: Database, at: datetime, *batch: Message) -> BatchResult:
    with database.transaction() as session:
        return record_batch(session, batch, received_at=at)


def signal(database: Database, at: datetime, code: str = "ex-001") -> Signal:
    with database.reading() as session:
        return get_health(session, code, opening=always_open, now=at).signal


def test_batch_is_stored_and_the_exhibit_is_online(database: Database, now: datetime) -> None:
    result = hear(
        database,
        now,
        online("ex-001", now),
        birth("ex-001", now),
        heartbeat("ex-001", now),
        use("ex-001", 1, now - 60 * SECOND),
    )

    assert result == BatchResult(stored=4, repeated=0, strange=0)
    assert signal(database, now) is Signal.ONLINE
    with database.reading() as session:
        assert count_uses_of_day(session, now)["ex-001"].uses == 1


def test_repeated_batch_changes_nothing(database: Database, now: datetime) -> None:
    batch = [online("ex-001", now), use("ex-001", 1, now), use("ex-001", 2, now)]
    hear(database, now, *batch)

    result = hear(database, now + SECOND, *batch[1:])

    assert result == BatchResult(stored=0, repeated=2, strange=0)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StoredRecord)) == 2
        assert count_uses_of_day(session, now)["ex-001"].uses == 2


def test_record_repeated_inside_one_batch_is_stored_once(database: Database, now: datetime) -> None:
    result = hear(database, now, use("ex-001", 1, now), use("ex-001", 1, now))

    assert result == BatchResult(stored=1, repeated=1, strange=0)


def test_seq_of_another_boot_is_another_record(database: Database, now: datetime) -> None:
    result = hear(database, now, use("ex-001", 1, now), use("ex-001", 1, now, boot=LATER_BOOT))

    assert result == BatchResult(stored=2, repeated=0, strange=0)


def test_late_record_repairs_the_past_and_leaves_now_alone(
    database: Database, now: datetime
) -> None:
    hear(database, now, online("ex-001", now))
    yesterday = now - timedelta(days=1)

    hear(database, now + 200 * SECOND, use("ex-001", 1, yesterday, historical=True))

    with database.reading() as session:
        assert count_uses_of_day(session, yesterday)["ex-001"].uses == 1
    assert signal(database, now + 200 * SECOND) is Signal.OFFLINE


def test_late_will_of_an_older_session_changes_nothing(database: Database, now: datetime) -> None:
    hear(database, now, online("ex-001", now, n=1))
    hear(database, now + SECOND, online("ex-001", now, n=2))

    result = hear(database, now + 2 * SECOND, lost("ex-001", n=1))

    assert result == BatchResult(stored=0, repeated=1, strange=0)
    assert signal(database, now + 40 * SECOND) is Signal.ONLINE


def test_late_will_of_an_older_boot_changes_nothing(database: Database, now: datetime) -> None:
    hear(database, now, birth("ex-001", now, n=7))
    hear(database, now + SECOND, birth("ex-001", now + SECOND, boot=LATER_BOOT, mono_ms=10))

    result = hear(database, now + 2 * SECOND, lost("ex-001", n=7))

    assert result == BatchResult(stored=0, repeated=1, strange=0)
    assert signal(database, now + 40 * SECOND) is Signal.ONLINE


def test_will_waits_through_the_grace_and_is_then_believed(
    database: Database, now: datetime
) -> None:
    hear(database, now, online("ex-001", now))

    hear(database, now + SECOND, lost("ex-001"))

    assert signal(database, now + 2 * SECOND) is Signal.WAITING
    assert signal(database, now + 21 * SECOND) is Signal.OFFLINE


def test_data_after_a_will_proves_that_the_exhibit_lives(database: Database, now: datetime) -> None:
    hear(database, now, online("ex-001", now), lost("ex-001"))

    hear(database, now + 5 * SECOND, heartbeat("ex-001", now, mono_ms=20_000))

    assert signal(database, now + 30 * SECOND) is Signal.ONLINE


def test_retained_replay_is_not_believed_until_the_exhibit_speaks(
    database: Database, now: datetime
) -> None:
    hear(database, now, online("ex-001", now, retained=True))
    unverified = signal(database, now)

    hear(database, now + SECOND, heartbeat("ex-001", now + SECOND))

    assert unverified is Signal.WAITING
    assert signal(database, now + SECOND) is Signal.ONLINE


def test_retained_lost_of_last_year_cannot_take_a_living_exhibit_down(
    database: Database, now: datetime
) -> None:
    hear(database, now, online("ex-001", now, n=9))

    hear(database, now + SECOND, lost("ex-001", n=3, retained=True))

    assert signal(database, now + SECOND) is Signal.ONLINE


def test_silence_shows_itself_without_a_message(database: Database, now: datetime) -> None:
    hear(database, now, heartbeat("ex-001", now))

    assert signal(database, now + 74 * SECOND) is Signal.ONLINE
    assert signal(database, now + 75 * SECOND) is Signal.STALE
    assert signal(database, now + 150 * SECOND) is Signal.OFFLINE


def test_alert_makes_faulty_and_its_end_makes_well(database: Database, now: datetime) -> None:
    hear(database, now, online("ex-001", now), alert("ex-001", Severity.FAULT))
    during = signal(database, now)

    result = hear(database, now + SECOND, alert("ex-001", None), heartbeat("ex-001", now))

    assert during is Signal.FAULTY
    assert result == BatchResult(stored=2, repeated=0, strange=0)
    assert signal(database, now + SECOND) is Signal.ONLINE


def test_alert_that_stands_already_is_repeated(database: Database, now: datetime) -> None:
    hear(database, now, alert("ex-001", Severity.WARN))

    assert hear(database, now, alert("ex-001", Severity.WARN)).repeated == 1
    assert hear(database, now, alert("ex-001", Severity.FAULT)).stored == 1


def test_alert_raised_cleared_and_raised_in_one_batch_stands(
    database: Database, now: datetime
) -> None:
    hear(database, now, online("ex-001", now), alert("ex-001", Severity.WARN))

    hear(
        database,
        now + SECOND,
        alert("ex-001", None),
        alert("ex-001", Severity.FAULT),
        alert("ex-001", None),
        alert("ex-001", Severity.SAFETY),
    )

    with database.reading() as session:
        health = get_health(session, "ex-001", opening=always_open, now=now + SECOND)
        assert [found.severity for found in health.alerts] == [Severity.SAFETY]


def test_unknown_device_is_listed_and_its_records_are_kept(
    database: Database, now: datetime
) -> None:
    result = hear(database, now, birth("ex-999", now), use("ex-999", 1, now))
    hear(database, now + SECOND, LogLine("ex-999", "info", "hello"))

    assert result == BatchResult(stored=0, repeated=0, strange=2)
    with database.reading() as session:
        (device,) = list_unclaimed(session)
        assert (device.source, device.messages, device.model) == ("ex-999", 3, "trial-1")
        assert session.scalar(select(func.count()).select_from(StoredRecord)) == 1
        assert count_uses_of_day(session, now) == {}


def test_dead_letter_is_kept_with_its_bytes(database: Database, now: datetime) -> None:
    letter = DeadLetter("vizium/1/main/ex-001/up/hb", b"{", 1, DeadLetterReason.BAD_JSON, "why")

    result = hear(database, now, letter)

    assert result == BatchResult(stored=0, repeated=0, strange=1)
    with database.reading() as session:
        (kept,) = list_dead_letters(session)
        assert (kept.topic, kept.payload, kept.reason) == (
            letter.topic,
            letter.payload,
            letter.reason,
        )


def test_log_lines_and_results_of_commands_are_stored(database: Database, now: datetime) -> None:
    failed = CommandResult("ex-001", "c-1", CommandStatus.FAILED, error="no power")

    hear(database, now, LogLine("ex-001", "warn", "hot"), failed)

    with database.reading() as session:
        rows = session.execute(select(LogEntry.level, LogEntry.text).order_by(LogEntry.level))
        assert rows.all() == [("command", "c-1 failed no power"), ("warn", "hot")]


def test_counts_add_up_over_batches(database: Database, now: datetime) -> None:
    letter = DeadLetter("x", b"", 0, DeadLetterReason.UNSUPPORTED_TOPIC)
    hear(database, now, online("ex-001", now), use("ex-001", 1, now), letter)
    hear(database, now, use("ex-001", 1, now), use("ex-999", 1, now))

    with database.reading() as session:
        stats = get_stats(session)

    assert (stats.received, stats.stored, stats.repeated) == (5, 2, 1)
    assert (stats.dead_letter, stats.unclaimed) == (1, 1)


def test_version_rises_with_news_only(database: Database, now: datetime) -> None:
    batch = [online("ex-001", now), use("ex-001", 1, now)]
    hear(database, now, *batch)
    with database.reading() as session:
        before = get_floor_version(session)

    hear(database, now, batch[1])

    with database.reading() as session:
        assert get_floor_version(session) == before


def test_batch_of_501_is_refused_and_changes_nothing(database: Database, now: datetime) -> None:
    batch = [use("ex-001", seq, now) for seq in range(501)]

    with pytest.raises(BatchTooLarge):
        hear(database, now, *batch)

    with database.reading() as session:
        assert get_stats(session).received == 0


def test_history_of_signals_tells_of_silence_too(database: Database, now: datetime) -> None:
    hear(database, now, online("ex-001", now))
    hear(database, now + 500 * SECOND, heartbeat("ex-001", now, n=2))

    with database.reading() as session:
        steps = list_signals(session, "ex-001", now - SECOND, now + 600 * SECOND)

    assert steps == [
        Step(now - SECOND, Signal.UNKNOWN),
        Step(now, Signal.ONLINE),
        Step(now + 75 * SECOND, Signal.STALE),
        Step(now + 150 * SECOND, Signal.OFFLINE),
        Step(now + 500 * SECOND, Signal.ONLINE),
        Step(now + 575 * SECOND, Signal.STALE),
    ]
