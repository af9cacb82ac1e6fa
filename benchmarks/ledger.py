"""`vizium check` over a million transfers: time and memory, in a process of its own.

Goal (issue 4): under 60 s and 300 MB. Every claim of the sample is paid: reserved, approved, sent
and booked, seven transfers each. The rows are made in bulk, with the triggers off, and then they
must be as true as if they had been posted: the check says whether they are.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from sqlalchemy import Table, insert, inspect, select, text, update
from sqlalchemy.orm import Session

from bookings.compensation.models import Claim
from bookings.compensation.rules import ClaimState
from bookings.compensation.service import DecideClaim, decide_claim
from bookings.ledger import rules
from bookings.ledger.models import Account, Head, Transfer
from bookings.ledger.rules import Draw, Line, Posting, Side, changes, seal
from bookings.visits.models import Visit
from tests.factories.compensation import (
    FUND,
    SETTINGS,
    given_checked_claim,
    given_fund,
    given_person,
)
from tests.servers.postgres import Postgres
from vizium.auth.rules import Role
from vizium.db import migrate
from vizium.db.base import Base
from vizium.db.session import Database
from vizium.kernel.money import Cents

_NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
_AWARD = Cents(42_750)
_AT_ONCE = 20_000
_LOOK_EVERY_S = 0.05
_TRANSFER: Table = Base.metadata.tables[Transfer.__tablename__]
# The book of each account, keyed by its code.
_BOOKS = {plan.code: plan.book for plan in rules.chart(FUND)}
_BYTES_PER_KIB, _BYTES_PER_MB = 1024, 1_000_000


def main() -> None:
    """Measure on both databases."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--transfers", type=int, default=1_000_000)
    options.add_argument("--only", choices=["sqlite", "postgresql"])
    chosen = options.parse_args()
    if chosen.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            _measure("sqlite", f"sqlite:///{folder}/centre.sqlite", chosen.transfers)
    if chosen.only != "sqlite":
        server = Postgres()
        try:
            server.run("CREATE DATABASE ledger")
            _measure("postgresql", server.url("ledger"), chosen.transfers)
        finally:
            server.stop()


def _measure(kind: str, url: str, transfers: int) -> None:
    migrate.upgrade(url)
    database = Database(url)
    claims = transfers // 7
    started_s = time.monotonic()
    with database.transaction() as session:
        _fill(session, claims)
    database.close()
    made_s = time.monotonic() - started_s
    found, cost = _check(url)
    print(f"{kind}: {found['transfers']} transfers of {claims} claims, made in {made_s:.0f} s")
    print(f"  vizium check    {cost.took_s:8.1f} s    (goal: under 60 s)")
    print(f"  of that work    {cost.worked_s:8.1f} s    (in its own process)")
    print(f"  peak memory     {cost.peak_mb:8.0f} MB   (goal: under 300 MB)")
    print(f"  true            {found['ok']!s:>8}")
    for problem in found["problems"][:3]:
        print(f"  {problem}")


def _check(url: str) -> tuple[dict[str, Any], "_Cost"]:
    """What `vizium check` says, and what it used."""
    known = {"VIZIUM_DATABASE_URL": url, "VIZIUM_SECRET_KEY": SETTINGS.secret_key}
    cost, started_s = _Cost(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "said").open("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "vizium.cli", "check", "--json"],
            env={**os.environ, **known, "VIZIUM_DATA_DIR": folder},
            stdout=said,
        )
        ended = 0
        while not ended:
            cost.look(process.pid)
            time.sleep(_LOOK_EVERY_S)
            ended, _, used = os.wait4(process.pid, os.WNOHANG)
        cost.took_s, cost.worked_s = time.monotonic() - started_s, used.ru_utime + used.ru_stime
        said.seek(0)
        found: dict[str, Any] = json.loads(said.read())
    return found, cost


