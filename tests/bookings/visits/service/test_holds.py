"""Holds take places, last, end, and come back. On both databases."""

from datetime import datetime, timedelta

import pytest

from bookings.resources.models import Closure
from bookings.resources.service import check_cells
from bookings.visits.queries import (
    get_sessions,
    get_visit,
)
from bookings.visits.rules import Group, VisitState
from bookings.visits.service import (
    VisitCommand,
    extend_hold,
    hold_sessions,
    sweep_expired_hold,
)
from tests.factories.schools import given_school
from tests.factories.visits import DAY, given_centre, given_session, given_visit, hold_command
from vizium.db.session import Database
from vizium.kernel.errors import CapacityExceeded, Conflict, InvalidInput, NotFound


def _used(database: Database, session_id: str, now: datetime) -> int:
    with database.reading() as session:
        assert check_cells(session) == []
        return get_sessions(session, [session_id], now=now)[0].used


def test_hold_takes_places_for_thirty_minutes(
    database: Database, session_id: str, now: datetime
) -> None:
    with database.transaction() as session:
        visit = given_visit(session, session_id, now=now)

    assert visit.state is VisitState.HELD
    assert visit.expires_at == now + timedelta(minutes=30)
    assert visit.price_cents == 20 * 350
    assert [(stop.session, stop.pupils) for stop in visit.stops] == [(session_id, 20)]
    assert _used(database, session_id, now) == 20
    with database.reading() as session:
        assert get_visit(session, visit.reference) == visit


def test_hold_over_the_places_says_how_many_are_free_and_keeps_nothing(
    database: Database, session_id: str, now: datetime
) -> None:
    with database.transaction() as session:
        given_visit(session, session_id, now=now)

    with pytest.raises(CapacityExceeded) as refused, database.transaction() as session:
        given_visit(session, session_id, now=now, pupils=11)

    assert refused.value.facts["free"] == 10
    assert refused.value.facts["resource"] == f"session:{session_id}"
    assert _used(database, session_id, now) == 20


