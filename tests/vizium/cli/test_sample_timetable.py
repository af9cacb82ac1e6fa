"""The week of the sample centre: no room and no host twice at once, and nobody asked too much."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from tests.vizium.cli.sample_files import CELL_MIN, Row, by_code, items, rows

HOST_PAUSE_MIN = 15
SCHOOL_DAY = (9 * 60, 15 * 60)


def minutes(clock: str) -> int:
    at = time.fromisoformat(clock)
    return at.hour * 60 + at.minute


@dataclass(frozen=True, slots=True)
class Slot:
    """One weekday's run of a timetable row, in minutes of the day."""

    code: str
    weekday: int
    start: int
    end: int
    rooms: tuple[str, ...]
    host: str


def slots() -> Iterator[Slot]:
    activities = by_code("activities")
    for row in rows("timetable"):
        start = minutes(row["start"])
        end = start + int(activities[row["activity"]]["duration_min"])
        for day in items(row["weekdays"]):
            rooms = tuple(items(row["room"]))
            yield Slot(row["activity"], int(day), start, end, rooms, row["host"])


def at_work(slot: Slot) -> Iterator[tuple[int, int]]:
    """When the slot's host works on its weekday: before the break and after it."""
    for row in rows("shifts"):
        if row["host"] == slot.host and str(slot.weekday) in items(row["weekdays"]):
            times = (row[name] for name in ("starts", "break_starts", "break_ends", "ends"))
            starts, pause, again, ends = (minutes(cell) for cell in times)
            yield from ((starts, pause), (again, ends))


def test_shifts_are_of_the_grid_and_one_a_weekday() -> None:
    times = ("starts", "ends", "break_starts", "break_ends")
    days = Counter((r["host"], day) for r in rows("shifts") for day in items(r["weekdays"]))

    assert set(days.values()) == {1}
    assert {minutes(row[name]) % CELL_MIN for row in rows("shifts") for name in times} == {0}
    assert {host for host, _ in days} == set(by_code("hosts"))


def test_timetable_has_no_room_twice_at_once() -> None:
    rooms = by_code("rooms")
    busy: defaultdict[tuple[str, int], list[Slot]] = defaultdict(list)
    for slot in slots():
        for room in slot.rooms:
            busy[room, slot.weekday].append(slot)

    clashes = [
        (room, day, before.code, after.code)
        for (room, day), held in busy.items()
        for before, after in pairwise(sorted(held, key=lambda slot: slot.start))
        if before.end > after.start - int(rooms[room]["setup_min"])
    ]

    assert clashes == []


def test_timetable_sends_no_host_to_two_places() -> None:
    busy: defaultdict[tuple[str, int], list[Slot]] = defaultdict(list)
    for slot in slots():
        busy[slot.host, slot.weekday].append(slot)

    clashes = [
        (host, day, before.code, after.code)
        for (host, day), held in busy.items()
        for before, after in pairwise(sorted(held, key=lambda slot: slot.start))
        if before.end + HOST_PAUSE_MIN > after.start
    ]

    assert clashes == []


def test_timetable_host_can_works_and_has_the_time() -> None:
    hosts, activities = by_code("hosts"), by_code("activities")
    load: Counter[tuple[str, int]] = Counter()
    unfit = []
    for slot in slots():
        host = hosts[slot.host]
        load[slot.host, slot.weekday] += slot.end - slot.start
        if activities[slot.code]["skill"] not in items(host["skills"]):
            unfit.append((slot.code, slot.host, "skill"))
        if not any(start <= slot.start and slot.end <= end for start, end in at_work(slot)):
            unfit.append((slot.code, slot.host, "works"))

    assert unfit == []
    assert [k for k, m in load.items() if m > int(hosts[k[0]]["max_minutes_day"])] == []


def test_timetable_room_is_of_the_kind_and_seats_the_group() -> None:
    rooms, activities = by_code("rooms"), by_code("activities")
    unfit = []
    for slot in slots():
        activity = activities[slot.code]
        held = [rooms[code] for code in slot.rooms]
        positions = [int(room["position"]) for room in held] if len(held) > 1 else [1]
        if (
            {room["kind"] for room in held} != {activity["room_kind"]}
            or sum(int(room["seats"]) for room in held) < int(activity["seats_max"])
            or positions != list(range(positions[0], positions[0] + len(positions)))
        ):
            unfit.append((slot.code, slot.rooms))

    assert unfit == []


def for_classes() -> dict[str, Row]:
    """The activities of the timetable; educators have courses with dates of their own."""
    return {code: row for code, row in by_code("activities").items() if row["kind"] != "educator"}


def test_timetable_offers_every_activity_often_enough() -> None:
    week = Counter(slot.code for slot in slots())

    rare = [code for code in for_classes() if week[code] < 2]

    assert rare == []


def test_timetable_keeps_to_the_hours_of_schools_and_never_to_a_monday() -> None:
    late = [
        slot
        for slot in slots()
        if slot.start % CELL_MIN
        or slot.weekday not in {2, 3, 4, 5, 6}
        or (slot.weekday == 6 and not (slot.start >= 10 * 60 and slot.end <= 19 * 60))
        or (slot.weekday < 6 and not (slot.start >= SCHOOL_DAY[0] and slot.end <= SCHOOL_DAY[1]))
    ]

    assert late == []


def test_each_language_of_an_activity_is_spoken_at_one_of_its_sessions() -> None:
    hosts = by_code("hosts")
    spoken: defaultdict[str, set[str]] = defaultdict(set)
    for slot in slots():
        spoken[slot.code].update(items(hosts[slot.host]["languages"]))

    unspoken = [
        (code, language)
        for code, row in for_classes().items()
        for language in items(row["languages"])
        if language not in spoken[code]
    ]

    assert unspoken == []
