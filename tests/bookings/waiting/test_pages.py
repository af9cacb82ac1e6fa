"""Join the list from where there were no places, see where one stands, take the offer, leave."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bookings.visits.queries import VisitRow
from bookings.visits.service import VisitCommand, cancel_visit
from bookings.waiting.pages import PAGES
from bookings.waiting.service import sweep_waiting, waiting_path
from tests.bookings.visits.desk import RememberingDesk
from tests.bookings.visits.house import House, open_house
from tests.bookings.waiting.conftest import OTHER_SCHOOL, given_waiting
from tests.factories.visits import DAY
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.mail.service import list_mails
from vizium.settings import Settings

# What the service does runs on both databases.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
_ASKED = {"code": "T-07", "school": OTHER_SCHOOL, "g5": "26", "adults": "3", "language": "lv"}
_CONTACT = {
    "name": "Juris Paraugs",
    "email": "juris@example.lv",
    "phone": "20 000 002",
    "transport": "no",
}


@pytest.fixture
def house(database: Database, settings: Settings, full: VisitRow, now: datetime) -> Iterator[House]:
    """The application with visits and the waiting list, over a centre that is full."""
    assert full.state == "confirmed"
    with open_house(database, settings, RememberingDesk(), now, more_pages=PAGES) as house:
        yield house


def _new(house: House, **fields: str) -> Any:
    return house.client.get("/lv/waiting/new", params=fields)


def test_questions_come_one_after_the_other_with_what_was_said_before(house: House) -> None:
    day = DAY.isoformat()

    school = _new(house, code="T-07", day=day, q="kolka")
    people = _new(house, code="T-07", day=day, school=OTHER_SCHOOL)
    days = _new(house, day=day, **_ASKED)
    contact = _new(house, day=day, d=day, **_ASKED)

    assert "Kolkas paraugskola" in school.text
    assert 'name="g5"' in people.text
    assert re.search(rf'value="{day}" checked', days.text)
    assert days.text.count(" checked") == 1
    assert 'name="email"' in contact.text
    assert "otrdien, 2027. gada 16. martā" in contact.text
    assert [len(page.content) <= 14_000 for page in (school, people, days, contact)] == [True] * 4


def test_class_joins_once_and_its_link_says_where_it_stands(house: House) -> None:
    sent = _ASKED | _CONTACT | {"d": DAY.isoformat(), "key": "a-key-of-the-form"}

    first = house.send("/lv/waiting", sent)
    second = house.send("/lv/waiting", sent)

    assert first.url == second.url
    assert "Jūsu klase ir gaidīšanas sarakstā" in first.text
    assert "Pašlaik šīs dienas negaida neviena cita klase" in first.text
    with house.database.reading() as session:
        assert len(list_mails(session, recipient="juris@example.lv")) == 1
    assert house.client.get(str(first.url)[:-2] + "xx").status_code == 404


@pytest.mark.parametrize(
    ("fields", "asks"),
    [
        ({"email": "nav"}, 'name="email"'),
        ({"d": ""}, 'type="checkbox"'),
        ({"g5": ""}, 'name="g5"'),
        ({"school": "1111111111"}, 'name="q"'),
        ({"g5": "", "g0": "26", "adults": "6"}, 'name="g5"'),
        ({"language": "ru"}, 'name="g5"'),
        ({"d": "2027-13-45"}, 'type="checkbox"'),
    ],
)
def test_what_is_wrong_is_said_on_the_page_that_asked_and_nothing_is_lost(
    house: House, fields: dict[str, str], asks: str
) -> None:
    sent = _ASKED | _CONTACT | {"d": DAY.isoformat(), "key": "a-key-of-the-form"} | fields

    answer = house.send("/lv/waiting", sent)

    assert answer.status_code == 422
    assert asks in answer.text
    assert 'role="alert"' in answer.text
    assert "T-07" in answer.text


def test_later_days_are_shown_and_ticks_are_kept(house: House) -> None:
    first = _new(house, **_ASKED)
    later = re.findall(r'name="later" value="([^"]+)"', first.text)[0]
    ticked = re.findall(r'name="d" value="([^"]+)"', first.text)[0]

    shown = _new(house, d=ticked, later=later, **_ASKED)

    days = re.findall(r'name="d" value="([^"]+)"', shown.text)
    assert shown.status_code == 200
    assert days[0] == ticked
    assert days[1] >= later
    assert re.findall(r'value="([^"]+)" checked', shown.text) == [ticked]


def test_class_does_not_wait_for_what_no_day_can_give_it(house: House) -> None:
    sent = _ASKED | _CONTACT | {"d": DAY.isoformat(), "key": "a-key-of-the-form"}

    asked = _new(house, d=DAY.isoformat(), **(_ASKED | {"g5": "", "g0": "26", "adults": "6"}))
    unknown = house.send("/lv/waiting", sent | {"code": "X-99"})

    assert (asked.status_code, unknown.status_code) == (422, 404)
    assert "Šo nodarbību nepiedāvā šādām klasēm: pirmsskola" in asked.text
    with house.database.reading() as session:
        assert list_mails(session, recipient="juris@example.lv") == []


def test_offer_is_seen_taken_up_on_the_visits_page_or_given_up(
    house: House, full: VisitRow, orders: dict[str, Any]
) -> None:
    with house.database.transaction() as session:
        row = given_waiting(session, settings=house.settings, now=house.now)
        cancel_visit(session, VisitCommand(full.reference), **orders)
    with house.database.transaction() as session:
        sweep_waiting(session, settings=house.settings, now=house.now)
    path = "/lv" + waiting_path(row.reference, house.settings)

    offered = house.client.get(path)
    visit = house.client.get(re.findall(r'class="button" href="([^"]+)"', offered.text)[0])
    gone = house.send(path + "/withdrawal", {"key": "a-key-of-the-form"})

    assert "03.02.2027 plkst. 10.00" in offered.text
    assert visit.status_code == 200
    assert "Jūsu klase vairs nav gaidīšanas sarakstā" in gone.text


def test_staff_see_who_waits_and_why_an_offer_was_made(
    house: House, full: VisitRow, orders: dict[str, Any]
) -> None:
    with house.database.transaction() as session:
        small = given_waiting(session, settings=house.settings, now=house.now, pupils=12)
        later = house.now + timedelta(minutes=1)
        large = given_waiting(session, settings=house.settings, now=later)
        cancel_visit(session, VisitCommand(full.reference), **orders)
    with house.database.transaction() as session:
        sweep_waiting(session, settings=house.settings, now=later)
    house.sign_in(Role.COORDINATOR)

    page = house.client.get("/en/staff/waiting").text

    assert small.reference in page
    assert large.reference in page
    assert "Too small: the room would stay half empty" in page
    assert "80 %" in page


def test_rule_is_stated_for_everybody(house: House) -> None:
    page = house.client.get("/en/waiting").text

    assert "at least 80 % of the pupils" in page
    assert "Then whoever waits longest goes first." in page
