from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from tests.fakes.smtp import smtp_server
from vizium import settings
from vizium.db.session import Database
from vizium.jobs.service import count_by_state
from vizium.jobs.worker import Worker
from vizium.kernel.errors import Unavailable
from vizium.mail.jobs import deliver_mail, revive_mails
from vizium.mail.models import MailState
from vizium.mail.service import DELIVER, Mail, list_mails, send
from vizium.settings import Settings


def settings_of(folder: Path, smtp_url: str) -> Settings:
    return settings.load(
        {
            "VIZIUM_DATA_DIR": str(folder),
            "VIZIUM_SMTP_URL": smtp_url,
            "VIZIUM_BASE_URL": "https://vizium.example.lv",
            "VIZIUM_MAIL_FROM": "VIZIUM <vizium@example.lv>",
        }
    )


@pytest.fixture
def mail_id(database: Database, now: datetime) -> str:
    with database.transaction() as session:
        send(session, Mail("k", "skola@example.lv", "Sveiki", "Teksts", "lv"), now=now)
        return list_mails(session)[0].id


def state(database: Database) -> MailState:
    with database.reading() as session:
        return list_mails(session)[0].state


@pytest.mark.usefixtures("mail_id")
def test_worker_delivers_a_mail_once(database: Database, now: datetime, tmp_path: Path) -> None:
    with smtp_server() as server:
        deliver_one = partial(deliver_mail, database, settings_of(tmp_path, server.url))
        worker = Worker(database, {DELIVER: deliver_one}, [], lambda: now)
        ran = [worker.run_next(), worker.run_next()]

    assert ran == [True, False]
    assert len(server.letters) == 1
    assert b"@vizium.example.lv>" in server.letters[0][2]
    assert state(database) is MailState.SENT


def test_mail_that_was_sent_is_not_sent_by_a_second_run(
    database: Database, now: datetime, tmp_path: Path, mail_id: str
) -> None:
    with smtp_server() as server:
        for _ in range(2):
            deliver_mail(database, settings_of(tmp_path, server.url), {"mail": mail_id}, now)

    assert len(server.letters) == 1


def test_mail_waits_while_the_server_is_away(
    database: Database, now: datetime, tmp_path: Path, mail_id: str
) -> None:
    with smtp_server(refuse="RCPT") as server, pytest.raises(Unavailable):
        deliver_mail(database, settings_of(tmp_path, server.url), {"mail": mail_id}, now)

    assert state(database) is MailState.WAITING


@pytest.mark.usefixtures("mail_id")
def test_mail_stays_in_the_outbox_where_there_is_no_server(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    deliver_one = partial(deliver_mail, database, settings_of(tmp_path, ""))
    Worker(database, {DELIVER: deliver_one}, [], lambda: now).run_next()

    assert state(database) is MailState.WAITING
    with database.reading() as session:
        assert count_by_state(session)["completed"] == 1


@pytest.mark.usefixtures("mail_id")
def test_mail_that_waited_for_a_server_leaves_when_there_is_one(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    without = partial(deliver_mail, database, settings_of(tmp_path, ""))
    Worker(database, {DELIVER: without}, [], lambda: now).run_next()

    with smtp_server() as server:
        with_server = settings_of(tmp_path, server.url)
        with database.transaction() as session:
            revive_mails(session, with_server, now=now)
        deliver_one = partial(deliver_mail, database, with_server)
        ran = Worker(database, {DELIVER: deliver_one}, [], lambda: now).run_next()

    assert ran is True
    assert len(server.letters) == 1
    assert state(database) is MailState.SENT
