"""Stops moved by hand: what the judge blocks, warns of, and lets pass."""

from datetime import timedelta
from typing import Any

import pytest

from bookings.resources.service import check_cells
from bookings.visits.planner.plan import StopKind
from bookings.visits.queries import VisitRow, get_visit
from bookings.visits.rules import TimetableRow
from bookings.visits.service import VisitCommand, confirm_visit, publish_sessions
from bookings.visits.service.papers import manage_path
from tests.bookings.visits.house import House
from tests.bookings.visits.staffing import fields_of, refused_to, see, text_of
from tests.factories.days import DAY, day_request, given_centre_of_days, given_day_visit
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.kernel.clock import to_riga
from vizium.mail.service import list_mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def visit(database: Database, house: House, orders: dict[str, Any]) -> VisitRow:
    """A confirmed day of a programme, a gallery and lunch."""
    house.sign_in(Role.COORDINATOR)
    with database.transaction() as session:
        given_centre_of_days(session, now=orders["now"])
        held = given_day_visit(session, day_request(depart=None), now=orders["now"])
        return confirm_visit(session, VisitCommand(held.reference), **orders)


def _path(visit: VisitRow) -> str:
    return f"/lv/staff/visits/{visit.reference}/move"


def _move(house: House, visit: VisitRow, act: str = "check", **changes: Any) -> Any:
    fields = fields_of(see(house, _path(visit)))
    return house.send(_path(visit), fields | {"act": act} | changes)


def _now(house: House, visit: VisitRow) -> VisitRow:
    with house.database.reading() as session:
        return get_visit(session, visit.reference)


def _at(visit: VisitRow, kind: StopKind) -> int:
    return next(index for index, stop in enumerate(visit.stops) if stop.kind == kind)


def test_fields_untouched_change_nothing(house: House, visit: VisitRow) -> None:
    answer = _move(house, visit, act="apply")

    assert "Pagaidām nekas nemainās" in text_of(answer.text)
    assert _now(house, visit) == visit


def test_host_is_changed_after_a_look_and_the_teacher_is_told(
    house: House, visit: VisitRow
) -> None:
    index = _at(visit, StopKind.PROGRAMME)
    other = "h-02" if visit.stops[index].host_code == "h-01" else "h-01"

    looked = _move(house, visit, **{f"s{index}_host": other})
    assert "Cits vadītājs" in text_of(looked.text)
    assert _now(house, visit) == visit
    _move(house, visit, act="apply", known="1", **{f"s{index}_host": other})

    assert _now(house, visit).stops[index].host_code == other
    with house.database.reading() as session:
        assert len(list_mails(session)) == 2
        assert check_cells(session) == []


def test_what_the_judge_blocks_is_refused_and_nothing_done(house: House, visit: VisitRow) -> None:
    index = _at(visit, StopKind.PROGRAMME)
    changes = {f"s{index}_start": "7.00", "known": "1"}

    refused = _move(house, visit, act="apply", **changes)

    assert refused.status_code == 409
    assert "To nevar izdarīt" in text_of(refused.text)
    assert "ārpus darba laika" in text_of(refused.text)
    assert _now(house, visit) == visit


def test_promise_is_given_up_only_by_who_ticks_that_they_know(
    house: House, visit: VisitRow
) -> None:
    lunch = _at(visit, StopKind.LUNCH)
    changes = {f"s{lunch}_drop": "1"}

    asked = _move(house, visit, act="apply", **changes)
    assert "Plānā nav pusdienu" in text_of(asked.text)
    assert _now(house, visit) == visit
    _move(house, visit, act="apply", known="1", **changes)

    after = _now(house, visit)
    assert [stop.kind for stop in after.stops if stop.kind == StopKind.LUNCH] == []
    assert after.needs == frozenset()


def test_gallery_is_added(house: House, visit: VisitRow) -> None:
    start = to_riga(visit.end + timedelta(minutes=15))
    leave = start + timedelta(minutes=45)
    changes = {"n_what": "g-small", "n_start": f"{start:%H.%M}", "leave": f"{leave:%H.%M}"}

    _move(house, visit, act="apply", known="1", **changes)

    assert [stop.code for stop in _now(house, visit).stops].count("g-small") == 1


def test_fields_that_say_nothing_are_said_and_nothing_is_done(
    house: House, visit: VisitRow
) -> None:
    index = _at(visit, StopKind.PROGRAMME)
    wrong: tuple[dict[str, str], ...] = (
        {"s0_start": ""},
        {"s0_start": "25"},
        {"arrive": "x"},
        {"leave": "8.00"},
        {"s0_drop": "1", "s1_drop": "1", "s2_drop": "1", "s3_drop": "1"},
        {"n_what": "g-nowhere", "n_start": "10"},
        {"n_what": "lunch", "n_start": ""},
        {"n_what": "lunch", "n_start": "13", "n_end": "12"},
        *({f"s{index}_{field}": "nonsense"} for field in ("rooms", "host", "session")),
    )

    for changes in wrong:
        refused = _move(house, visit, act="apply", known="1", **changes)
        assert refused.status_code == 422, changes
        assert 'role="alert"' in refused.text
    assert _now(house, visit) == visit


