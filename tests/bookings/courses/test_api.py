"""Courses for programs: the same acts, keys, problems."""

from datetime import timedelta
from typing import Any

import pytest

from tests.bookings.courses.house import ON_ONE_DATABASE, House
from tests.factories.courses import AFTER_ALL, SCHOOL, STARTS
from vizium.auth.rules import Role

pytestmark = ON_ONE_DATABASE
_END = "2027-03-16T15:00:00+02:00"
ANNA = {"name": "Anna Parauga", "email": "anna@example.lv", "school": SCHOOL}


def test_list_is_public_and_says_sessions_and_places(house: House, code: str) -> None:
    items = house.client.get("/api/v1/courses", params={"audience": "educators"}).json()["items"]
    one = house.client.get(f"/api/v1/courses/{code}", headers={"accept-language": "lv"}).json()

    assert [item["code"] for item in items] == [code]
    assert one["title"] == "Sensori stundā"
    assert (one["free"], one["capacity"], one["status"]) == (2, 2, "open")
    assert one["completion"] == {"measure": "sessions", "share_bp": 7500}
    assert one["sessions"][0]["start"] == "2027-02-16T15:30:00+02:00"
    assert house.client.get("/api/v1/courses?audience=cats").status_code == 422
    assert house.client.get("/api/v1/courses?page=2").json()["errors"][0]["field"] == "page"


@pytest.mark.usefixtures("code")
def test_course_is_made_with_its_sessions_and_unseen_until_published(house: House) -> None:
    staff = house.token(Role.METHODOLOGIST)
    body = {
        "activity": "E-01",
        "capacity": 10,
        "measure": "hours",
        "sessions": [_session(1), _session(2)],
    }

    made = house.post("/courses", body, staff, key="make-course-1")
    again = house.post("/courses", body, staff, key="make-course-1")
    new = made.json()["code"]
    hidden = house.client.get(f"/api/v1/courses/{new}")
    published = house.post(f"/courses/{new}/publication", {}, staff)

    assert made.status_code == 201
    assert made.content == again.content
    assert (made.json()["hours"], made.json()["status"]) == (4, "planned")
    assert hidden.status_code == 404
    assert published.json()["status"] == "open"
    assert house.client.get(f"/api/v1/courses/{new}").status_code == 200


@pytest.mark.usefixtures("code")
def test_room_that_is_taken_is_a_problem_with_its_field(house: House) -> None:
    staff = house.token(Role.COORDINATOR)
    taken = {**_session(0), "start": STARTS[0].isoformat(), "end": AFTER_ALL.isoformat()}
    new = house.post("/courses", {"activity": "E-01", "capacity": 10}, staff).json()["code"]

    refused = house.post(
        f"/courses/{new}/sessions",
        taken | {"end": (STARTS[0] + timedelta(minutes=90)).isoformat()},
        staff,
    )
    naive = house.post(f"/courses/{new}/sessions", taken | {"start": "2027-02-16T15:30:00"}, staff)

    assert refused.status_code == 422
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert [error["code"] for error in refused.json()["errors"]] == [
        "course_room_taken",
        "course_host_taken",
    ]
    assert naive.json()["errors"][0]["code"] == "instant_without_offset"


def test_whole_life_of_an_enrolment(house: House, code: str) -> None:
    teacher, staff = house.token(Role.TEACHER), house.token(Role.METHODOLOGIST)
    path = f"/courses/{code}/enrolments"

    enrolled = house.post(path, ANNA, teacher)
    reference = enrolled.json()["reference"]
    sessions = [one["id"] for one in house.client.get(f"/api/v1/courses/{code}").json()["sessions"]]
    house.now = AFTER_ALL
    present = {"present": [{"enrolment": reference, "present": 1}]}
    for session in sessions[:3]:
        ticked = house.post(f"/courses/{code}/sessions/{session}/attendance", present, staff)
    completed = house.post(f"/courses/{code}/completions", {"enrolments": [reference]}, staff)
    own = house.client.get(f"/api/v1{path}/{reference}", headers=teacher)
    pdf = house.client.get(f"/api/v1{path}/{reference}/certificate.pdf", headers=teacher)

    assert enrolled.status_code == 201
    assert enrolled.json()["state"] == "enrolled"
    standing = {"attended": 3, "needed": 3, "total": 4}
    assert ticked.json()["items"][0]["standing"] == standing
    assert completed.status_code == 201
    assert own.json()["completion"] == completed.json()["items"][0]["completion"]
    assert pdf.content.startswith(b"%PDF")


