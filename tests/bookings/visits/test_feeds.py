"""Calendars to subscribe to: what their readers may see, and nothing once the link is renewed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar, Event

from bookings.visits.queries.feeds import list_visits_using
from bookings.visits.service import VisitCommand, cancel_visit
from bookings.visits.service.feeds import Feed, FeedKind, feed_url, renew_feed
from tests.bookings.visits.house import House
from tests.factories.visits import DAY
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.settings import Settings

_SCHOOL = Feed(FeedKind.SCHOOL, "3213900123")
_ROOM = Feed(FeedKind.ROOM, "room-a")


def _path(database: Database, feed: Feed, settings: Settings, lang: str = "lv") -> str:
    with database.reading() as session:
        return feed_url(session, feed, lang=lang, settings=settings).removeprefix(settings.base_url)


def _events(answer: Any) -> list[Event]:
    assert answer.headers["content-type"].startswith("text/calendar")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_school_and_room_see_the_same_visit_each_with_what_it_may(
    house: House, confirmed: VisitCommand
) -> None:
    of_school = house.client.get(_path(house.database, _SCHOOL, house.settings))
    of_room = house.client.get(_path(house.database, _ROOM, house.settings, "en"))

    school, room = _events(of_school), _events(of_room)
    assert [event["UID"] for event in school] == [f"{confirmed.reference}@vizium"]
    assert [event["SUMMARY"] for event in room] == [
        "Sample T-07: 20, Kuldīgas Ventas krasta vidusskola (paraugs)"
    ]
    assert [event["STATUS"] for event in (*school, *room)] == ["CONFIRMED", "CONFIRMED"]
    assert room[0]["DTSTART"].to_ical() == b"20270316T100000"
    assert "Grade 5: 20" in room[0]["DESCRIPTION"]
    for answer in (of_school, of_room):
        assert "anna@example.lv" not in answer.text
        assert "20000001" not in answer.text


def test_what_a_visit_takes_for_itself_counts_as_its_use(
    database: Database, confirmed: VisitCommand, now: datetime
) -> None:
    with database.reading() as session:
        found = [
            list_visits_using(session, "hall", first=day, last=day, now=now)
            for day in (DAY, DAY + timedelta(days=1))
        ]

    assert [[visit.reference for visit in visits] for visits in found] == [
        [confirmed.reference],
        [],
    ]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_calendar_that_has_not_changed_travels_as_nothing(
    house: House, confirmed: VisitCommand, orders: dict[str, Any]
) -> None:
    path = _path(house.database, _SCHOOL, house.settings)
    etag = house.client.get(path).headers["etag"]

    again = house.client.get(path, headers={"if-none-match": etag})
    with house.database.transaction() as session:
        cancel_visit(session, confirmed, **orders)
    changed = house.client.get(path, headers={"if-none-match": etag})

    assert house.client.get(path).headers["content-type"] == "text/calendar; charset=utf-8"
    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert _events(changed) == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("confirmed")
def test_renewed_address_opens_and_the_old_one_does_not(house: House) -> None:
    old = _path(house.database, _SCHOOL, house.settings)
    with house.database.transaction() as session:
        renew_feed(session, _SCHOOL, by="test", now=house.now)

    new = _path(house.database, _SCHOOL, house.settings)

    assert [house.client.get(path).status_code for path in (old, new)] == [404, 200]
    wrong = [new.replace("/school/", "/person/"), new.removesuffix(".ics"), new + "x"]
    assert [house.client.get(path).status_code for path in wrong] == [404, 404, 404]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("session_id")
def test_teacher_and_staff_find_their_addresses_and_make_them_anew(house: House) -> None:
    house.sign_in(Role.TEACHER, school="3213900123")
    before = house.client.get("/lv/visits/calendar").text
    after = house.send("/lv/visits/calendar", {}).text
    house.sign_in(Role.COORDINATOR)
    rooms = house.client.get("/en/staff/calendars").text
    renewed = house.send("/en/staff/calendars", {"kind": "room", "code": "room-a"}).text

    assert "/lv/calendar/school/3213900123/" in before
    assert before != after
    assert "/en/calendar/room/room-a/" in rooms
    address = next(word for word in rooms.split('"') if "/calendar/room/room-a/" in word)
    assert address not in renewed


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("session_id")
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("room", "nowhere"),
        ("room", "room-a\0"),
        ("host", "room-a"),
        ("host", "x" * 5_000),
        ("school", "3213900123"),
    ],
)
def test_calendar_of_nobody_is_not_made_anew(house: House, kind: str, code: str) -> None:
    house.sign_in(Role.COORDINATOR)

    refused = house.send("/en/staff/calendars", {"kind": kind, "code": code})

    assert refused.status_code == 404
