"""The staff's pages about resources, in a browser without JavaScript."""

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest

from bookings.resources import queries
from bookings.resources.rules import Shift, Take
from bookings.resources.service import take
from tests.bookings.resources.counter import VISITED, Counter, open_counter
from tests.factories.resources import given_house
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.settings import load

# What a page does does not depend on the database; the services are tested on both.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
STAFF = "/lv/staff/resources"
ROOM = {"title_lv": "Telpa A", "title_en": "Room A", "seats": "24", "setup_min": "15"}
ROOM |= {"kind": "classroom", "position": "1"}


@pytest.fixture
def counter(database: Database, tmp_path: Path, now: datetime) -> Iterator[Counter]:
    settings = load({"VIZIUM_DATA_DIR": str(tmp_path / "data")})
    with database.transaction() as session:
        given_house(session)
    with open_counter(database, settings, now) as counter:
        counter.sign_in(Role.COORDINATOR)
        yield counter


def test_list_names_everything_and_what_the_walls_can_make(counter: Counter) -> None:
    page = counter.client.get(STAFF).text

    for words in (
        "Telpa A + Telpa B",
        "Mazo pētnieku galerija",
        "Elīna Prizma",
        "Lāzers",
    ):
        assert words in page
    assert "Viss ir lietojams, un neviens nav prombūtnē." in page


@pytest.mark.parametrize(
    ("role", "status", "buttons"),
    [(Role.DIRECTOR, 200, 0), (Role.ADMIN, 200, 1), (Role.HOST, 403, 0), (Role.TEACHER, 403, 0)],
)
def test_director_reads_and_only_coordinator_and_admin_change(
    counter: Counter, role: Role, status: int, buttons: int
) -> None:
    counter.client.get(STAFF)
    counter.sign_in(role)

    page = counter.client.get(f"{STAFF}/rooms/room-a")
    refused = counter.submit(f"{STAFF}/rooms/room-a", ROOM)

    assert page.status_code == status
    assert page.text.count("<button>Saglabāt</button>") == buttons
    assert (refused.status_code == 403) is (buttons == 0)


def test_room_is_saved_and_a_wrong_number_keeps_all_answers(counter: Counter) -> None:
    path = f"{STAFF}/rooms/room-a"

    wrong = counter.send(path, ROOM | {"title_lv": "Zaļā telpa", "seats": "daudz"})
    saved = counter.send(path, ROOM | {"quiet": "1"})

    assert wrong.status_code == 422
    assert "<title>Kļūda: " in wrong.text
    assert 'href="#seats"' in wrong.text
    assert 'value="Zaļā telpa"' in wrong.text
    assert 'value="daudz"' in wrong.text
    assert (saved.status_code, saved.headers["location"]) == (303, path)
    with counter.database.reading() as session:
        room = queries.get_room(session, "room-a")
    assert (room.seats, room.quiet, room.step_free) == (24, True, False)


def test_change_of_somebody_else_is_shown_beside_ones_own_answers(counter: Counter) -> None:
    path = f"{STAFF}/rooms/room-a"
    counter.client.get(path)
    stale = {"seen": "stale", "key": "key-of-the-form"}

    conflict = counter.submit(path, ROOM | stale | {"seats": "31"})
    knowing = counter.send(path, ROOM | {"seats": "31"})

    assert conflict.status_code == 409
    assert "Kāds cits to pa šo laiku ir mainījis." in conflict.text
    assert "Tagad: 20" in conflict.text
    assert 'value="31"' in conflict.text
    assert knowing.status_code == 303


def test_form_sent_twice_is_saved_once(counter: Counter) -> None:
    path = f"{STAFF}/new/hosts"
    fields = {"name": "Roberts Spektrs", "languages": ["lv", "ru"]}
    fields |= {"skills": ["show", "chemistry", "juggling"]}
    fields |= {"minutes_a_day_max": "240", "key": "key-of-the-form"}
    counter.client.get(path)

    first = counter.submit(path, fields)
    second = counter.submit(path, fields)

    assert first.headers["location"] == second.headers["location"] == f"{STAFF}/shifts/h-02"
    with counter.database.reading() as session:
        assert len(queries.list_hosts(session)) == 2
        host = queries.get_host(session, "h-02")
    assert (host.skills, host.languages) == (("chemistry", "show"), ("lv", "ru"))


