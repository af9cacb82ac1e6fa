"""`vizium ledger` and `vizium check --anchor`, as the auditor types them."""

import json
import os
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bookings.compensation.service import OpenFund, open_fund
from bookings.ledger.rules import anchor_text
from bookings.ledger.service import make_anchors
from tests.vizium.cli.conftest import Vizium
from vizium.db.session import Database
from vizium.kernel.money import Cents

_KEY = "a-key-for-tests-only-of-32-characters"
FUND = "old-fund"


@pytest.fixture
def centre(migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A centre whose fund of EUR 1,000 ended long ago."""
    for name in [name for name in os.environ if name.startswith("VIZIUM_")]:
        monkeypatch.delenv(name)
    copy = tmp_path / "centre.sqlite"
    copy.write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setenv("VIZIUM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VIZIUM_DATABASE_URL", f"sqlite:///{copy}")
    monkeypatch.setenv("VIZIUM_SECRET_KEY", _KEY)
    return Database(f"sqlite:///{copy}")


@pytest.fixture(autouse=True)
def _fund(centre: Database, now: datetime) -> None:
    command = OpenFund(
        code=FUND,
        title_lv="Vecais fonds",
        title_en="The old fund",
        first_day=date(2023, 9, 1),
        last_day=date(2024, 8, 31),
        appropriated_cents=Cents(100_000),
        far_bp=0,
    )
    opened = now.replace(year=2024)
    with centre.transaction() as session:
        open_fund(session, command, secret_key=_KEY, by="test", now=opened)
    centre.close()


def test_anchors_are_printed_and_kept_once(vizium: Vizium, tmp_path: Path) -> None:
    kept = tmp_path / "anchors.txt"

    said = [vizium("ledger", "anchor", "--file", str(kept)) for _ in range(2)]

    assert {one.code for one in said} == {0}
    assert said[0].out == said[1].out == kept.read_text()
    assert said[0].out.split()[1:3] == [FUND, "2"]
    checked = vizium("check", "--json", "--anchor", str(kept))
    found = json.loads(checked.out)
    assert (checked.code, found["ok"], found["anchors"]) == (0, True, 1)


def test_check_fails_where_the_chain_misses_an_anchor(
    vizium: Vizium, tmp_path: Path, centre: Database, now: datetime
) -> None:
    with centre.transaction() as session:
        (anchor,) = make_anchors(session, now=now)
        session.rollback()
    centre.close()
    kept = tmp_path / "anchors.txt"
    kept.write_text(anchor_text(anchor)[:-4] + "beef\n")

    said = vizium("check", "--anchor", str(kept))

    assert said.code == 1
    assert "ledger_anchor_missed" in said.out


def test_file_that_keeps_no_anchors_is_refused_in_a_sentence(
    vizium: Vizium, tmp_path: Path
) -> None:
    kept = tmp_path / "anchors.txt"
    kept.write_text("hello\n")

    said = vizium("check", "--anchor", str(kept))

    assert (said.code, said.out) == (1, "")
    assert said.err.endswith("line 1 is no anchor\n")


def test_period_is_closed_once_and_exported(vizium: Vizium, tmp_path: Path) -> None:
    journal = tmp_path / "fund.journal"

    said = [vizium("ledger", "close", FUND, "2023", "--json") for _ in range(2)]
    written = vizium("ledger", "export", "--hledger", FUND, "2023", str(journal))

    found = json.loads(said[0].out)
    assert said[0] == said[1]
    assert (found["last_day"], found["left_cents"], found["seq"]) == ("2024-08-31", 100_000, 3)
    assert (written.code, written.err) == (0, "")
    assert "    budget:available  0.00 EUR = 0.00 EUR" in journal.read_text().splitlines()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["close", FUND, "2022"], "The fund has no such period"),
        (["close", "no-fund", "2023"], "There is no such fund"),
        (["close", FUND, "2500"], "The period lasts until 2501-08-31"),
        (["export", FUND, "2022"], "The fund has no such period"),
    ],
)
def test_refusal_is_one_sentence(vizium: Vizium, words: list[str], sentence: str) -> None:
    said = vizium("ledger", *words)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"vizium: {sentence}")


def test_check_names_a_claim_that_nobody_knows(vizium: Vizium, centre: Database) -> None:
    with centre.transaction() as session:
        session.execute(
            text(
                "INSERT INTO ledger_transfer"
                " SELECT '01K0000000000000000000000Z', fund, 3, at, book, 'reserved',"
                " 'claim:01K000000000000000000000ZZ', 'old-fund:encumbered',"
                " 'old-fund:available', 5, NULL, seal, NULL FROM ledger_transfer WHERE seq = 1"
            )
        )
    centre.close()

    said = vizium("check")

    assert said.code == 1
    assert "claim_missing" in said.out
