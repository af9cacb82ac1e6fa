"""What a bank's statement and a carrier's e-invoice say, once they are read; pure."""

from dataclasses import dataclass
from datetime import date

from bookings.compensation.rules.claim import WarningCode
from vizium.kernel.money import Cents

STATEMENT_BYTES_MAX = 20_000_000


@dataclass(frozen=True, slots=True)
class BankPayment:
    """One payment of an entry; `amount_cents` is negative where money left the account.

    `return_reason` is the bank's code (``AC04``) where it came back, else empty.
    """

    end_to_end_id: str
    amount_cents: int
    name: str
    iban: str
    remittance: str
    return_reason: str


@dataclass(frozen=True, slots=True)
class BankEntry:
    """A booked line; `payments` add up to it, or are empty where the bank did not tell them."""

    reference: str
    booked_on: date
    amount_cents: int
    payments: tuple[BankPayment, ...]


@dataclass(frozen=True, slots=True)
class BankFile:
    """One account over a time; its entries lead from `opening_cents` to `closing_cents`."""

    id: str
    iban: str
    opening_cents: int
    closing_cents: int
    entries: tuple[BankEntry, ...]


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of an invoice, without tax."""

    name: str
    net_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInvoice:
    """What an e-invoice says; numbers are empty where it does not say them.

    `total_cents` is with tax, before what was paid in advance; `due_cents` is what is left to pay.
    """

    number: str
    issued_on: date
    supplier_reg_no: str
    supplier_name: str
    buyer_reg_no: str
    buyer_name: str
    currency: str
    total_cents: Cents
    due_cents: int
    iban: str
    lines: tuple[InvoiceLine, ...]
    problems: tuple[WarningCode, ...]
