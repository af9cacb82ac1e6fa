"""The floor over JSON: exhibits, their use and availability, and what became of every message."""

import base64
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from exhibits.health.queries import OpeningHours
from exhibits.registry.queries import get_exhibit
from exhibits.telemetry.forms import parse_health, parse_period, parse_span
from exhibits.telemetry.guards import may_read, may_replay
from exhibits.telemetry.queries import (
    LetterRow,
    TileRow,
    get_availability,
    get_board,
    get_stats,
    get_tile,
    list_dead_letters,
    list_unclaimed,
)
from exhibits.telemetry.service import replay_letter
from exhibits.usage.queries import list_usage
from vizium.auth.guards import staff_only
from vizium.db.session import Database
from vizium.web.api import Call, answer, answer_once, page_of, refuse_unknown
from vizium.web.forms import Form

_LETTERS_A_PAGE = 50


@get("/exhibits", sync_to_thread=True, guards=[may_read])
def list_exhibits(
    request: Request[Any, Any, Any],
    call: NamedDependency[Call],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    opening_hours: SkipValidation[NamedDependency[OpeningHours]],
) -> Response[bytes]:
    """All exhibits with signal, verdict and age of the last reading; `gallery`, `health`."""
    refuse_unknown(request, "gallery", "health")
    gallery, health = asked.raw("gallery"), parse_health(asked)
    with database.reading() as session:
        board = get_board(session, opening=opening_hours, now=call.now)
    found = [
        exhibit_as_json(tile)
        for tile in board.tiles
        if gallery in {"", tile.exhibit.gallery} and health in {None, tile.signal}
    ]
    return answer(page_of(found))


@get("/exhibits/{code:str}", sync_to_thread=True, guards=[may_read])
def show_exhibit(
    call: NamedDependency[Call],
    database: NamedDependency[Database],
    opening_hours: SkipValidation[NamedDependency[OpeningHours]],
    code: FromPath[str],
) -> Response[bytes]:
    """One exhibit."""
    with database.reading() as session:
        tile = get_tile(session, code, opening=opening_hours, now=call.now)
    return answer(exhibit_as_json(tile))


@get("/exhibits/{code:str}/usage", sync_to_thread=True, guards=[may_read])
def show_usage(
    request: Request[Any, Any, Any],
    call: NamedDependency[Call],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    code: FromPath[str],
) -> Response[bytes]:
    """Uses, busy time and median time per hour or local day; buckets without use are left out."""
    refuse_unknown(request, "from", "to", "by")
    span, period = parse_span(asked), parse_period(asked, now=call.now)
    with database.reading() as session:
        exhibit = get_exhibit(session, code)
        rows = list_usage(session, exhibit.code, span, period.since, period.until)
    return answer(page_of(rows))


@get("/exhibits/{code:str}/availability", sync_to_thread=True, guards=[may_read])
def show_availability(  # noqa: PLR0917 - Litestar passes what is asked for by name
    request: Request[Any, Any, Any],
    call: NamedDependency[Call],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    opening_hours: SkipValidation[NamedDependency[OpeningHours]],
    code: FromPath[str],
) -> Response[bytes]:
    """The duration-weighted share of opening hours in which the exhibit worked."""
    refuse_unknown(request, "from", "to")
    period = parse_period(asked, now=call.now)
    with database.reading() as session:
        exhibit = get_exhibit(session, code)
        found = get_availability(
            session,
            exhibit.code,
            opening=opening_hours,
            since=period.since,
            until=min(period.until, call.now),
        )
    return answer(
        {
            "exhibit": exhibit.code,
            "from": period.since,
            "to": period.until,
            "share_bp": found.share_bp,
            "up_s": found.up_s,
            "down_s": found.down_s,
            "unknown_s": found.unknown_s,
            "failures": found.failures,
            "mtbf_h": found.mtbf_h,
            "mttr_h": found.mttr_h,
        }
    )


@get("/telemetry/stats", sync_to_thread=True, guards=[staff_only])
def show_stats(database: NamedDependency[Database]) -> Response[bytes]:
    """How many messages went where; the four add up to `received`."""
    with database.reading() as session:
        stats = get_stats(session)
    return answer(
        {
            "received": stats.received,
            "stored": stats.stored,
            "repeated": stats.repeated,
            "dead_letter": stats.dead_letter,
            "unclaimed": stats.unclaimed,
            "replayed": stats.replayed,
            "lag_s": stats.lag_s,
            "last_at": stats.last_at,
        }
    )


@get("/telemetry/unclaimed", sync_to_thread=True, guards=[staff_only])
def list_unclaimed_devices(database: NamedDependency[Database]) -> Response[bytes]:
    """Devices that speak and that no exhibit has claimed."""
    with database.reading() as session:
        return answer(page_of(list_unclaimed(session)))


@get("/telemetry/dead-letters", sync_to_thread=True, guards=[staff_only])
def list_letters(
    request: Request[Any, Any, Any],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """What nobody understood, newest first."""
    refuse_unknown(request, "cursor")
    with database.reading() as session:
        rows = list_dead_letters(
            session, before=asked.raw("cursor") or None, most=_LETTERS_A_PAGE + 1
        )
    shown = rows[:_LETTERS_A_PAGE]
    cursor = shown[-1].id if len(rows) > _LETTERS_A_PAGE else None
    return answer(page_of([letter_as_json(row) for row in shown], cursor=cursor))


@post(
    "/telemetry/dead-letters/{letter:str}/replay",
    sync_to_thread=True,
    status_code=200,
    guards=[may_replay],
)
def create_replay(
    call: NamedDependency[Call], database: NamedDependency[Database], letter: FromPath[str]
) -> Response[bytes]:
    """Try a dead letter again with what we understand today."""
    return answer_once(call, database, lambda session: replay_letter(session, letter, now=call.now))


def exhibit_as_json(tile: TileRow) -> dict[str, object]:
    """One exhibit in the API's words."""
    exhibit = tile.exhibit
    return {
        "code": exhibit.code,
        "gallery": exhibit.gallery,
        "title": {"lv": exhibit.title_lv, "en": exhibit.title_en},
        "kind": exhibit.kind,
        "place": {"x": exhibit.x, "y": exhibit.y},
        "signal": tile.signal,
        "verdict": exhibit.verdict,
        "standing": tile.standing,
        "heard_at": tile.health.heard_at,
        "age_s": tile.age_s,
        "uses_today": tile.uses_today,
        "alerts": [
            {"code": alert.code, "severity": alert.severity, "message": alert.message}
            for alert in tile.health.alerts
        ],
        "fault": tile.fault.id if tile.fault else None,
    }


def letter_as_json(row: LetterRow) -> dict[str, object]:
    """One dead letter; its bytes in base 64, because nobody knows what they are."""
    return {
        "id": row.id,
        "at": row.at,
        "topic": row.topic,
        "payload_base64": base64.b64encode(row.payload).decode(),
        "payload_bytes": row.payload_bytes,
        "reason": row.reason,
        "detail": row.detail,
        "device": row.device,
        "state": row.state,
    }


API = [
    list_exhibits,
    show_exhibit,
    show_usage,
    show_availability,
    show_stats,
    list_unclaimed_devices,
    list_letters,
    create_replay,
]
