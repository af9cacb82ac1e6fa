"""The sample's courses fit beside the weekly timetable on any date, and move over closed days."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations

import pytest

from bookings.courses.queries import CourseWish, get_course, list_courses
from bookings.courses.rules import CourseAudience, CourseStatus
from bookings.resources.service import check_cells, close_day
from tests.factories.courses import STARTS, given_centre
from tests.vizium.cli.sample_files import Row, by_code, items, rows
from vizium.cli.sample_cells import Cells
from vizium.cli.sample_courses import DatedSession, _place, load_course
from vizium.db.session import Database
from vizium.kernel.clock import to_riga

HOST_PAUSE_MIN = 15
NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
COURSE = {
    "code": "KU-E2R5K7",
    "activity": "E-01",
    "language": "lv",
    "capacity": "20",
    "hours": "4",
    "price_cents": "1000",
    "measure": "sessions",
    "share_percent": "75",
}


def _minutes(clock: str) -> int:
    at = time.fromisoformat(clock)
    return at.hour * 60 + at.minute


def _weekly() -> list[tuple[int, int, int, Row]]:
    """Weekday, start, end and row of everything that comes each week."""
    activities = by_code("activities")
    found = []
    for row in rows("timetable"):
        start = _minutes(row["start"])
        end = start + int(activities[row["activity"]]["duration_min"])
        found += [(int(day), start, end, row) for day in items(row["weekdays"])]
    return found


def _dated() -> list[tuple[int, int, int, Row]]:
    found = []
    for row in rows("course_sessions"):
        start = _minutes(row["start"])
        found.append((int(row["weekday"]), start, start + int(row["minutes"]), row))
    return found


def test_courses_never_meet_the_timetable_or_each_other() -> None:
    rooms = by_code("rooms")
    slots = [*_weekly(), *_dated()]
    clashes = []
    for one, other in combinations(slots, 2):
        if "week" not in one[3] and "week" not in other[3]:
            continue
        # Two sessions of courses in different weeks may still meet, when closed days move them.
        if one[3].get("course", "") == other[3].get("course", "-") or one[0] != other[0]:
            continue
        first, second = sorted((one, other), key=lambda slot: slot[1])
        shared = set(items(one[3]["room"])) & set(items(other[3]["room"]))
        pause = max((int(rooms[room]["setup_min"]) for room in shared), default=0)
        same_host = one[3]["host"] == other[3]["host"]
        if (shared and first[2] + pause > second[1]) or (
            same_host and first[2] + HOST_PAUSE_MIN > second[1]
        ):
            clashes.append((first[3], second[3]))

    assert clashes == []


def test_hosts_of_courses_can_teach_them_and_work_then() -> None:
    activities, hosts = by_code("activities"), by_code("hosts")
    courses = by_code("courses")
    wrong = []
    minutes: Counter[tuple[str, int]] = Counter()
    for day, start, end, row in _weekly():
        minutes[row["host"], day] += end - start
    for day, start, end, row in _dated():
        course, host = courses[row["course"]], hosts[row["host"]]
        able = activities[course["activity"]]["skill"] in items(host["skills"])
        shifts = [
            shift
            for shift in rows("shifts")
            if shift["host"] == row["host"] and str(day) in items(shift["weekdays"])
        ]
        works = any(_minutes(s["starts"]) <= start < end <= _minutes(s["ends"]) for s in shifts)
        most = int(host["max_minutes_day"])
        speaks = course["language"] in items(host["languages"])
        if not (able and works and speaks) or minutes[row["host"], day] + end - start > most:
            wrong.append(row)

    assert wrong == []


def test_there_are_courses_of_all_programmes_for_educators_and_one_for_classes() -> None:
    activities = by_code("activities")
    kinds = Counter(activities[row["activity"]]["kind"] for row in rows("courses"))

    assert kinds == {"educator": 4, "programme": 1}
    assert {row["course"] for row in rows("course_sessions")} == set(by_code("courses"))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_closed_day_moves_a_session_and_a_course_is_loaded_once(database: Database) -> None:
    dated = [DatedSession(2, 2, time(15, 30), 90, ("room-a",), "h-01")] * 2
    with database.transaction() as session:
        given_centre(session, now=NOW)
        close_day(session, date(2027, 2, 16), reason_lv="Slēgts", reason_en="Closed")
        written = [load_course(session, Cells(2, COURSE), dated, now=NOW) for _ in range(2)]
        course = get_course(session, "KU-E2R5K7")
        assert check_cells(session) == []

    assert written == [2, 0]
    assert [to_riga(one.start).date() for one in course.sessions] == [
        date(2027, 2, 23),
        date(2027, 3, 2),
    ]
    assert (course.status(NOW), course.audience) == (CourseStatus.OPEN, CourseAudience.EDUCATORS)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_year_without_opening_hours_has_no_courses(database: Database) -> None:
    late = STARTS[0] + timedelta(days=5 * 365)
    dated = [DatedSession(2, 2, time(15, 30), 90, (), None)]
    with database.transaction() as session:
        given_centre(session, now=NOW)
        written = load_course(session, Cells(2, COURSE), dated, now=late)
        found = list_courses(session, CourseWish())
        placed = _place(session, dated, today=late.date())

    assert (written, found, placed) == (0, [], [])
