import socket
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from tests.fakes.smtp import smtp_server
from vizium.db.session import Database
from vizium.jobs.models import Job
from vizium.kernel.errors import NotFound, Unavailable
from vizium.mail.models import MailState
from vizium.mail.service import (
    Mail,
    MailRow,
    compose,
    deliver,
    find_waiting,
    find_written,
    get_mail,
    list_mails,
    mark_sent,
    send,
)


def mail(key: str = "visit:1:confirmed", **words: str) -> Mail:
    given = {
        "recipient": "skola@example.lv",
        "subject": "VZ-7K3QM9: jūs gaida otrdien",
        "text": "Labdien!\n\nĶīmijas šovs plkst. 10.00\n.\nUz tikšanos",
    }
    return Mail(key=key, language="lv", **{**given, **words})


def row(now: datetime, *, calendar: bytes | None = None, **words: str) -> MailRow:
    given = mail(**words)
    return MailRow(
        id="01KABCDEF",
        recipient=given.recipient,
        subject=given.subject,
        text=given.text,
        language="lv",
        calendar=calendar,
        state=MailState.WAITING,
        created_at=now,
    )


def composed(row: MailRow) -> EmailMessage:
    return compose(row, sender="VIZIUM <vizium@example.lv>", host="vizium.example.lv")


def reread(letter: bytes) -> EmailMessage:
    return message_from_bytes(letter, policy=policy.default)


def test_mail_is_kept_once_per_key_with_one_job(database: Database, now: datetime) -> None:
    for _ in range(3):
        with database.transaction() as session:
            send(session, mail(), now=now)

    with database.reading() as session:
        assert [each.subject for each in list_mails(session)] == [mail().subject]
        assert session.scalar(select(func.count()).select_from(Job)) == 1


def test_mail_of_a_transaction_that_is_rolled_back_does_not_exist(
    database: Database, now: datetime
) -> None:
    def send_and_fail() -> None:
        with database.transaction() as session:
            send(session, mail(), now=now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        send_and_fail()

    with database.reading() as session:
        assert list_mails(session) == []
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_mails_are_listed_newest_first_of_all_or_of_one_recipient(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        for number, recipient in enumerate(["a@example.lv", "b@example.lv", "a@example.lv"]):
            wanted = mail(str(number), recipient=recipient, subject=str(number))
            send(session, wanted, now=now + timedelta(minutes=number))

    with database.reading() as session:
        assert [each.subject for each in list_mails(session)] == ["2", "1", "0"]
        mine = list_mails(session, recipient="a@example.lv")
        assert [each.subject for each in mine] == ["2", "0"]
        assert [each.subject for each in list_mails(session, most=1)] == ["2"]


def test_mail_that_was_handed_over_waits_no_more(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        send(session, mail(), now=now)
        (waiting,) = list_mails(session)
        assert find_waiting(session, waiting.id) == waiting
        mark_sent(session, waiting.id, now=now)

    with database.reading() as session:
        assert find_waiting(session, waiting.id) is None
        assert get_mail(session, waiting.id).state is MailState.SENT


def test_mail_that_can_wait_leaves_when_it_may(database: Database, now: datetime) -> None:
    morning = now + timedelta(hours=9)
    with database.transaction() as session:
        send(session, replace(mail(), not_before=morning), now=now)

    with database.reading() as session:
        due = session.scalars(select(Job.run_at)).all()
        written = find_written(session, [mail().key, "another"])

    assert due == [morning]
    assert written == {mail().key}


def test_unknown_mail_is_not_found(database: Database) -> None:
    with database.reading() as session:
        assert find_waiting(session, "01K") is None
        with pytest.raises(NotFound):
            get_mail(session, "01K")


def test_subject_and_recipient_in_the_outbox_are_one_line(
    database: Database, now: datetime
) -> None:
    hostile = mail(subject="VZ-1\r\nBcc: all@example.lv\0", recipient="a@example.lv\r\nX: y")

    with database.transaction() as session:
        send(session, hostile, now=now)

    with database.reading() as session:
        (kept,) = list_mails(session)
    assert (kept.subject, kept.recipient) == ("VZ-1 Bcc: all@example.lv", "a@example.lv X: y")
    assert composed(kept)["Bcc"] is None


def test_message_says_who_to_whom_what_and_in_which_language(now: datetime) -> None:
    message = reread(composed(row(now)).as_bytes())

    assert message["From"] == "VIZIUM <vizium@example.lv>"
    assert message["To"] == "skola@example.lv"
    assert message["Subject"] == "VZ-7K3QM9: jūs gaida otrdien"
    assert message["Message-ID"] == "<01KABCDEF@vizium.example.lv>"
    assert message["Date"].datetime == now
    assert message["Content-Language"] == "lv"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == row(now).text


def test_message_composed_again_has_the_same_bytes(now: datetime) -> None:
    assert composed(row(now)).as_bytes() == composed(row(now)).as_bytes()


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_header_cannot_be_split_even_past_the_outbox(now: datetime, end: str) -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        composed(row(now, subject=f"VZ-1{end}Bcc: all@example.lv"))


def test_calendar_is_attached_as_it_is(now: datetime) -> None:
    ics = "BEGIN:VCALENDAR\r\nSUMMARY:Ķīmija\r\nEND:VCALENDAR\r\n".encode()

    message = reread(composed(row(now, calendar=ics)).as_bytes())

    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_filename() == "vizium.ics"
    assert attached.get_payload(decode=True) == ics


def test_letter_reaches_a_server_whole(now: datetime) -> None:
    with smtp_server() as server:
        deliver(composed(row(now)), smtp_url=server.url)

    ((sender, recipients, letter),) = server.letters
    assert "<vizium@example.lv>" in sender
    assert recipients == ["skola@example.lv"]
    assert reread(letter).get_content().split() == row(now).text.split()


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_server_that_refuses_is_unavailable(now: datetime, verb: str) -> None:
    message = composed(row(now))

    with smtp_server(refuse=verb) as server:
        if verb == "EHLO":  # then smtplib falls back to HELO, as it should
            deliver(message, smtp_url=server.url)
        else:
            with pytest.raises(Unavailable) as refused:
                deliver(message, smtp_url=server.url)
            assert refused.value.code == "mail_server_away"


def test_server_that_is_away_is_unavailable(now: datetime) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(Unavailable) as refused:
        deliver(composed(row(now)), smtp_url=f"smtp://127.0.0.1:{port}")

    assert refused.value.code == "mail_server_away"


def test_server_that_wants_no_password_does_not_get_the_letter(now: datetime) -> None:
    with smtp_server() as server, pytest.raises(Unavailable):
        deliver(composed(row(now)), smtp_url=server.url.replace("//", "//user:secret@"))

    assert server.letters == []
