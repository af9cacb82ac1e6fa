"""A carrier's e-invoice, read exactly: Peppol BIS Billing 3, which is UBL 2.1.

Latvian suppliers must send it to budget institutions, so number, supplier, date, total and account
need not be typed, and cannot be mistyped. The sums that the standard prescribes are done again; an
invoice that does not add up, or is in another currency, says so to the checker.
"""

import re
from collections.abc import Iterator
from datetime import date

from bookings.compensation.rules import InvoiceLine, ReadInvoice, WarningCode
from vizium.files.xml import Element, children, find, parse_xml, text_at
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.money import AMOUNT_CENTS_MAX, Cents
from vizium.kernel.registers import NumberError, parse_iban, parse_registration_number

INVOICE_BYTES_MAX = 5_000_000
_INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
_CREDIT_NOTE = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"
# Amounts have at most two decimals (BR-DEC rules); zeros may follow.
_AMOUNT = re.compile(r"(-?)([0-9]{1,10})(?:\.([0-9]{0,2})0*)?")
_TEXT_LENGTH_MAX = 200
_LINES_MAX = 200


def read_invoice(content: bytes, *, field: str = "file") -> ReadInvoice:
    """Read an e-invoice.

    Args:
        content: at most `INVOICE_BYTES_MAX` bytes of XML.
        field: the form field that an error points to.

    Raises:
        InvalidInput: what `parse_xml` says; ``not_an_invoice``; ``is_credit_note``;
            ``invoice_incomplete`` with ``what``.

    Source:
        Peppol BIS Billing 3.0: BT-1, BT-2, BT-5, BT-27, BT-30, BT-44, BT-47, BT-84, BT-112, BT-115,
        rules BR-CO-10, BR-CO-15 and BR-CO-16.
    """
    root = parse_xml(content, field=field, bytes_max=INVOICE_BYTES_MAX)
    if root.tag == _CREDIT_NOTE:
        raise InvalidInput([FieldError(field, "is_credit_note")])
    if root.tag != _INVOICE:
        raise InvalidInput([FieldError(field, "not_an_invoice")])
    try:
        return _read(root)
    except _IncompleteError as error:
        facts: dict[str, object] = {"what": error.what}
        raise InvalidInput([FieldError(field, "invoice_incomplete", facts)]) from error


class _IncompleteError(Exception):
    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def _read(root: Element) -> ReadInvoice:
    supplier = _needed(root, "AccountingSupplierParty/Party")
    buyer = _needed(root, "AccountingCustomerParty/Party")
    totals = _needed(root, "LegalMonetaryTotal")
    total = _cents(totals, "TaxInclusiveAmount")
    if not 0 < total <= AMOUNT_CENTS_MAX:
        raise _IncompleteError("TaxInclusiveAmount")
    return ReadInvoice(
        number=_said(root, "ID"),
        issued_on=_day(_said(root, "IssueDate")),
        supplier_reg_no=_register_no(supplier),
        supplier_name=_name(supplier),
        buyer_reg_no=_register_no(buyer),
        buyer_name=_name(buyer),
        currency=_said(root, "DocumentCurrencyCode"),
        total_cents=Cents(total),
        due_cents=_cents(totals, "PayableAmount"),
        iban=_iban(root)[0],
        lines=tuple(map(_line, children(root, "InvoiceLine")[:_LINES_MAX])),
        problems=tuple(_problems(root, supplier, totals)),
    )


def _problems(root: Element, supplier: Element, totals: Element) -> Iterator[WarningCode]:
    if not text_at(root, "ProfileID", "CustomizationID").startswith("urn:fdc:peppol.eu:2017:poacc"):
        yield WarningCode.EINVOICE_NOT_PEPPOL
    if text_at(root, "DocumentCurrencyCode") != "EUR":
        yield WarningCode.EINVOICE_NOT_EURO
    net = sum(_cents(line, "LineExtensionAmount") for line in children(root, "InvoiceLine"))
    if net != _cents(totals, "LineExtensionAmount"):
        yield WarningCode.EINVOICE_LINES_DO_NOT_ADD_UP
    total = _cents(totals, "TaxInclusiveAmount")
    if total != _cents(totals, "TaxExclusiveAmount") + _tax(root):
        yield WarningCode.EINVOICE_TAX_DOES_NOT_ADD_UP
    due = total - _cents(totals, "PrepaidAmount", 0) + _cents(totals, "PayableRoundingAmount", 0)
    if due != _cents(totals, "PayableAmount"):
        yield WarningCode.EINVOICE_DUE_DOES_NOT_ADD_UP
    if not _register_no(supplier):
        yield WarningCode.EINVOICE_SUPPLIER_NUMBER_MISSING
    if _iban(root)[1]:
        yield WarningCode.EINVOICE_IBAN_DAMAGED


def _tax(root: Element) -> int:
    """The tax in the invoice's own currency; a second total may state it in another."""
    currency = text_at(root, "DocumentCurrencyCode")
    for total in children(root, "TaxTotal"):
        amount = find(total, "TaxAmount")
        if amount is not None and amount.get("currencyID") == currency:
            return _cents(total, "TaxAmount")
    return 0


def _register_no(party: Element) -> str:
    """The registration number of a party; its VAT number is the same behind ``LV``."""
    said = text_at(party, "PartyLegalEntity/CompanyID", "PartyTaxScheme/CompanyID")
    try:
        return parse_registration_number(said)
    except NumberError:
        return ""


def _name(party: Element) -> str:
    return _short(text_at(party, "PartyLegalEntity/RegistrationName", "PartyName/Name"))


def _iban(root: Element) -> tuple[str, bool]:
    """The first account that is an IBAN, and whether one is given that is not."""
    damaged = False
    for account in children(root, "PaymentMeans/PayeeFinancialAccount/ID"):
        try:
            return parse_iban(account.text or ""), damaged
        except NumberError:
            damaged = True
    return "", damaged


def _line(line: Element) -> InvoiceLine:
    name = _short(text_at(line, "Item/Name", "Item/Description"))
    return InvoiceLine(name, _cents(line, "LineExtensionAmount"))


def _cents(element: Element, path: str, default: int | None = None) -> int:
    said = text_at(element, path)
    if not said and default is not None:
        return default
    digits = _AMOUNT.fullmatch(said)
    if digits is None:
        raise _IncompleteError(path)
    cents = int(digits[2]) * 100 + int((digits[3] or "").ljust(2, "0"))
    return -cents if digits[1] else cents


def _needed(element: Element, path: str) -> Element:
    found = find(element, path)
    if found is None:
        raise _IncompleteError(path)
    return found


def _said(element: Element, path: str) -> str:
    text = _short(text_at(element, path))
    if not text:
        raise _IncompleteError(path)
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _IncompleteError("IssueDate") from error


def _short(text: str) -> str:
    return " ".join(text.split())[:_TEXT_LENGTH_MAX]
