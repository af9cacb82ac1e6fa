"""A batch of 5,000 payments: written, checked against the schema, and read back from a statement.

    .venv/bin/python benchmarks/payouts.py

Goal (issue 4): written and validated in under 5 s. Beside it the same rows as CSV, which any
program needs to write 5,000 lines here.
"""

import csv
import io
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bookings.compensation.bankstatement import read_camt053
from bookings.compensation.sepa import (
    CreditTransfer,
    Payer,
    PaymentBatch,
    list_faults,
    write_pain001,
)
from tests.factories.compensation import sample_iban
from tests.fakes import bank
from vizium.kernel.money import Cents

PAYMENTS = 5_000
_ROUNDS = 5


def main() -> None:
    """The median of five rounds."""
    batch = PaymentBatch(
        id="BENCH-0001",
        created_at=datetime(2027, 3, 29, 12, tzinfo=UTC),
        execute_on=date(2027, 3, 31),
        payer=Payer("Ventspils Digitālais centrs", sample_iban(0)),
        transfers=tuple(
            CreditTransfer(
                f"BENCH-0001-{number:04d}",
                Cents(40_000 + number),
                f"Parauga {number}. pamatskola",
                sample_iban(number),
                f"Transporta izdevumu kompensācija VZ-{number:06d}",
            )
            for number in range(1, PAYMENTS + 1)
        ),
    )
    rounds = sorted(_round(batch) for _ in range(_ROUNDS))
    took = rounds[len(rounds) // 2]
    content = write_pain001(batch)
    statement = bank.answer(content, opening_cents=10**9)
    started_s = time.perf_counter()
    (read,) = read_camt053(statement)
    read_s = time.perf_counter() - started_s
    print(f"{PAYMENTS} payments, {len(content) / 1e6:.1f} MB, median of {_ROUNDS} rounds")
    print(f"  as CSV                 {_as_csv(batch):8.2f} s")
    print(f"  written and validated  {took:8.2f} s   (goal: under 5)")
    print(f"  statement read back    {read_s:8.2f} s   ({len(read.entries)} entries)")


def _round(batch: PaymentBatch) -> float:
    started_s = time.perf_counter()
    assert list_faults(write_pain001(batch)) == []
    return time.perf_counter() - started_s


def _as_csv(batch: PaymentBatch) -> float:
    started_s = time.perf_counter()
    writer = csv.writer(io.StringIO())
    for one in batch.transfers:
        writer.writerow([one.end_to_end_id, one.amount_cents, one.name, one.iban, one.remittance])
    return time.perf_counter() - started_s


if __name__ == "__main__":
    main()
