"""A batch of transfers as the bank takes it: ISO 20022 pain.001.001.09, byte for byte the same.

```
Document > CstmrCdtTrfInitn
  GrpHdr    message id, instant, count, sum, who orders
  PmtInf    one: the day, the fund's account, SEPA, charges shared
    CdtTrfTxInf   one a claim: its end-to-end id, the amount, the school's account, what for
```
Nothing is read from a clock and nothing is drawn by lot, so a batch that is written twice gives one
file with one hash. No postal address is written: SEPA does not need one.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from lxml import etree

from bookings.compensation.rules import BIC, NAME_LENGTH_MAX
from vizium.files.xml import Element
from vizium.kernel.clock import to_riga
from vizium.kernel.money import Cents
from vizium.kernel.registers import parse_iban

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
ID_LENGTH_MAX = 35
REMITTANCE_LENGTH_MAX = 140
# What every bank of the SEPA area takes; the rest is written without its diacritics.
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-]*")


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose account pays; without a `bic` the bank finds itself by the IBAN."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """One payment; each answer of the bank names its `end_to_end_id`, which is never reused."""

    end_to_end_id: str
    amount_cents: Cents
    name: str
    iban: str
    remittance: str


@dataclass(frozen=True, slots=True)
class PaymentBatch:
    """Transfers that are ordered together; `id` is the message id, unique for ever."""

    id: str
    created_at: datetime
    execute_on: date
    payer: Payer
    transfers: tuple[CreditTransfer, ...]

    @property
    def total_cents(self) -> Cents:
        """The sum of all transfers."""
        return Cents(sum(transfer.amount_cents for transfer in self.transfers))


def write_pain001(batch: PaymentBatch) -> bytes:
    """The file of a batch: UTF-8, one element a line, transfers in the order of their ids.

    Raises:
        AssertionError: an id or an amount that can never be sent.
        NumberError: an account that is none.

    Source:
        ISO 20022 pain.001.001.09; EPC132-08, implementation guidelines of SEPA credit transfers.
    """
    transfers = sorted(batch.transfers, key=lambda transfer: transfer.end_to_end_id)
    _refuse_unsendable(batch, transfers)
    document = etree.Element("Document", nsmap={None: NAMESPACE})
    initiation = etree.SubElement(document, "CstmrCdtTrfInitn")
    totals = {"NbOfTxs": str(len(transfers)), "CtrlSum": _amount(batch.total_cents)}
    payer = {"Nm": _name(batch.payer.name)}
    created = to_riga(batch.created_at).isoformat(timespec="seconds")
    _add(initiation, "GrpHdr", {"MsgId": batch.id, "CreDtTm": created, **totals, "InitgPty": payer})
    bank = {"BICFI": batch.payer.bic} if batch.payer.bic else {"Othr": {"Id": "NOTPROVIDED"}}
    payment = _add(
        initiation,
        "PmtInf",
        {
            "PmtInfId": batch.id,
            "PmtMtd": "TRF",
            "BtchBookg": "false",
            **totals,
            "PmtTpInf": {"SvcLvl": {"Cd": "SEPA"}},
            "ReqdExctnDt": {"Dt": batch.execute_on.isoformat()},
            "Dbtr": payer,
            "DbtrAcct": {"Id": {"IBAN": batch.payer.iban}, "Ccy": "EUR"},
            "DbtrAgt": {"FinInstnId": bank},
            "ChrgBr": "SLEV",
        },
    )
    for transfer in transfers:
        _add_transfer(payment, transfer)
    return bytes(
        etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    )


def list_faults(content: bytes) -> list[str]:
    """What the schema of pain.001.001.09 says against a file; nothing where it is right."""
    schema = _schema()
    if schema.validate(etree.fromstring(content)):
        return []
    return [f"{error.line}: {error.message}" for error in schema.error_log]


def sepa_text(text: str, length_max: int) -> str:
    """A text in the letters of SEPA, cut to a length: of ``„Ābelīte”`` stays ``Abelite``."""
    plain = unicodedata.normalize("NFKD", text.replace("–", "-").replace("—", "-"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(_NOT_SEPA.sub(" ", letters).split())[:length_max].strip()


def _refuse_unsendable(batch: PaymentBatch, transfers: Sequence[CreditTransfer]) -> None:
    ids = [transfer.end_to_end_id for transfer in transfers]
    assert transfers, "a batch pays somebody"
    assert len(set(ids)) == len(ids), "an end-to-end id twice would be paid once or twice"
    assert all(_ID.fullmatch(one) and len(one) <= ID_LENGTH_MAX for one in (batch.id, *ids))
    assert not batch.payer.bic or BIC.fullmatch(batch.payer.bic)
    assert parse_iban(batch.payer.iban) == batch.payer.iban
    for transfer in transfers:
        assert transfer.amount_cents > 0
        assert parse_iban(transfer.iban) == transfer.iban


def _add_transfer(payment: Element, transfer: CreditTransfer) -> None:
    element = etree.SubElement(payment, "CdtTrfTxInf")
    _add(element, "PmtId", {"EndToEndId": transfer.end_to_end_id})
    amount = etree.SubElement(etree.SubElement(element, "Amt"), "InstdAmt", Ccy="EUR")
    amount.text = _amount(transfer.amount_cents)
    _add(element, "Cdtr", {"Nm": _name(transfer.name)})
    _add(element, "CdtrAcct", {"Id": {"IBAN": transfer.iban}})
    if remittance := sepa_text(transfer.remittance, REMITTANCE_LENGTH_MAX):
        _add(element, "RmtInf", {"Ustrd": remittance})


def _add(parent: Element, name: str, content: str | dict[str, object]) -> Element:
    """Add an element with a text, or with elements keyed by their names, in their order."""
    element = etree.SubElement(parent, name)
    if isinstance(content, str):
        element.text = content
    else:
        for child, inner in _parts(content):
            _add(element, child, inner)
    return element


def _parts(content: dict[str, object]) -> Iterator[tuple[str, str | dict[str, object]]]:
    for name, inner in content.items():
        assert isinstance(inner, str | dict)
        yield name, inner


def _name(text: str) -> str:
    """A name of which no letter is left is said to be missing, in the banks' own word."""
    return sepa_text(text, NAME_LENGTH_MAX) or "NOTPROVIDED"


def _amount(cents: Cents) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


@cache
def _schema() -> etree.XMLSchema:
    # sepaxml is here for its copy of the schema alone: see docs/decisions/dependencies.md.
    schema = files("sepaxml").joinpath("schemas/pain.001.001.09.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(schema))
