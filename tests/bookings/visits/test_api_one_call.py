"""Hold and confirm in one call of the API: all that two calls would leave, or nothing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bookings.resources.models import Allocation
from bookings.resources.service import check_cells
from bookings.visits.models import Visit
from bookings.visits.queries import get_visit
from tests.bookings.visits.house import House
from vizium.auth.rules import Role
from vizium.db.audit import list_acts
from vizium.mail.service import list_mails

SCHOOL = "3213900123"
CONTACT = {"name": "Anna Parauga", "email": "anna@example.lv", "phone": "20000001"}


def _order(session_id: str, pupils: int = 20, **more: object) -> dict[str, object]:
    order: dict[str, object] = {
        "stops": [{"session": session_id}],
        "groups": [{"grade": 5, "pupils": pupils}],
        "adults": -(-pupils // 10),
        "school": SCHOOL,
        "contact": CONTACT,
    }
    return order | more


@pytest.fixture
def teacher(house: House, session_id: str) -> dict[str, str]:
    _ = session_id
    return house.token(Role.TEACHER, school=SCHOOL)


@pytest.fixture
def held(house: House, session_id: str, teacher: dict[str, str]) -> Any:
    answer = house.post("/visits", _order(session_id), teacher)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_visit_is_booked_in_one_call_with_all_that_two_would_leave(
    house: House, session_id: str, teacher: dict[str, str]
) -> None:
    order = _order(session_id, transport=True, confirm=True)

    first = house.post("/visits", order, teacher, key="at-once-1")
    again = house.post("/visits", order, teacher, key="at-once-1")

    assert (first.status_code, first.content) == (again.status_code, again.content)
    booked = first.json()
    assert first.status_code == 201
    assert (booked["state"], booked["expires_at"]) == ("confirmed", None)
    assert booked["transport"]["state"] == "reserved"
    shown = house.client.get(f"/api/v1/visits/{booked['reference']}", headers=teacher)
    assert shown.json() == booked
    with house.database.reading() as session:
        visit = get_visit(session, booked["reference"])
        acts = [act.action for act in list_acts(session, f"visit:{visit.id}")]
        letters = list_mails(session, recipient=CONTACT["email"])
        kept = session.execute(
            select(Allocation.expires_at).where(Allocation.owner == f"visit:{visit.id}")
        ).all()
    assert acts == ["visits.confirm_visit"]
    assert [booked["reference"] in letter.subject for letter in letters] == [True]
    assert {row.expires_at for row in kept} == {None}


def test_refused_booking_in_one_call_leaves_nothing_half_done(
    house: House, session_id: str, teacher: dict[str, str], held: Any
) -> None:
    _ = held

    full = house.post("/visits", _order(session_id, confirm=True), teacher)
    unclear = house.post("/visits", _order(session_id, pupils=0, confirm=True), teacher)

    assert (full.status_code, full.json()["code"]) == (409, "capacity_exceeded")
    assert (unclear.status_code, unclear.json()["errors"][0]["code"]) == (422, "pupils_missing")
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == 1
        assert list_mails(session) == []
        assert check_cells(session) == []
    sessions = house.client.get("/api/v1/sessions?from=2027-03-16&to=2027-03-16").json()
    assert sessions["items"][0]["used"] == 20


def test_booking_in_one_call_takes_the_places_of_a_hold_that_is_over(
    house: House, session_id: str, teacher: dict[str, str], held: Any
) -> None:
    _ = held
    house.now += timedelta(minutes=30)

    answer = house.post("/visits", _order(session_id, pupils=30, confirm=True), teacher)

    assert (answer.status_code, answer.json()["state"]) == (201, "confirmed")


def test_plan_is_booked_in_one_call(house: House, session_id: str, teacher: dict[str, str]) -> None:
    wishes = {
        "dates": ["2027-03-16"],
        "school": SCHOOL,
        "groups": [{"grade": 5, "pupils": 20}],
        "adults": 2,
        "wants": [{"programme": "T-07"}],
    }
    plan = house.post("/plans", wishes, {}).json()["plans"][0]
    order = {"plan": plan["id"], "contact": CONTACT, "confirm": True}

    booked = house.post("/visits", order, teacher)
    again = house.post("/visits", order, teacher)

    assert (booked.status_code, booked.json()["state"]) == (201, "confirmed")
    assert booked.json()["stops"][0]["session"] == session_id
    assert again.status_code == 409
