"""The sink of the ingest: one batch, one transaction, every message counted in one place.

    batch ─> lock devices ─> records, on conflict do nothing ─> health (news only)
                                  └─ new uses ─> usage          ─> version, tally

The rows that all writers share (version and tally) come last, so that processes
wait for each other only while one commits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from edge.wire.decode import decode
from edge.wire.messages import (
    Alert,
    BatchResult,
    Birth,
    CommandResult,
    DeadLetter,
    DeadLetterReason,
    Echo,
    Heartbeat,
    LogLine,
    Message,
    Presence,
    Record,
    Use,
)
from edge.wire.packets import Packet
from exhibits.health.service import Listener, hear_message, lock_listeners, settle_listeners
from exhibits.registry.service import bump_floor_version
from exhibits.telemetry.models import (
    DeadLetterEntry,
    LogEntry,
    StoredRecord,
    Tally,
    UnclaimedDevice,
)
from exhibits.telemetry.rules import (
    BATCH_MESSAGES_MAX,
    BatchTooLarge,
    LetterState,
    body_as_json,
)
from exhibits.usage.service import NewUse, store_uses
from vizium.db.inserts import insert_for
from vizium.kernel.clock import to_epoch_ms
from vizium.kernel.errors import Conflict, NotFound
from vizium.kernel.ids import new_id

RecordKey = tuple[str, str, int]
"""(source, boot, seq): names a record for ever."""


@dataclass(slots=True)
class _Counts:
    stored: int = 0
    repeated: int = 0
    dead_letter: int = 0
    unclaimed: int = 0
    lag_ms: int | None = None


@dataclass(slots=True)
class _Sorted:
    """A batch by where its messages go, each in the order of arrival."""

    heard: list[Presence | Birth | Heartbeat | Record | Alert] = field(default_factory=list)
    spoken: list[LogLine | CommandResult] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)


def record_batch(
    session: Session, batch: Sequence[Message], *, received_at: datetime
) -> BatchResult:
    """Store one batch of exhibit messages and roll it into health and usage.

    A message seen before changes nothing: the key (source, boot, seq) decides,
    so the broker may deliver twice and a gateway may resend its spool. Messages
    without a key (presence, heartbeats, alerts) are repeated when they tell
    nothing new: a late will, an older session, an alert that stands already.

    Args:
        batch: 1..500 decoded messages in the order of arrival, several exhibits mixed.
        received_at: aware UTC instant, server clock.

    Returns:
        Counts ``stored``, ``repeated``, ``strange``; they add up to ``len(batch)``.

    Raises:
        BatchTooLarge: more than 500 messages.

    Source:
        MQTT 5.0, 4.3.2: QoS 1 may deliver more than once.
    """
    if len(batch) > BATCH_MESSAGES_MAX:
        raise BatchTooLarge("batch_too_large", most=BATCH_MESSAGES_MAX)
    ways = _sort(batch)
    listeners = lock_listeners(session, {message.device for message in [*ways.heard, *ways.spoken]})
    counts = _hear(session, listeners, ways, received_at)
    _store_spoken(session, listeners, ways.spoken, counts, received_at)
    _store_letters(session, ways.letters, counts, received_at)
    _note_unclaimed(session, listeners, ways, received_at)
    _count(session, counts, received_at)
    strange = counts.dead_letter + counts.unclaimed
    return BatchResult(counts.stored, counts.repeated, strange)


def replay_letter(session: Session, letter_id: str, *, now: datetime) -> BatchResult:
    """Decode a dead letter again and take in what it says; it is received once more.

    Raises:
        NotFound: no such letter.
        Conflict: replayed before (``letter_replayed``), kept in part only (``letter_cut``), or
            still not understood (``letter_dead``).
    """
    letter = session.get(DeadLetterEntry, letter_id, with_for_update=True)
    if letter is None:
        raise NotFound("letter")
    if letter.state is LetterState.REPLAYED:
        raise Conflict("letter_replayed")
    if letter.payload_bytes > len(letter.payload):
        raise Conflict("letter_cut", payload_bytes=letter.payload_bytes)
    messages = _decode_again(letter, now)
    for message in messages:
        if isinstance(message, DeadLetter):
            raise Conflict("letter_dead", reason=message.reason.value)
    letter.state = LetterState.REPLAYED
    session.execute(update(Tally).values(replayed=Tally.replayed + 1))
    return record_batch(session, messages, received_at=now)


def _decode_again(letter: DeadLetterEntry, now: datetime) -> list[Message]:
    """Old bytes are never news of the present: a replay by the broker, or records of a spool."""
    was_future = letter.reason is DeadLetterReason.FUTURE_DATED
    received_at = now if was_future else letter.at
    packet = Packet(letter.topic, letter.payload, to_epoch_ms(received_at), retained=True)
    return [
        replace(message, retained=False, historical=True)
        if isinstance(message, Record)
        else message
        for message in decode(packet)
        if not isinstance(message, Echo)
    ]


def _sort(batch: Iterable[Message]) -> _Sorted:
    ways = _Sorted()
    for message in batch:
        match message:
            case DeadLetter():
                ways.letters.append(message)
            case LogLine() | CommandResult():
                ways.spoken.append(message)
            case Presence() | Birth() | Heartbeat() | Record() | Alert():
                ways.heard.append(message)
            case _:
                raise AssertionError("the ingest drops the hub's own messages")
    return ways


def _store_records(
    session: Session, heard: Sequence[object], received_at: datetime
) -> set[RecordKey]:
    """Insert the records that are new; the keys of these."""
    rows: dict[RecordKey, dict[str, object]] = {}
    for message in heard:
        if isinstance(message, Record):
            key = (message.device, message.boot, message.seq)
            rows.setdefault(key, _record_row(message, received_at))
    if not rows:
        return set()
    insert = insert_for(session, StoredRecord).on_conflict_do_nothing()
    returned = session.execute(
        insert.returning(StoredRecord.source, StoredRecord.boot, StoredRecord.seq),
        # In the order of the key: unclaimed devices are not locked, and two processes must not
        # wait for each other's rows crosswise.
        [rows[key] for key in sorted(rows)],
    )
    return {(source, boot, seq) for source, boot, seq in returned}


def _record_row(record: Record, received_at: datetime) -> dict[str, object]:
    return {
        "source": record.device,
        "boot": record.boot,
        "seq": record.seq,
        "kind": record.kind,
        "at_ms": record.at_ms,
        "quality": record.at_quality,
        "historical": record.historical,
        "received_at": received_at,
        "body": body_as_json(record.body),
    }


def _hear(
    session: Session, listeners: Mapping[str, Listener], ways: _Sorted, received_at: datetime
) -> _Counts:
    """Tell health what is news and usage what is new; count each message once."""
    counts = _Counts()
    new_keys = _store_records(session, ways.heard, received_at)
    uses: list[NewUse] = []
    for message in ways.heard:
        listener = listeners.get(message.device)
        if listener is None:
            counts.unclaimed += 1
            continue
        if isinstance(message, Record):
            is_new = _take(new_keys, message)
            if is_new:
                hear_message(session, listener, message, received_at)
                uses += _uses_in(message)
        else:
            is_new = hear_message(session, listener, message, received_at)
        counts.stored += is_new
        counts.repeated += not is_new
        _note_lag(counts, message, received_at)
    store_uses(session, uses)
    settle_listeners(session, listeners.values(), received_at)
    return counts


def _take(new_keys: set[RecordKey], record: Record) -> bool:
    """Whether a record is new; its repetition in the same batch is not."""
    key = (record.device, record.boot, record.seq)
    is_new = key in new_keys
    new_keys.discard(key)
    return is_new


def _uses_in(record: Record) -> list[NewUse]:
    # A retained replay is never a visitor's press.
    if isinstance(record.body, Use) and not record.retained:
        return [NewUse(record, record.body)]
    return []


def _note_lag(counts: _Counts, message: Message, received_at: datetime) -> None:
    if isinstance(message, Heartbeat | Record) and not message.retained:
        is_historical = isinstance(message, Record) and message.historical
        if not is_historical:
            counts.lag_ms = max(0, to_epoch_ms(received_at) - message.at_ms)


def _store_spoken(
    session: Session,
    listeners: Mapping[str, Listener],
    spoken: Sequence[LogLine | CommandResult],
    counts: _Counts,
    received_at: datetime,
) -> None:
    rows: list[dict[str, object]] = []
    for message in spoken:
        if message.device not in listeners:
            counts.unclaimed += 1
            continue
        level, text = _as_log(message)
        rows.append(
            {
                "id": new_id(received_at),
                "source": message.device,
                "at": received_at,
                "level": level,
                "text": text,
            }
        )
    if rows:
        session.execute(insert(LogEntry), rows)
    counts.stored += len(rows)


def _as_log(message: LogLine | CommandResult) -> tuple[str, str]:
    if isinstance(message, LogLine):
        return message.level, message.text
    return "command", f"{message.command_id} {message.status} {message.error or ''}".strip()


def _store_letters(
    session: Session, letters: Sequence[DeadLetter], counts: _Counts, received_at: datetime
) -> None:
    if letters:
        rows = [
            {
                "id": new_id(received_at),
                "at": received_at,
                "topic": letter.topic,
                "payload": letter.payload,
                "payload_bytes": letter.payload_bytes,
                "reason": letter.reason,
                "detail": letter.detail,
                "device": letter.device,
                "retained": letter.retained,
                "state": LetterState.KEPT,
            }
            for letter in letters
        ]
        session.execute(insert(DeadLetterEntry), rows)
    counts.dead_letter += len(letters)


def _note_unclaimed(
    session: Session, listeners: Mapping[str, Listener], ways: _Sorted, received_at: datetime
) -> None:
    rows: dict[str, dict[str, object]] = {}
    for message in [*ways.heard, *ways.spoken]:
        if message.device in listeners:
            continue
        row = rows.setdefault(
            message.device,
            {
                "source": message.device,
                "first_at": received_at,
                "last_at": received_at,
                "messages": 0,
                "model": None,
                "serial": None,
            },
        )
        row["messages"] = int(str(row["messages"])) + 1
        if isinstance(message, Birth):
            row |= {"model": message.model, "serial": message.serial}
    if rows:
        table = insert_for(session, UnclaimedDevice)
        raising = table.on_conflict_do_update(
            index_elements=["source"],
            set_={
                "last_at": table.excluded.last_at,
                "messages": UnclaimedDevice.messages + table.excluded.messages,
            },
        )
        session.execute(raising, [rows[source] for source in sorted(rows)])


def _count(session: Session, counts: _Counts, received_at: datetime) -> None:
    received = counts.stored + counts.repeated + counts.dead_letter + counts.unclaimed
    if counts.stored:
        bump_floor_version(session)
    values: dict[str, object] = {
        "received": Tally.received + received,
        "stored": Tally.stored + counts.stored,
        "repeated": Tally.repeated + counts.repeated,
        "dead_letter": Tally.dead_letter + counts.dead_letter,
        "unclaimed": Tally.unclaimed + counts.unclaimed,
        "last_at": received_at,
    }
    if counts.lag_ms is not None:
        values["lag_ms"] = counts.lag_ms
    session.execute(update(Tally).values(values))
