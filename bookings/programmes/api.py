"""The catalogue for programs: the same search as the page's."""

from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from bookings.programmes.forms import FIELDS, parse_cursor, parse_search, parse_year
from bookings.programmes.queries import (
    ActivityRow,
    MaterialRow,
    get_version,
    list_areas,
    list_subjects,
    list_years,
    search_activities,
)
from vizium.auth.guards import signed_in
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.schoolyear import SchoolYear
from vizium.web.api import Call, answer_encoded, encode, page_of, refuse_unknown
from vizium.web.forms import Form
from vizium.web.kept import Kept

ITEMS_IN_AN_ANSWER = 100
_ANSWERS: Kept[bytes] = Kept(most=200)


@get("/programmes", sync_to_thread=True, guards=[signed_in])
def search_programmes(
    request: Request[Any, Any, Any],
    call: NamedDependency[Call],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """Programmes, workshops and shows that fit a search; best match first."""
    refuse_unknown(request, *FIELDS, "cursor")
    today = local_date(call.now)
    with database.reading() as session:
        key = (get_version(session), SchoolYear.of(today), call.lang, request.url.query)
        return answer_encoded(_ANSWERS.get(key, lambda: _find(session, call.lang, asked, today)))


def _find(session: Session, lang: str, asked: Form, today: date) -> bytes:
    areas, subjects = list_areas(session), list_subjects(session)
    wanted = parse_search(asked, areas=areas, subjects=subjects)
    before = parse_cursor(asked)
    day = max(today, parse_year(asked, list_years(session, today)).first_day)
    found = search_activities(session, wanted, on=day, first=before, most=ITEMS_IN_AN_ANSWER)
    end = before + ITEMS_IN_AN_ANSWER
    items = [_item(row, lang) for row in found.items]
    return encode(page_of(items, cursor=str(end) if found.total > end else None))


def _item(row: ActivityRow, lang: str) -> dict[str, object]:
    return {
        "code": row.code,
        "kind": row.kind.value,
        "title": row.title(lang),
        "summary": row.summary(lang),
        "grades": row.grades,
        "area": row.areas[0] if row.areas else None,
        "areas": row.areas,
        "subjects": row.subjects,
        "languages": row.languages,
        "outcomes": row.outcomes(lang),
        "outcome_codes": [code or None for code, _, _ in row.coded_outcomes],
        "duration_min": row.duration_min,
        "sessions_count": row.sessions_count,
        "seats_min": row.seats_min,
        "seats_max": row.seats_max,
        "price_cents": row.price_cents,
        "on_request": row.on_request,
        "exhibits": row.exhibits,
        "galleries": row.galleries,
        "materials": [_material(each, lang) for each in row.materials],
    }


def _material(material: MaterialRow, lang: str) -> dict[str, object]:
    latvian = lang == "lv"
    return {
        "stage": material.stage.value,
        "title": material.title_lv if latvian else material.title_en,
        "text": material.text_lv if latvian else material.text_en,
        "link": material.link or None,
    }


API = [search_programmes]
