"""The queue: what waits for heads, what ends soon, what no longer fits."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bookings.resources.service import ReportOutage, report_outage
from bookings.visits.queries import VisitRow, get_visit
from bookings.visits.rules import VisitState
from bookings.visits.service import RequestVisit, VisitCommand, confirm_visit, request_visit
from tests.bookings.visits.house import House
from tests.bookings.visits.staffing import fields_of, refused_to, see, text_of
from tests.factories.days import given_centre_of_days, given_day_visit
from vizium.auth.rules import OPEN_TO, Desk, Role
from vizium.db.session import Database
from vizium.mail.service import list_mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
PATH = "/lv/staff/requests"


@pytest.fixture(autouse=True)
def held(database: Database, house: House, now: datetime) -> VisitRow:
    """A held class of eighteen."""
    house.sign_in(Role.COORDINATOR)
    with database.transaction() as session:
        given_centre_of_days(session, now=now)
        return given_day_visit(session, now=now)


@pytest.fixture
def asked(database: Database, house: House, held: VisitRow, orders: dict[str, Any]) -> VisitRow:
    """The same class, waiting for its head since three days."""
    acts = {name: orders[name] for name in ("settings", "by", "now")}
    command = RequestVisit(held.reference, held.version, "head@example.lv")
    with database.transaction() as session:
        visit = request_visit(session, command, **acts)
    house.now = orders["now"] + timedelta(days=3)
    return visit


def _answer(house: House, visit: VisitRow, **fields: str) -> Any:
    form = fields_of(see(house, PATH))
    return house.send(f"{PATH}/{visit.reference}", form | fields)


def _state(house: House, visit: VisitRow) -> VisitState:
    with house.database.reading() as session:
        return get_visit(session, visit.reference).state


def _letters(house: House) -> list[str]:
    with house.database.reading() as session:
        return [mail.recipient for mail in list_mails(session)]


@pytest.mark.usefixtures("asked")
def test_queue_says_since_when_until_when_and_who_is_asked(house: House) -> None:
    said = text_of(see(house, PATH))

    assert "Skolas vadības atbildi gaida 1 apmeklējums;" in said
    assert "Gaida 3 dienas, līdz 15.02.2027 10.00. Jautāts: head@example.lv." in said


def test_head_who_said_yes_by_telephone_is_believed(house: House, asked: VisitRow) -> None:
    done = _answer(house, asked, answer="approve", word="Piezvanīja")

    assert "ir atbildēts" in text_of(done.text)
    assert _state(house, asked) is VisitState.CONFIRMED


def test_head_who_said_no_is_quoted_to_the_teacher(house: House, asked: VisitRow) -> None:
    _answer(house, asked, answer="decline", word="Tajā dienā ir olimpiāde")

    assert _state(house, asked) is VisitState.CANCELLED
    with house.database.reading() as session:
        assert any("Tajā dienā ir olimpiāde" in mail.text for mail in list_mails(session))


def test_mail_to_the_head_goes_once_more_for_each_press(house: House, asked: VisitRow) -> None:
    before = _letters(house).count("head@example.lv")
    form = fields_of(see(house, PATH)) | {"answer": "resend"}

    for _ in range(2):
        house.send(f"{PATH}/{asked.reference}", form)
    _answer(house, asked, answer="resend")

    assert _letters(house).count("head@example.lv") == before + 2
    assert _state(house, asked) is VisitState.PROVISIONAL


def test_answer_without_sense_is_said(house: House, asked: VisitRow) -> None:
    for answer in ("decline", "maybe", ""):
        assert _answer(house, asked, answer=answer).status_code == 422, answer
    assert _state(house, asked) is VisitState.PROVISIONAL


def test_answer_that_somebody_else_gave_meanwhile_is_not_given_twice(
    house: House, asked: VisitRow
) -> None:
    form = fields_of(see(house, PATH))
    _answer(house, asked, answer="approve")

    refused = house.send(f"{PATH}/{asked.reference}", form | {"answer": "decline", "word": "Nē"})

    assert refused.status_code == 409
    assert _state(house, asked) is VisitState.CONFIRMED


def test_hold_stands_there_until_it_is_over(house: House, held: VisitRow) -> None:
    assert held.reference in see(house, PATH)
    house.now += timedelta(hours=1)

    assert held.reference not in see(house, PATH)


def test_what_is_booked_and_no_longer_fits_is_found_within_the_week(
    house: House, held: VisitRow, orders: dict[str, Any]
) -> None:
    host = next(stop.host_code for stop in held.stops if stop.host_code)
    with house.database.transaction() as session:
        confirm_visit(session, VisitCommand(held.reference), **orders)
        command = ReportOutage(host, held.arrive_at, held.leave_at, "ill")
        outage = report_outage(session, command, by="test", now=orders["now"])
    far = see(house, PATH)
    house.now = held.arrive_at - timedelta(days=2)
    near = see(house, PATH)

    assert f"/lv/staff/replan?outage={outage.id}" in far
    assert "Viss pieteiktais joprojām sader." in text_of(far)
    assert "savā dienā vairs nesader 1 pieteikts apmeklējums" in text_of(near)
    assert f"/lv/staff/replan?visit={held.reference}&adults=2&g5=18" in near


def test_booked_days_that_fill_the_house_are_no_fault(house: House, now: datetime) -> None:
    with house.database.transaction() as session:
        given_day_visit(session, now=now)
    house.now = now + timedelta(minutes=20)

    assert "Viss pieteiktais joprojām sader." in text_of(see(house, PATH))


def test_queue_opens_to_its_desk_and_answers_only_to_those_who_may(
    house: House, asked: VisitRow
) -> None:
    assert set(refused_to(house, PATH, *Role)) == set(Role) - OPEN_TO[Desk.REQUESTS]
    house.sign_in(Role.AUDITOR)
    assert house.send(f"{PATH}/{asked.reference}", {"answer": "approve"}).status_code == 403
    assert 'value="approve"' not in see(house, PATH)