def test_full_course_is_a_conflict_until_the_call_waits(house: House, code: str) -> None:
    teacher = house.token(Role.TEACHER)
    path = f"/courses/{code}/enrolments"
    for name in ("berta", "cilda"):
        house.post(path, ANNA | {"email": f"{name}@example.lv"}, teacher)

    full = house.post(path, ANNA, teacher)
    waits = house.post(path, ANNA | {"wait": True}, teacher)
    twice = house.post(path, ANNA | {"wait": True}, teacher)
    reference = waits.json()["reference"]
    gone = house.client.delete(f"/api/v1{path}/{reference}", headers=teacher)

    assert full.status_code == 409
    assert (full.json()["code"], full.json()["free"]) == ("course_full", 0)
    assert (waits.json()["state"], waits.json()["waiting_place"]) == ("waiting", 1)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_enrolled")
    assert gone.json()["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "x"}, "email"),
        ({"name": " "}, "name"),
        ({"school": "1"}, "school"),
        ({"personal_code": "010101-10000"}, "personal_code"),
    ],
)
def test_wrong_field_is_named(house: House, code: str, changes: dict[str, Any], field: str) -> None:
    refused = house.post(f"/courses/{code}/enrolments", ANNA | changes, house.token(Role.TEACHER))

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price_cents": 10**30}, "price"),
        ({"price_cents": -1}, "price"),
        ({"enrol_until": "0001-01-01"}, "enrol_until"),
        ({"sessions": [{"start": "0001-01-01T00:00:00+14:00", "end": _END}]}, "start"),
        ({"sessions": [{"start": _END, "end": "9999-12-31T23:59:59-12:00"}]}, "end"),
    ],
)
def test_run_out_of_all_bounds_is_refused(
    house: House, changes: dict[str, Any], field: str
) -> None:
    body = {"activity": "E-01", "capacity": 10} | changes

    refused = house.post("/courses", body, house.token(Role.METHODOLOGIST))

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_grade_gives_an_educator_no_second_place(house: House, code: str) -> None:
    teacher = house.token(Role.TEACHER)

    first = house.post(f"/courses/{code}/enrolments", ANNA, teacher)
    second = house.post(f"/courses/{code}/enrolments", ANNA | {"grade": 7}, teacher)

    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["code"] == "already_enrolled"


def test_enrolments_of_others_do_not_exist_and_lists_are_for_the_desk(
    house: House, code: str
) -> None:
    path = f"/api/v1/courses/{code}/enrolments"
    reference = house.post(f"/courses/{code}/enrolments", ANNA, house.token(Role.TEACHER)).json()[
        "reference"
    ]
    office, auditor = house.token(Role.OFFICE), house.token(Role.AUDITOR)

    assert house.client.get(f"{path}/{reference}", headers=office).status_code == 404
    assert house.client.get(path, headers=office).status_code == 403
    assert house.client.get(path).status_code == 401
    assert len(house.client.get(path, headers=auditor).json()["items"]) == 1
    assert house.client.delete(f"{path}/{reference}", headers=auditor).status_code == 403


def _session(day: int) -> dict[str, Any]:
    start = STARTS[0] + timedelta(days=day)
    ends = start + timedelta(minutes=90)
    return {
        "start": start.isoformat(),
        "end": ends.isoformat(),
        "rooms": ["room-a"],
        "host": "h-01",
    }
