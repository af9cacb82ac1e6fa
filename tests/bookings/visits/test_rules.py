"""Rules of visits: states, escorts, sizes, prices."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.visits.rules import (
    MOVES,
    Contact,
    Group,
    Party,
    VisitState,
    adults_needed,
    arrival_flags,
    cancellation_fee,
    check_people,
    check_stops,
    may_move,
    merge_groups,
    presence,
    price_of,
    pupils_of,
    state_at,
)
from tests.factories.visits import session_row
from vizium.kernel.money import Cents

NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
GROUPS = st.lists(
    st.builds(Group, st.integers(0, 12), st.integers(1, 60)),
    min_size=1,
    max_size=5,
    unique_by=lambda group: group.grade,
)


@pytest.mark.parametrize(
    ("groups", "needed"),
    [
        ([Group(0, 5)], 1),
        ([Group(0, 6)], 2),
        ([Group(1, 10)], 1),
        ([Group(9, 11)], 2),
        ([Group(10, 20)], 1),
        ([Group(12, 21)], 2),
        ([Group(0, 5), Group(3, 10)], 2),
        ([Group(0, 6), Group(3, 10)], 3),
        ([Group(9, 5), Group(10, 10)], 1),
    ],
)
def test_adults_needed_counts_each_grade_by_its_ratio(groups: list[Group], needed: int) -> None:
    assert adults_needed(groups) == needed


@given(GROUPS)
def test_adults_needed_lies_between_the_widest_and_the_narrowest_ratio(
    groups: list[Group],
) -> None:
    pupils = pupils_of(groups)

    assert -(-pupils // 20) <= adults_needed(groups) <= -(-pupils // 5)


@given(GROUPS)
def test_check_people_takes_exactly_the_adults_that_are_needed(groups: list[Group]) -> None:
    needed = adults_needed(groups)

    assert check_people(groups, needed) == []
    assert [error.code for error in check_people(groups, needed - 1)] == ["adults_too_few"]


@pytest.mark.parametrize(
    ("groups", "adults", "codes"),
    [
        ([], 1, ["pupils_missing"]),
        ([Group(5, 0)], 1, ["pupils_missing"]),
        ([Group(5, -3)], 1, ["pupils_missing"]),
        ([Group(5, 10_000)], 1, ["pupils_too_many"]),
        ([Group(13, 10)], 1, ["grade_unknown"]),
        ([Group(5, 10), Group(5, 3)], 2, ["grade_twice"]),
        ([Group(5, 0), Group(14, 3)], 2, ["pupils_missing", "grade_unknown"]),
        ([Group(5, 10)], 0, ["adults_too_few"]),
        ([Group(5, 10)], 101, ["adults_too_many"]),
    ],
)
def test_check_people_names_every_problem(
    groups: list[Group], adults: int, codes: list[str]
) -> None:
    assert [error.code for error in check_people(groups, adults)] == codes


def test_check_stops_takes_a_fitting_group() -> None:
    assert check_stops([session_row()], [Group(5, 20)], language="lv", now=NOW) == []


def test_check_stops_names_every_problem_of_a_stop() -> None:
    stop = session_row(start=NOW, grades=(1, 2), seats_min=10, seats_max=30)

    errors = check_stops([stop], [Group(5, 40)], language="en", now=NOW)

    assert [error.code for error in errors] == [
        "session_is_past",
        "grade_not_taken",
        "group_too_large",
        "language_not_offered",
    ]
    assert errors[1].facts == {"grades": (5,), "taken": (1, 2), "code": "T-07"}


def test_check_stops_refuses_none_overlaps_and_two_days() -> None:
    first = session_row("T-07.a")
    overlapping = session_row("T-08.b", start=first.start + timedelta(minutes=30))
    tomorrow = session_row("T-09.c", start=first.start + timedelta(days=1))

    def codes(*stops: object) -> list[str]:
        found = check_stops(list(stops), [Group(5, 20)], language="lv", now=NOW)  # type: ignore[arg-type]
        return [error.code for error in found]

    assert codes() == ["stops_missing"]
    assert codes(first, overlapping) == ["stops_overlap"]
    assert codes(first, tomorrow) == ["stops_on_several_days"]


def test_expired_hold_counts_as_expired_before_any_sweep() -> None:
    over = NOW - timedelta(seconds=1)

    assert state_at(VisitState.HELD, NOW, now=NOW) is VisitState.EXPIRED
    assert state_at(VisitState.HELD, over, now=NOW) is VisitState.EXPIRED
    assert state_at(VisitState.HELD, NOW + timedelta(seconds=1), now=NOW) is VisitState.HELD
    assert state_at(VisitState.CONFIRMED, None, now=NOW) is VisitState.CONFIRMED


def test_moves_name_every_state_and_end_in_the_final_ones() -> None:
    assert set(MOVES) == set(VisitState)
    assert {state for state, after in MOVES.items() if not after} == {
        VisitState.COMPLETED,
        VisitState.CANCELLED,
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (VisitState.CANCELLED, VisitState.CONFIRMED),
        (VisitState.EXPIRED, VisitState.CONFIRMED),
        (VisitState.ARRIVED, VisitState.CANCELLED),
        (VisitState.COMPLETED, VisitState.ARRIVED),
        (VisitState.HELD, VisitState.ARRIVED),
        (VisitState.CONFIRMED, VisitState.HELD),
    ],
)
def test_may_move_refuses_what_is_not_drawn(before: VisitState, after: VisitState) -> None:
    assert not may_move(before, after)


def test_price_counts_each_stop_for_each_pupil() -> None:
    stops = [session_row(price_cents=350), session_row("T-08.b", price_cents=200)]

    assert price_of(stops, 27) == 14_850


def test_presence_starts_fifteen_minutes_before_the_first_stop() -> None:
    stop = session_row()

    assert presence([stop]) == (stop.start - timedelta(minutes=15), stop.end)


@pytest.mark.parametrize(
    ("state", "day", "pupils", "flags"),
    [
        (VisitState.CONFIRMED, date(2027, 2, 1), 20, []),
        (VisitState.CONFIRMED, date(2027, 2, 1), 21, ["more_than_booked"]),
        (VisitState.CONFIRMED, date(2027, 2, 2), 20, ["other_day"]),
        (VisitState.CANCELLED, date(2027, 2, 1), 20, ["cancelled"]),
        (VisitState.EXPIRED, date(2027, 2, 1), 20, ["expired"]),
        (VisitState.HELD, date(2027, 2, 1), 20, ["not_confirmed"]),
        (VisitState.ARRIVED, date(2027, 2, 1), 20, ["already_arrived"]),
        (VisitState.NO_SHOW, date(2027, 2, 1), 20, []),
    ],
)
def test_arrival_flags_name_what_is_unusual(
    state: VisitState, day: date, pupils: int, flags: list[str]
) -> None:
    assert arrival_flags(state, day, at=NOW, pupils=pupils, booked=20) == flags


def test_session_of_one_school_is_full_for_the_others() -> None:
    taken = session_row(used=10, taken_by="3213900123")

    assert taken.free == 0
    assert taken.free_for("9912900002") == 0
    assert taken.free_for("3213900123") == 20
    assert session_row(used=10).free == 20


@pytest.mark.parametrize(
    ("day", "now", "share_bp"),
    [
        # Days are days of the calendar in Latvia, also when one of them has 23 or 25 hours.
        (date(2027, 4, 4), datetime(2027, 3, 20, 23, 30, tzinfo=UTC), 0),
        (date(2027, 4, 4), datetime(2027, 3, 21, 22, 30, tzinfo=UTC), 2_500),
        (date(2027, 11, 7), datetime(2027, 10, 30, 20, 30, tzinfo=UTC), 2_500),
        (date(2027, 11, 7), datetime(2027, 10, 31, 21, 30, tzinfo=UTC), 2_500),
        (date(2027, 11, 7), datetime(2027, 10, 31, 22, 30, tzinfo=UTC), 5_000),
        (date(2027, 1, 12), datetime(2026, 12, 29, 12, 0, tzinfo=UTC), 0),
        (date(2027, 1, 12), datetime(2026, 12, 30, 12, 0, tzinfo=UTC), 2_500),
        (date(2028, 3, 7), datetime(2028, 2, 29, 12, 0, tzinfo=UTC), 2_500),
        (date(2028, 3, 7), datetime(2028, 3, 1, 12, 0, tzinfo=UTC), 5_000),
        (date(2027, 9, 7), datetime(2027, 8, 31, 12, 0, tzinfo=UTC), 2_500),
        (date(2027, 3, 1), datetime(2027, 3, 5, 12, 0, tzinfo=UTC), 5_000),
    ],
)
def test_fee_of_cancelling_counts_days_of_the_calendar(
    day: date, now: datetime, share_bp: int
) -> None:
    assert cancellation_fee(Cents(10_000), day, now=now) == share_bp


def test_schools_of_a_joint_group_add_up_by_grade() -> None:
    contact = Contact("Anna Parauga", "anna@example.lv", "")
    parties = [
        Party("3213900123", (Group(4, 8), Group(2, 3)), 2, contact),
        Party("9912900002", (Group(4, 5),), 1, contact),
    ]

    assert merge_groups(parties) == (Group(2, 3), Group(4, 13))
