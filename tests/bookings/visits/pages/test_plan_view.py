"""A day in words: rows of a timeline, parts of a divided class, why a plan is first."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bookings.visits.pages.plan_view import (
    Names,
    days_of_groups,
    first_reasons,
    moments_of_plan,
    moments_of_visit,
    waiting,
    wall_in_words,
    wish_in_words,
)
from bookings.visits.planner.plan import Plan, Stop, StopKind, Subgroup
from bookings.visits.planner.request import Wish
from tests.bookings.visits.rows import stop_row
from vizium.web.i18n import translator

NINE = datetime(2027, 3, 16, 7, 0, tzinfo=UTC)
NAMES = Names(
    titles={"T-07": "Roboti", "S-01": "Zibeņi", "physics": "Fizika"},
    rooms={"room-a": "A telpa"},
    hosts={"h-1": "Ilze"},
    offers={"S-01.1": ("Zāle", "Toms")},
)


def _stop(code: str, after_min: int, minutes: int, who: tuple[int, ...] = (0,)) -> Stop:
    start = NINE + timedelta(minutes=after_min)
    return Stop(
        kind=StopKind.PROGRAMME,
        code=code,
        start=start,
        end=start + timedelta(minutes=minutes),
        who=who,
        rooms=("room-a",),
        host="h-1",
    )


def _plan(*stops: Stop, subgroups: int = 1, day: date = date(2027, 3, 16)) -> Plan:
    return Plan(
        day=day,
        arrive=NINE,
        leave=max(stop.end for stop in stops),
        subgroups=(Subgroup(10, 1),) * subgroups,
        stops=stops,
    )


def test_undivided_day_names_place_and_host_and_no_group() -> None:
    (moment,) = moments_of_plan(_plan(_stop("T-07", 15, 60)), NAMES)

    (part,) = moment.parts
    assert (part.who, part.title, part.place, part.host) == ((), "Roboti", "A telpa", "Ilze")


def test_published_session_tells_its_own_place_and_host() -> None:
    offered = replace(_stop("S-01", 15, 30), session="S-01.1", rooms=(), host=None)

    (moment,) = moments_of_plan(_plan(offered), NAMES)

    assert (moment.parts[0].place, moment.parts[0].host) == ("Zāle", "Toms")


def test_divided_class_rotates_in_one_moment() -> None:
    plan = _plan(_stop("T-07", 15, 60, (0,)), _stop("S-01", 15, 60, (1,)), subgroups=2)

    (moment,) = moments_of_plan(plan, NAMES)

    assert [(part.who, part.title) for part in moment.parts] == [
        ((1,), "Roboti"),
        ((2,), "Zibeņi"),
    ]


def test_each_group_of_a_divided_class_has_a_day_of_its_own() -> None:
    plan = _plan(
        _stop("T-07", 0, 60, (0, 1)),
        _stop("S-01", 60, 30, (1,)),
        _stop("T-07", 60, 60, (0,)),
        subgroups=2,
    )

    days = days_of_groups(moments_of_plan(plan, NAMES), plan.subgroups)

    assert [[part.title for _, part in day] for day in days] == [
        ["Roboti", "Roboti"],
        ["Roboti", "Zibeņi"],
    ]


@pytest.mark.parametrize(("gap_min", "rows"), [(15, 2), (30, 3)])
def test_long_gap_is_a_pause_and_a_walk_is_none(gap_min: int, rows: int) -> None:
    plan = _plan(_stop("T-07", 15, 60), _stop("S-01", 75 + gap_min, 30))

    assert len(moments_of_plan(plan, NAMES)) == rows


def test_changed_stop_is_marked() -> None:
    moved, kept = _stop("T-07", 15, 60), _stop("S-01", 75, 30)

    moments = moments_of_plan(_plan(moved, kept), NAMES, changed=[moved])

    assert [moment.parts[0].is_changed for moment in moments] == [True, False]


def test_visit_that_stands_reads_like_its_plan() -> None:
    (moment,) = moments_of_visit([stop_row()], (Subgroup(20, 2),), "en")

    part = moment.parts[0]
    assert (part.who, part.title, part.place, part.host) == (
        (),
        "Activity T-07",
        "Room A",
        "Ilze Parauga",
    )


def test_waiting_is_that_of_the_group_that_waits_longest() -> None:
    plan = _plan(
        _stop("T-07", 0, 60, (0,)),
        _stop("S-01", 60, 30, (0,)),
        _stop("T-07", 0, 60, (1,)),
        _stop("S-01", 90, 30, (1,)),
        subgroups=2,
    )

    assert waiting(plan) == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("others", "reasons"),
    [
        ([], []),
        ([_plan(_stop("T-07", 15, 60), _stop("S-01", 120, 30))], ["least_waiting", "shortest"]),
        ([_plan(_stop("T-07", 15, 60), subgroups=2)], ["together"]),
        ([_plan(_stop("T-07", 15, 60), day=date(2027, 3, 17))], ["earliest_day"]),
        ([_plan(_stop("T-07", 15, 60))], ["best_balance"]),
    ],
)
def test_first_plan_says_why_it_is_first(others: list[Plan], reasons: list[str]) -> None:
    first = _plan(_stop("T-07", 15, 60))

    assert first_reasons([first, *others]) == reasons


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish(code="T-07"), "Roboti"),
        (Wish(kind="show"), "jebkurš zinātnes šovs"),
        (Wish(subject="physics"), "jebkura nodarbība: Fizika"),
    ],
)
def test_wish_is_said_in_words(wish: Wish, words: str) -> None:
    assert wish_in_words(wish, NAMES, translator("lv")) == words


def test_hour_is_written_as_each_language_does() -> None:
    assert (wall_in_words(time(9, 5), "lv"), wall_in_words(time(9, 5), "en")) == ("09.05", "09:05")
    assert wall_in_words(None, "lv") == ""
