"""The journal for accountants: read by the real hledger, whose balances are ours to the cent."""

import csv
import os
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bookings.ledger import rules
from bookings.ledger.queries import find_balance, get_balances, stream_journal
from bookings.ledger.rules import (
    Book,
    Draw,
    JournalAccount,
    JournalEntry,
    Period,
    Side,
    Unit,
    chart,
    journal_lines,
)
from bookings.ledger.service import ClosePeriod, Entry, close_period, post_transfers
from tests.factories.ledger import FUND, SECRET_KEY, given_cap, given_ledger
from tests.servers.process import MissingSoftwareError, find_program
from vizium.db.session import Database, Session
from vizium.kernel.money import Cents

_FIRST = Period(FUND, 2026, date(2026, 9, 1), date(2027, 8, 31))
_SECOND = Period(FUND, 2027, date(2027, 9, 1), date(2028, 8, 31))
_LATER = datetime(2027, 10, 1, 8, 0, tzinfo=UTC)


def hledger(journal: Path, *words: str) -> str:
    """What the real program says of a journal; it must take it without a word of complaint."""
    program = find_program("hledger", package="hledger")
    done = subprocess.run(
        [program, "-f", journal, "--strict", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def _balances_of_hledger(journal: Path) -> dict[str, str]:
    """Keyed by account, as hledger writes them."""
    table = hledger(journal, "bal", "--flat", "--empty", "--no-total", "-O", "csv")
    return {row["account"]: row["balance"] for row in csv.DictReader(table.splitlines())}


def _post(session: Session, event: str, *postings: rules.Posting, now: datetime) -> None:
    entry = Entry(FUND, event, "claim:01K0000000000000000000000A", postings)
    post_transfers(session, entry, secret_key=SECRET_KEY, now=now)


def _given_two_years(session: Session, now: datetime) -> str:
    """An award paid, demanded back and half repaid in the second year; the first is closed."""
    given_ledger(session, cents=5_000_000, far_bp=3000, now=now)
    cap = given_cap(session, awards=2, now=now)
    amount = Cents(42_705)
    _post(session, "reserved", *rules.reserved(FUND, Draw(amount, Cents(45)), cap), now=now)
    _post(session, "approved", *rules.approved(FUND, amount, Draw(Cents(0), Cents(45))), now=now)
    _post(session, "sent", *rules.sent(FUND, amount), now=now)
    _post(session, "booked", *rules.booked(FUND, amount), now=now)
    closing = ClosePeriod("close-2026", _FIRST)
    close_period(session, closing, secret_key=SECRET_KEY, by="test", now=_LATER)
    demanded = rules.recovery_demanded(FUND, amount)
    _post(session, "recovery_demanded", *demanded, now=_LATER)
    _post(session, "repaid", *rules.repaid(FUND, Cents(20_001)), now=_LATER)
    return cap


def test_balances_of_hledger_are_those_of_the_accounts(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    with database.transaction() as session:
        cap = _given_two_years(session, now)
    journal = tmp_path / "fund.journal"
    with database.reading() as session:
        journal.write_text("\n".join(stream_journal(session, _SECOND)))
        balances, cap_left = get_balances(session, FUND), find_balance(session, cap)

    said = _balances_of_hledger(journal)

    expected = {f"caps:{cap.removeprefix(f'{FUND}:')}": f"{cap_left} awards"}
    for plan in chart(FUND):
        name = plan.code.removeprefix(f"{FUND}:")
        number = balances[name] * (1 if plan.side is Side.DEBIT else -1)
        unit = "awards" if plan.unit is Unit.AWARDS else "EUR"
        text = f"{number}" if unit == "awards" else f"{number / 100:.2f}"
        expected[f"{plan.book.value}:{name}"] = f"{text} {unit}" if number else "0"
    assert said == expected


def test_journal_of_a_closed_period_ends_with_what_was_expended(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    with database.transaction() as session:
        _given_two_years(session, now)
    journal = tmp_path / "fund.journal"
    with database.reading() as session:
        journal.write_text("\n".join(stream_journal(session, _FIRST)))

    said = _balances_of_hledger(journal)

    assert (said["budget:available"], said["budget:expended"], said["budget:appropriated"]) == (
        "0",
        "427.05 EUR",
        "-427.05 EUR",
    )


def test_hledger_refuses_a_journal_with_a_cent_less(tmp_path: Path) -> None:
    journal = tmp_path / "fund.journal"
    true = "\n".join(journal_lines(_FIRST, _ACCOUNTS, _ENTRIES))
    journal.write_text(true)
    hledger(journal, "check", "assertions", "balancednoautoconversion")

    journal.write_text(true.replace("12.35 EUR\n    budget", "12.34 EUR\n    budget"))

    with pytest.raises(AssertionError):
        hledger(journal, "check", "assertions")


def test_missing_hledger_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingSoftwareError, match="apt-get install hledger"):
        hledger(tmp_path)


_ACCOUNTS = [
    JournalAccount("available", Book.BUDGET, Unit.CENTS, Side.DEBIT, opening=0, closing=1235),
    JournalAccount("appropriated", Book.BUDGET, Unit.CENTS, Side.CREDIT, opening=0, closing=1235),
    JournalAccount("caps-used", Book.CAPS, Unit.AWARDS, Side.DEBIT, opening=1, closing=1),
    JournalAccount("caps-granted", Book.CAPS, Unit.AWARDS, Side.CREDIT, opening=1, closing=1),
]
_ENTRIES = [
    JournalEntry(
        day=date(2026, 9, 2),
        seq=1,
        event="opened",
        subject="fund:one; two",
        book=Book.BUDGET,
        debit="available",
        credit="appropriated",
        amount=1235,
        seal="ab",
    )
]


def test_journal_is_written_line_by_line() -> None:
    assert list(journal_lines(_FIRST, _ACCOUNTS, _ENTRIES)) == [
        "; test-fund 2026: 2026-09-01 to 2027-08-31",
        "decimal-mark .",
        "commodity 1000.00 EUR",
        "commodity 1000. awards",
        "account budget:available",
        "account budget:appropriated",
        "account caps:caps-used",
        "account caps:caps-granted",
        "",
        "2026-09-01 * opening balances",
        "    caps:caps-used  1 awards",
        "    caps:caps-granted  -1 awards",
        "",
        "2026-09-02 * (1) opened | fund:one  two  ; seal:ab",
        "    budget:available  12.35 EUR",
        "    budget:appropriated  -12.35 EUR",
        "",
        "2027-08-31 * closing balances",
        "    budget:available  0.00 EUR = 12.35 EUR",
        "    budget:appropriated  0.00 EUR = -12.35 EUR",
        "    caps:caps-used  0 awards = 1 awards",
        "    caps:caps-granted  0 awards = -1 awards",
    ]
