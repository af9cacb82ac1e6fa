"""What the bank did, read from its statement: ISO 20022 camt.053, versions 02 to 12.

```
Stmt        one account, opening and closing balance
  Ntry      one booked line of the account
    TxDtls  one payment in it, with the end-to-end id that we gave
```
A statement is believed when opening + booked entries = closing. An entry over several payments is
split by its details, and stays whole where these do not add up to it: then a person has to look.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime

from bookings.compensation.rules import STATEMENT_BYTES_MAX, BankEntry, BankFile, BankPayment
from vizium.files.xml import Element, children, find, parse_xml, text_at
from vizium.kernel.clock import local_date
from vizium.kernel.errors import FieldError, InvalidInput

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(0[2-9]|1[0-2])")
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
# Many banks leave the field empty with this word.
_NO_ID = frozenset({"", "NOTPROVIDED", "NONREF"})
_TEXT_LENGTH_MAX = 500
# Up to EUR 100 billion, which an integer column holds with ease; cents may be followed by zeros.
_AMOUNT = re.compile(r"([0-9]{1,11})(?:\.([0-9]{0,2})0*)?")


def read_camt053(content: bytes, *, field: str = "statement") -> tuple[BankFile, ...]:
    """Read the statements of a file.

    Args:
        content: at most `STATEMENT_BYTES_MAX` bytes of XML.
        field: the form field that an error points to.

    Raises:
        InvalidInput: what `parse_xml` says; ``not_a_statement``; ``statement_incomplete`` with
            ``what``; ``currency_not_euro``; ``statement_unbalanced`` with ``id`` and
            ``missing_cents``.

    Source:
        ISO 20022 camt.053.001.02 and .08, as Latvia's banks write them.
    """
    root = parse_xml(content, field=field, bytes_max=STATEMENT_BYTES_MAX)
    namespace, _, name = root.tag.removeprefix("{").partition("}")
    if name != "Document" or not _NAMESPACE.fullmatch(namespace):
        raise InvalidInput([FieldError(field, "not_a_statement")])
    try:
        return tuple(map(_statement, _all(root, "BkToCstmrStmt/Stmt")))
    except _Unreadable as error:
        raise InvalidInput([FieldError(field, error.code, error.facts)]) from error


class _Unreadable(Exception):
    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def _statement(element: Element) -> BankFile:
    statement = BankFile(
        id=_required(element, "Id"),
        iban=_required(element, "Acct/Id/IBAN"),
        opening_cents=_balance(element, _OPENING),
        closing_cents=_balance(element, _CLOSING),
        entries=tuple(map(_entry, filter(_is_booked, children(element, "Ntry")))),
    )
    booked = sum(entry.amount_cents for entry in statement.entries)
    missing = statement.closing_cents - statement.opening_cents - booked
    if missing:
        raise _Unreadable("statement_unbalanced", id=statement.id, missing_cents=missing)
    return statement


def _balance(statement: Element, codes: tuple[str, ...]) -> int:
    """The balance of the first of these kinds, in cents."""
    balances = {
        text_at(balance, "Tp/CdOrPrtry/Cd"): balance for balance in children(statement, "Bal")
    }
    for code in codes:
        if code in balances:
            return _signed(balances[code], "Amt")
    raise _Unreadable("statement_incomplete", what=codes[0])


def _is_booked(entry: Element) -> bool:
    # Version 02 says it as text, later ones as a code; the rest is announced, not booked.
    return text_at(entry, "Sts/Cd", "Sts") == "BOOK"


def _entry(element: Element) -> BankEntry:
    amount = _signed(element, "Amt")
    payments = tuple(_payments(element, amount))
    return BankEntry(
        reference=_short(text_at(element, "AcctSvcrRef", "NtryRef")),
        booked_on=_day(_required(element, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")),
        amount_cents=amount,
        payments=payments if sum(one.amount_cents for one in payments) == amount else (),
    )


def _payments(entry: Element, amount_cents: int) -> Iterator[BankPayment]:
    details = children(entry, "NtryDtls/TxDtls")
    for one in details:
        # A single payment may leave its amount to the entry.
        amount = amount_cents if len(details) == 1 else _detail_amount(one, amount_cents)
        # Money that left went to the creditor; money that came was the debtor's.
        party, account = ("Cdtr", "CdtrAcct") if amount < 0 else ("Dbtr", "DbtrAcct")
        name = text_at(one, f"RltdPties/{party}/Pty/Nm", f"RltdPties/{party}/Nm")
        yield BankPayment(
            end_to_end_id=_id(text_at(one, "Refs/EndToEndId")),
            amount_cents=amount,
            name=_short(name),
            iban=text_at(one, f"RltdPties/{account}/Id/IBAN"),
            remittance=_short(" ".join(_texts(one, "RmtInf/Ustrd"))),
            return_reason=text_at(one, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"),
        )


def _detail_amount(detail: Element, entry_cents: int) -> int:
    """The amount of one of several payments; without a word of its own it has the entry's sign."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        if (found := find(detail, path)) is not None:
            cents = _cents(found)
            side = text_at(detail, "CdtDbtInd")
            leaves = side == "DBIT" if side else entry_cents < 0
            return -cents if leaves else cents
    raise _Unreadable("statement_incomplete", what="TxDtls/Amt")


def _signed(element: Element, path: str) -> int:
    amount, side = find(element, path), text_at(element, "CdtDbtInd")
    if amount is None or side not in {"CRDT", "DBIT"}:
        raise _Unreadable("statement_incomplete", what="Amt" if amount is None else "CdtDbtInd")
    # `RvslInd` says why an entry stands, not which way its money went.
    return _cents(amount) if side == "CRDT" else -_cents(amount)


def _cents(amount: Element) -> int:
    if amount.get("Ccy") != "EUR":
        raise _Unreadable("currency_not_euro")
    digits = _AMOUNT.fullmatch((amount.text or "").strip())
    if digits is None:
        raise _Unreadable("statement_incomplete", what="Amt")
    return int(digits[1]) * 100 + int((digits[2] or "").ljust(2, "0"))


def _all(element: Element, path: str) -> list[Element]:
    found = children(element, path)
    if not found:
        raise _Unreadable("statement_incomplete", what=path)
    return found


def _required(element: Element, *paths: str) -> str:
    text = text_at(element, *paths)
    if not text:
        raise _Unreadable("statement_incomplete", what=paths[0])
    return _short(text)


def _day(text: str) -> date:
    try:
        instant = datetime.fromisoformat(text)
        return instant.date() if instant.tzinfo is None else local_date(instant)
    except (ValueError, OverflowError) as error:
        raise _Unreadable("statement_incomplete", what="BookgDt") from error


def _id(text: str) -> str:
    return "" if text in _NO_ID else _short(text)


def _texts(element: Element, path: str) -> list[str]:
    return [(found.text or "").strip() for found in children(element, path)]


def _short(text: str) -> str:
    return " ".join(text.split())[:_TEXT_LENGTH_MAX]
