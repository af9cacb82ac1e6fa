"""The JSON API of whole days: plan, hold, ask the head, change, cancel. On SQLite alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.bookings.visits.house import House
from tests.factories.days import DAY, NEXT_TUESDAY, SCHOOL, SMALL_SCHOOL, given_centre_of_days
from vizium.auth.rules import Role
from vizium.db.session import Database

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
CONTACT = {"name": "Anna Parauga", "email": "anna@example.lv", "phone": "20000001"}


@pytest.fixture(autouse=True)
def _centre(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_centre_of_days(session, now=now)


@pytest.fixture
def teacher(house: House) -> dict[str, str]:
    return house.token(Role.TEACHER, school=SCHOOL) | {"accept-language": "en"}


@pytest.fixture
def held(house: House, teacher: dict[str, str]) -> Any:
    plan = house.post("/plans", _wanted(), {}).json()["plans"][0]
    answer = house.post("/visits", {"plan": plan["id"], "contact": CONTACT}, teacher)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _wanted(**changes: object) -> dict[str, object]:
    wanted: dict[str, object] = {
        "school": SCHOOL,
        "dates": [DAY.isoformat()],
        "arrive": "09:00",
        "depart": "14:30",
        "groups": [{"grade": 5, "pupils": 18}],
        "adults": 2,
        "wants": [{"programme": "T-07"}],
        "galleries": ["g-geo"],
        "needs": ["lunch"],
    }
    return {name: value for name, value in (wanted | changes).items() if value is not None}


def _patch(house: House, held: Any, body: object, headers: dict[str, str], query: str = "") -> Any:
    path = f"/api/v1/visits/{held['reference']}{query}"
    return house.client.patch(path, json=body, headers=headers)


def test_plans_of_several_days_are_priced_and_carry_their_stops(house: House) -> None:
    days = [DAY.isoformat(), NEXT_TUESDAY.isoformat()]

    answer = house.post("/plans", _wanted(dates=days), {"accept-language": "en"}).json()

    assert {plan["date"] for plan in answer["plans"]} == set(days)
    assert answer["relaxations"] == []
    stops = {stop["kind"]: stop for stop in answer["plans"][0]["stops"]}
    assert set(stops) == {"programme", "gallery", "lunch"}
    assert stops["programme"]["host"] == "Elīna Prizma"
    assert stops["gallery"]["title"] == "Geography"
    assert stops["lunch"]["people"] == 20


def test_held_day_shows_its_parts(held: Any) -> None:
    assert held["needs"] == ["lunch"]
    assert held["subgroups"] == [{"pupils": 18, "adults": 2}]
    assert (held["funding"], held["fee_cents"], held["parties"]) == ("own", 0, [])
    assert held["price_cents"] == 18 * 350


def test_plan_taken_meanwhile_is_explained_with_other_plans(
    house: House, teacher: dict[str, str]
) -> None:
    plan = house.post("/plans", _wanted(), {}).json()["plans"][0]
    order = {"plan": plan["id"], "contact": CONTACT}
    house.post("/visits", order, teacher)

    refused = house.post("/visits", order, teacher)

    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "capacity_exceeded")
    assert all(one["detail"] for one in problem["violations"])
    assert "room_taken" in {one["code"] for one in problem["violations"]}
    assert problem["alternatives"]
    instead = {"plan": problem["alternatives"][0]["id"], "contact": CONTACT}
    assert house.post("/visits", instead, teacher).status_code == 201


def test_day_that_does_not_fit_comes_with_a_plan_that_does(
    house: House, teacher: dict[str, str]
) -> None:
    refused = house.post("/plans", _wanted(depart="10:00"), {}).json()

    assert refused["plans"] == []
    relaxed = refused["relaxations"][0]
    order = {"plan": relaxed["plan"]["id"], "contact": CONTACT}
    assert house.post("/visits", order, teacher).status_code == 201


def test_head_is_asked_first_where_an_address_is_given(
    house: House, held: Any, teacher: dict[str, str]
) -> None:
    path = f"/visits/{held['reference']}/confirmation"

    asked = house.post(path, {"approver_email": "direktore@example.lv"}, teacher)
    confirmed = house.post(path, {}, teacher)

    assert (asked.status_code, asked.json()["state"]) == (200, "provisional")
    assert asked.json()["approver_email"] == "direktore@example.lv"
    assert (confirmed.status_code, confirmed.json()["code"]) == (409, "visit_is_provisional")


def test_patch_with_a_plan_swaps_the_day_and_answers_alike_again(
    house: House, held: Any, teacher: dict[str, str]
) -> None:
    other = house.post("/plans", _wanted(dates=[NEXT_TUESDAY.isoformat()]), {}).json()
    body = {"plan": other["plans"][0]["id"]}
    keyed = teacher | {"idempotency-key": "patch-key-1"}

    preview = _patch(house, held, body, teacher, "?preview=true").json()
    changed = _patch(house, held, body, keyed)
    again = _patch(house, held, body, keyed)

    assert preview["difference"]["date"] == {
        "from": DAY.isoformat(),
        "to": NEXT_TUESDAY.isoformat(),
    }
    assert preview["visit"]["date"] == DAY.isoformat()
    assert {change["kind"] for change in preview["difference"]["stops"]} == {"moved"}
    assert changed.json()["visit"]["date"] == NEXT_TUESDAY.isoformat()
    assert changed.content == again.content


def test_plan_of_another_school_or_of_nobody_swaps_nothing(
    house: House, held: Any, teacher: dict[str, str]
) -> None:
    others = house.post("/plans", _wanted(school=SMALL_SCHOOL), {}).json()["plans"][0]["id"]

    answers = [_patch(house, held, {"plan": plan}, teacher) for plan in (others, "none.of.ours")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert {answer.json()["errors"][0]["code"] for answer in answers} == {"plan_unknown"}


def test_contact_and_funding_can_be_changed(
    house: House, held: Any, teacher: dict[str, str]
) -> None:
    other = {"name": "Ilze Otra", "email": "ilze@example.lv", "phone": ""}

    changed = _patch(house, held, {"contact": other, "funding": "esf"}, teacher).json()["visit"]
    refused = _patch(house, held, {"funding": "lottery"}, teacher)

    assert (changed["contact"], changed["funding"]) == (other, "esf")
    assert refused.json()["errors"][0]["code"] == "funding_unknown"


def test_cancelling_late_says_the_fee_once(
    house: House, held: Any, teacher: dict[str, str]
) -> None:
    house.post(f"/visits/{held['reference']}/confirmation", {}, teacher)
    house.now += timedelta(days=36)
    keyed = teacher | {"idempotency-key": "delete-key-1"}
    path = f"/api/v1/visits/{held['reference']}"

    first, again = (house.client.delete(path, headers=keyed) for _ in range(2))

    assert (first.json()["state"], first.json()["fee_cents"]) == ("cancelled", 18 * 350 // 4)
    assert first.content == again.content


def test_two_schools_come_as_one_group(house: House, teacher: dict[str, str]) -> None:
    parties = [
        {"school": SCHOOL, "groups": [{"grade": 3, "pupils": 8}], "adults": 1},
        {"school": SMALL_SCHOOL, "groups": [{"grade": 4, "pupils": 9}], "adults": 1},
    ]
    wanted = _wanted(school=None, groups=None, adults=None, parties=parties)
    other = {"name": "Ilze Otra", "email": "ilze@example.lv"}
    said = [parties[0], parties[1] | {"contact": other}]

    plan = house.post("/plans", wanted, {}).json()["plans"][0]["id"]
    held = house.post("/visits", {"plan": plan, "contact": CONTACT, "parties": said}, teacher)
    silent = house.post("/visits", {"plan": plan, "contact": CONTACT, "parties": parties}, teacher)

    assert held.status_code == 201
    assert [party["school"]["register_no"] for party in held.json()["parties"]] == [
        SCHOOL,
        SMALL_SCHOOL,
    ]
    assert held.json()["parties"][1]["contact"]["name"] == "Ilze Otra"
    assert silent.json()["errors"][0] == {
        "field": "parties.1.contact",
        "code": "missing",
        "detail": silent.json()["errors"][0]["detail"],
    }


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"needs": ["sleep"]}, "needs", "need_unknown"),
        ({"wants": [{}]}, "wants", "wish_unclear"),
        ({"wants": [{"programme": "T-99"}]}, "wants", "wish_unknown"),
        ({"wants": [{"programme": "T-07", "area": "science"}]}, "wants", "wish_unclear"),
        ({"wants": [{"kind": "party"}]}, "wants", "kind_unknown"),
        ({"school": None}, "school", "missing"),
        ({"arrive": "nine"}, "arrive", "not_a_time"),
        ({"dates": ["2020-01-01"]}, "dates", "day_is_past"),
        (
            {"parties": [{"school": SCHOOL, "groups": [], "adults": 1}]},
            "school",
            "said_by_parties",
        ),
    ],
)
def test_nonsense_is_refused_with_its_field(
    house: House, changes: dict[str, object], field: str, code: str
) -> None:
    wanted = {name: value for name, value in (_wanted() | changes).items() if value is not None}

    answer = house.post("/plans", wanted, {})

    assert answer.status_code == 422
    said = [(error["field"], error["code"]) for error in answer.json()["errors"]]
    assert (field, code) in said


def test_day_of_which_no_hours_are_known_is_said_and_not_just_empty(house: House) -> None:
    answer = house.post("/plans", _wanted(dates=["9999-12-31"]), {})

    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        ("dates", "day_closed_no_hours")
    ]
