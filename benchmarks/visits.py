"""Visits confirmed through the API over HTTP, 32 clients, one machine.

Goal (issue 3): at least 200 confirmed visits a second on PostgreSQL, everything included (sign-in,
audit, outbox, idempotency), nothing oversold. The same on SQLite beside it, in the same run.

`vizium serve` runs once for each core over one database that is as durable as in a real centre
(`fsync` and `synchronous_commit` on). Two ways are measured: what a person does, who holds
and then confirms (two requests), and what a program may do in one request (`"confirm": true`). A
client asks for a session as a class of ten and goes on; sessions fill up, so some of the orders
are refused, and these do not count.
"""

import argparse
import asyncio
import http.client
import json
import os
import random
import re
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as wall
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sqlalchemy import func, select

from benchmarks._load import Line
from bookings.programmes.rules import ActivityKind
from bookings.programmes.service import load_activity
from bookings.resources.models import Cell, OpeningHours, Room
from bookings.resources.queries import opening
from bookings.resources.rules import ResourceKind
from bookings.resources.service import check_cells, ensure_resource
from bookings.visits.rules import TimetableRow
from bookings.visits.service import publish_sessions
from tests.factories.people import given_person, given_token
from tests.factories.schools import given_school
from tests.factories.visits import sample_activity
from tests.servers.postgres import Postgres
from tests.servers.process import free_port, spawn, stop
from vizium.auth.rules import Role
from vizium.db import migrate
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date, system_now

CLIENTS = 32
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_SCHOOL = "3213900123"
_ROOMS, _STARTS, _DAYS = 8, ("09:00", "10:15", "11:30", "12:45"), 120
_SEATS, _CLASS, _ADULTS = 30, 10, 1
_WARM_UP_S = 3.0
_ORDER = {
    "stops": [{"session": "%s"}],
    "groups": [{"grade": 5, "pupils": _CLASS}],
    "adults": _ADULTS,
    "school": _SCHOOL,
    "contact": {"name": "Anna Parauga", "email": "anna@example.lv", "phone": "20000001"},
}
_HOLD = json.dumps(_ORDER).encode()
_BOOK = json.dumps(_ORDER | {"confirm": True}).encode()
_REFERENCE = re.compile(rb'"reference":"([^"]+)"')
_STATE = re.compile(rb'"state":"([^"]+)"')


@dataclass(slots=True)
class Outcome:
    """What the clients of one process saw: answers by kind, seconds to each that is confirmed."""

    answers: Counter[str] = field(default_factory=Counter)
    taken_s: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Client:
    """A program that books for a teacher, in one of the ways."""

    token: str
    book: Callable[[Line, str, str], Awaitable[str]]


