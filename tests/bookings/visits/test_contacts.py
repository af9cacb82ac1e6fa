"""How far each role may reach the person who answers for a class: pages, API, exports, feeds."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from bookings.visits.queries import VisitRow
from bookings.visits.rules import Contact, Reach, contact_within, reach_of
from bookings.visits.rules.people import REACHING_ROLES
from bookings.visits.service import VisitCommand, confirm_visit
from bookings.visits.service.access import CHANGING_ROLES
from tests.bookings.visits.house import House
from tests.factories.visits import CONTACT, DAY, given_visit
from vizium.auth.rules import OPEN_TO, STAFF_ROLES, Desk, Role
from vizium.db.session import Database

FULL = {Role.COORDINATOR, Role.DESK, Role.ADMIN}
# As pages and files write it, whatever is between the digits.
_PHONE, _MAIL = "20000001", CONTACT.email


@pytest.fixture
def visit(database: Database, session_id: str, orders: dict[str, Any]) -> VisitRow:
    with database.transaction() as session:
        held = given_visit(session, session_id, now=orders["now"])
        return confirm_visit(session, VisitCommand(held.reference), **orders)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_reach_is_the_least_that_the_work_asks_for(role: Role) -> None:
    on_the_day = reach_of({role}, DAY, today=DAY)
    before = reach_of({role}, DAY, today=DAY - timedelta(days=1))

    if role in FULL:
        assert (on_the_day, before) == (Reach.FULL, Reach.FULL)
    else:
        phone = Reach.PHONE if role is Role.HOST else Reach.NAME
        assert (on_the_day, before) == (phone, Reach.NAME)


def test_those_who_change_visits_are_those_who_reach() -> None:
    assert {role.value for role in CHANGING_ROLES} == REACHING_ROLES
    assert contact_within(CONTACT, Reach.NAME) == Contact(CONTACT.name, "", "")
    assert contact_within(CONTACT, Reach.PHONE) == Contact(CONTACT.name, "", CONTACT.phone)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("days_before", [1, 0])
def test_each_role_sees_so_much_everywhere(house: House, visit: VisitRow, days_before: int) -> None:
    house.now = visit.arrive_at - timedelta(days=days_before)
    seen = {}
    for role in sorted(STAFF_ROLES):
        house.sign_in(role)
        seen[role] = _everything(house, visit, role)

    phones = FULL if days_before else FULL | {Role.HOST}
    assert {role for role in seen if _PHONE in seen[role]} == phones
    assert {role for role in seen if _MAIL in seen[role]} == FULL
    assert {role for role in seen if CONTACT.name in seen[role]} == STAFF_ROLES


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_signed_links_are_given_to_those_alone_who_may_change(
    house: House, visit: VisitRow
) -> None:
    path = f"/api/v1/visits/{visit.reference}"
    tokens = {role: house.token(role) for role in sorted(STAFF_ROLES)}
    links = {
        role: house.client.get(path, headers=token).json()["links"].values()
        for role, token in tokens.items()
    }
    entries = {
        role: _unfolded(house.client.get(f"{path}/calendar.ics", headers=token).text)
        for role, token in tokens.items()
    }

    assert {role for role, found in links.items() if all(found)} == FULL
    assert {role for role, found in links.items() if any(found)} == FULL
    assert all(visit.reference in entry for entry in entries.values())
    assert {
        role for role, entry in entries.items() if f"/visits/{visit.reference}/" in entry
    } == FULL


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_school_sees_its_own_contact(house: House, visit: VisitRow) -> None:
    header = house.token(Role.TEACHER, school=visit.school)

    body = house.client.get(f"/api/v1/visits/{visit.reference}", headers=header).json()

    assert body["contact"]["phone"] == CONTACT.phone
    assert body["links"]["manage"]


def _unfolded(entry: str) -> str:
    return entry.replace("\r\n ", "")


def _everything(house: House, visit: VisitRow, role: Role) -> str:
    """All that a role reads of the visit, in one text without spaces in numbers."""
    desks = {
        Desk.DAY: ["day", "replan", f"replan?visit={visit.reference}"],
        Desk.VISITS: ["visits", "visits.csv"],
        Desk.REQUESTS: ["requests"],
        Desk.ARRIVALS: ["arrivals"],
        Desk.WEEK: ["week"],
    }
    paths = [f"visits/{visit.reference}"]
    paths += [path for desk, paths in desks.items() if role in OPEN_TO[desk] for path in paths]
    paths = [f"{path}?day={DAY}" if path == "day" else path for path in paths]
    texts = [house.client.get(f"/lv/staff/{path}").text for path in paths]
    texts.append(
        house.client.get(f"/api/v1/visits/{visit.reference}", headers=house.token(role)).text
    )
    for desk, path in ((Desk.VISITS, "visits.xlsx"), (Desk.DAY, f"day.xlsx?day={DAY}")):
        if role in OPEN_TO[desk]:
            book = ZipFile(BytesIO(house.client.get(f"/lv/staff/{path}").content))
            texts += [book.read(name).decode() for name in book.namelist()]
    return (
        "".join(texts)
        .replace("\u00a0", "")
        .replace(" ", "")
        .replace(CONTACT.name.replace(" ", ""), CONTACT.name)
    )
