"""The staff's floor: the live board, the list, and one exhibit's page.

Every state is a word, a shape, a colour and a border; the signal of the device and the
verdict of a person are two axes, and the age of each reading is told.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Stream

from exhibits.health.queries import OpeningHours, find_card, list_alerts
from exhibits.maintenance.guards import REPORTERS, WORKERS
from exhibits.maintenance.queries import list_faults, list_reports
from exhibits.registry.queries import get_floor_version, list_galleries, list_verdicts
from exhibits.registry.rules import Verdict
from exhibits.telemetry.guards import may_read
from exhibits.telemetry.queries import Board, TileRow, get_board, get_day, get_tile
from exhibits.telemetry.rules import Standing, age_words
from exhibits.usage.queries import list_usage
from exhibits.usage.rules import Span
from vizium.db.session import Database
from vizium.kernel.clock import system_now, to_riga
from vizium.web.forms import Form
from vizium.web.i18n import LANGUAGES, Translator, translator
from vizium.web.kept import Kept
from vizium.web.live import Fragment, Fragments, live_page
from vizium.web.page import Page
from vizium.web.templating import environment

# Ages move without news; a browser that heard nothing for longer calls its line dead.
_AGES_EVERY = timedelta(seconds=5)
_MARKS_MAX = 2000
_SHELF_LIFE = timedelta(seconds=1)


@get("/staff/board", sync_to_thread=True, guards=[may_read])
def show_board(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    opening_hours: SkipValidation[NamedDependency[OpeningHours]],
    shelf: NamedDependency["BoardShelf"],
) -> Response[bytes]:
    """The floor now; with `?wall=1` for a screen on the wall."""
    board = shelf.take(database, opening=opening_hours, now=page.now)
    if asked.flag("wall"):
        return page.show("exhibits/wall.html", **_facts(page, board))
    return page.show("exhibits/board.html", drawn=shelf.draw(page, board))


class BoardShelf:
    """The board of one process: read and drawn again when the floor or a second has moved on."""

    def __init__(self) -> None:
        self._board: Board | None = None
        self._silence_at: datetime | None = None
        self._drawn: Kept[str] = Kept(most=2 * len(LANGUAGES))

    def take(self, database: Database, *, opening: OpeningHours, now: datetime) -> Board:
        """The floor, at most a second old and never behind a change."""
        board = self._board
        if board is not None:
            with database.asking() as session:
                version = get_floor_version(session)
            if not self._is_past(board, version, now):
                return board
        with database.reading() as session:
            board = get_board(session, opening=opening, now=now)
        self._board, self._silence_at = board, board.next_change_at
        return board

    def draw(self, page: Page, board: Board) -> str:
        """The part of the page that is the same for everybody."""
        return self._drawn.get(
            (page.lang, board.version, board.at),
            lambda: page.draw("exhibits/_board.html", **_facts(page, board)),
        )

    def _is_past(self, board: Board, version: int, now: datetime) -> bool:
        silence_at = self._silence_at
        return (
            version != board.version
            or not board.at <= now < board.at + _SHELF_LIFE
            or (silence_at is not None and silence_at <= now)
        )


def _facts(page: Page, board: Board) -> dict[str, Any]:
    return {
        "board": board,
        "ages": [age_words(tile.age_s) for tile in board.tiles],
        "floor": _floor(board),
        "sentence": say_counts(page.words, board),
        "clock": _clock(page.lang, board.at),
        **_drawing(page.lang),
    }


@get("/staff/board/stream", guards=[may_read])
async def stream_board(
    request: Request[Any, Any, Any],
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    opening_hours: SkipValidation[NamedDependency[OpeningHours]],
) -> Stream:
    """Server-sent events: what differs from the marks in `have`, then every change."""
    board = live_page(request.app.state, "board", lambda: BoardWatch(database, opening_hours).look)
    return Stream(
        board.listen(page.lang, parse_marks(asked)),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


@get("/staff/exhibits", sync_to_thread=True, guards=[may_read])
def list_exhibits(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    opening_hours: SkipValidation[NamedDependency[OpeningHours]],
) -> Response[bytes]:
    """All exhibits by gallery, for reading and printing."""
    with database.reading() as session:
        board = get_board(session, opening=opening_hours, now=page.now)
    return page.show("exhibits/list.html", board=board, age_words=age_words)


@get("/staff/exhibits/{code:str}", sync_to_thread=True, guards=[may_read])
def show_exhibit(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    opening_hours: SkipValidation[NamedDependency[OpeningHours]],
    code: FromPath[str],
) -> Response[bytes]:
    """One exhibit: how it does, what to do, its last day, alerts, faults and history."""
    with database.reading() as session:
        tile = get_tile(session, code, opening=opening_hours, now=page.now)
        faults = list_faults(session, code)
        return page.show(
            "exhibits/exhibit.html",
            tile=tile,
            gallery=next(g for g in list_galleries(session) if g.code == tile.exhibit.gallery),
            day=get_day(session, code, opening=opening_hours, now=page.now),
            today=next(iter(list_usage(session, code, Span.DAY, page.now, page.now)), None),
            alerts=list_alerts(session, code),
            faults=faults,
            reports=list_reports(session, tile.fault.id) if tile.fault else [],
            verdicts=list_verdicts(session, code, most=10),
            card=find_card(session, code),
            age=age_words(tile.age_s),
            may_work=page.has_role(*WORKERS),
            may_report=page.has_role(*REPORTERS),
        )


class BoardWatch:
    """Looks at the floor for all browsers; renders only the tiles whose face has changed."""

    def __init__(self, database: Database, opening: OpeningHours) -> None:
        self._database = database
        self._opening = opening
        self._board: Board | None = None
        self._shown: Mapping[str, Fragments] = {lang: {} for lang in LANGUAGES}

    def look(self) -> Mapping[str, Fragments]:
        """The fragments of the board in each language.

        Reads one number while nothing happens; silence changes the board too, at an instant that
        is known beforehand.
        """
        now = system_now()
        before = self._board
        with self._database.reading() as session:
            if before is not None and not self._is_due(before, get_floor_version(session), now):
                return self._shown
            board = get_board(session, opening=self._opening, now=now)
        faces = {tile.code: tile.face for tile in before.tiles} if before else {}
        # A new mapping: the caller still holds the one before, to tell what differs.
        self._shown = {
            lang: _fragments(lang, board, faces, self._shown[lang]) for lang in LANGUAGES
        }
        self._board = board
        return self._shown

    def _is_due(self, board: Board, version: int, now: datetime) -> bool:
        silence_at = board.next_change_at
        return (
            version != board.version
            or (silence_at is not None and silence_at <= now)
            or now >= board.at + _AGES_EVERY
        )


def parse_marks(asked: Form) -> dict[str, str]:
    """What a browser shows: ``have=t-ex-001:ab12,…`` keyed by element id."""
    pairs = asked.fields.get("have", ("",))[0].split(",", _MARKS_MAX)[:_MARKS_MAX]
    return {name: mark for name, _, mark in (pair.partition(":") for pair in pairs) if mark}


def say_counts(words: Translator, board: Board) -> str:
    """The sentence on top: ``3 broken, 2 warnings, 1 without signal, 78 working``."""
    counts = board.counts
    broken, warnings = counts[Standing.BROKEN], counts[Standing.WARNING]
    said = {
        Standing.BROKEN: words.n("%(num)s broken", "%(num)s broken", broken),
        Standing.WARNING: words.n("%(num)s warning", "%(num)s warnings", warnings),
        Standing.SILENT: words.t("%(count)s without signal", count=counts[Standing.SILENT]),
        Standing.WAITING: words.t("%(count)s waiting", count=counts[Standing.WAITING]),
        Standing.WORKING: words.t("%(count)s working", count=counts[Standing.WORKING]),
        Standing.ASLEEP: words.t("%(count)s asleep", count=counts[Standing.ASLEEP]),
        Standing.OFF_FLOOR: words.t("%(count)s off the floor", count=counts[Standing.OFF_FLOOR]),
    }
    shown = [text for standing, text in said.items() if counts[standing]]
    return ", ".join(shown) or words.t("No exhibits yet")


def say_tile(words: Translator, tile: TileRow) -> str:
    """One exhibit in words: ``ex-041 Footballer: faulty; fan-stall; 2 reports``."""
    said = f"{tile.code} {tile.exhibit.title(words.lang)}: {words.code('signal', tile.signal)}"
    if tile.exhibit.verdict is not Verdict.WORKS:
        verdict = words.code("verdict", tile.exhibit.verdict)
        said += ", " + words.t("verdict: %(verdict)s", verdict=verdict)
    reasons = [alert.message or alert.code for alert in tile.health.alerts]
    if tile.fault is not None:
        reasons.append(words.n("%(num)s report", "%(num)s reports", tile.fault.reports))
    return "; ".join([said, *reasons])


def _fragments(
    lang: str,
    board: Board,
    faces: Mapping[str, tuple[object, ...]],
    shown: Mapping[str, Fragment],
) -> dict[str, Fragment]:
    words = translator(lang)
    macro = environment(lang).get_template("exhibits/_tile.html").make_module(_drawing(lang)).tile  # type: ignore[attr-defined]
    url = f"/{lang}/staff/exhibits"
    parts: dict[str, Fragment] = {"floor": Fragment(_floor(board))}
    for tile in board.tiles:
        name = f"t-{tile.code}"
        if name in shown and faces.get(tile.code) == tile.face:
            parts[name] = shown[name]
        else:
            parts[name] = Fragment(str(macro(tile, url)).strip(), _mark(tile))
    parts["summary"] = Fragment(say_counts(words, board))
    parts["problems"] = Fragment(" ".join(tile.code for tile in board.problems))
    ages = (tile.age_s for tile in board.tiles)
    parts["ages"] = Fragment(",".join("" if age is None else str(age) for age in ages))
    parts["clock"] = Fragment(_clock(lang, board.at))
    return parts


def _drawing(lang: str) -> dict[str, Any]:
    words = translator(lang)
    return {"mark": _mark, "label": lambda tile: say_tile(words, tile)}


def _mark(tile: TileRow) -> str:
    return hashlib.blake2b(repr(tile.face).encode(), digest_size=3).hexdigest()


def _floor(board: Board) -> str:
    """What a page must be loaded anew for: the exhibits and their places."""
    places = [(tile.code, tile.exhibit.x, tile.exhibit.y) for tile in board.tiles]
    return hashlib.blake2b(repr(places).encode(), digest_size=4).hexdigest()


def _clock(lang: str, at: datetime) -> str:
    return f"{to_riga(at):%H.%M.%S}" if lang == "lv" else f"{to_riga(at):%H:%M:%S}"


PAGES = [show_board, stream_board, list_exhibits, show_exhibit]