def test_tab_that_was_open_too_long_shows_the_visit_as_it_stands(
    house: House, visit: VisitRow
) -> None:
    stale = _move(house, visit, act="apply", version=str(visit.version - 1))

    assert stale.status_code == 409
    assert _now(house, visit) == visit


def test_unknown_visit_is_not_found(house: House) -> None:
    see(house, "/lv/staff/visits/VZ-222222/move", status=404)


def test_those_who_only_look_do_not_move(house: House, visit: VisitRow) -> None:
    may = {Role.DESK, Role.COORDINATOR, Role.ADMIN}

    assert set(refused_to(house, _path(visit), *Role)) == set(Role) - may


def test_gallery_is_exchanged_for_another(house: House, visit: VisitRow) -> None:
    index = _at(visit, StopKind.GALLERY)

    _move(house, visit, act="apply", known="1", **{f"s{index}_place": "g-small"})

    assert _now(house, visit).stops[index].code == "g-small"


def test_activity_is_added_at_an_hour_in_a_room_with_a_host(house: House, visit: VisitRow) -> None:
    changes = {
        "n_what": "S-01",
        "n_start": "13.30",
        "n_rooms": "room-b",
        "n_host": "h-02",
        "leave": "14.30",
        "known": "1",
    }

    refused = _move(house, visit, act="apply", **(changes | {"n_host": ""}))
    blocked = _move(house, visit, act="apply", **(changes | {"n_start": "7.00"}))
    _move(house, visit, act="apply", **changes)

    assert (refused.status_code, blocked.status_code) == (422, 409)
    after = _now(house, visit)
    assert (after.stops[-1].code, after.stops[-1].rooms) == ("S-01", ("room-b",))
    # The centre moved it by itself: nobody pays more for that.
    assert after.price_cents == visit.price_cents


def test_activity_that_the_school_asked_for_is_paid_and_can_be_undone(
    house: House, visit: VisitRow, orders: dict[str, Any]
) -> None:
    row = TimetableRow("S-01", (2,), "16:00", ("room-b",), "h-02")
    with house.database.transaction() as session:
        publish_sessions(session, [row], first_day=DAY, last_day=DAY, now=orders["now"])
    changes = {"n_what": "session:S-01.20270316.1600", "leave": "17.00", "known": "1"}

    shown = see(house, _path(visit))
    assert "session:S-01.20270316.1600" in shown
    _move(house, visit, act="apply", asked="1", **changes)

    after = _now(house, visit)
    assert after.stops[-1].session == "S-01.20270316.1600"
    assert after.price_cents == visit.price_cents + 350 * visit.pupils
    assert "/undo" in see(house, f"/lv{manage_path(visit.reference, house.settings)}")


def test_stop_moves_to_another_hour_room_and_host_at_once(house: House, visit: VisitRow) -> None:
    index = _at(visit, StopKind.PROGRAMME)
    other = {"h-01": "h-02", "h-02": "h-01"}[visit.stops[index].host_code or ""]
    changes = {
        f"s{index}_start": "13.30",
        f"s{index}_rooms": "room-b",
        f"s{index}_host": other,
        "leave": "15.00",
    }

    _move(house, visit, act="apply", known="1", **changes)

    moved = _now(house, visit).stops[-1]
    assert (moved.code, moved.rooms, moved.host_code) == ("T-07", ("room-b",), other)
    assert f"{to_riga(moved.start):%H.%M}" == "13.30"


def test_another_day_is_a_link_into_the_change_of_the_visit(house: House, visit: VisitRow) -> None:
    path = f"/lv{manage_path(visit.reference, house.settings)}/day"

    assert path in see(house, _path(visit))
    see(house, path)


@pytest.mark.parametrize(
    ("typed", "status"),
    [({"n_start": "15.30"}, 422), ({"n_host": "h-01"}, 422), ({"n_start": "16.00"}, 200)],
)
def test_hour_typed_beside_a_published_session_is_not_passed_over(
    house: House, visit: VisitRow, orders: dict[str, Any], typed: dict[str, str], status: int
) -> None:
    row = TimetableRow("S-01", (2,), "16:00", ("room-b",), "h-02")
    with house.database.transaction() as session:
        publish_sessions(session, [row], first_day=DAY, last_day=DAY, now=orders["now"])
    added = {"n_what": "session:S-01.20270316.1600", "leave": "17.00"}

    answer = _move(house, visit, **added, **typed)

    assert answer.status_code == status
    said = "Grafikā šī nodarbība sākas plkst. 16.00" in text_of(answer.text)
    assert said is (status == 422)
    assert _now(house, visit) == visit
