"""Enrol, wait, be offered a place, withdraw."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bookings.courses.queries import (
    count_before,
    get_course,
    get_enrolment,
    list_enrolments,
)
from bookings.courses.rules import OFFER_KEPT, EnrolmentState
from bookings.courses.service import (
    EnrolmentCommand,
    accept_offer,
    enrol,
    set_capacity,
    sweep_lapsed_offer,
    sweep_reminders,
    withdraw_enrolment,
)
from bookings.resources.service import check_cells
from tests.bookings.courses.house import ON_ONE_DATABASE
from tests.factories.courses import (
    AFTER_ALL,
    STARTS,
    enrol_command,
    given_centre,
    given_course,
    given_enrolment,
)
from vizium.db.session import Database
from vizium.kernel.errors import CapacityExceeded, Conflict, InvalidInput
from vizium.mail.service import list_mails
from vizium.settings import Settings


def test_educator_who_enrols_has_a_place_and_a_mail_with_every_session(
    database: Database, code: str, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        done = enrol(session, enrol_command(code), **orders)

    assert done.is_new
    assert done.row.state is EnrolmentState.ENROLLED
    assert done.row.workplace == "Kuldīgas Ventas krasta vidusskola (paraugs)"
    with database.reading() as session:
        course = get_course(session, code)
        mails = list_mails(session, recipient="anna@example.lv")
        assert check_cells(session) == []
    assert (course.used, course.free) == (1, 1)
    assert len(mails) == 1
    assert mails[0].text.count("plkst. 15.30–17.00") == len(STARTS)
    assert mails[0].calendar is not None
    assert mails[0].calendar.count(b"BEGIN:VEVENT") == len(STARTS)


def test_same_address_again_changes_nothing_and_is_mailed_once_a_day(
    database: Database, code: str, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        first = enrol(session, enrol_command(code), **orders)
    for _ in range(2):
        with database.transaction() as session:
            again = enrol(session, enrol_command(code, email="ANNA@example.lv"), **orders)

    assert (again.is_new, again.row.reference) == (False, first.row.reference)
    with database.reading() as session:
        assert get_course(session, code).used == 1
        assert len(list_mails(session, recipient="anna@example.lv")) == 2


def test_full_course_says_how_many_wait_and_takes_a_turn_when_asked(
    database: Database, code: str, orders: dict[str, Any], settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        for name in ("Anna", "Berta"):
            given_enrolment(session, code, name, settings=settings, now=now)
    with pytest.raises(CapacityExceeded) as refused, database.transaction() as session:
        enrol(session, enrol_command(code, "Cilda"), **orders)
    with database.transaction() as session:
        waiting = [
            given_enrolment(session, code, name, settings=settings, now=now, wait=True)
            for name in ("Cilda", "Dora")
        ]
        turns = [count_before(session, row) for row in waiting]

    assert refused.value.facts == {"free": 0, "waiting": 0}
    assert [row.state for row in waiting] == [EnrolmentState.WAITING] * 2
    assert turns == [0, 1]


def test_place_that_is_given_up_is_offered_to_the_first_and_kept_when_accepted(
    database: Database, code: str, orders: dict[str, Any], settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        anna, _, cilda, dora = _queue(session, code, settings, now)
        withdraw_enrolment(session, EnrolmentCommand(anna), **orders)
    with database.transaction() as session:
        offered = get_enrolment(session, cilda)
        taken = accept_offer(session, EnrolmentCommand(cilda), **orders)
        again = accept_offer(session, EnrolmentCommand(cilda), **orders)

    assert offered.offer_expires_at == now + OFFER_KEPT
    assert taken.state is again.state is EnrolmentState.ENROLLED
    with database.reading() as session:
        assert get_enrolment(session, dora).state is EnrolmentState.WAITING
        assert (get_course(session, code).used, get_course(session, code).waiting) == (2, 1)
        assert check_cells(session) == []
        subjects = [mail.subject for mail in list_mails(session, recipient="cilda@example.lv")]
    assert [subject.partition(":")[0] for subject in subjects[::-1]] == [
        "Jūs esat gaidīšanas sarakstā",
        "Jums ir brīva vieta",
        "Pieteikums pieņemts",
    ]


def test_offer_that_nobody_accepts_lapses_to_the_next(
    database: Database, code: str, orders: dict[str, Any], settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        anna, _, cilda, dora = _queue(session, code, settings, now)
        withdraw_enrolment(session, EnrolmentCommand(anna), **orders)
    later = now + OFFER_KEPT

    with pytest.raises(Conflict, match="enrolment_is_lapsed"), database.transaction() as session:
        accept_offer(session, EnrolmentCommand(cilda), **orders | {"now": later})
    with database.transaction() as session:
        swept = sweep_lapsed_offer(session, settings=settings, now=later)
    with database.transaction() as session:
        again = sweep_lapsed_offer(session, settings=settings, now=later)

    assert (swept, again) == (True, False)
    with database.reading() as session:
        assert get_enrolment(session, cilda).state is EnrolmentState.LAPSED
        assert get_enrolment(session, dora).state is EnrolmentState.OFFERED
        assert get_course(session, code).used == 2
        assert check_cells(session) == []


def test_more_places_are_offered_and_fewer_than_taken_are_refused(
    database: Database, code: str, orders: dict[str, Any], settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        *_, cilda, dora = _queue(session, code, settings, now)
        course = set_capacity(session, code, 3, **orders)
    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        set_capacity(session, code, 1, **orders)

    assert (course.capacity, course.used) == (3, 3)
    assert [error.code for error in refused.value.errors] == ["course_places_taken"]
    with database.reading() as session:
        assert get_enrolment(session, cilda).state is EnrolmentState.OFFERED
        assert get_enrolment(session, dora).state is EnrolmentState.WAITING


@ON_ONE_DATABASE
def test_class_takes_as_many_places_as_pupils_and_only_once(
    database: Database, orders: dict[str, Any], now: datetime
) -> None:
    with database.transaction() as session:
        given_centre(session, now=now)
        course = given_course(session, now=now, activity="T-07", capacity=24)
        first = enrol(session, enrol_command(course.code, grade=5, pupils=20), **orders)
        again = enrol(session, enrol_command(course.code, grade=5, pupils=3), **orders)
        other = enrol(session, enrol_command(course.code, grade=6, pupils=4), **orders)
        used = get_course(session, course.code).used

    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    assert (first.row.seats, other.row.seats, used) == (20, 4, 24)


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"school": "0000000000"}, "school"),
        ({"school": None, "workplace": ""}, "workplace"),
    ],
)
def test_educator_without_a_workplace_is_refused(
    database: Database, code: str, orders: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        enrol(session, enrol_command(code, **changes), **orders)

    assert [error.field for error in refused.value.errors] == [field]


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    ("at", "error"),
    [
        (STARTS[0] - timedelta(days=1), "course_is_closed"),
        (STARTS[0], "course_has_begun"),
        (AFTER_ALL, "course_is_over"),
    ],
)
def test_course_that_takes_nobody_any_more_says_why(
    database: Database, orders: dict[str, Any], now: datetime, at: datetime, error: str
) -> None:
    with database.transaction() as session:
        given_centre(session, now=now)
        course = given_course(session, now=now, enrol_until=now.date())

    with pytest.raises(Conflict, match=error), database.transaction() as session:
        enrol(session, enrol_command(course.code), **orders | {"now": at})


def test_each_person_is_reminded_of_each_session_once_and_never_at_night(
    database: Database, code: str, settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        given_enrolment(session, code, settings=settings, now=now)
    morning = STARTS[0] - timedelta(hours=24)
    night = STARTS[0] - timedelta(hours=36)
    written = []
    for at in (night, morning, morning, STARTS[0] - timedelta(hours=2)):
        with database.transaction() as session:
            written.append(sweep_reminders(session, settings=settings, now=at))

    assert written == [0, 1, 0, 0]
    with database.reading() as session:
        rows = list_enrolments(session, code)
    assert len(rows) == 1


def _queue(session: Any, code: str, settings: Settings, now: datetime) -> list[str]:
    """Two who have a place, two who wait; their references."""
    return [
        given_enrolment(session, code, name, settings=settings, now=now, wait=True).reference
        for name in ("Anna", "Berta", "Cilda", "Dora")
    ]
