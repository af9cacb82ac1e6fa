"""A bank: takes our pain.001 file and answers with a camt.053 statement, as banks write it.

It reads the orders from the file alone, so what it books is what a bank would have been told. What
it does with each order is said by its end-to-end id: book, refuse, or return all or a part of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from lxml import etree

V02, V08 = "02", "08"


@dataclass(frozen=True, slots=True)
class _Order:
    end_to_end_id: str
    cents: int
    name: str
    iban: str


def orders_in(pain001: bytes) -> list[_Order]:
    """What a payment file orders."""
    return [
        _Order(
            one.findtext("{*}PmtId/{*}EndToEndId"),
            int(Decimal(one.findtext("{*}Amt/{*}InstdAmt")) * 100),
            one.findtext("{*}Cdtr/{*}Nm"),
            one.findtext("{*}CdtrAcct/{*}Id/{*}IBAN"),
        )
        for one in etree.fromstring(pain001).iter("{*}CdtTrfTxInf")
    ]


def payer_iban(pain001: bytes) -> str:
    """The account that a payment file is drawn on."""
    return str(etree.fromstring(pain001).findtext(".//{*}DbtrAcct/{*}Id/{*}IBAN"))


def booked(order: _Order, *, version: str = V02, cents: int | None = None) -> str:
    """The entry of a payment that went out."""
    return _entry(-(cents or order.cents), [_details(order, -(cents or order.cents), version)])


def booked_together(orders: Sequence[_Order], *, version: str = V02) -> str:
    """One entry over several payments, with a word on each."""
    total = -sum(order.cents for order in orders)
    return _entry(total, [_details(order, -order.cents, version) for order in orders])


def returned(order: _Order, *, cents: int | None = None, reason: str = "AC04") -> str:
    """The entry of money that came back; `cents` where it is only a part."""
    back = cents or order.cents
    return _entry(back, [_details(order, back, V02, reason)])


def statement(
    iban: str, entries: Sequence[str], *, opening_cents: int, version: str = V02, number: int = 1
) -> bytes:
    """A statement whose closing balance is what its entries lead to."""
    amounts = [_booked_cents(entry) for entry in entries]
    listed = "".join(
        entry.replace("REFERENCE", f"BANK-{number}-{place}") for place, entry in enumerate(entries)
    )
    if version == V08:
        listed = listed.replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M{number}</MsgId><CreDtTm>2027-04-01T08:00:00+03:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>S{number}</Id><CreDtTm>2027-04-01T08:00:00+03:00</CreDtTm>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_balance('OPBD', opening_cents)}{_balance('CLBD', opening_cents + sum(amounts))}"
        f"{listed}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def answer(
    pain001: bytes, *, opening_cents: int = 5_000_000, refused: Mapping[str, str] | None = None
) -> bytes:
    """The statement of a day on which every order of a file was booked, or refused with a code."""
    entries = []
    for order in orders_in(pain001):
        entries.append(booked(order))
        if refused and order.end_to_end_id in refused:
            entries.append(returned(order, reason=refused[order.end_to_end_id]))
    return statement(payer_iban(pain001), entries, opening_cents=opening_cents)


def _entry(cents: int, details: Sequence[str], booked_on: date = date(2027, 3, 31)) -> str:
    return (
        f"<Ntry><NtryRef>REFERENCE</NtryRef>{_money(cents)}<Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{booked_on}</Dt></BookgDt><AcctSvcrRef>REFERENCE</AcctSvcrRef>"
        f"<NtryDtls>{''.join(details)}</NtryDtls></Ntry>"
    )


def _details(order: _Order, cents: int, version: str, reason: str = "") -> str:
    side = "Cdtr" if cents < 0 else "Dbtr"
    name = f"<Nm>{escape(order.name)}</Nm>"
    party = f"<Pty>{name}</Pty>" if version == V08 else name
    amount = f'<Amt Ccy="EUR">{_euros(cents)}</Amt>'
    own = (
        _money(cents) if version == V08 else f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>"
    )  # version 02 has the amount of a payment in its details
    back = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{order.end_to_end_id}</EndToEndId></Refs>{own}"
        f"<RltdPties><{side}>{party}</{side}>"
        f"<{side}Acct><Id><IBAN>{order.iban}</IBAN></Id></{side}Acct></RltdPties>"
        f"<RmtInf><Ustrd>{order.end_to_end_id}</Ustrd></RmtInf>{back}</TxDtls>"
    )


def _balance(kind: str, cents: int) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_money(cents)}"
        "<Dt><Dt>2027-03-31</Dt></Dt></Bal>"
    )


def _money(cents: int) -> str:
    side = "DBIT" if cents < 0 else "CRDT"
    return f'<Amt Ccy="EUR">{_euros(cents)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _euros(cents: int) -> str:
    return f"{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _booked_cents(entry: str) -> int:
    parsed = etree.fromstring(entry)
    cents = int(Decimal(parsed.findtext("Amt")) * 100)
    return -cents if parsed.findtext("CdtDbtInd") == "DBIT" else cents
