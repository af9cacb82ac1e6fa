"""The day board and the week calendar: who reads them, and what stands on them."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from bookings.resources.service import ReportOutage, report_outage
from bookings.visits.queries import VisitRow
from bookings.visits.service import VisitCommand, confirm_visit
from tests.bookings.visits.house import House
from tests.bookings.visits.staffing import refused_to, see, text_of
from tests.factories.days import DAY, given_centre_of_days, given_day_visit
from vizium.auth.rules import OPEN_TO, Desk, Role
from vizium.db.session import Database

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
DAY_PATH = f"/lv/staff/day?day={DAY}"


@pytest.fixture(autouse=True)
def visit(database: Database, orders: dict[str, Any]) -> VisitRow:
    """A confirmed class of eighteen."""
    with database.transaction() as session:
        given_centre_of_days(session, now=orders["now"])
        held = given_day_visit(session, now=orders["now"])
        return confirm_visit(session, VisitCommand(held.reference), **orders)


def test_day_shows_a_class_to_its_host_at_its_room_and_its_gallery(
    house: House, visit: VisitRow
) -> None:
    house.sign_in(Role.HOST)
    html = see(house, DAY_PATH)

    for view in ("classes", "hosts", "rooms", "galleries"):
        part = html.partition(f'<section id="{view}">')[2].partition("</section>")[0]
        assert visit.school_name in part, view
    assert "Brauc 1 klase. Cilvēku kopā: 20." in text_of(html)
    assert "/staff/visits/new" not in html


def test_day_says_what_is_out_of_use_and_leads_to_those_whom_it_touches(
    house: House, visit: VisitRow, now: Any
) -> None:
    with house.database.transaction() as session:
        outage = report_outage(
            session,
            ReportOutage("h-01", visit.arrive_at, visit.leave_at, "ill"),
            by="test",
            now=now,
        )
    house.sign_in(Role.DESK)

    html = see(house, DAY_PATH)

    assert "Nav pieejams: Elīna Prizma" in text_of(html)
    assert f"/lv/staff/replan?outage={outage.id}" in html


@pytest.mark.parametrize("day", ["", "nonsense", "0001-01-01", "9999-12-31", "2027-02-30"])
def test_day_that_no_calendar_has_is_today(house: House, day: str) -> None:
    house.sign_in(Role.DESK)

    assert "pirmdien, 2027. gada 1. februārī" in see(house, f"/lv/staff/day?day={day}")


def test_closed_day_says_why_and_an_empty_one_what_to_do(house: House) -> None:
    house.sign_in(Role.DESK)

    closed = text_of(see(house, f"/lv/staff/day?day={DAY + timedelta(days=1)}"))

    assert "Šajā dienā neviena klase nebrauc." in closed
    assert "Pieteikt pa tālruni" in closed


def test_week_counts_each_day_from_monday(house: House, visit: VisitRow) -> None:
    house.sign_in(Role.METHODOLOGIST)

    said = text_of(see(house, f"/lv/staff/week?day={DAY}"))

    assert "pirmdiena 15.03.2027 Slēgts" in said
    tuesday = said.partition("otrdiena 16.03.2027")[2].partition("trešdiena")[0]
    assert tuesday.startswith(" 1 klase, 18 skolēnu")
    assert visit.school_name in tuesday


def test_board_opens_to_its_desks_alone(house: House) -> None:
    assert set(refused_to(house, DAY_PATH, *Role)) == set(Role) - OPEN_TO[Desk.DAY]


def test_day_goes_home_as_a_workbook(house: House, visit: VisitRow) -> None:
    house.sign_in(Role.HOST)

    answer = house.client.get(f"/lv/staff/day.xlsx?day={DAY}")

    with ZipFile(BytesIO(answer.content)) as book:
        words = book.read("xl/sharedStrings.xml").decode()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert visit.reference in words
    assert visit.school_name in words
    assert sheet.count("<row ") == 1 + len(visit.stops)