def test_fewer_places_than_are_taken_are_refused_with_the_days(counter: Counter) -> None:
    start = counter.now.replace(day=16, month=3)
    with counter.database.transaction() as session:
        takes = [Take("g-geo", start, start.replace(minute=15), 70)]
        take(session, "visit:1", takes, expires_at=None, now=counter.now)
    gallery = {"title_lv": "Ģeogrāfijas galerija", "title_en": "Geography", "capacity": "50"}
    path = f"{STAFF}/galleries/g-geo"
    day = _date("from", 2027, 3, 16)

    now = counter.send(path, gallery)
    later = counter.send(f"{path}/plan", {"new_capacity": "60"} | day, form=path)
    fits = counter.send(path, gallery | {"capacity": "70"})

    assert (now.status_code, later.status_code, fits.status_code) == (422, 422, 303)
    assert 'id="capacity-why"' in now.text
    assert 'id="new_capacity-why"' in later.text
    assert "16.03.2027: 70" in now.text
    with counter.database.reading() as session:
        assert queries.get_gallery(session, "g-geo").capacity == 70


def test_shifts_are_added_for_the_ticked_weekdays_and_taken_off(counter: Counter) -> None:
    path = f"{STAFF}/shifts/h-01"
    fields = {"weekdays": ["3", "5"], "starts": "8.30", "ends": "15", "break_starts": "12:00"}
    fields |= {"break_ends": "12.30"} | _date("valid_from", 2027, 9, 1)
    fields |= _date("valid_to", 2028, 2, 29)

    added = counter.send(path, fields)
    page = counter.client.get(f"{STAFF}/hosts/h-01").text
    removed = counter.send(
        f"{path}/removal",
        {"weekday": "5", "valid_from": "2027-09-01"},
        form=f"{STAFF}/hosts/h-01",
    )

    assert added.headers["location"] == f"{STAFF}/hosts/h-01"
    assert "08.30–15.00" in page
    assert "01.09.2027–29.02.2028" in page
    assert removed.status_code == 303
    days = date(2027, 9, 1), date(2028, 2, 29)
    with counter.database.reading() as session:
        assert queries.list_shifts(session, "h-01")[1:] == [
            Shift("h-01", 3, *days, time(8, 30), time(15), time(12), time(12, 30))
        ]


def test_impossible_shift_is_said_at_its_field(counter: Counter) -> None:
    fields = {"weekdays": ["3"], "starts": "9", "ends": "8"}
    fields |= _date("valid_from", 2026, 9, 1) | _date("valid_to", 2027, 8, 31)

    answer = counter.send(f"{STAFF}/shifts/h-01", fields)

    assert answer.status_code == 422
    assert 'href="#ends"' in answer.text
    assert 'id="ends-why"' in answer.text
    assert 'name="weekdays" value="3" checked' in answer.text


def test_ill_host_leads_to_the_visits_and_comes_back(counter: Counter) -> None:
    path = f"{STAFF}/outages"
    fields = {"resource": "h-01", "reason": "prombūtnē"}
    fields |= _date("first_day", 2027, 3, 16) | _date("last_day", 2027, 3, 16)

    reported = counter.send(path, fields, form=f"{path}/new?resource=h-01")
    with counter.database.reading() as session:
        (outage,) = queries.list_open_outages(session, now=counter.now)
    listed = counter.client.get(path).text
    ended = counter.send(f"{path}/{outage.id}/end", {}, form=path)

    assert reported.headers["location"] == f"/lv/staff/replan?outage={outage.id}"
    assert outage.resource == "h-01"
    assert "Elīna Prizma" in listed
    assert f"/lv/staff/replan?outage={outage.id}" in listed
    assert ended.status_code == 303
    assert "Viss ir lietojams" in counter.client.get(path).text


def test_outage_form_says_what_is_wrong_and_knows_exhibits(counter: Counter) -> None:
    path = f"{STAFF}/outages"
    fields = {"resource": "exhibit:ex-041", "reason": "", "starts": "7.7"}
    fields |= _date("first_day", 2027, 3, 16) | _date("last_day", 2027, 3, 15)

    wrong = counter.send(path, fields, form=f"{path}/new")
    backwards = counter.send(path, fields | {"reason": "x", "starts": ""}, form=f"{path}/new")

    assert wrong.status_code == backwards.status_code == 422
    assert 'value="exhibit:ex-041" selected>Zemestrīce' in wrong.text
    assert 'id="reason-why"' in wrong.text
    assert 'id="starts-why"' in wrong.text
    assert "Beigām jābūt pēc sākuma" in backwards.text


