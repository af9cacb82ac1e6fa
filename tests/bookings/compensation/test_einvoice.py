"""E-invoices: what a carrier billed is read to the cent, and what does not add up is named."""

from datetime import date

import pytest

from bookings.compensation.einvoice import read_invoice
from bookings.compensation.rules import InvoiceLine, ReadInvoice, WarningCode
from tests.factories.compensation import IBAN
from tests.factories.einvoices import sample_invoice
from vizium.kernel.errors import InvalidInput
from vizium.kernel.money import Cents

_CREDIT_NOTE = b'<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"/>'


def test_invoice_is_read_exactly() -> None:
    assert read_invoice(sample_invoice()) == ReadInvoice(
        number="AB-2027/014",
        issued_on=date(2027, 1, 27),
        supplier_reg_no="40000000001",
        supplier_name="SIA „Parauga autobusi”",
        buyer_reg_no="3213900123",
        buyer_name="Paraugskola",
        currency="EUR",
        total_cents=Cents(57_000),
        due_cents=57_000,
        iban=IBAN,
        lines=(InvoiceLine("Autobuss Rīga–Ventspils–Rīga", 47_107),),
        problems=(),
    )


@pytest.mark.parametrize("said", ["40000000001", "LV40000000001", "LV 4000 0000 001"])
def test_supplier_is_known_by_its_register_or_its_vat_number(said: str) -> None:
    assert read_invoice(sample_invoice(supplier=said)).supplier_reg_no == "40000000001"


def test_what_was_paid_in_advance_is_still_what_the_bus_cost() -> None:
    paid = sample_invoice(due="70.00").replace(
        b"<cbc:PayableAmount",
        b'<cbc:PrepaidAmount currencyID="EUR">500</cbc:PrepaidAmount><cbc:PayableAmount',
    )

    read = read_invoice(paid)

    assert (read.total_cents, read.due_cents, read.problems) == (57_000, 7_000, ())


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"currency": "USD"}, WarningCode.EINVOICE_NOT_EURO),
        ({"tax": "98.92"}, WarningCode.EINVOICE_TAX_DOES_NOT_ADD_UP),
        ({"due": "570.01"}, WarningCode.EINVOICE_DUE_DOES_NOT_ADD_UP),
        ({"supplier": "123"}, WarningCode.EINVOICE_SUPPLIER_NUMBER_MISSING),
        ({"iban": "LV81BANK0000435195001"}, WarningCode.EINVOICE_IBAN_DAMAGED),
    ],
)
def test_invoice_that_is_not_sound_says_so(changed: dict[str, str], problem: WarningCode) -> None:
    assert read_invoice(sample_invoice(**changed)).problems == (problem,)


def test_lines_that_do_not_add_up_are_named() -> None:
    line = b'<cac:InvoiceLine><cbc:ID>2</cbc:ID><cbc:LineExtensionAmount currencyID="EUR">0.01'
    more = line + b"</cbc:LineExtensionAmount></cac:InvoiceLine></Invoice>"
    content = sample_invoice().replace(b"</Invoice>", more)

    assert read_invoice(content).problems == (WarningCode.EINVOICE_LINES_DO_NOT_ADD_UP,)


def test_plain_ubl_is_read_and_named() -> None:
    content = sample_invoice().replace(b"urn:fdc:peppol.eu", b"urn:fdc:example")

    assert read_invoice(content).problems == (WarningCode.EINVOICE_NOT_PEPPOL,)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"<html/>", "not_an_invoice"),
        (sample_invoice().replace(b"Invoice-2", b"Order-2"), "not_an_invoice"),
        (sample_invoice().replace(b"Invoice-2", b"CreditNote-2"), "not_an_invoice"),
        (_CREDIT_NOTE, "is_credit_note"),
        (sample_invoice(number=" "), "invoice_incomplete"),
        (sample_invoice(issued="27.01.2027"), "invoice_incomplete"),
        (sample_invoice(total="-1.00"), "invoice_incomplete"),
        (sample_invoice(total="0"), "invoice_incomplete"),
        (sample_invoice(total="1e9"), "invoice_incomplete"),
        (sample_invoice(total="NaN"), "invoice_incomplete"),
        (sample_invoice(total="99999999999999"), "invoice_incomplete"),
        (sample_invoice(total="570.005"), "invoice_incomplete"),
        (sample_invoice()[:-5], "xml_damaged"),
        (sample_invoice().replace(b"<Invoice", b"<!DOCTYPE a><Invoice", 1), "xml_doctype"),
    ],
)  # fmt: skip
def test_file_that_is_no_invoice_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_invoice(content)

    assert [error.code for error in refused.value.errors] == [code]
