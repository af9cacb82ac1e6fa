"""Who gets a letter, when it may leave, and that the same letter is one letter."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bookings.visits.queries import VisitRow, get_visit
from bookings.visits.rules import Group
from bookings.visits.service import ChangeVisit, change_visit
from bookings.visits.service.letters import Letter, News, send_letter
from bookings.visits.service.life import RequestVisit, request_visit
from bookings.visits.service.papers import manage_path
from bookings.visits.service.reminders import sweep_letters
from tests.bookings.visits.rows import party_row, visit_row
from tests.factories.visits import given_visit
from vizium.db.session import Database
from vizium.jobs.models import Job
from vizium.kernel.clock import from_wall, to_riga
from vizium.mail.service import list_mails
from vizium.settings import Settings

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
_FAR = visit_row()
_TONIGHT = from_wall(_FAR.local_date - timedelta(days=20), datetime.min.time().replace(hour=21))


def _leaves(
    database: Database, settings: Settings, letter: Letter, visit: VisitRow, now: datetime
) -> datetime:
    with database.transaction() as session:
        send_letter(session, letter, visit, settings=settings, now=now)
        return session.scalars(select(Job.run_at)).one()


@pytest.mark.parametrize(
    ("letter", "days_before", "leaves_at_once"),
    [
        (Letter.CONFIRMED, 20, True),  # it answers what the teacher has just done
        (Letter.REQUESTED, 20, True),
        (Letter.CHANGED, 20, False),
        (Letter.CHANGED, 1, True),  # the class comes tomorrow
        (Letter.CANCELLED, 1, True),
        (Letter.APPROVED, 20, False),
        (Letter.FOLLOW_UP, 0, False),
    ],
)
def test_letter_at_night_leaves_at_once_only_where_it_cannot_wait(
    database: Database,
    settings: Settings,
    letter: Letter,
    days_before: int,
    *,
    leaves_at_once: bool,
) -> None:
    visit = replace(
        _FAR,
        local_date=to_riga(_TONIGHT).date() + timedelta(days=days_before),
        approver_email="direktore@example.lv",
        expires_at=_TONIGHT + timedelta(days=7),
    )

    leaves = _leaves(database, settings, letter, visit, _TONIGHT)

    assert leaves == (_TONIGHT if leaves_at_once else _TONIGHT + timedelta(hours=10))


def test_every_school_of_a_joint_group_gets_its_letter_once(
    database: Database, settings: Settings, now: datetime
) -> None:
    leading = party_row("3213900123", "Ventspils paraugskola")
    visit = visit_row(parties=(leading, party_row()))

    for _ in range(2):
        with database.transaction() as session:
            send_letter(
                session,
                Letter.CHANGED,
                visit,
                settings=settings,
                now=now,
                news=News(before=replace(visit, adults=1)),
            )

    with database.reading() as session:
        mails = list_mails(session)
    assert {mail.recipient for mail in mails} == {"anna@example.lv", "juris@example.lv"}
    assert len(mails) == 2
    assert all("Pieaugušie: bija 1, tagad 2" in mail.text for mail in mails)


def test_one_person_who_answers_for_several_schools_gets_one_letter(
    database: Database, settings: Settings, now: datetime
) -> None:
    leading = party_row("3213900123", "Ventspils paraugskola")
    along = party_row()
    visit = visit_row(parties=(leading, replace(along, contact=visit_row().contact)))

    with database.transaction() as session:
        send_letter(session, Letter.CONFIRMED, visit, settings=settings, now=now)

    with database.reading() as session:
        (mail,) = list_mails(session)
    assert manage_path(visit.reference, settings) in mail.text


def test_head_is_asked_anew_when_the_visit_changes_before_the_answer(
    database: Database, session_id: str, settings: Settings, orders: dict[str, Any]
) -> None:
    now = orders["now"]
    with database.transaction() as session:
        held = given_visit(session, session_id, now=now)
        order = RequestVisit(held.reference, None, "direktore@example.lv")
        request_visit(session, order, settings=settings, by="test", now=now)
    with database.transaction() as session:
        more = ChangeVisit(held.reference, groups=(Group(5, 25),), adults=3)
        change_visit(session, more, **orders)

    for _ in range(2):
        with database.transaction() as session:
            sweep_letters(session, settings=settings, now=now)

    with database.reading() as session:
        asked = list_mails(session, recipient="direktore@example.lv")
        assert get_visit(session, held.reference).pupils == 25
    assert ["5. klase: 25" in mail.text for mail in asked] == [True, False]
