"""The waiting list for programs: join once, read one's own, answer an offer, leave."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient

from bookings.visits.queries import VisitRow
from bookings.visits.service import VisitCommand, cancel_visit
from bookings.waiting.api import API
from bookings.waiting.service import sweep_waiting
from tests.bookings.house import House, make_app
from tests.bookings.waiting.conftest import OTHER_SCHOOL
from tests.factories.visits import DAY
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.settings import Settings

# What the service does runs on both databases.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
_JOIN = {
    "school": OTHER_SCHOOL,
    "dates": [DAY.isoformat()],
    "groups": [{"grade": 5, "pupils": 26}],
    "adults": 3,
    "wants": [{"programme": "T-07"}],
    "contact": {"name": "Juris Paraugs", "email": "juris@example.lv", "phone": "20000002"},
}


@pytest.fixture
def house(
    database: Database,
    settings: Settings,
    full: VisitRow,
    orders: dict[str, Any],
    now: datetime,
) -> Iterator[House]:
    """The API of the waiting list over a centre that is full."""
    assert full.state == "confirmed"
    opened: list[House] = []
    transport = orders["transport"]
    app = make_app(
        database, settings, lambda: opened[0].now, pages=[], api=API, transport=transport
    )
    with TestClient(app) as client:
        opened.append(House(client, database, settings, now))
        yield opened[0]


@pytest.fixture
def teacher(house: House) -> dict[str, str]:
    """The token of a teacher of the school that waits."""
    return house.token(Role.TEACHER, school=OTHER_SCHOOL)


@pytest.fixture
def offered(house: House, teacher: dict[str, str], full: VisitRow, orders: dict[str, Any]) -> str:
    """The path of a class that has an offer."""
    reference = house.post("/waiting", _JOIN, teacher).json()["reference"]
    with house.database.transaction() as session:
        cancel_visit(session, VisitCommand(full.reference), **orders)
    with house.database.transaction() as session:
        assert sweep_waiting(session, settings=house.settings, now=house.now) == 1
    return f"/waiting/{reference}"


def _get(house: House, path: str, headers: dict[str, str]) -> Any:
    return house.client.get(f"/api/v1{path}", headers=headers)


def test_class_joins_once_for_a_key_and_reads_where_it_stands(
    house: House, teacher: dict[str, str]
) -> None:
    joined = house.post("/waiting", _JOIN, teacher, key="join-once-0001")
    again = house.post("/waiting", _JOIN, teacher, key="join-once-0001")
    other = house.post("/waiting", _JOIN | {"adults": 4}, teacher, key="join-once-0001")

    assert (joined.status_code, again.content, other.status_code) == (201, joined.content, 422)
    said = joined.json()
    assert (said["state"], said["dates"], said["offers"]) == ("waiting", [DAY.isoformat()], [])
    assert said["wants"][0]["programme"] == "T-07"
    assert said["others"] == {"waiting": 0, "longer": 0}
    assert _get(house, f"/waiting/{said['reference']}", teacher).json() == said
    listed = _get(house, "/waiting", teacher).json()["items"]
    assert [one["reference"] for one in listed] == [said["reference"]]


def test_other_schools_do_not_find_it_and_staff_may_only_look(
    house: House, teacher: dict[str, str], offered: str
) -> None:
    stranger = house.token(Role.TEACHER, school="3213900123")
    director = house.token(Role.DIRECTOR)
    acts = ("/acceptance", "/refusal")

    assert _get(house, offered, stranger).status_code == 404
    assert [house.post(offered + act, {}, stranger).status_code for act in acts] == [404, 404]
    assert house.client.delete(f"/api/v1{offered}", headers=stranger).status_code == 404
    assert _get(house, "/waiting", stranger).json()["items"] == []
    assert _get(house, offered, director).status_code == 200
    assert house.post(offered + "/acceptance", {}, director).status_code == 403
    assert _get(house, offered, teacher).json()["state"] == "offered"
    assert _get(house, "/waiting", {}).status_code in {401, 403}


def test_staff_who_only_look_see_a_name_and_no_link(
    house: House, teacher: dict[str, str], offered: str
) -> None:
    said = {}
    for role in (Role.DIRECTOR, Role.AUDITOR, Role.DESK, Role.COORDINATOR):
        headers = house.token(role)
        (listed,) = _get(house, "/waiting", headers).json()["items"]
        one = _get(house, offered, headers).json()
        assert listed["contact"] == one["contact"]
        said[role] = one

    own = _get(house, offered, teacher).json()
    assert own["links"]["manage"]
    assert said[Role.DESK] == said[Role.COORDINATOR] == own
    for role in (Role.DIRECTOR, Role.AUDITOR):
        contact = {"name": own["contact"]["name"], "email": "", "phone": ""}
        offers = [one | {"links": {"manage": None}} for one in own["offers"]]
        assert said[role] == own | {
            "contact": contact,
            "links": {"manage": None},
            "offers": offers,
        }
    assert own["offers"]


def test_accepted_offer_is_a_confirmed_visit_and_accepting_twice_is_once(
    house: House, teacher: dict[str, str], offered: str
) -> None:
    taken = house.post(f"{offered}/acceptance", {}, teacher)
    again = house.post(f"{offered}/acceptance", {}, teacher)

    assert (taken.status_code, again.status_code) == (200, 200)
    said = taken.json()
    assert (said["state"], said["offers"][0]["state"]) == ("taken", "accepted")
    assert again.json() == said
    late = house.client.delete(f"/api/v1{offered}", headers=teacher)
    assert (late.status_code, late.json()["code"]) == (409, "waiting_is_taken")


def test_head_is_asked_first_where_an_address_is_named(
    house: House, teacher: dict[str, str], offered: str
) -> None:
    wrong = house.post(f"{offered}/acceptance", {"approver_email": "nav"}, teacher)
    asked = house.post(f"{offered}/acceptance", {"approver_email": "head@example.lv"}, teacher)

    assert (wrong.status_code, asked.status_code, asked.json()["state"]) == (422, 200, "taken")


def test_declined_offer_goes_back_and_the_class_that_had_one_day_leaves(
    house: House, teacher: dict[str, str], offered: str
) -> None:
    gone = house.post(f"{offered}/refusal", {}, teacher)
    again = house.post(f"{offered}/refusal", {}, teacher)

    assert (gone.json()["state"], gone.json()["offers"][0]["state"]) == ("expired", "declined")
    assert again.json() == gone.json()
    refused = house.post(f"{offered}/acceptance", {}, teacher)
    assert (refused.status_code, refused.json()["code"]) == (409, "waiting_without_offer")


def test_offer_whose_time_is_over_cannot_be_taken(
    house: House, teacher: dict[str, str], offered: str
) -> None:
    house.now += timedelta(hours=49)

    late = house.post(f"{offered}/acceptance", {}, teacher)

    assert (late.status_code, late.json()["code"]) == (409, "visit_is_expired")


def test_class_leaves_and_leaving_twice_is_once(house: House, teacher: dict[str, str]) -> None:
    reference = house.post("/waiting", _JOIN, teacher).json()["reference"]

    left = [
        house.client.delete(f"/api/v1/waiting/{reference.lower()}", headers=teacher).json()["state"]
        for _ in range(2)
    ]

    assert left == ["withdrawn", "withdrawn"]
    assert _get(house, "/waiting", teacher).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"dates": []}, "dates", "no_day_ticked"),
        ({"dates": ["2027-01-05"]}, "dates", "day_is_past"),
        ({"wants": [{"programme": "NAV"}]}, "wants", "wish_unknown"),
        ({"wants": [{}]}, "wants", "wish_unclear"),
        ({"needs": ["pool"]}, "needs", "need_unknown"),
        ({"language": "xx"}, "language", "language_unknown"),
        ({"school": "9999999999"}, "school", "school_unknown"),
        ({"surprise": 1}, "surprise", "unknown_field"),
    ],
)
def test_what_cannot_wait_is_refused_with_its_field(
    house: House, teacher: dict[str, str], changes: dict[str, Any], field: str, code: str
) -> None:
    refused = house.post("/waiting", _JOIN | changes, teacher)

    assert refused.status_code == 422
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [(field, code)]
    assert all(one["detail"] for one in refused.json()["errors"])
