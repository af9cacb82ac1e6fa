"""What the staff put right of a course, in pages and through the API; and who may."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.bookings.courses.house import ON_ONE_DATABASE, House
from tests.factories.courses import AFTER_ALL, SCHOOL, STARTS
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.mail.service import list_mails

pytestmark = ON_ONE_DATABASE
ANSWERS = {"name": "Anna Parauga", "email": "anna@example.lv", "phone": "", "school": SCHOOL}


def _enrolled(house: House, code: str) -> str:
    """The reference of an educator who enrolled."""
    answer = house.send(f"/lv/courses/{code}/enrolments", ANSWERS)
    path: str = answer.url.path
    return path.split("/")[-2]


def _first_sheet(house: House, code: str) -> str:
    page = house.client.get(f"/lv/staff/courses/{code}")
    found = re.search(rf'"(/lv/staff/courses/{code}/sessions/\w{{26}})"', page.text)
    assert found is not None
    return found[1]


def _certified(house: House, code: str) -> tuple[str, str]:
    """The reference of an educator who completed, and the certificate's number."""
    reference = _enrolled(house, code)
    house.sign_in(Role.METHODOLOGIST)
    house.now = AFTER_ALL
    page = house.client.get(f"/lv/staff/courses/{code}").text
    for sheet in set(re.findall(rf'"(/lv/staff/courses/{code}/sessions/\w{{26}})"', page)):
        house.send(f"{sheet}/attendance", {f"p-{reference}": "1"})
    desk = house.send(f"/lv/staff/courses/{code}/completions", {"who": reference})
    number = re.search(r"AP-\w{6}", desk.text)
    assert number is not None
    return reference, number[0]


def test_session_is_moved_from_a_form_that_knows_where_it_is(
    house: House, database: Database, code: str
) -> None:
    _enrolled(house, code)
    house.sign_in(Role.COORDINATOR)
    sheet = _first_sheet(house, code)
    form = house.client.get(f"{sheet}/move").text
    where = {
        "day_day": "17",
        "day_month": "2",
        "day_year": "2027",
        "start": "15.30",
        "minutes": "90",
        "rooms": "room-b",
        "host": "h-01",
    }

    wrong = house.send(f"{sheet}/move", where | {"start": "15.31"})
    moved = house.send(f"{sheet}/move", where)

    assert 'value="15.30"' in form
    assert 'value="16"' in form
    assert re.search(r'value="room-a" checked', form)
    assert wrong.status_code == 422
    assert "17.02.2027 15.30–17.00" in moved.text
    with database.reading() as session:
        assert "Nodarbība pārcelta" in list_mails(session, recipient="anna@example.lv")[0].text


def test_certificate_is_revoked_with_a_reason_and_the_checker_sees_it(
    house: House, code: str
) -> None:
    reference, number = _certified(house, code)
    path = f"/lv/staff/courses/{code}/enrolments/{reference}/revocation"
    without = house.send(path, {f"reason-{reference}": " "})

    desk = house.send(path, {f"reason-{reference}": "Izsniegta kļūdas pēc"})

    house.client.cookies.clear()
    checked = house.client.get(f"/lv/certificates/{number}")
    assert without.status_code == 422
    assert "anulēta" in desk.text
    assert "Šī apliecība ir anulēta" in checked.text
    for told in ("Šī apliecība ir īsta", "Izsniegta kļūdas pēc", "Anna Parauga"):
        assert told not in checked.text


def test_program_moves_a_session_and_revokes_a_certificate(house: House, code: str) -> None:
    staff = house.token(Role.METHODOLOGIST)
    course = house.client.get(f"/api/v1/courses/{code}").json()
    one = course["sessions"][0]["id"]
    start = STARTS[0] + timedelta(days=1)
    body: dict[str, Any] = {
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=90)).isoformat(),
        "rooms": ["room-b"],
    }
    path = f"/api/v1/courses/{code}/sessions/{one}"

    moved = house.client.patch(path, json=body, headers=staff)
    host = house.client.patch(path, json=body, headers=house.token(Role.HOST))
    reference, _ = _certified(house, code)
    revocation = f"/courses/{code}/enrolments/{reference}/revocation"
    revoked = house.post(revocation, {"reason": "Kļūda"}, staff)
    twice = house.post(revocation, {"reason": "Kļūda"}, staff)

    assert (moved.status_code, host.status_code) == (200, 403)
    assert moved.json()["sessions"][0]["date"] == "2027-02-17"
    assert revoked.json()["completion"]["revoked_at"].startswith("2027-03-09")
    assert (twice.status_code, twice.json()["code"]) == (409, "certificate_revoked")


@pytest.mark.parametrize("role", [Role.HOST, Role.AUDITOR, Role.TEACHER])
def test_who_does_not_run_courses_puts_nothing_right(house: House, code: str, role: Role) -> None:
    reference = _enrolled(house, code)
    house.sign_in(Role.METHODOLOGIST)
    sheet = _first_sheet(house, code)
    house.sign_in(role)

    assert house.client.get(f"{sheet}/move").status_code == 403
    assert house.send(f"{sheet}/move", {}).status_code == 403
    revocation = f"/lv/staff/courses/{code}/enrolments/{reference}/revocation"
    assert house.send(revocation, {f"reason-{reference}": "x"}).status_code == 403
