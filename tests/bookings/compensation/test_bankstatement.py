"""Bank statements: what was booked is read to the cent, and what does not add up is refused."""

from datetime import date

import pytest

from bookings.compensation.bankstatement import read_camt053
from bookings.compensation.rules import BankPayment
from bookings.compensation.sepa import CreditTransfer, Payer, PaymentBatch, write_pain001
from tests.bookings.compensation.test_sepa import BATCH
from tests.factories.compensation import sample_iban
from tests.fakes import bank
from tests.fakes.bank import V02, V08
from vizium.kernel.errors import InvalidInput

_IBAN = sample_iban(1)
_FILE = write_pain001(BATCH)
_ORDERS = bank.orders_in(_FILE)
_DOCTYPE = b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"


def _refusal(content: bytes) -> tuple[str, dict[str, object]]:
    with pytest.raises(InvalidInput) as refused:
        read_camt053(content)
    (error,) = refused.value.errors
    return error.code, error.facts


@pytest.mark.parametrize("version", [V02, V08])
def test_booked_payments_are_read_with_our_ids(version: str) -> None:
    entries = [bank.booked(order, version=version) for order in _ORDERS]

    (read,) = read_camt053(bank.statement(_IBAN, entries, opening_cents=100_000, version=version))

    assert (read.id, read.iban) == ("S1", _IBAN)
    assert (read.opening_cents, read.closing_cents) == (100_000, 100_000 - 30_009)
    assert [(one.amount_cents, one.booked_on) for one in read.entries] == [
        (-order.cents, date(2027, 3, 31)) for order in _ORDERS
    ]
    assert read.entries[0].payments == (
        BankPayment(
            end_to_end_id=_ORDERS[0].end_to_end_id,
            amount_cents=-_ORDERS[0].cents,
            name="Kuldigas paraugskola",
            iban=_ORDERS[0].iban,
            remittance=_ORDERS[0].end_to_end_id,
            return_reason="",
        ),
    )


@pytest.mark.parametrize("version", [V02, V08])
def test_entry_over_several_payments_is_split(version: str) -> None:
    entry = bank.booked_together(_ORDERS, version=version)

    (read,) = read_camt053(bank.statement(_IBAN, [entry], opening_cents=0, version=version))

    assert [one.amount_cents for one in read.entries] == [-30_009]
    assert [(one.end_to_end_id, one.amount_cents) for one in read.entries[0].payments] == [
        (order.end_to_end_id, -order.cents) for order in _ORDERS
    ]


def test_entry_that_its_details_do_not_add_up_to_stays_whole() -> None:
    entry = bank.booked_together(_ORDERS).replace(
        '<TxAmt><Amt Ccy="EUR">100.02', '<TxAmt><Amt Ccy="EUR">100.03'
    )

    (read,) = read_camt053(bank.statement(_IBAN, [entry], opening_cents=0))

    assert [(one.amount_cents, one.payments) for one in read.entries] == [(-30_009, ())]


def test_partial_return_is_money_that_came_with_a_reason() -> None:
    back = bank.returned(_ORDERS[0], cents=4_000)

    (read,) = read_camt053(bank.statement(_IBAN, [back], opening_cents=0))

    (payment,) = read.entries[0].payments
    assert (payment.amount_cents, payment.return_reason) == (4_000, "AC04")
    assert payment.end_to_end_id == _ORDERS[0].end_to_end_id


def test_entry_that_is_only_announced_does_not_count() -> None:
    content = bank.statement(_IBAN, [bank.booked(_ORDERS[0])], opening_cents=0)
    announced = content.replace(b"<Sts>BOOK</Sts>", b"<Sts>PDNG</Sts>")

    assert _refusal(announced) == ("statement_unbalanced", {"id": "S1", "missing_cents": -10_002})


def test_statement_that_lost_an_entry_is_refused_with_what_is_missing() -> None:
    one, two = (bank.booked(order) for order in _ORDERS[:2])
    whole = bank.statement(_IBAN, [one, two], opening_cents=50_000)
    lost = whole.replace(two.replace("REFERENCE", "BANK-1-1").encode(), b"")

    assert lost != whole
    assert _refusal(lost) == ("statement_unbalanced", {"id": "S1", "missing_cents": -10_003})


@pytest.mark.parametrize(
    ("before", "after", "code", "facts"),
    [
        (b"camt.053.001.02", b"camt.054.001.02", "not_a_statement", {}),
        (b"camt.053.001.02", b"camt.053.001.99", "not_a_statement", {}),
        (_IBAN.encode(), b"", "statement_incomplete", {"what": "Acct/Id/IBAN"}),
        (b"OPBD", b"ITBD", "statement_incomplete", {"what": "OPBD"}),
        (b"<CdtDbtInd>DBIT</CdtDbtInd>", b"", "statement_incomplete", {"what": "CdtDbtInd"}),
        (b"100.02", b"NaN", "statement_incomplete", {"what": "Amt"}),
        (b"100.02", b"1e9", "statement_incomplete", {"what": "Amt"}),
        (b"100.02", b"-100.02", "statement_incomplete", {"what": "Amt"}),
        (b"100.02", b"100.025", "statement_incomplete", {"what": "Amt"}),
        (b"100.02", b"9" * 4_000, "statement_incomplete", {"what": "Amt"}),
        (b'Ccy="EUR"', b'Ccy="USD"', "currency_not_euro", {}),
        (b"2027-03-31", b"31.03.2027", "statement_incomplete", {"what": "BookgDt"}),
        (b"2027-03-31", b"0001-01-01T00:00:00+14:00", "statement_incomplete", {"what": "BookgDt"}),
        (b"<Document ", _DOCTYPE + b"<Document ", "xml_doctype", {}),
        (b"</Document>", b"", "xml_damaged", {"line": 1}),
    ],
)  # fmt: skip
def test_file_that_is_no_sound_statement_is_refused(
    before: bytes, after: bytes, code: str, facts: dict[str, object]
) -> None:
    content = bank.statement(_IBAN, [bank.booked(_ORDERS[0])], opening_cents=0)

    assert _refusal(content.replace(before, after)) == (code, facts)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_would_swell_is_refused_in_any_encoding(encoding: str) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE b [<!ENTITY e0 "ha">{entities}]>'
    bomb = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}<b>&e11;</b>'

    code, _ = _refusal(bomb.encode(encoding))

    assert code in {"xml_doctype", "xml_damaged"}


def test_batch_of_thousands_comes_back_whole() -> None:
    transfers = tuple(
        CreditTransfer(f"VZ-{n}", 100 + n, "Skola", sample_iban(n), "x") for n in range(2_000)
    )
    batch = PaymentBatch(
        "VZ-1", BATCH.created_at, BATCH.execute_on, Payer("Centrs", _IBAN), transfers
    )

    (read,) = read_camt053(bank.answer(write_pain001(batch), opening_cents=10**9))

    assert sum(entry.amount_cents for entry in read.entries) == -batch.total_cents
    assert {p.end_to_end_id for e in read.entries for p in e.payments} == {
        one.end_to_end_id for one in transfers
    }