def test_hours_of_a_new_period_count_and_can_be_taken_off(counter: Counter) -> None:
    path = f"{STAFF}/hours"
    fields = {"opens_2": "11", "closes_2": "18", "schools_from_2": "10", "opens_3": "11"}
    fields |= _date("valid_from", 2027, 6, 1) | _date("valid_to", 2027, 8, 31)

    half = counter.send(path, fields)
    saved = counter.send(path, fields | {"closes_3": "18.30"})
    with counter.database.reading() as session:
        wednesday = queries.opening(session, date(2027, 6, 2))
    removed = counter.send(f"{path}/2027-06-01/removal", {}, form=path)

    assert half.status_code == 422
    assert 'id="closes_3-why"' in half.text
    assert saved.status_code == removed.status_code == 303
    assert wednesday is not None
    assert (wednesday.opens, wednesday.closes, wednesday.schools_from) == (
        time(11),
        time(18, 30),
        time(11),
    )
    with counter.database.reading() as session:
        assert queries.opening(session, date(2027, 6, 2)) is None


def test_closed_day_names_the_visits_that_stand_on_it(counter: Counter) -> None:
    path = f"{STAFF}/closures"
    fields = {"reason_lv": "Apkope", "reason_en": "Maintenance"}
    day = _date("day", VISITED.year, VISITED.month, VISITED.day)

    closed = counter.send(path, fields | day)
    page = counter.client.get(path).text
    opened = counter.send(f"{path}/{VISITED}/removal", {}, form=path)
    past = counter.send(path, fields | _date("day", 2027, 1, 31))

    assert closed.headers["location"] == path
    assert "/lv/staff/visits/VZ-7K3QM9" in page
    assert "Kuldīgas pamatskola" in page
    assert opened.status_code == 303
    assert past.status_code == 422
    assert "Šī diena jau ir pagājusi" in past.text


def test_school_break_is_added_in_words_and_taken_out(counter: Counter) -> None:
    path = f"{STAFF}/calendar"
    fields = {"kind": "spring", "grades": "1-8, 10", "official": "1", "source": "MK noteikumi"}
    fields |= _date("first_day", 2027, 3, 15) | _date("last_day", 2027, 3, 19)

    wrong = counter.send(path, fields | {"grades": "13"})
    added = counter.send(path, fields)
    page = counter.client.get(path).text
    removed = counter.send(f"{path}/spring/2027-03-15/removal", {}, form=path)

    assert wrong.status_code == 422
    assert added.status_code == removed.status_code == 303
    assert "pavasara brīvlaiks" in page
    assert "1-8, 10" in page
    assert "Gaidāmu brīvlaiku nav." in counter.client.get(path).text


def test_retiring_names_what_is_booked_and_can_be_taken_back(counter: Counter) -> None:
    start = counter.now.replace(day=16, month=3)
    with counter.database.transaction() as session:
        takes = [Take("h-01", start, start.replace(minute=30), 1)]
        take(session, "visit:1", takes, expires_at=None, now=counter.now)
    thing, path = f"{STAFF}/hosts/h-01", f"{STAFF}/hosts/h-01/retirement"
    day = _date("from", 2027, 3, 1)

    asked = counter.client.get(path).text
    preview = counter.client.get(path, params=day)
    past = counter.client.get(path, params=_date("from", 2027, 1, 1))
    retired = counter.send(path, day, form=str(preview.url))
    shown = counter.client.get(thing).text
    back = counter.send(f"{thing}/plan/removal", {}, form=thing)

    assert "Rezervēts no šīs dienas" not in asked
    assert "16.03.2027 10.00–10.30" in preview.text
    assert "/lv/staff/visits/VZ-7K3QM9" in preview.text
    assert past.status_code == 422
    assert 'id="from-why"' in past.text
    assert (retired.status_code, retired.headers["location"]) == (303, thing)
    assert "No 01.03.2027 vairs nestrādā." in shown
    assert back.status_code == 303
    with counter.database.reading() as session:
        assert queries.get_host(session, "h-01").planned is None