def main() -> None:
    """Measure PostgreSQL, then SQLite."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=15.0)
    options.add_argument("--servers", type=int, default=os.cpu_count() or 1)
    options.add_argument("--only", choices=("postgresql", "sqlite"))
    chosen = options.parse_args()
    for kind in ("postgresql", "sqlite") if chosen.only is None else (chosen.only,):
        with _database(kind) as url:
            _measure(kind, url, seconds=chosen.seconds, servers=chosen.servers)


@contextmanager
def _database(kind: str) -> Iterator[str]:
    with ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            yield f"sqlite:///{folder}/vizium.sqlite"
        else:
            server = Postgres(_DURABLE)
            stack.callback(server.stop)
            server.run("CREATE DATABASE centre")
            yield server.url("centre")


def _measure(kind: str, url: str, *, seconds: float, servers: int) -> None:
    migrate.upgrade(url)
    database = Database(url)
    token, sessions = _open_centre(database)
    random.Random(1).shuffle(sessions)
    print(f"{kind}: {servers} web processes, {CLIENTS} clients, {seconds:.0f} s each way")
    with ExitStack() as stack:
        served = [stack.enter_context(_serve(url)) for _ in range(servers)]
        ports = [port for port, _ in served]
        for number, (way, book) in enumerate(_WAYS.items()):
            # Each way has sessions of its own, so that none comes to rooms that are full.
            mine = sessions[number :: len(_WAYS)]
            client = Client(token, book)
            _load(ports, client, mine[: CLIENTS * 4], seconds=_WARM_UP_S)
            before = _work_s(kind, served)
            started_s = time.monotonic()
            outcome = _load(ports, client, mine[CLIENTS * 4 :], seconds=seconds)
            elapsed_s = time.monotonic() - started_s
            worked = {who: after - before[who] for who, after in _work_s(kind, served).items()}
            _say(way, outcome, elapsed_s, worked)
    print(f"  oversold {_oversold(database)}")
    database.close()


def _say(way: str, outcome: Outcome, elapsed_s: float, worked: Mapping[str, float]) -> None:
    confirmed = outcome.answers["confirmed"]
    taken = sorted(outcome.taken_s) or [0.0]
    each_ms = 1000 / max(confirmed, 1)
    middle, late = (taken[int(len(taken) * part)] * 1000 for part in (0.5, 0.95))
    work = ", ".join(f"{spent_s * each_ms:.1f} {who}" for who, spent_s in worked.items())
    print(f"  {way}")
    print(f"    visits confirmed a second {confirmed / elapsed_s:6.0f}   (goal on PostgreSQL: 200)")
    print(f"    from order to confirmed   {middle:6.0f} ms median, {late:.0f} ms p95")
    print(f"    answers                   {dict(outcome.answers)}")
    print(f"    CPU a confirmed visit     {sum(worked.values()) * each_ms:6.1f} ms: {work}")


def _work_s(kind: str, served: Sequence[tuple[int, int]]) -> dict[str, float]:
    """Seconds that each part has worked by now, keyed by part; SQLite works in the web."""
    web_s, clients_s = sum(_cpu_s(pid) for _, pid in served), time.process_time()
    if kind == "sqlite":
        return {"web": web_s, "clients": clients_s}
    return {"web": web_s, "database": _cpu_s(os.getpid()) - web_s - clients_s, "clients": clients_s}


def _open_centre(database: Database) -> tuple[str, list[str]]:
    """A centre with thousands of sessions, and a teacher's token."""
    now = system_now()
    first = local_date(now) + timedelta(days=20)
    with database.transaction() as session:
        ensure_resource(session, "hall", kind=ResourceKind.POOL, capacity=400)
        given_school(session, _SCHOOL, now=now)
        for weekday in range(1, 8):
            session.add(
                OpeningHours(
                    weekday=weekday,
                    valid_from=date(2020, 1, 1),
                    valid_to=date(2100, 1, 1),
                    opens=wall(9),
                    closes=wall(19),
                    schools_from=wall(9),
                )
            )
        rows = [row for number in range(_ROOMS) for row in _room(session, number, now)]
        publish_sessions(
            session, rows, first_day=first, last_day=first + timedelta(days=_DAYS), now=now
        )
        sessions = [
            f"P-{number}.{first + timedelta(days=day):%Y%m%d}.{start.replace(':', '')}"
            for day in range(_DAYS)
            if opening(session, first + timedelta(days=day))
            for start in _STARTS
            for number in range(_ROOMS)
        ]
    teacher = given_person(database, Role.TEACHER, now=now, school=_SCHOOL)
    return given_token(database, teacher, now=now), sessions


def _room(session: Session, number: int, now: datetime) -> Iterator[TimetableRow]:
    """A room in which one programme is taught all day."""
    code, room_code = f"P-{number}", f"room-{number}"
    load_activity(session, sample_activity(code, ActivityKind.PROGRAMME), position=number, now=now)
    ensure_resource(session, room_code, kind=ResourceKind.SEGMENT, capacity=1)
    room = Room(code=room_code, kind="classroom", seats=_SEATS, position=None, setup_min=0)
    room.step_free, room.quiet = True, True
    session.add(room)
    session.flush()
    for start in _STARTS:
        yield TimetableRow(code, tuple(range(1, 8)), start, (room_code,), None)


