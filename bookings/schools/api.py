"""The schools for programs."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from bookings.schools.forms import parse_cursor
from bookings.schools.queries import SchoolRow, search_schools
from vizium.auth.guards import signed_in
from vizium.db.session import Database
from vizium.web.api import answer, page_of, refuse_unknown
from vizium.web.forms import Form

ITEMS_IN_AN_ANSWER = 20


@get("/schools", sync_to_thread=True, guards=[signed_in])
def list_schools(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """Schools by registration number, name or place."""
    refuse_unknown(request, "q", "cursor")
    q = asked.text("q", missing=None)
    before = parse_cursor(asked)
    with database.reading() as session:
        found = search_schools(session, q, most=ITEMS_IN_AN_ANSWER + 1, offset=before)
    items = [_item(row) for row in found[:ITEMS_IN_AN_ANSWER]]
    more = len(found) > ITEMS_IN_AN_ANSWER
    return answer(page_of(items, cursor=str(before + ITEMS_IN_AN_ANSWER) if more else None))


def _item(row: SchoolRow) -> dict[str, object]:
    return {
        "register_no": row.register_no,
        "name": row.name,
        "place": row.place,
        "municipality": row.municipality,
        "distance_m": row.distance_m,
        "distance_source": row.distance_source,
    }


API = [list_schools]