def test_other_number_from_a_day_on_stands_on_the_page(counter: Counter) -> None:
    path = f"{STAFF}/pools/lunch"
    fields = {"new_capacity": "90"} | _date("from", 2027, 9, 1)

    missing = counter.send(f"{path}/plan", fields | {"new_capacity": ""}, form=path)
    saved = counter.send(f"{path}/plan", fields, form=path)
    stale = counter.submit(f"{path}/plan", fields | {"seen": "stale", "key": "key-of-the-form"})

    assert (missing.status_code, saved.status_code, stale.status_code) == (422, 303, 409)
    assert 'id="new_capacity-why"' in missing.text
    assert "No 01.09.2027: vienlaikus 90." in counter.client.get(path).text
    assert "no 01.09.2027: 90" in counter.client.get(STAFF).text


def test_room_is_added_to_the_row_of_movable_walls(counter: Counter) -> None:
    path = f"{STAFF}/new/rooms"
    room = ROOM | {"title_lv": "Telpa C", "title_en": "Room C"}

    taken = counter.send(path, room)
    added = counter.send(path, room | {"position": "3"})

    assert taken.status_code == 422
    assert "Šajā vietā jau ir telpa “Telpa A”" in taken.text
    assert added.headers["location"] == STAFF
    assert "Telpa A + Telpa B + Telpa C" in counter.client.get(STAFF).text


def test_walk_of_one_pair_is_changed_in_the_table(counter: Counter) -> None:
    path = f"{STAFF}/walks"
    pair = {"one": "g-geo", "other": "room-a"}
    chosen = f"{path}?one=g-geo&other=room-a"

    saved = counter.send(path, pair | {"minutes": "7"}, form=chosen)
    stale = counter.submit(path, pair | {"minutes": "9", "seen": "4", "key": "key-of-the-form"})
    same = counter.send(path, pair | {"other": "g-geo", "minutes": "1"}, form=path)

    assert saved.headers["location"] == path
    assert stale.status_code == 409
    assert "Tagad: 7" in stale.text
    assert same.status_code == 422
    with counter.database.reading() as session:
        assert queries.list_walks(session) == {("g-geo", "room-a"): 7}


def test_word_is_added_and_then_offered_to_hosts(counter: Counter) -> None:
    path = f"{STAFF}/words/skill/new"
    words = {"title_lv": "Astronomija", "title_en": "Astronomy"}

    added = counter.send(path, words)
    again = counter.send(path, words)
    said = counter.send(f"{STAFF}/words/skill/astronomy", words | {"title_lv": "Zvaigznes"})

    assert added.status_code == said.status_code == 303
    assert again.status_code == 422
    assert "Tāds vārds jau ir: Astronomija." in again.text
    assert ">Zvaigznes</label>" in counter.client.get(f"{STAFF}/hosts/h-01").text


def test_what_does_not_exist_is_not_found(counter: Counter) -> None:
    paths = ["rooms/attic", "hosts/h-99", "galleries/hall", "attics/room-a", "shifts/h-99"]
    paths += ["new/pools", "pools/hall/retirement", "words/skill/no", "words/cat/new"]

    statuses = {path: counter.client.get(f"{STAFF}/{path}").status_code for path in paths}

    assert statuses == dict.fromkeys(paths, 404)


def test_every_page_speaks_english_too(counter: Counter) -> None:
    things = ["/rooms/room-a", "/galleries/g-geo", "/pools/hall", "/machines/m-laser"]
    people = ["/hosts/h-01", "/new/hosts", "/shifts/h-01"]
    words = [
        "/walks",
        "/words",
        "/words/skill/show",
        "/words/room_kind/new",
        "/hosts/h-01/retirement",
    ]
    new = ["/hosts/h-01/retirement", "/new/rooms", "/new/galleries", "/new/machines"]
    times = ["", "/outages", "/outages/new", "/hours", "/closures", "/calendar"]
    paths = [*things, *people, *words, *new, *times]

    answers = {path: counter.client.get(f"/en/staff/resources{path}") for path in paths}

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(
        paths, 200
    )
    assert [path for path in paths if '<html lang="en">' not in answers[path].text] == []


def _date(name: str, year: int, month: int, day: int) -> dict[str, str]:
    return {f"{name}_year": str(year), f"{name}_month": str(month), f"{name}_day": str(day)}
