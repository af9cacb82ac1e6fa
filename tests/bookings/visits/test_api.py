"""The JSON API of sessions, plans and visits, as `api.md` promises it."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.bookings.visits.house import House
from tests.factories.schools import given_school
from tests.factories.visits import given_session, given_visit
from vizium.auth.rules import Role

SCHOOL = "3213900123"
CONTACT = {"name": "Anna Parauga", "email": "anna@example.lv", "phone": "20000001"}
ON_THE_DAY = datetime(2027, 3, 16, 7, 50, tzinfo=UTC)


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
    answer = house.post("/visits", _order(session_id, transport=True), teacher)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_sessions_show_times_with_their_places(house: House, session_id: str) -> None:
    with house.database.transaction() as session:
        given_visit(session, session_id, now=house.now)

    answer = house.client.get(
        "/api/v1/sessions?code=T-07&from=2027-03-16&to=2027-03-16",
        headers={"accept-language": "en"},
    )

    assert answer.status_code == 200
    assert answer.json()["next"] is None
    item = answer.json()["items"][0]
    assert {name: item[name] for name in ("id", "code", "title", "start", "end")} == {
        "id": session_id,
        "code": "T-07",
        "title": "Sample T-07",
        "start": "2027-03-16T10:00:00+02:00",
        "end": "2027-03-16T11:00:00+02:00",
    }
    assert (item["capacity"], item["used"]) == (30, 20)


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("?when=now", "when", "unknown_field"),
        ("?from=tomorrow", "from", "date_iso"),
        ("?from=2027-03-16&to=2027-03-15", "to", "days_count"),
        ("?from=2027-03-16&to=2028-03-15", "to", "days_count"),
    ],
)
def test_sessions_refuse_what_they_do_not_know(
    house: House, query: str, field: str, code: str
) -> None:
    answer = house.client.get(f"/api/v1/sessions{query}")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]


@pytest.mark.parametrize("query", ["?from=9999-12-31", "?from=9999-12-31&to=9999-12-31"])
def test_sessions_at_the_end_of_the_calendar_are_none(house: House, query: str) -> None:
    answer = house.client.get(f"/api/v1/sessions{query}")

    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_hold_answers_with_reference_expiry_and_links(house: House, held: Any) -> None:
    assert re.fullmatch(r"VZ-[2-9A-Z]{6}", held["reference"])
    assert held["state"] == "held"
    assert datetime.fromisoformat(held["expires_at"]) == house.now + timedelta(minutes=30)
    assert set(held["links"]) == {"manage", "pass", "calendar"}
    assert held["price_cents"] == 20 * 350
    assert held["transport"] == {"state": "wanted", "award_cents": 0, "reasons": []}


def test_same_key_and_body_get_the_same_bytes_and_another_body_is_refused(
    house: House, session_id: str, teacher: dict[str, str]
) -> None:
    first = house.post("/visits", _order(session_id), teacher, key="one-key-1")
    again = house.post("/visits", _order(session_id), teacher, key="one-key-1")
    other = house.post("/visits", _order(session_id, pupils=5), teacher, key="one-key-1")

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert other.status_code == 422
    assert other.json()["errors"][0]["code"] == "key_reused"
    sessions = house.client.get("/api/v1/sessions?from=2027-03-16&to=2027-03-16").json()
    assert sessions["items"][0]["used"] == 20


def test_hold_without_a_key_a_token_or_with_an_unknown_field_changes_nothing(
    house: House, session_id: str, teacher: dict[str, str]
) -> None:
    no_key = house.client.post("/api/v1/visits", json=_order(session_id), headers=teacher)
    no_token = house.post("/visits", _order(session_id), {})
    unknown = house.post("/visits", _order(session_id, discount=100), teacher)

    assert (no_key.status_code, no_key.json()["errors"][0]["code"]) == (422, "key_missing")
    assert no_token.status_code == 401
    assert unknown.status_code == 422
    sessions = house.client.get("/api/v1/sessions?from=2027-03-16&to=2027-03-16").json()
    assert sessions["items"][0]["used"] == 0


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"groups": [{"grade": 5, "pupils": 0}]}, {"pupils_missing"}),
        ({"groups": [{"grade": 5, "pupils": 10_000}]}, {"pupils_too_many"}),
        ({"groups": []}, {"pupils_missing"}),
        ({"adults": 0}, {"adults_too_few"}),
        ({"school": "0000000000"}, {"school_unknown"}),
        ({"school": None}, {"missing"}),
        ({"stops": []}, {"stops_missing"}),
        ({"language": "ru"}, {"language_not_offered"}),
        ({"contact": {"name": "", "email": "x"}}, {"missing", "email_form"}),
        ({"contact": CONTACT | {"phone": "1"}}, {"phone_digits"}),
        ({"plan": "forged.plan"}, {"said_by_plan"}),
    ],
)  # fmt: skip
def test_hold_of_nonsense_is_refused_with_words(
    house: House,
    session_id: str,
    teacher: dict[str, str],
    change: dict[str, object],
    codes: set[str],
) -> None:
    answer = house.post("/visits", _order(session_id) | change, teacher)

    assert answer.status_code == 422
    assert {error["code"] for error in answer.json()["errors"]} == codes


def test_full_session_answers_with_alternatives(
    house: House, session_id: str, teacher: dict[str, str], held: Any
) -> None:
    _ = held
    with house.database.transaction() as session:
        other = given_session(session, start="12:00", now=house.now)

    answer = house.post("/visits", _order(session_id), teacher)

    assert answer.status_code == 409
    assert answer.json()["code"] == "capacity_exceeded"
    assert answer.json()["free"] == 10
    assert [row["id"] for row in answer.json()["alternatives"]] == [other]


def test_hold_that_is_over_makes_room_at_once(
    house: House, session_id: str, teacher: dict[str, str], held: Any
) -> None:
    house.now += timedelta(minutes=30)

    answer = house.post("/visits", _order(session_id, pupils=30), teacher)

    assert answer.status_code == 201
    old = house.client.get(f"/api/v1/visits/{held['reference']}", headers=teacher)
    assert old.json()["state"] == "expired"


def test_confirmation_reserves_the_award_and_may_be_repeated(
    house: House, teacher: dict[str, str], held: Any
) -> None:
    path = f"/visits/{held['reference']}/confirmation"

    first = house.post(path, {}, teacher)
    second = house.post(path, {}, teacher)

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert first.json()["state"] == "confirmed"
    assert first.json()["transport"] == {
        "state": "reserved",
        "award_cents": 13_500,
        "reasons": [],
    }


def test_pass_and_calendar_are_given_for_a_confirmed_visit_only(
    house: House, teacher: dict[str, str], held: Any
) -> None:
    base = f"/api/v1/visits/{held['reference']}"
    early = house.client.get(f"{base}/pass.pdf", headers=teacher)
    house.post(f"/visits/{held['reference']}/confirmation", {}, teacher)

    pdf = house.client.get(f"{base}/pass.pdf", headers=teacher)
    png = house.client.get(f"{base}/pass.png", headers=teacher)
    ics = house.client.get(f"{base}/calendar.ics", headers=teacher)

    assert (early.status_code, early.json()["code"]) == (409, "visit_is_held")
    assert held["reference"] in PdfReader(BytesIO(pdf.content)).pages[0].extract_text()
    assert Image.open(BytesIO(png.content)).format == "PNG"
    assert ics.headers["content-type"] == "text/calendar; charset=utf-8"
    assert f"UID:{held['reference']}@vizium" in ics.text


def test_other_schools_visits_do_not_exist(
    house: House, teacher: dict[str, str], held: Any
) -> None:
    _ = teacher
    with house.database.transaction() as session:
        given_school(session, "9912900002", now=house.now, name="Otra skola")
    stranger = house.token(Role.TEACHER, school="9912900002")
    path = f"/visits/{held['reference']}"

    answers = [
        house.client.get(f"/api/v1{path}", headers=stranger),
        house.client.get(f"/api/v1{path}/calendar.ics", headers=stranger),
        house.client.delete(f"/api/v1{path}", headers=stranger),
        house.client.patch(f"/api/v1{path}", json={"adults": 3}, headers=stranger),
        house.post(f"{path}/confirmation", {}, stranger),
        house.client.get("/api/v1/visits/VZ-222222", headers=stranger),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6


def test_auditor_may_look_but_not_touch(house: House, held: Any) -> None:
    auditor = house.token(Role.AUDITOR)
    path = f"/visits/{held['reference']}"

    assert house.client.get(f"/api/v1{path}", headers=auditor).status_code == 200
    assert house.client.delete(f"/api/v1{path}", headers=auditor).status_code == 403


def test_change_is_previewed_without_effect_then_done(
    house: House, teacher: dict[str, str], held: Any
) -> None:
    path = f"/api/v1/visits/{held['reference']}"
    body = {"groups": [{"grade": 5, "pupils": 8}]}

    preview = house.client.patch(f"{path}?preview=true", json=body, headers=teacher).json()
    unchanged = house.client.get(path, headers=teacher).json()
    done = house.client.patch(path, json=body, headers=teacher).json()

    assert preview["difference"]["price_cents"] == {"from": 7_000, "to": 2_800}
    assert preview["difference"]["transport"]["to"]["reasons"] == ["below_min_pupils"]
    assert unchanged == held
    assert done["visit"]["groups"] == [{"grade": 5, "pupils": 8}]
    assert done["visit"]["version"] == held["version"] + 1


def test_change_to_the_same_numbers_changes_nothing(
    house: House, teacher: dict[str, str], held: Any
) -> None:
    path = f"/api/v1/visits/{held['reference']}"
    confirmed = house.post(f"/visits/{held['reference']}/confirmation", {}, teacher).json()
    calls = list(house.desk.calls)

    answers = [
        house.client.patch(path, json=body, headers=teacher)
        for body in ({}, {"groups": held["groups"], "adults": held["adults"]})
    ]

    assert [answer.json()["visit"] for answer in answers] == [confirmed, confirmed]
    assert house.desk.calls == calls


def test_change_beyond_the_places_is_a_conflict(
    house: House, session_id: str, teacher: dict[str, str], held: Any
) -> None:
    house.post("/visits", _order(session_id, pupils=5), teacher)

    answer = house.client.patch(
        f"/api/v1/visits/{held['reference']}",
        json={"groups": [{"grade": 5, "pupils": 26}], "adults": 3},
        headers=teacher,
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "capacity_exceeded")


def test_cancel_releases_everything_and_asks_no_fee(
    house: House, teacher: dict[str, str], held: Any
) -> None:
    answer = house.client.delete(f"/api/v1/visits/{held['reference']}", headers=teacher)

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["fee_cents"]) == ("cancelled", 0)
    sessions = house.client.get("/api/v1/sessions?from=2027-03-16&to=2027-03-16").json()
    assert sessions["items"][0]["used"] == 0


def test_plans_offer_a_day_that_can_be_held(
    house: House, session_id: str, teacher: dict[str, str]
) -> None:
    with house.database.transaction() as session:
        show = given_session(session, "S-01", start="11:15", now=house.now)
    body = {
        "school": SCHOOL,
        "dates": ["2027-03-16"],
        "arrive": "09:30",
        "depart": "14:30",
        "groups": [{"grade": 5, "pupils": 27}],
        "adults": 3,
        "language": "lv",
        "wants": [{"programme": "T-07"}, {"kind": "show"}],
        "needs": ["lunch"],
    }

    proposal = house.post("/plans", body, {}).json()
    plan = proposal["plans"][0]
    held = house.post(
        "/visits", {"plan": plan["id"], "contact": CONTACT, "transport": True}, teacher
    )

    assert proposal["relaxations"] == []
    assert [stop["code"] for stop in plan["stops"]] == ["T-07", "S-01", "lunch"]
    assert plan["price_cents"] == 27 * 700
    assert plan["transport"] == {
        "estimate_cents": 13_500,
        "share_bp": 7_500,
        "fund_available_cents": 5_000_000,
        "reasons": [],
    }
    assert held.status_code == 201
    assert [stop["session"] for stop in held.json()["stops"]] == [session_id, show, None]


def test_plans_that_do_not_fit_come_with_changes_that_do(house: House, session_id: str) -> None:
    _ = session_id
    body = {
        "school": SCHOOL,
        "dates": ["2027-03-17"],
        "groups": [{"grade": 5, "pupils": 27}],
        "adults": 3,
        "wants": [{"programme": "T-07"}],
    }

    refused = house.post("/plans", body, {}).json()
    fitting = house.post("/plans", body | {"dates": ["2027-03-16"]}, {}).json()

    assert refused["plans"] == []
    relaxed = refused["relaxations"][0]
    assert (relaxed["change"], relaxed["from"], relaxed["to"]) == (
        "date",
        "2027-03-17",
        "2027-03-16",
    )
    assert relaxed["plan"]["date"] == "2027-03-16"
    assert len(fitting["plans"]) == 1


def test_arrival_is_counted_once_by_the_desk_alone(
    house: House, teacher: dict[str, str], held: Any
) -> None:
    house.post(f"/visits/{held['reference']}/confirmation", {}, teacher)
    house.now = ON_THE_DAY
    path = f"/visits/{held['reference']}/arrival"
    body = {
        "pupils": 19,
        "adults": 2,
        "at": "2027-03-16T09:48:00+02:00",
        "nonce": "scan-0001",
        "offline": False,
    }
    desk = house.token(Role.DESK)

    refused = house.post(path, body, teacher)
    first = house.post(path, body, desk)
    second = house.post(path, body, desk)

    assert refused.status_code == 403
    assert first.status_code == 200
    assert first.json() == second.json()
    assert first.json()["state"] == "arrived"
    assert first.json()["flags"] == []
    assert ("open_claim", held["reference"]) in house.desk.calls


def test_arrival_on_another_day_is_refused_in_words_and_kept_when_offline(
    house: House, teacher: dict[str, str], held: Any
) -> None:
    house.post(f"/visits/{held['reference']}/confirmation", {}, teacher)
    path = f"/visits/{held['reference']}/arrival"
    body = {"pupils": 19, "adults": 2, "nonce": "scan-0001"}
    desk = house.token(Role.DESK)

    refused = house.post(path, body, desk)
    offline = house.post(path, body | {"offline": True}, desk)

    assert (refused.status_code, refused.json()["code"]) == (409, "arrival_other_day")
    assert offline.status_code == 200
    assert offline.json()["flags"] == ["other_day"]


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2027-03-16T09:48:00", "instant_without_offset"),
        ("0001-01-01T00:00:00+14:00", "not_an_instant"),
        ("0001-01-01T00:00:00Z", "not_an_instant"),
        ("9999-12-31T23:59:59Z", "not_an_instant"),
        ("9999-12-31T23:59:59-12:00", "not_an_instant"),
    ],
)
def test_arrival_at_no_real_instant_is_refused(
    house: House, teacher: dict[str, str], held: Any, at: str, code: str
) -> None:
    house.post(f"/visits/{held['reference']}/confirmation", {}, teacher)
    body = {"pupils": 19, "adults": 2, "nonce": "scan-0001", "at": at, "offline": True}

    answer = house.post(f"/visits/{held['reference']}/arrival", body, house.token(Role.DESK))

    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("at", code)]
