import csv
from datetime import datetime
from pathlib import Path

import pytest

import vizium.cli
from exhibits.registry.queries import (
    get_exhibit,
    get_floor_version,
    list_exhibits,
    list_galleries,
    list_verdicts,
)
from exhibits.registry.rules import RowProblem, Verdict
from exhibits.registry.service import load_exhibits, load_galleries, set_verdict
from tests.factories.exhibits import GALLERY, exhibit_row, given_exhibits
from vizium.db.audit import list_acts
from vizium.db.session import Database
from vizium.kernel.errors import NotFound

SAMPLES = Path(vizium.cli.__file__).parent / "sample_data"


def test_sample_floor_loads_whole_and_again_without_a_change(database: Database) -> None:
    with database.transaction() as session:
        galleries = load_galleries(session, _rows("galleries"))
        exhibits = load_exhibits(session, _rows("exhibits"))
    with database.transaction() as session:
        again = load_exhibits(session, _rows("exhibits"))

    assert (galleries.added, galleries.rejected) == (7, ())
    assert (exhibits.added, exhibits.rejected) == (84, ())
    assert (again.read, again.unchanged, again.added, again.changed) == (84, 84, 0, 0)


def test_changed_row_changes_the_exhibit_and_keeps_its_verdict(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_exhibits(session, "ex-001")
        set_verdict(session, "ex-001", Verdict.BROKEN, note="Plaisa", by="p", now=now)

        report = load_exhibits(session, [exhibit_row("ex-001", x="250")])
        exhibit = get_exhibit(session, "ex-001")

    assert (report.changed, exhibit.x, exhibit.verdict) == (1, 250, Verdict.BROKEN)


@pytest.mark.parametrize(
    ("values", "code", "column"),
    [
        ({"code": "Ex 1"}, "bad_code", "code"),
        ({"gallery": "g-none"}, "unknown_word", "gallery"),
        ({"title_lv": " "}, "text_length", "title_lv"),
        ({"what_en": "x" * 501}, "text_length", "what_en"),
        ({"kind": "magic"}, "unknown_word", "kind"),
        ({"x": "1001"}, "number_range", "x"),
        ({"y": "-1"}, "number_range", "y"),
        ({"idle_gap_s": "0"}, "number_range", "idle_gap_s"),
        ({"idle_gap_s": "²"}, "number_range", "idle_gap_s"),
    ],
)
def test_bad_row_is_reported_and_the_good_one_is_loaded(
    database: Database, values: dict[str, str], code: str, column: str
) -> None:
    with database.transaction() as session:
        load_galleries(session, [GALLERY])
        rows = [exhibit_row("ex-001", **values), exhibit_row("ex-002")]
        report = load_exhibits(session, rows)
        loaded = [exhibit.code for exhibit in list_exhibits(session)]

    (problem,) = report.rejected
    assert (problem.row, problem.code, problem.facts["column"]) == (2, code, column)
    assert (report.read, loaded) == (2, ["ex-002"])


def test_row_with_several_problems_tells_all_of_them(database: Database) -> None:
    with database.transaction() as session:
        report = load_galleries(
            session, [GALLERY | {"capacity": "", "color": "red", "polygon": "900,0,200,100"}]
        )
        loaded = list_galleries(session)

    assert {problem.code for problem in report.rejected} == {
        "bad_rectangle",
        "number_range",
        "bad_color",
    }
    assert (report.read, loaded) == (1, [])


def test_repeated_code_is_reported_with_the_first_row(database: Database) -> None:
    with database.transaction() as session:
        load_galleries(session, [GALLERY])
        report = load_exhibits(session, [exhibit_row("ex-001"), exhibit_row("ex-001", x="5")])

    assert report.rejected == (RowProblem(3, "repeated_code", {"code": "ex-001", "row": 2}),)


def test_verdict_is_kept_with_its_history_and_tells_the_board(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_exhibits(session, "ex-001")
        before = get_floor_version(session)

        set_verdict(session, "ex-001", Verdict.OFF_FLOOR, note="Uz remontu", by="p-1", now=now)
        set_verdict(session, "ex-001", Verdict.OFF_FLOOR, note="Uz remontu", by="p-1", now=now)

        (kept,) = list_verdicts(session, "ex-001")
        (act,) = list_acts(session, "exhibit:ex-001")
        assert get_floor_version(session) == before + 1
    assert (kept.verdict, kept.note, kept.by) == (Verdict.OFF_FLOOR, "Uz remontu", "p-1")
    assert act.facts == {"from": "works", "to": "off_floor"}


def test_verdict_on_an_unknown_exhibit_is_refused(database: Database, now: datetime) -> None:
    with database.transaction() as session, pytest.raises(NotFound):
        set_verdict(session, "ex-404", Verdict.WORKS, note="", by="p", now=now)


def _rows(name: str) -> list[dict[str, str]]:
    with (SAMPLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
