"""The files of the sample centre, read as text alone: they are whole and refer rightly.

Who edits the files in a spreadsheet learns here what a person broke; the loader's own tests need
not repeat it. The timetable has a file of its own.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise

import pytest

from tests.vizium.cli.sample_files import (
    CELL_MIN,
    EXTRA,
    FOLDER,
    MISSING,
    Row,
    by_code,
    items,
    rows,
)

TILE_APART_X, TILE_APART_Y = 41, 37
SIGNALS = {"press", "motion", "count", "use", "power_w", "temp_c"}
KINDS = {
    *("screen", "mechanical", "vr", "projection", "sensor", "simulator"),
    "static-interactive",
}
ROLES = {
    *("teacher", "office", "coordinator", "host", "desk", "technician", "methodologist"),
    *("finance_a", "finance_b", "payer", "director", "auditor", "admin"),
}


def grid_rows() -> Iterator[tuple[str, int, Row]]:
    """Every row of every file, with its number as a spreadsheet shows it."""
    for path in sorted(FOLDER.glob("*.csv")):
        for number, row in enumerate(rows(path.stem), start=2):
            yield path.stem, number, row


@pytest.mark.parametrize(
    ("name", "count"),
    [
        *[("galleries", 7), ("exhibits", 84), ("learning_areas", 7), ("places", 134)],
        *[("people", len(ROLES)), ("pools", 3), ("hosts", 12), ("schools", 44)],
    ],
)
def test_file_has_the_promised_number_of_rows(name: str, count: int) -> None:
    assert len(rows(name)) == count


def test_outcomes_stand_beside_their_codes() -> None:
    known = {row["code"] for row in rows("outcomes")}

    wrong = [
        row["code"]
        for row in rows("activities")
        if (codes := items(row["outcome_codes"]))
        and (len(codes) != len(items(row["outcomes_lv"])) or set(codes) - known - {""})
    ]

    assert wrong == []
    assert all(code.startswith("P.") for code in known)


def test_activities_are_18_programmes_4_for_educators_6_workshops_6_shows() -> None:
    kinds = Counter((row["kind"], row["code"][0]) for row in rows("activities"))

    assert kinds == {
        ("programme", "T"): 18,
        ("educator", "E"): 4,
        ("workshop", "W"): 6,
        ("show", "S"): 6,
    }


def test_municipalities_in_force_are_42() -> None:
    assert sum(row["status"] == "active" for row in rows("municipalities")) == 42


def test_segments_are_four_in_a_row() -> None:
    positions = [row["position"] for row in rows("rooms") if row["kind"] == "classroom"]

    assert positions == ["1", "2", "3", "4"]


def test_every_row_has_every_cell_trimmed() -> None:
    untidy = [
        (name, number)
        for name, number, row in grid_rows()
        if EXTRA in row or any(cell == MISSING or cell != cell.strip() for cell in row.values())
    ]

    assert untidy == []


def test_codes_are_unique_where_they_share_a_space() -> None:
    shared = ["galleries", "pools", "rooms", "machines", "hosts", "exhibits", "activities"]
    spaces = [
        [row["code"] for name in shared for row in rows(name)],
        [row["code"] for row in rows("learning_areas")],
        [row["code"] for row in rows("subjects")],
        [row["code"] for row in rows("outcomes")],
        [row["register_no"] for row in rows("schools")],
        [row["email"] for row in [*rows("schools"), *rows("people")]],
        [row["name"] for row in rows("places")],
    ]

    repeated = [code for space in spaces for code, n in Counter(space).items() if n > 1]

    assert repeated == []


@pytest.mark.parametrize(
    ("name", "column", "target", "key"),
    [
        ("exhibits", "gallery", "galleries", "code"),
        ("subjects", "area", "learning_areas", "code"),
        ("activities", "areas", "learning_areas", "code"),
        ("activities", "subjects", "subjects", "code"),
        ("activities", "exhibits", "exhibits", "code"),
        ("activities", "machines", "machines", "code"),
        ("outcomes", "area", "learning_areas", "code"),
        ("outcomes", "subject", "subjects", "code"),
        ("materials", "activity", "activities", "code"),
        ("activities", "room_kind", "rooms", "kind"),
        ("machines", "room", "rooms", "code"),
        ("shifts", "host", "hosts", "code"),
        ("timetable", "activity", "activities", "code"),
        ("timetable", "room", "rooms", "code"),
        ("timetable", "host", "hosts", "code"),
        ("schools", "place", "places", "name"),
        ("schools", "municipality", "municipalities", "name_lv"),
        ("places", "municipality_lv", "municipalities", "name_lv"),
        ("people", "school", "schools", "register_no"),
    ],
)
def test_reference_resolves(name: str, column: str, target: str, key: str) -> None:
    known = {row[key] for row in rows(target)}

    lost = {item for row in rows(name) for item in items(row[column])} - known

    assert lost == set()


def test_school_stands_in_the_municipality_of_its_place() -> None:
    municipality_of = {row["name"]: row["municipality_lv"] for row in rows("places")}

    assert [r for r in rows("schools") if municipality_of[r["place"]] != r["municipality"]] == []


def test_school_is_marked_as_a_sample() -> None:
    unmarked = [
        row
        for row in rows("schools")
        if not row["name"].endswith(" (paraugs)")
        or not re.fullmatch(r"99[0-9]{8}|3213900123", row["register_no"])
        or not re.fullmatch(r"skola@[a-z.]+\.paraugs\.example", row["email"])
        or not re.fullmatch(r"\+371 2000 00[0-9]{2}", row["phone"])
    ]

    assert unmarked == []


def test_people_are_one_a_role() -> None:
    people = {row["role"]: row for row in rows("people")}
    school_roles = {role for role, row in people.items() if row["school"] == "3213900123"}

    assert set(people) == ROLES
    assert school_roles == {"teacher", "office"}
    assert people["host"]["name"] in {row["name"] for row in rows("hosts")}


def rectangle(gallery: str) -> tuple[int, int, int, int]:
    x, y, w, h = map(int, by_code("galleries")[gallery]["polygon"].split(","))
    return x, y, x + w, y + h


def test_galleries_lie_on_the_plan_and_never_overlap() -> None:
    plan = {code: rectangle(code) for code in by_code("galleries")}

    overlaps = [
        (one, other)
        for (one, a), (other, b) in combinations(plan.items(), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]

    assert overlaps == []
    assert all(r[0] >= 0 and r[1] >= 0 and r[2] <= 1000 and r[3] <= 600 for r in plan.values())
    assert {60 <= int(row["capacity"]) <= 90 for row in rows("galleries")} == {True}


def test_exhibit_tile_lies_inside_its_gallery() -> None:
    across, down = TILE_APART_X // 2, TILE_APART_Y // 2
    outside = []
    for row in rows("exhibits"):
        left, top, right, bottom = rectangle(row["gallery"])
        x, y = int(row["x"]), int(row["y"])
        if not (left + across <= x <= right - across and top + down <= y <= bottom - down):
            outside.append(row["code"])

    assert outside == []


def test_exhibit_tiles_never_touch() -> None:
    places = {row["code"]: (int(row["x"]), int(row["y"])) for row in rows("exhibits")}

    near = [
        (one, other)
        for (one, a), (other, b) in combinations(places.items(), 2)
        if abs(a[0] - b[0]) < TILE_APART_X and abs(a[1] - b[1]) < TILE_APART_Y
    ]

    assert near == []


def test_exhibits_speak_known_words() -> None:
    exhibits = rows("exhibits")

    assert [row["code"] for row in exhibits] == [f"ex-{n:03d}" for n in range(1, 85)]
    assert {row["kind"] for row in exhibits} == KINDS
    assert {signal for row in exhibits for signal in items(row["signals"])} == SIGNALS
    assert [r["code"] for r in exhibits if not 30 <= int(r["idle_gap_s"]) <= 120] == []


def test_activity_numbers_are_in_bounds() -> None:
    strange = [
        row["code"]
        for row in rows("activities")
        if int(row["duration_min"]) % CELL_MIN
        or not 8 <= int(row["seats_min"]) <= 12
        or not 24 <= int(row["seats_max"]) <= (120 if row["kind"] == "show" else 60)
        or not 150 <= int(row["price_cents"]) <= 500
        or not 2 <= len(items(row["exhibits"])) <= 5
        or not 1 <= len(items(row["outcomes_lv"])) <= 3
        or len(items(row["outcomes_lv"])) != len(items(row["outcomes_en"]))
        or not set(items(row["grades"])) <= {str(grade) for grade in range(13)}
        or (row["grades"] == "") != (row["kind"] == "educator")
    ]

    assert strange == []


def test_each_grade_finds_at_least_two_programmes() -> None:
    grades = Counter(
        grade
        for row in rows("activities")
        if row["kind"] == "programme"
        for grade in items(row["grades"])
    )

    assert {grade: n >= 2 for grade, n in grades.items()} == {str(g): True for g in range(13)}
    ages = Counter(r["age_group"] for r in rows("activities") if r["kind"] == "programme")
    assert ages == {"preschool": 4, "primary": 4, "secondary": 4, "basic": 6}


def test_opening_hours_cover_each_day_of_the_school_year_once() -> None:
    hours = rows("opening_hours")
    periods = sorted({(row["valid_from"], row["valid_to"]) for row in hours})
    days = Counter((row["valid_from"], row["weekday"]) for row in hours)
    closed = [(r["valid_from"], r["weekday"]) for r in hours if not r["opens"]]

    assert (periods[0][0], periods[-1][1]) == ("2026-09-01", "2027-08-31")
    assert {
        date.fromisoformat(after[0]).toordinal() - date.fromisoformat(before[1]).toordinal()
        for before, after in pairwise(periods)
    } == {1}
    assert days == {(start, str(day)): 1 for start, _ in periods for day in range(1, 8)}
    assert closed == [("2026-11-01", "1")]


def test_every_two_places_have_one_walk_of_a_few_minutes() -> None:
    places = {*by_code("galleries"), *by_code("rooms"), "lunch"}
    walks = {(row["one"], row["other"]): int(row["minutes"]) for row in rows("walks")}

    assert sorted(walks) == sorted(combinations(sorted(places), 2))
    assert set(walks.values()) <= set(range(1, 7))


def test_text_is_in_its_own_language() -> None:
    latvian = re.compile(r"[āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ]")
    english = re.compile(r"\b(the|and|of|with|is|for|your|you)\b", re.IGNORECASE)
    mixed = [
        (name, number, column)
        for name, number, row in grid_rows()
        for column, cell in row.items()
        if (column.endswith("_en") and latvian.search(cell))
        or (column.endswith("_lv") and english.search(cell))
        or (column.endswith(("_lv", "_en")) and not cell and not column.startswith("merged"))
    ]

    assert mixed == []


def test_fund_is_the_published_sum_for_this_school_year() -> None:
    fund = tomllib.loads((FOLDER / "fund.toml").read_text(encoding="utf-8"))["fund"]

    assert fund["code"] == "fund-2026"
    assert fund["appropriated_cents"] == 50_000_00
    assert (fund["starts"], fund["ends"]) == (date(2026, 9, 1), date(2027, 8, 31))


def test_policy_bands_follow_each_other_without_a_gap() -> None:
    policy = tomllib.loads((FOLDER / "fund.toml").read_text(encoding="utf-8"))["policy"]
    bands = policy["bands"]

    assert [(b["from_m"], b.get("to_m"), b["share_bp"]) for b in bands] == [
        (0, 59_999, 5_000),
        (60_000, 200_000, 7_500),
        (200_001, None, 9_000),
    ]
    assert all(before["to_m"] + 1 == after["from_m"] for before, after in pairwise(bands))
    assert (policy["rate_cents_per_km"], policy["trip_cap_cents"]) == (150, 90_000)


def test_policy_says_each_of_its_rules_in_plain_words() -> None:
    data = tomllib.loads((FOLDER / "fund.toml").read_text(encoding="utf-8"))
    policy = data["policy"]
    rules = set(policy) - {"version", "valid_from", "valid_to", "words"} | {"appropriated_cents"}

    assert Counter(sentence["rule"] for sentence in policy["words"]) == dict.fromkeys(rules, 1)
    assert all(s["lv"].endswith(".") and s["en"].endswith(".") for s in policy["words"])
