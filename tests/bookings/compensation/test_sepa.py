"""Payment files: the same bytes for the same batch, right by the schema, wrong where it is not."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.compensation.rules import NAME_LENGTH_MAX
from bookings.compensation.sepa import (
    CreditTransfer,
    Payer,
    PaymentBatch,
    list_faults,
    sepa_text,
    write_pain001,
)
from tests.factories.compensation import sample_iban
from tests.fakes.bank import orders_in, payer_iban
from vizium.kernel.money import Cents
from vizium.kernel.registers import NumberError

_TRANSFERS = tuple(
    CreditTransfer(
        end_to_end_id=f"VZ-2027-0001-{number:04d}",
        amount_cents=Cents(10_000 + number),
        name=name,
        iban=sample_iban(number),
        remittance=f"Transporta izdevumu kompensācija VZ-7K3QM{number}",
    )
    for number, name in enumerate(("Kuldīgas paraugskola", "„Ābelīte” & <draugi>", "Ж"), start=2)
)
BATCH = PaymentBatch(
    id="VZ-2027-0001",
    created_at=datetime(2027, 3, 29, 12, tzinfo=UTC),
    execute_on=date(2027, 3, 31),
    payer=Payer("Ventspils Digitālais centrs", sample_iban(1)),
    transfers=_TRANSFERS,
)


def test_batch_says_to_the_bank_what_we_meant() -> None:
    content = write_pain001(BATCH)

    assert payer_iban(content) == sample_iban(1)
    assert [(one.end_to_end_id, one.cents, one.iban) for one in orders_in(content)] == [
        (one.end_to_end_id, one.amount_cents, one.iban) for one in _TRANSFERS
    ]
    assert b"<NbOfTxs>3</NbOfTxs>" in content
    assert b"<CtrlSum>300.09</CtrlSum>" in content
    assert list_faults(content) == []


def test_batch_written_twice_or_in_another_order_is_the_same_file() -> None:
    again = replace(BATCH, transfers=tuple(reversed(_TRANSFERS)))

    assert write_pain001(BATCH) == write_pain001(BATCH) == write_pain001(again)


def test_file_has_the_bank_of_the_payer_where_it_is_known() -> None:
    content = write_pain001(replace(BATCH, payer=replace(BATCH.payer, bic="HABALV22")))

    assert b"<BICFI>HABALV22</BICFI>" in content
    assert list_faults(content) == []


def test_schema_finds_what_a_bank_would_refuse() -> None:
    spoilt = write_pain001(BATCH).replace(b"<PmtMtd>TRF</PmtMtd>", b"<PmtMtd>GIFT</PmtMtd>")

    assert "GIFT" in list_faults(spoilt)[0]


@pytest.mark.parametrize(
    "transfers",
    [
        (),
        (_TRANSFERS[0], _TRANSFERS[0]),
        (replace(_TRANSFERS[0], amount_cents=Cents(0)),),
        (replace(_TRANSFERS[0], amount_cents=Cents(-5)),),
        (replace(_TRANSFERS[0], iban="LV00HABA0000000000001"),),
        (replace(_TRANSFERS[0], end_to_end_id=""),),
        (replace(_TRANSFERS[0], end_to_end_id="x" * 36),),
    ],
    ids=["nobody", "twice", "nothing", "less", "account", "no id", "long id"],
)
def test_batch_that_can_never_be_sent_is_not_written(
    transfers: tuple[CreditTransfer, ...],
) -> None:
    with pytest.raises((AssertionError, NumberError)):
        write_pain001(replace(BATCH, transfers=transfers))


@given(st.text(min_size=1, max_size=200))
def test_any_name_becomes_one_that_every_bank_takes(name: str) -> None:
    plain = sepa_text(name, NAME_LENGTH_MAX)
    batch = replace(BATCH, transfers=(replace(_TRANSFERS[0], name=name),))

    assert len(plain) <= NAME_LENGTH_MAX
    assert plain.isascii()
    assert list_faults(write_pain001(batch)) == []
