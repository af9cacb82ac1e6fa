"""Reservations and decisions on the one fund: 16 threads, PostgreSQL, everything committed.

Goal (issue 4): 400 operations a second. A reservation is one operation, a decision another; each is
a transaction of its own through the service: terms, claim, ledger, audit, and for a decision the
record and the letter to the school. Beside it stand the same two events on the ledger alone, once
by one thread and once by all: the difference is what the lock of the fund's head costs. `fsync` and
`synchronous_commit` are on.
"""

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bookings.compensation.queries import check_claims, get_claim_of_visit
from bookings.compensation.service import (
    AddEvidence,
    CheckClaim,
    DecideClaim,
    FileClaim,
    add_evidence,
    check_claim,
    decide_claim,
    file_claim,
)
from bookings.ledger.queries import check_ledger, get_balances
from bookings.ledger.rules import Draw, Posting, approved, reserved
from bookings.ledger.service import Entry, post_transfers
from bookings.visits.queries import VisitRow
from tests.factories import ledger
from tests.factories.compensation import (
    DESK,
    FUND,
    SETTINGS,
    given_arrival,
    given_file,
    given_filing,
    given_fund,
    given_person,
    given_school_at,
    given_trip,
)
from tests.servers.postgres import Postgres
from vizium.auth.rules import Role
from vizium.db import migrate
from vizium.db.session import Database
from vizium.kernel.money import Cents

_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
_AWARD, _GRANTED = Cents(42_750), Cents(42_000)


def main() -> None:
    """Play on the ledger alone, then through the whole service."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--claims", type=int, default=800)
    options.add_argument("--threads", type=int, default=16)
    chosen = options.parse_args()
    server = Postgres(_DURABLE)
    try:
        server.run("CREATE DATABASE fund")
        migrate.upgrade(server.url("fund"))
        database = Database(server.url("fund"))
        for threads in (1, chosen.threads):
            _ledger_alone(database, chosen.claims, threads)
        _whole_service(database, chosen.claims, chosen.threads)
        with database.reading() as session:
            untrue = len(check_ledger(session, SETTINGS.secret_key).problems)
            print(f"untrue afterwards  {untrue + len(check_claims(session)):8}    (goal: 0)")
        database.close()
    finally:
        server.stop()


def _ledger_alone(database: Database, claims: int, threads: int) -> None:
    fund = f"ledger-{threads}"
    with database.transaction() as session:
        ledger.given_ledger(session, cents=claims * _AWARD, now=_NOW, fund=fund)
        caps = [
            ledger.given_cap(session, awards=1, now=_NOW, fund=fund, school=f"32{number:08d}")
            for number in range(claims)
        ]

    def post(number: int, event: str, postings: tuple[Posting, ...]) -> None:
        entry = Entry(fund, event, f"payment:{number}", postings)
        with database.transaction() as session:
            post_transfers(session, entry, secret_key=SETTINGS.secret_key, now=_NOW)

    def reserve(number: int) -> None:
        post(number, "reserved", reserved(fund, Draw(_AWARD, Cents(0)), caps[number]))

    def approve(number: int) -> None:
        back = Draw(Cents(_AWARD - _GRANTED), Cents(0))
        post(number, "approved", approved(fund, _GRANTED, back))

    print(f"the ledger alone, {threads} threads")
    _report([("reserved", reserve), ("approved", approve)], claims, threads)


def _whole_service(database: Database, claims: int, threads: int) -> None:
    with database.transaction() as session:
        given_fund(session, cents=claims * _AWARD, far_bp=0, now=_NOW)
        schools = [given_school_at(session, 190_000, now=_NOW) for _ in range(claims)]
        trips = [given_trip(session, school, now=_NOW) for school in schools]
    officer = given_person(Role.FINANCE_B)

    def reserve(number: int) -> None:
        with database.transaction() as session:
            DESK.reserve(session, trips[number], now=_NOW)

    def decide(number: int) -> None:
        command = DecideClaim(checked[number], _GRANTED, ("other",))
        with database.transaction() as session:
            decide_claim(session, command, by=officer, settings=SETTINGS, now=_NOW)

    print(f"through the service, {threads} threads, one fund")
    reserved_s = _report([("reservations", reserve)], claims, threads)
    checked = [_checked(database, number, trip) for number, trip in enumerate(trips)]
    decided_s = _report([("decisions", decide)], claims, threads)
    rate = 2 * claims / (reserved_s + decided_s)
    print(f"  both             {rate:8.0f} /s (goal: 400)")
    with database.reading() as session:
        assert get_balances(session, FUND)["obligated"] == claims * _GRANTED


def _checked(database: Database, number: int, trip: VisitRow) -> str:
    """The claim of a class that came, with its invoice, checked by A."""
    filing = given_filing(number=f"AB-{number}")
    with database.transaction() as session:
        given_arrival(session, trip, pupils=25, now=_NOW)
        claim = get_claim_of_visit(session, trip.id)
        evidence = AddEvidence(claim.id, "rekins.pdf", given_file())
        add_evidence(session, evidence, by="school", now=_NOW)
        command = FileClaim(claim.id, filing)
        file_claim(session, command, by="school", settings=SETTINGS, now=_NOW)
        check_claim(session, CheckClaim(claim.id), by=given_person(Role.FINANCE_A), now=_NOW)
    return claim.id


def _report(acts: list[tuple[str, Callable[[int], None]]], count: int, threads: int) -> float:
    """Play each act over all claims; the seconds of all together."""
    total_s = 0.0
    for name, act in acts:
        started_s = time.monotonic()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(act, range(count)))
        took_s = time.monotonic() - started_s
        total_s += took_s
        print(f"  {name:16} {count / took_s:8.0f} /s")
    return total_s


if __name__ == "__main__":
    main()