@dataclass(slots=True)
class _Cost:
    """What a process used; its peak is asked for while it lives.

    The system counts what a child had before it became another program, and that was our memory.
    """

    took_s: float = 0.0
    worked_s: float = 0.0
    peak_mb: float = 0.0

    def look(self, pid: int) -> None:
        """Read the peak so far (Linux)."""
        status = Path(f"/proc/{pid}/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        if peak is not None:
            self.peak_mb = int(peak[1]) * _BYTES_PER_KIB / _BYTES_PER_MB


def _fill(session: Session, claims: int) -> None:
    given_fund(session, cents=claims * _AWARD + _AWARD, far_bp=0, now=_NOW)
    model = given_checked_claim(session, now=_NOW)
    officer = given_person(Role.FINANCE_B)
    decide_claim(session, DecideClaim(model.id, _AWARD), by=officer, settings=SETTINGS, now=_NOW)
    ids = [f"01K{number:023d}" for number in range(claims)]
    _copy(session, Visit, model.visit, ({"id": one, "reference": f"V-{one}"} for one in ids))
    paid = ({"id": one, "visit": one, "state": ClaimState.PAID} for one in ids)
    _copy(session, Claim, model.id, paid)
    _take_triggers_off(session)
    _post_in_bulk(session, ids)


def _copy(session: Session, table: type[Base], of: str, others: Iterator[dict[str, Any]]) -> None:
    """Rows that differ from a model in a few columns."""
    columns = [column.key for column in inspect(table).column_attrs]
    row = session.get_one(table, of, populate_existing=True)
    values = {name: getattr(row, name) for name in columns}
    target = Base.metadata.tables[table.__tablename__]
    _in_lots(session, target, (values | other for other in others))


def _in_lots(session: Session, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    lot: list[dict[str, Any]] = []
    for row in rows:
        lot.append(row)
        if len(lot) == _AT_ONCE:
            session.execute(insert(table), lot)
            lot.clear()
    if lot:
        session.execute(insert(table), lot)


def _post_in_bulk(session: Session, ids: list[str]) -> None:
    """Every award from reserved to booked, with the chain and the balances that this makes."""
    head = session.get_one(Head, FUND, populate_existing=True)
    sides = dict(session.execute(select(Account.code, Account.side)).all())
    end, net = [head.seq, head.seal], Counter[str]()
    _in_lots(session, _TRANSFER, _transfers(ids, sides, end, net))
    for code, change in net.items():
        balance = Account.balance + change
        session.execute(update(Account).where(Account.code == code).values(balance=balance))
    session.execute(update(Head).where(Head.fund == FUND).values(seq=end[0], seal=end[1]))


def _transfers(
    ids: list[str], sides: dict[str, Side], end: list[Any], net: Counter[str]
) -> Iterator[dict[str, Any]]:
    cap = rules.account(FUND, rules.CAPS_GRANTED)
    lives = _life(cap)
    for number, one in enumerate(ids):
        at = _NOW + timedelta(seconds=number)
        for event, postings in lives:
            net.update(changes(postings, sides))
            for posting in postings:
                end[0] += 1
                line = Line(
                    FUND,
                    end[0],
                    f"01M{end[0]:023d}",
                    at,
                    event,
                    f"claim:{one}",
                    posting.debit,
                    posting.credit,
                    posting.amount,
                    None,
                )
                end[1] = seal(SETTINGS.secret_key, end[1], line)
                row = {name: getattr(line, name) for name in line.__slots__}
                yield row | {"book": _BOOKS[posting.debit], "seal": end[1]}


def _life(cap: str) -> list[tuple[str, tuple[Posting, ...]]]:
    draw = Draw(_AWARD, Cents(0))
    return [
        ("reserved", rules.reserved(FUND, draw, cap)),
        ("approved", rules.approved(FUND, _AWARD, Draw(Cents(0), Cents(0)))),
        ("sent", rules.sent(FUND, _AWARD)),
        ("booked", rules.booked(FUND, _AWARD)),
    ]


def _take_triggers_off(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        for name in ("subject", "advance", "chain", "mirror", "closed"):
            session.execute(text(f"DROP TRIGGER ledger_transfer_{name}"))
    else:
        session.execute(text("ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfer_hold"))


if __name__ == "__main__":
    main()
