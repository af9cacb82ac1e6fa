"""The day turns out otherwise: whom it touches, the smallest change, the button."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bookings.resources.queries import OutageRow
from bookings.resources.service import ReportOutage, check_cells, report_outage
from bookings.visits.queries import VisitRow, get_visit
from bookings.visits.rules import Group, TimetableRow
from bookings.visits.service import (
    VisitCommand,
    confirm_visit,
    hold_sessions,
    publish_sessions,
)
from bookings.visits.service.papers import manage_path
from tests.bookings.visits.house import House
from tests.bookings.visits.staffing import fields_of, refused_to, see, text_of
from tests.factories.days import DAY, SMALL_SCHOOL, given_centre_of_days, given_day_visit
from tests.factories.visits import hold_command
from vizium.auth.rules import OPEN_TO, Desk, Role
from vizium.db.session import Database
from vizium.mail.service import list_mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
PATH = "/lv/staff/replan"


@pytest.fixture(autouse=True)
def visit(database: Database, house: House, orders: dict[str, Any]) -> VisitRow:
    """A confirmed class of eighteen."""
    house.sign_in(Role.DESK)
    with database.transaction() as session:
        given_centre_of_days(session, now=orders["now"])
        held = given_day_visit(session, now=orders["now"])
        return confirm_visit(session, VisitCommand(held.reference), **orders)


def _host(visit: VisitRow) -> str:
    return next(stop.host_code for stop in visit.stops if stop.host_code)


def _out(house: House, visit: VisitRow, *what: str, now: datetime) -> OutageRow:
    """All this is out of order all day; gives the first back."""
    hours = timedelta(hours=8)
    with house.database.transaction() as session:
        reported = [
            report_outage(
                session,
                ReportOutage(code, visit.arrive_at - hours, visit.leave_at + hours, "test"),
                by="test",
                now=now,
            )
            for code in what
        ]
    return reported[0]


def _now(house: House, visit: VisitRow) -> VisitRow:
    with house.database.reading() as session:
        return get_visit(session, visit.reference)


def test_ill_host_is_replaced_at_a_press_and_the_teacher_told(
    house: House, visit: VisitRow, now: datetime
) -> None:
    outage = _out(house, visit, _host(visit), now=now)
    shown = see(house, f"{PATH}?outage={outage.id}")
    assert "Cits vadītājs" in text_of(shown)
    assert _now(house, visit) == visit

    done = house.send(PATH, fields_of(shown))

    assert "ir jauns plāns" in text_of(done.text)
    assert "Nevienu klasi, kas vēl brauks, tas neskar." in text_of(done.text)
    assert _host(_now(house, visit)) != _host(visit)
    with house.database.reading() as session:
        assert len(list_mails(session)) == 2
        assert check_cells(session) == []


def test_what_no_change_mends_says_why_and_whom_to_call(
    house: House, visit: VisitRow, now: datetime
) -> None:
    outage = _out(house, visit, "h-01", "h-02", now=now)

    said = text_of(see(house, f"{PATH}?outage={outage.id}"))

    assert "Zvaniet pedagogam: Anna Parauga" in said
    assert "2000 0001" in said


def test_late_bus_moves_what_it_must(house: House, visit: VisitRow) -> None:
    house.now = visit.arrive_at - timedelta(hours=1)
    asked = f"{PATH}?visit={visit.reference}&late=9.45&g5=18&adults=2"

    shown = see(house, asked)
    house.send(PATH, fields_of(shown))

    after = _now(house, visit)
    assert after.bus_arrives is not None
    assert f"{after.bus_arrives:%H:%M}" == "09:45"
    assert after.version == visit.version + 1


def test_fewer_pupils_keep_the_day(house: House, visit: VisitRow) -> None:
    shown = see(house, f"{PATH}?visit={visit.reference}&late=&g5=12&adults=2")
    assert "Visi posmi paliek, kur bija" in text_of(shown)

    house.send(PATH, fields_of(shown))

    after = _now(house, visit)
    assert after.groups == (Group(5, 12),)
    assert [stop.start for stop in after.stops] == [stop.start for stop in visit.stops]


def test_plan_that_holds_needs_no_button(house: House, visit: VisitRow) -> None:
    shown = see(house, f"{PATH}?visit={visit.reference}&late=&g5=18&adults=2")

    assert "Plāns der" in text_of(shown)
    assert 'name="plan"' not in shown


def test_button_of_a_second_tab_is_refused_and_nothing_is_done_twice(
    house: House, visit: VisitRow, now: datetime
) -> None:
    outage = _out(house, visit, _host(visit), now=now)
    one, other = (fields_of(see(house, f"{PATH}?outage={outage.id}")) for _ in range(2))
    house.send(PATH, one)
    changed = _now(house, visit)

    refused = house.send(PATH, other)

    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    assert _now(house, visit) == changed


def test_addresses_and_numbers_that_are_none_are_said(house: House, visit: VisitRow) -> None:
    for query in ("outage=01NOWHERE", "visit=VZ-222222&adults=2", "visit=nonsense"):
        see(house, f"{PATH}?{query}", status=404)
    for query in ("day=nonsense", ""):
        see(house, f"{PATH}?{query}")
    for asked in ("late=25&g5=18&adults=2", "late=&g5=0&adults=2", "g5=1&adults=x"):
        html = see(house, f"{PATH}?visit={visit.reference}&{asked}", status=422)
        assert 'role="alert"' in html, asked


def test_plan_that_is_none_of_ours_is_refused(house: House, visit: VisitRow) -> None:
    for plan in ("", "abc.def"):
        fields = {"reference": visit.reference, "plan": plan, "key": "k" * 20}
        assert house.send(PATH, fields).status_code == 409
    assert _now(house, visit) == visit


def test_choice_of_the_day_lists_classes_and_what_is_out(
    house: House, visit: VisitRow, now: datetime
) -> None:
    outage = _out(house, visit, _host(visit), now=now)

    html = see(house, f"{PATH}?day={DAY}")

    assert f"/lv/staff/replan?visit={visit.reference}" in html
    assert f"/lv/staff/replan?outage={outage.id}" in html


def test_hosts_may_look_and_not_press(house: House, visit: VisitRow, now: datetime) -> None:
    outage = _out(house, visit, _host(visit), now=now)
    house.sign_in(Role.HOST)
    shown = see(house, f"{PATH}?outage={outage.id}")

    assert 'name="plan"' not in shown
    assert house.send(PATH, {"reference": visit.reference}).status_code == 403
    assert set(refused_to(house, PATH, *Role)) == set(Role) - OPEN_TO[Desk.DAY]


@pytest.fixture
def taught(house: House, orders: dict[str, Any]) -> VisitRow:
    """A confirmed class in a published session of ``h-01``."""
    row = TimetableRow("T-07", (2,), "15:00", ("room-a", "room-b"), "h-01")
    with house.database.transaction() as session:
        publish_sessions(session, [row], first_day=DAY, last_day=DAY, now=orders["now"])
        order = hold_command("T-07.20270316.1500", pupils=9, adults=1, school=SMALL_SCHOOL)
        held = hold_sessions(session, order, by="test", now=orders["now"])
        return confirm_visit(session, VisitCommand(held.reference), **orders)


def test_session_of_an_ill_host_gets_another_at_one_press(
    house: House, taught: VisitRow, now: datetime
) -> None:
    outage = _out(house, taught, "h-01", now=now)
    shown = see(house, f"{PATH}?outage={outage.id}")
    assert "visas klases patur savas vietas" in text_of(shown)
    fields = fields_of(shown)
    assert (fields["session"], fields["host"]) == ("T-07.20270316.1500", "h-02")

    done = house.send(f"{PATH}/host", fields)
    again = house.send(f"{PATH}/host", fields)

    assert "Nodarbībai ir cits vadītājs" in text_of(done.text)
    assert again.status_code == 200
    after = _now(house, taught)
    assert [stop.host_code for stop in after.stops] == ["h-02"]
    assert after.version == taught.version + 1
    with house.database.reading() as session:
        assert check_cells(session) == []


def test_session_that_nobody_can_lead_leaves_its_classes_to_be_planned_anew(
    house: House, taught: VisitRow, now: datetime
) -> None:
    outage = _out(house, taught, "h-01", "h-02", now=now)

    said = text_of(see(house, f"{PATH}?outage={outage.id}"))

    assert "Neviens cits, kas to var vadīt, tajā laikā nav brīvs" in said
    assert "Nodarbības vadītājs nav darbā" in said
    assert "vietu vairs nav" not in said


def test_stand_in_who_cannot_or_is_late_is_refused_in_words(
    house: House, taught: VisitRow, now: datetime
) -> None:
    outage = _out(house, taught, "h-01", now=now)
    fields = fields_of(see(house, f"{PATH}?outage={outage.id}"))

    for wrong in ({"host": "h-01"}, {"host": "nobody"}, {"version": "99"}):
        refused = house.send(f"{PATH}/host", fields | wrong | {"key": "k" * (20 + len(str(wrong)))})
        assert refused.status_code == 409, wrong
        assert 'role="alert"' in refused.text
    assert _now(house, taught) == taught


def test_day_that_the_centre_changed_is_not_offered_to_be_undone(
    house: House, visit: VisitRow, now: datetime
) -> None:
    outage = _out(house, visit, _host(visit), now=now)
    house.send(PATH, fields_of(see(house, f"{PATH}?outage={outage.id}")))
    path = f"/lv{manage_path(visit.reference, house.settings)}"

    shown = see(house, path)
    refused = house.send(f"{path}/undo", {"key": "k" * 20})

    assert f"{path}/undo" not in shown
    assert "VIZIUM bija jāmaina jūsu diena" in text_of(shown)
    assert refused.status_code == 409
    assert "atgriezt nevar" in text_of(refused.text)
    with house.database.reading() as session:
        last = list_mails(session)[0]
    assert "ne vairāk kā iepriekš" in last.text
    assert _now(house, visit).price_cents == visit.price_cents


def test_lunch_that_comes_too_late_is_named_as_a_loss(house: House, visit: VisitRow) -> None:
    house.now = visit.arrive_at - timedelta(hours=1)

    said = text_of(see(house, f"{PATH}?visit={visit.reference}&late=13.45&g5=18&adults=2"))

    lost = said.partition("Ko klase līdz ar to zaudē")[2]
    assert "Pusdienas: Pusdienas ir agri vai vēlu" in lost
    assert "Zvaniet pedagogam" in lost