def test_hold_over_the_hall_is_refused(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_centre(session, now=now, hall=21)
        session_id = given_session(session, now=now)

    with pytest.raises(CapacityExceeded) as refused, database.transaction() as session:
        given_visit(session, session_id, now=now)

    assert refused.value.facts["resource"] == "hall"


def test_session_that_is_not_shared_belongs_to_the_first_school(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        first = given_centre(session, now=now).school
        second = given_school(session, "9912900002", now=now, name="Otra skola").register_no
        session_id = given_session(session, now=now, shared=False)
        visit = given_visit(session, session_id, now=now, pupils=10, school=first)

    with pytest.raises(CapacityExceeded) as refused, database.transaction() as session:
        given_visit(session, session_id, now=now, pupils=5, school=second)

    assert refused.value.code == "session_taken"
    with database.transaction() as session:
        given_visit(session, session_id, now=now, pupils=5, school=first)
        assert get_sessions(session, [session_id], now=now)[0].taken_by == first
        later = visit.created_at + timedelta(hours=1)
        given_visit(session, session_id, now=later, pupils=5, school=second)


def test_hold_names_everything_that_is_wrong(
    database: Database, session_id: str, now: datetime
) -> None:
    command = hold_command(
        session_id, school="0000000000", groups=(Group(0, 31),), adults=1, language="ru"
    )

    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        hold_sessions(session, command, by="test", now=now)

    assert [error.code for error in refused.value.errors] == [
        "adults_too_few",
        "school_unknown",
        "grade_not_taken",
        "group_too_large",
        "language_not_offered",
    ]


def test_hold_of_an_unknown_session_is_not_found(
    database: Database, session_id: str, now: datetime
) -> None:
    with pytest.raises(NotFound), database.transaction() as session:
        hold_sessions(session, hold_command(session_id, "T-99.x"), by="test", now=now)


def test_hold_on_a_day_closed_since_is_refused(
    database: Database, session_id: str, now: datetime
) -> None:
    with database.transaction() as session:
        session.add(Closure(day=DAY, reason_lv="Remonts", reason_en="Repair"))

    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        given_visit(session, session_id, now=now)

    assert [error.code for error in refused.value.errors] == ["day_closed"]


def test_several_stops_are_held_together_or_not_at_all(
    database: Database, session_id: str, now: datetime
) -> None:
    with database.transaction() as session:
        show = given_session(session, "S-01", start="11:30", now=now)
        given_visit(session, show, now=now, pupils=25, adults=3)

    with pytest.raises(CapacityExceeded), database.transaction() as session:
        hold_sessions(session, hold_command(session_id, show), by="test", now=now)

    assert _used(database, session_id, now) == 0
    with database.transaction() as session:
        visit = hold_sessions(session, hold_command(session_id, show, pupils=5), by="test", now=now)
    assert [stop.session for stop in visit.stops] == [session_id, show]


def test_hold_that_is_over_gives_its_places_back_before_any_sweep(
    database: Database, session_id: str, now: datetime
) -> None:
    later = now + timedelta(minutes=30)
    with database.transaction() as session:
        visit = given_visit(session, session_id, now=now)

    with database.reading() as session:
        seen = get_visit(session, visit.reference).seen_at(later)
        free = get_sessions(session, [session_id], now=later)[0].free

    assert (seen.state, free) == (VisitState.EXPIRED, 30)


def test_sweep_lets_go_what_is_over_and_nothing_else(
    database: Database, session_id: str, now: datetime
) -> None:
    with database.transaction() as session:
        old = given_visit(session, session_id, now=now, pupils=10)
        young = given_visit(session, session_id, now=now + timedelta(minutes=5), pupils=10)
    later = now + timedelta(minutes=31)

    with database.transaction() as session:
        assert sweep_expired_hold(session, now=later)
        assert not sweep_expired_hold(session, now=later)

    with database.reading() as session:
        assert get_visit(session, old.reference).state is VisitState.EXPIRED
        assert get_visit(session, young.reference).state is VisitState.HELD
    assert _used(database, session_id, later) == 10


def test_hold_can_be_extended_eleven_times(
    database: Database, session_id: str, now: datetime
) -> None:
    with database.transaction() as session:
        visit = given_visit(session, session_id, now=now)
        for number in range(1, 12):
            at = now + timedelta(minutes=20 * number)
            visit = extend_hold(session, VisitCommand(visit.reference), by="test", now=at)
            assert visit.expires_at == at + timedelta(minutes=30)

    with pytest.raises(Conflict) as refused, database.transaction() as session:
        extend_hold(session, VisitCommand(visit.reference), by="test", now=at)

    assert refused.value.code == "hold_longer_no_more"


@pytest.mark.parametrize("swept", [True, False])
def test_expired_hold_comes_back_while_its_places_are_free(
    database: Database, session_id: str, now: datetime, swept: bool
) -> None:
    later = now + timedelta(hours=2)
    with database.transaction() as session:
        visit = given_visit(session, session_id, now=now)
        if swept:
            sweep_expired_hold(session, now=later)

    with database.transaction() as session:
        again = extend_hold(session, VisitCommand(visit.reference), by="test", now=later)

    assert again.state is VisitState.HELD
    assert again.expires_at == later + timedelta(minutes=30)
    assert _used(database, session_id, later) == 20


def test_expired_hold_does_not_come_back_when_others_have_its_places(
    database: Database, session_id: str, now: datetime
) -> None:
    later = now + timedelta(hours=2)
    with database.transaction() as session:
        visit = given_visit(session, session_id, now=now)
        sweep_expired_hold(session, now=later)
        given_visit(session, session_id, now=later)

    with pytest.raises(CapacityExceeded), database.transaction() as session:
        extend_hold(session, VisitCommand(visit.reference), by="test", now=later)

    with database.reading() as session:
        assert get_visit(session, visit.reference).state is VisitState.EXPIRED
