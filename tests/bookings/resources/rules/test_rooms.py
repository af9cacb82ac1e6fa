from bookings.resources.queries import RoomRow
from bookings.resources.rules import configurations

SEGMENTS = [
    RoomRow(f"room-{letter}", "classroom", "", "", seats, position, setup)
    for letter, seats, position, setup in [
        ("d", 18, 4, 15),
        ("a", 20, 1, 15),
        ("c", 18, 3, 30),
        ("b", 20, 2, 15),
    ]
]
LONE = RoomRow("laboratory", "laboratory", "", "", 24, None, 15)


def test_four_segments_in_a_row_make_ten_rooms() -> None:
    found = {"".join(one.rooms).replace("room-", ""): one for one in configurations(SEGMENTS)}

    assert list(found) == ["a", "b", "c", "d", "ab", "bc", "cd", "abc", "bcd", "abcd"]
    assert {name: (one.seats, one.setup_min) for name, one in found.items() if len(name) > 1} == {
        "ab": (40, 15),
        "bc": (38, 30),
        "cd": (36, 30),
        "abc": (58, 30),
        "bcd": (56, 30),
        "abcd": (76, 30),
    }


def test_rooms_apart_of_another_kind_or_without_a_place_do_not_combine() -> None:
    apart = [
        SEGMENTS[0],
        SEGMENTS[1],
        RoomRow("w-2", "workshop", "", "", 24, 2, 15),
        LONE,
    ]

    assert [one.rooms for one in configurations(apart)] == [("room-a",), ("room-d",), ("w-2",)]
