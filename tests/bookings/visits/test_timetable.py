"""The timetable in pages: publish by a pattern, add one, close, move, cancel, bring back."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from bookings.resources.service import check_cells
from bookings.visits.queries import SessionRow, VisitRow, get_sessions, list_sessions
from bookings.visits.rules import SessionState
from bookings.visits.service import VisitCommand, confirm_visit
from bookings.visits.service.forecast import list_broken
from tests.bookings.visits.house import House
from tests.bookings.visits.staffing import fields_of, refused_to, see, text_of
from tests.factories.visits import DAY, given_centre, given_session, given_visit
from vizium.auth.rules import OPEN_TO, STAFF_ROLES, Desk, Role
from vizium.db.audit import list_acts
from vizium.db.session import Database
from vizium.kernel.clock import to_riga
from vizium.mail.service import list_mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
LIST, NEW = "/lv/staff/timetable", "/lv/staff/timetable/new"
# Three Tuesdays and Thursdays; the house of the tests is closed on Mondays and Sundays.
PATTERN: dict[str, Any] = {
    "activity": "T-07",
    "first_day_day": "16",
    "first_day_month": "3",
    "first_day_year": "2027",
    "last_day_day": "1",
    "last_day_month": "aprīlis",
    "last_day_year": "2027",
    "weekdays": ["2", "4"],
    "starts": "9.30, 11",
    "rooms": "room-a",
    "host": "",
    "shared": "yes",
}


@pytest.fixture(autouse=True)
def centre(database: Database, house: House, orders: dict[str, Any]) -> None:
    house.sign_in(Role.COORDINATOR)
    with database.transaction() as session:
        given_centre(session, now=orders["now"])


@pytest.fixture
def one(database: Database, orders: dict[str, Any]) -> str:
    """A published session at ten."""
    with database.transaction() as session:
        return given_session(session, now=orders["now"])


@pytest.fixture
def booked(database: Database, one: str, orders: dict[str, Any]) -> VisitRow:
    """A confirmed class of twenty that has it."""
    with database.transaction() as session:
        visit = given_visit(session, one, now=orders["now"])
        return confirm_visit(session, VisitCommand(visit.reference), **orders)


def _step(house: House, step: str, changes: Mapping[str, Any] | None = None) -> Any:
    known = {"key": "pattern-key-1", "step": step}
    return house.send(NEW, {**PATTERN, **known, **(changes or {})})


def _sessions(house: House) -> list[SessionRow]:
    with house.database.reading() as session:
        last = DAY + timedelta(days=30)
        return list_sessions(session, first_day=DAY, last_day=last, now=house.now, cancelled=True)


def _now(house: House, session_id: str) -> SessionRow:
    with house.database.reading() as session:
        return get_sessions(session, [session_id], now=house.now)[0]


def _press(house: House, session_id: str, what: str, **fields: Any) -> Any:
    version = str(_now(house, session_id).version)
    known = {"key": f"{what}-key-{version}", "version": version}
    return house.send(f"{LIST}/{session_id}/{what}", known | fields)


def test_pattern_is_looked_at_before_it_is_published(house: House) -> None:
    looked = _step(house, "preview")

    assert "Publicējamo nodarbību skaits: 12" in text_of(looked.text)
    assert _sessions(house) == []
    published = _step(house, "save")

    assert "Publicētas nodarbības: 12" in text_of(published.text)
    rows = _sessions(house)
    assert {f"{to_riga(row.start):%a %H.%M}" for row in rows} == {
        f"{day} {hour}" for day in ("Tue", "Thu") for hour in ("09.30", "11.00")
    }
    assert _step(house, "save").text == published.text, "sent twice, published once"
    with house.database.reading() as session:
        assert [act.action for act in list_acts(session, "timetable:T-07")] == [
            "visits.publish_sessions"
        ]
        assert check_cells(session) == []


def test_pattern_says_what_stands_in_the_way(house: House, one: str) -> None:
    weekdays = {"weekdays": ["1", "2"], "starts": "8.00, 10.00, 10.30"}

    text = text_of(_step(house, "preview", weekdays).text)

    assert "Publicējamo nodarbību skaits: 2" in text
    assert "Centrs slēgts: 6" in text
    assert "Ārpus skolu laika: 3" in text
    assert "Jau ir grafikā: 1" in text
    assert "Telpa vai vadītājs aizņemts: 3" in text
    assert _sessions(house) == [_now(house, one)]


def test_pattern_is_told_every_error_and_how_to_mend_it(house: House) -> None:
    wrong = {"activity": "X-1", "weekdays": [], "starts": "9.10", "rooms": [], "last_day_day": "99"}

    answer = _step(house, "preview", wrong)

    assert answer.status_code == 422
    assert "<title>Kļūda: " in answer.text
    for field in ("activity", "weekdays", "starts", "rooms", "last_day"):
        assert f'href="#{field}"' in answer.text
    assert 'value="9.10"' in answer.text


def test_too_many_sessions_at_once_are_refused(house: House) -> None:
    year = {"last_day_year": "2028", "last_day_month": "3", "weekdays": ["2", "3", "4", "5", "6"]}

    answer = _step(house, "preview", {**year, "starts": "9, 10, 11, 12"})

    assert "ne vairāk kā 400" in text_of(answer.text)


def test_one_session_is_added_on_its_day(house: House) -> None:
    html = see(house, f"{NEW}?single=1")
    fields = fields_of(html) | {name: PATTERN[name] for name in PATTERN if "last" not in name}

    house.send(NEW, fields | {"step": "save", "starts": "14.15", "shared": "no"})

    (row,) = _sessions(house)
    assert (row.local_date, row.shared, f"{to_riga(row.start):%H.%M}") == (DAY, False, "14.15")


def test_moved_session_is_not_published_again_at_its_old_hour_nor_twice(
    house: House, one: str
) -> None:
    _press(house, one, "move", act="apply", start="12.00", rooms="room-a", host="")

    single = {"single": "1", "starts": "10.00, 12.00"}
    text = text_of(_step(house, "preview", single).text)

    assert "Jau ir grafikā: 2" in text


def test_week_shows_places_taken_and_filters(house: House, booked: VisitRow) -> None:
    text = text_of(see(house, f"{LIST}?day={DAY}"))

    assert "Paraugs T-07" in text
    assert "20 no 30" in text
    other = text_of(see(house, f"{LIST}?day={DAY}&activity=S-01"))
    assert "Šajā nedēļā nekas nav publicēts" in other
    assert booked.reference in see(house, f"{LIST}/{booked.stops[0].session}")


@pytest.mark.usefixtures("booked")
def test_closed_session_keeps_its_class_and_takes_nobody_new(
    house: House, one: str, orders: dict[str, Any]
) -> None:
    _press(house, one, "closure")

    assert _now(house, one).state is SessionState.CLOSED
    booking = house.client.get(f"/lv/visits/new?code=T-07&date={DAY}")
    assert f'value="{one}"' not in booking.text
    with house.database.reading() as session:
        assert list_broken(session, DAY, DAY, now=orders["now"]) == []
    body = {
        "stops": [{"session": one}],
        "groups": [{"grade": 5, "pupils": 5}],
        "adults": 1,
        "school": "3213900123",
        "contact": {"name": "Anna", "email": "a@example.lv", "phone": "20000001"},
    }
    refused = house.post("/visits", body, house.token(Role.COORDINATOR))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "session_closed"

    _press(house, one, "opening")
    accepted = house.post("/visits", body, house.token(Role.COORDINATOR))
    assert accepted.status_code == 201


def test_cancelled_session_strands_nobody_in_silence(
    house: House, one: str, booked: VisitRow, orders: dict[str, Any]
) -> None:
    assert _press(house, one, "cancellation").status_code == 422, "a reason is asked for"

    answer = _press(house, one, "cancellation", reason="Vadītājs ir slims", key="cancel-key-2")

    text = text_of(answer.text)
    assert "katrai no šīm klasēm vajadzīgs cits plāns" in text
    assert f"/staff/replan?visit={booked.reference}" in answer.text
    assert "Vadītājs ir slims" in text
    assert booked.reference in text_of(see(house, LIST)), "above every week until it has a plan"
    with house.database.reading() as session:
        broken = list_broken(session, DAY, DAY, now=orders["now"])
        assert [one.visit.reference for one in broken] == [booked.reference]
        assert check_cells(session) == []


def test_cancelled_session_comes_back_if_its_room_is_free(house: House, one: str) -> None:
    _press(house, one, "cancellation", reason="Remonts")
    assert "pieņem klases" in text_of(_press(house, one, "opening").text)

    _press(house, one, "cancellation", reason="Remonts", key="cancel-key-9")
    single = {"single": "1", "starts": "10.15"}
    _step(house, "save", single)
    refused = _press(house, one, "opening", key="open-key-9")

    assert refused.status_code == 409
    assert "Šajā laikā vairs nav brīvs: Telpa" in text_of(refused.text)
    assert _now(house, one).state is SessionState.CANCELLED


@pytest.mark.usefixtures("booked")
def test_room_changes_under_a_class_after_a_look_and_its_teacher_is_told(
    house: House, one: str
) -> None:
    mails = len(_mails(house))
    fields = {"start": "10.00", "rooms": "show-hall", "host": ""}

    looked = _press(house, one, "move", act="check", **fields)
    assert "To var izdarīt" in text_of(looked.text)
    assert _now(house, one).rooms == ("room-a",)
    _press(house, one, "move", act="apply", **fields)

    assert _now(house, one).rooms == ("show-hall",)
    assert len(_mails(house)) == mails + 1
    with house.database.reading() as session:
        assert check_cells(session) == []


@pytest.mark.usefixtures("booked")
def test_hour_of_a_session_that_classes_have_stays(house: House, one: str) -> None:
    fields = {"start": "12.00", "rooms": "room-a", "host": ""}

    refused = _press(house, one, "move", act="apply", **fields)

    assert refused.status_code == 409
    assert "tās laiku nemaina" in text_of(refused.text)
    assert f"{to_riga(_now(house, one).start):%H.%M}" == "10.00"


def test_move_into_a_room_that_is_taken_is_refused(house: House, one: str) -> None:
    _step(house, "save", {"single": "1", "starts": "10.15", "rooms": "show-hall"})

    refused = _press(house, one, "move", act="apply", start="10.00", rooms="show-hall", host="")

    assert refused.status_code == 409
    assert _now(house, one).rooms == ("room-a",)


def test_who_looked_too_long_sees_what_stands_now(house: House, one: str) -> None:
    html = see(house, f"{LIST}/{one}")
    stale = fields_of(html, 0)
    _press(house, one, "cancellation", reason="Remonts")

    refused = house.send(f"{LIST}/{one}/closure", stale)

    assert refused.status_code == 409
    assert _now(house, one).state is SessionState.CANCELLED


def test_timetable_opens_to_its_desk_and_changes_for_its_editors(house: House, one: str) -> None:
    roles = tuple(sorted(STAFF_ROLES))

    assert set(refused_to(house, LIST, *roles)) == STAFF_ROLES - OPEN_TO[Desk.TIMETABLE]
    editors = {Role.COORDINATOR, Role.ADMIN}
    for path in (NEW, f"{LIST}/{one}/move"):
        assert set(refused_to(house, path, *roles)) == STAFF_ROLES - editors
    house.sign_in(Role.METHODOLOGIST)
    refused = house.send(f"{LIST}/{one}/closure", {"key": "no-key-1", "version": "1"})
    assert refused.status_code == 403


def _mails(house: House) -> list[Any]:
    with house.database.reading() as session:
        return list_mails(session)


def test_past_session_is_left_as_it_was(house: House, one: str) -> None:
    house.now = house.now + timedelta(days=(DAY - date(2027, 1, 31)).days)

    refused = _press(house, one, "closure")

    assert refused.status_code == 409
    assert "jau ir sākusies" in text_of(refused.text)
