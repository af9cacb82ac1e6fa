"""A fund's transfers as a journal in hledger's format, so that a foreign tool can add them up.

Each transfer is one transaction of two postings; the file begins with the balances before the
period and ends with a transaction that asserts those after it. hledger refuses a file whose
assertions fail, so who can read it at all has checked it. Debits are positive, credits negative.

Source:
    https://hledger.org/1.25/hledger.html#journal-format
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bookings.ledger.rules.accounts import Book, Side, Unit

_INDENT = "    "
_COMMODITIES = {Unit.CENTS: "EUR", Unit.AWARDS: "awards"}
# hledger reads a semicolon as a comment and two blanks as the end of a name.
_UNSPEAKABLE = str.maketrans(dict.fromkeys(";\n\r\t|", " "))


@dataclass(frozen=True, slots=True)
class Period:
    """A period of a fund by its name; both days belong to it."""

    fund: str
    year: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class JournalAccount:
    """An account with its balances before and after the period, on its normal side."""

    name: str
    book: Book
    unit: Unit
    side: Side
    opening: int
    closing: int

    @property
    def path(self) -> str:
        """Its name in the journal: ``budget:available``."""
        return f"{self.book.value}:{self.name}"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A transfer with its day in Latvia; accounts by name without the fund."""

    day: date
    seq: int
    event: str
    subject: str
    book: Book
    debit: str
    credit: str
    amount: int
    seal: str


def journal_lines(
    period: Period, accounts: Iterable[JournalAccount], entries: Iterable[JournalEntry]
) -> Iterator[str]:
    """The journal of one period, line by line without line ends.

    Args:
        accounts: all accounts of the fund, in the order in which they shall stand.
        entries: the transfers dated in the period; they are read once, so they may be a stream.
    """
    chart = list(accounts)
    units = {one.path: one.unit for one in chart}
    yield f"; {period.fund} {period.year}: {period.first_day} to {period.last_day}"
    yield "decimal-mark ."
    yield "commodity 1000.00 EUR"
    yield "commodity 1000. awards"
    for one in chart:
        yield f"account {one.path}"
    yield from _balances(f"{period.first_day} * opening balances", chart, closing=False)
    for entry in entries:
        yield from _transaction(entry, units)
    yield from _balances(f"{period.last_day} * closing balances", chart, closing=True)


def _transaction(entry: JournalEntry, units: dict[str, Unit]) -> Iterator[str]:
    what = f"{entry.event} | {entry.subject}".translate(_UNSPEAKABLE | {ord("|"): "|"})
    debit, credit = f"{entry.book.value}:{entry.debit}", f"{entry.book.value}:{entry.credit}"
    unit = units[debit]
    yield ""
    yield f"{entry.day} * ({entry.seq}) {what}  ; seal:{entry.seal}"
    yield f"{_INDENT}{debit}  {_amount(entry.amount, unit)}"
    yield f"{_INDENT}{credit}  {_amount(-entry.amount, unit)}"


def _balances(heading: str, chart: list[JournalAccount], *, closing: bool) -> Iterator[str]:
    yield ""
    yield heading
    for one in chart:
        sign = 1 if one.side is Side.DEBIT else -1
        if closing:
            asserted = _amount(sign * one.closing, one.unit)
            yield f"{_INDENT}{one.path}  {_amount(0, one.unit)} = {asserted}"
        elif one.opening:
            yield f"{_INDENT}{one.path}  {_amount(sign * one.opening, one.unit)}"


def _amount(number: int, unit: Unit) -> str:
    if unit is Unit.AWARDS:
        return f"{number} {_COMMODITIES[unit]}"
    sign = "-" if number < 0 else ""
    return f"{sign}{abs(number) // 100}.{abs(number) % 100:02d} {_COMMODITIES[unit]}"