@contextmanager
def _serve(url: str) -> Iterator[tuple[int, int]]:
    """One `vizium serve` over the database: its port and its process."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "VIZIUM_DATABASE_URL": url,
            "VIZIUM_DATA_DIR": folder,
            "VIZIUM_PORT": str(port),
            "VIZIUM_SECRET_KEY": "a key of the benchmark alone, long enough",
            "VIZIUM_LOG_LEVEL": "warning",
        }
        log = Path(folder) / "serve.log"
        process = spawn([sys.executable, "-m", "vizium.cli", "serve"], account=None, log=log)
        try:
            _wait_for(port, log)
            yield port, process.pid
        finally:
            stop(process)


def _wait_for(port: int, log: Path) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


def _load(
    ports: Sequence[int], client: Client, sessions: Sequence[str], *, seconds: float
) -> Outcome:
    """Let all clients book for some seconds; the sessions go round, each class takes the next."""
    outcome, turns = Outcome(), count()
    until_s = time.monotonic() + seconds

    async def book(number: int) -> None:
        line = await Line.open(ports[number % len(ports)])
        while time.monotonic() < until_s:
            wanted = sessions[next(turns) // (_SEATS // _CLASS + 1) % len(sessions)]
            started_s = time.monotonic()
            said = await client.book(line, client.token, wanted)
            outcome.answers[said] += 1
            if said == "confirmed":
                outcome.taken_s.append(time.monotonic() - started_s)
        line.close()

    async def book_all() -> None:
        await asyncio.gather(*(book(number) for number in range(CLIENTS)))

    asyncio.run(book_all())
    return outcome


async def _book_at_once(line: Line, token: str, session_id: str) -> str:
    """Hold and confirm one visit in one request; what came of it in a word."""
    order = _BOOK % session_id.encode()
    status, booked = await line.ask(_post(token, "/api/v1/visits", order))
    if status != 201:
        return str(json.loads(booked).get("code", status))
    state = _STATE.search(booked)
    return state[1].decode() if state else str(status)


async def _hold_then_confirm(line: Line, token: str, session_id: str) -> str:
    """Hold one visit, then confirm it; what came of it in a word."""
    order = _HOLD % session_id.encode()
    status, held = await line.ask(_post(token, "/api/v1/visits", order))
    if status != 201:
        return str(json.loads(held).get("code", status))
    reference = _REFERENCE.search(held)
    assert reference is not None
    path = f"/api/v1/visits/{reference[1].decode()}/confirmation"
    status, confirmed = await line.ask(_post(token, path, b"{}"))
    state = _STATE.search(confirmed) if status == 200 else None
    return state[1].decode() if state else str(status)


def _post(token: str, path: str, body: bytes) -> bytes:
    return b"\r\n".join(
        (
            f"POST {path} HTTP/1.1".encode(),
            b"host: 127.0.0.1",
            f"authorization: Bearer {token}".encode(),
            b"content-type: application/json",
            f"idempotency-key: {secrets.token_hex(12)}".encode(),
            f"content-length: {len(body)}".encode(),
            b"",
            body,
        )
    )


_WAYS = {"hold, then confirm: two requests": _hold_then_confirm, "one request": _book_at_once}


def _oversold(database: Database) -> int:
    """Cells that are not what was allocated, and seats above the capacity of their session."""
    with database.reading() as session:
        over = session.scalar(select(func.count()).where(Cell.used > Cell.capacity)) or 0
        return over + len(check_cells(session))


def _cpu_s(root: int) -> float:
    """Seconds that a process and its children have worked."""
    fields = Path(f"/proc/{root}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    return own + sum(_cpu_s(int(child)) for child in children)


if __name__ == "__main__":
    main()
