"""What is new in a host's day, and when it is written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bookings.hosts.rules import (
    Duty,
    NewsKind,
    face_of,
    is_due,
    news_of,
    packed,
    sequence_at,
    unpacked,
)

NOW = datetime(2027, 3, 16, 7, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 16, 8, 0, tzinfo=UTC)
DUTY = Duty(
    key="VZ-7K3QM9/T-07//1",
    uid="VZ-7K3QM9-0@vizium",
    start=TEN,
    end=TEN + timedelta(hours=1),
    rooms=("room-a",),
    titles={"lv": "Roboti", "en": "Robots"},
    places={"lv": "Telpa A", "en": "Room A"},
    who="Paraugu pamatskola",
    people=24,
)
LATER = replace(DUTY, start=TEN + timedelta(hours=2), end=TEN + timedelta(hours=3))
ELSEWHERE = replace(DUTY, rooms=("room-b",))


@pytest.mark.parametrize(
    ("told", "stands", "kinds"),
    [
        ([], [DUTY], [NewsKind.ADDED]),
        ([DUTY], [], [NewsKind.DROPPED]),
        ([DUTY], [LATER], [NewsKind.MOVED]),
        ([DUTY], [ELSEWHERE], [NewsKind.OTHER_ROOM]),
        ([DUTY], [replace(LATER, rooms=("room-b",))], [NewsKind.MOVED]),
        ([DUTY], [DUTY], []),
        # How many come is no news of the host's day, nor which number the stop has.
        ([DUTY], [replace(DUTY, people=20, uid="VZ-7K3QM9-3@vizium")], []),
        ([DUTY], [replace(DUTY, key="VZ-AAAAAA/T-07//1")], [NewsKind.ADDED, NewsKind.DROPPED]),
    ],
)
def test_news_are_what_is_added_moved_or_gone(
    told: list[Duty], stands: list[Duty], kinds: list[NewsKind]
) -> None:
    assert [one.kind for one in news_of(told, stands, now=NOW)] == kinds


def test_what_has_begun_is_no_news_but_moved_out_of_the_past_is() -> None:
    after = TEN + timedelta(minutes=5)

    assert news_of([DUTY], [], now=after) == []
    assert [one.kind for one in news_of([DUTY], [LATER], now=after)] == [NewsKind.MOVED]


@pytest.mark.parametrize(
    ("stood", "now", "due"),
    [
        (timedelta(minutes=9), TEN - timedelta(hours=5), False),
        (timedelta(minutes=10), TEN - timedelta(hours=5), True),
        (timedelta(), TEN - timedelta(hours=2), True),
    ],
)
def test_letter_waits_until_a_change_has_settled_unless_it_begins_soon(
    stood: timedelta, now: datetime, due: bool
) -> None:
    news = news_of([], [DUTY], now=now)

    assert is_due(news, stands_since=now - stood, settle=timedelta(minutes=10), now=now) is due
    assert not is_due([], stands_since=now - stood, settle=timedelta(minutes=10), now=now)


def test_duty_survives_being_kept_and_its_day_looks_the_same() -> None:
    again = unpacked(packed(DUTY))

    assert again == DUTY
    assert face_of([LATER, again]) == face_of([DUTY, LATER])
    assert face_of([ELSEWHERE]) != face_of([DUTY])


def test_sequence_rises_with_time() -> None:
    assert sequence_at(TEN) == sequence_at(NOW) + 60
