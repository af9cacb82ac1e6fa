"""Whether vizium lives (`/healthz`), can serve (`/readyz`), and what it counts (`/metrics`)."""

import socket
from urllib.parse import urlsplit

from litestar import Response, get
from litestar.di import NamedDependency

from vizium.db import revision
from vizium.db.session import Database, DatabaseError
from vizium.jobs.service import count_by_state
from vizium.settings import Settings
from vizium.web.api import answer

_BROKER_TIMEOUT_S = 1.0


@get("/healthz", sync_to_thread=False, include_in_schema=False)
def show_alive() -> Response[bytes]:
    """The process answers."""
    return answer({"ok": True})


@get("/readyz", sync_to_thread=True, include_in_schema=False)
def show_ready(
    database: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """Database, migrations and broker are there; 503 names what is not."""
    checks = {
        "database": _database_answers(database),
        "migrations": _is_migrated(database),
        "broker": _broker_answers(settings.mqtt_url),
    }
    ok = all(checks.values())
    return answer({"ok": ok, **checks}, status=200 if ok else 503)


@get("/metrics", sync_to_thread=True, include_in_schema=False)
def show_metrics(database: NamedDependency[Database]) -> Response[bytes]:
    """Counts in Prometheus' text format."""
    with database.reading() as session:
        jobs = count_by_state(session)
    lines = ["# HELP vizium_jobs Background jobs by state.", "# TYPE vizium_jobs gauge"]
    lines += [f'vizium_jobs{{state="{state}"}} {count}' for state, count in jobs.items()]
    text = "\n".join(lines) + "\n"
    return Response(text.encode(), media_type="text/plain; version=0.0.4")


def _database_answers(database: Database) -> bool:
    try:
        with database.reading() as session:
            session.connection().exec_driver_sql("SELECT 1")
    except DatabaseError:
        return False
    return True


def _is_migrated(database: Database) -> bool:
    try:
        return revision.current(database) == revision.head()
    except DatabaseError:
        return False


def _broker_answers(mqtt_url: str) -> bool:
    parts = urlsplit(mqtt_url)
    port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
    address = (parts.hostname or "127.0.0.1", port)
    try:
        socket.create_connection(address, timeout=_BROKER_TIMEOUT_S).close()
    except OSError:
        return False
    return True


ROOT = [show_alive, show_ready, show_metrics]
