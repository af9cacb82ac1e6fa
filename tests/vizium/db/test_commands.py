"""A command with one key happens once, however often and however closely it is sent."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vizium.db.commands import (
    ANSWER_KEPT,
    Answer,
    Command,
    begin_command,
    end_command,
    sweep_commands,
)
from vizium.db.session import Database
from vizium.kernel.errors import InvalidInput
from vizium.web.limits import RateCount

KEY = "form:hold/client-key-1"
SENDERS = 16
_UNPRINTABLE = ("nul\0-in-key", "line\nbreak", "line-at-end\n")

T = TypeVar("T")


def send(database: Database, now: datetime, *, content: str = "a", key: str = KEY) -> Answer:
    with database.transaction() as session:
        earlier = begin_command(session, key, fingerprint=content, now=now)
        if earlier is not None:
            return earlier
        answer = Answer(201, f"ārzemes {act(session, now)}".encode())
        end_command(session, key, answer)
        return answer


def act(session: Session, now: datetime) -> int:
    number = effects(session) + 1
    session.add(RateCount(key=f"effect-{number}", window_start=now, used=1))
    session.flush()
    return number


def effects(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(RateCount)).one()


def test_same_key_gets_the_same_answer_byte_for_byte_and_acts_once(
    database: Database, now: datetime
) -> None:
    first = send(database, now)
    again = send(database, now + timedelta(days=20))

    assert first == again == Answer(201, "ārzemes 1".encode())
    with database.reading() as session:
        assert effects(session) == 1


def test_other_key_is_another_command(database: Database, now: datetime) -> None:
    assert send(database, now) != send(database, now, key="form:hold/client-key-2")


def test_key_of_another_scope_is_another_command(database: Database, now: datetime) -> None:
    assert send(database, now) != send(database, now, key="form:confirm/client-key-1")


def test_same_key_with_other_content_is_refused_and_changes_nothing(
    database: Database, now: datetime
) -> None:
    send(database, now)

    with pytest.raises(InvalidInput) as refused:
        send(database, now, content="b")

    assert [error.code for error in refused.value.errors] == ["key_reused"]
    with database.reading() as session:
        assert effects(session) == 1


def test_key_of_another_form_is_refused(database: Database, now: datetime) -> None:
    for wrong in ("", "short", "x" * 81, "with space", "sl/ash-key", "ķekatas-1", *_UNPRINTABLE):
        with pytest.raises(InvalidInput) as refused:
            send(database, now, key=f"form:hold/{wrong}")
        assert [error.code for error in refused.value.errors] == ["key_form"], wrong


def test_command_that_raises_leaves_no_key_and_may_be_sent_again(
    database: Database, now: datetime
) -> None:
    def fail_halfway() -> None:
        with database.transaction() as session:
            begin_command(session, KEY, fingerprint="a", now=now)
            act(session, now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()

    assert send(database, now) == Answer(201, "ārzemes 1".encode())


@pytest.mark.race
def test_sixteen_senders_of_one_key_act_once_and_get_one_answer(
    database: Database, now: datetime
) -> None:
    answers = together(lambda: send(database, now))

    assert answers == [Answer(201, "ārzemes 1".encode())] * SENDERS
    with database.reading() as session:
        assert effects(session) == 1


@pytest.mark.race
def test_sixteen_senders_without_the_key_row_act_more_than_once(
    database: Database, now: datetime
) -> None:
    """The negative control: look whether the key stands, and act if not."""
    everybody_has_looked = threading.Barrier(SENDERS)

    def send_unguarded() -> None:
        with database.reading() as session:
            is_new = session.get(Command, KEY) is None
        everybody_has_looked.wait(30)
        if is_new:
            with database.transaction() as session:
                name = f"effect-of-{threading.get_ident()}"
                session.add(RateCount(key=name, window_start=now, used=1))

    together(send_unguarded)

    with database.reading() as session:
        assert effects(session) == SENDERS


@pytest.mark.race
def test_killed_process_leaves_no_key_and_no_effect(database: Database, now: datetime) -> None:
    killed = subprocess.Popen(
        [sys.executable, "-c", _HALFWAY, database.url, KEY, now.isoformat()],
        stdout=subprocess.PIPE,
    )
    assert killed.stdout is not None
    assert killed.stdout.readline() == b"halfway\n"

    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    killed.stdout.close()

    assert send(database, now) == Answer(201, "ārzemes 1".encode())


def test_answers_are_forgotten_after_their_time_and_not_before(
    database: Database, now: datetime
) -> None:
    send(database, now)

    with database.transaction() as session:
        sweep_commands(session, now=now + ANSWER_KEPT)
        kept = session.get(Command, KEY) is not None
        sweep_commands(session, now=now + ANSWER_KEPT + timedelta(seconds=1))
        gone = session.scalar(select(Command.key)) is None

    assert (kept, gone) == (True, True)


def together(run: Callable[[], T]) -> list[T]:
    with ThreadPoolExecutor(SENDERS) as pool:
        return [each.result() for each in [pool.submit(run) for _ in range(SENDERS)]]


_HALFWAY = """
import sys, time
from datetime import datetime
from vizium.db.commands import begin_command
from vizium.db.session import Database
from vizium.web.limits import RateCount

url, key, now = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])
with Database(url).transaction() as session:
    begin_command(session, key, fingerprint="a", now=now)
    session.add(RateCount(key="effect-1", window_start=now, used=1))
    session.flush()
    print("halfway", flush=True)
    time.sleep(60)
"""
