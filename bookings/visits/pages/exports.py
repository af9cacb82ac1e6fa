"""The staff's list of visits: filtered, a page at a time, and the same as XLSX and CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency

from bookings.programmes.queries import list_activities
from bookings.visits.forms.clock import parse_day_typed
from bookings.visits.pages.board import day_asked
from bookings.visits.queries import VisitRow
from bookings.visits.queries.board import Board, read_board
from bookings.visits.queries.lists import ListWish, count_filtered, list_filtered
from bookings.visits.rules import VisitState
from bookings.visits.service.access import CHANGING_ROLES, as_seen_by
from vizium.auth.guards import opens
from vizium.auth.rules import Desk, Person
from vizium.db.session import Database
from vizium.kernel.clock import local_date
from vizium.web.forms import Form
from vizium.web.page import Page
from vizium.web.sheets import CSV, XLSX, Column, Kind, Sheet, to_csv, to_xlsx

_VISITS_A_PAGE = 50
# More than the centre has in some years: a workbook of it still opens.
_EXPORTED_MOST = 20_000
_PAGES_MOST = 10_000
_FIELDS = ("first", "last", "state", "school", "activity")


@dataclass(frozen=True, slots=True)
class Filtered:
    """What an address asks of the list; `query` says it again for links."""

    wish: ListWish
    query: str


@get("/staff/visits", guards=[opens(Desk.VISITS)], sync_to_thread=True)
def list_visits_of_staff(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """The visits of the filters, from today on unless asked otherwise."""
    filtered = _filtered(asked, local_date(page.now))
    number = asked.whole("page", least=1, most=_PAGES_MOST, empty=1)
    with database.reading() as session:
        activities = list_activities(session)
        total = count_filtered(session, filtered.wish, now=page.now)
        number = min(number, max(1, -(-total // _VISITS_A_PAGE)))
        visits = list_filtered(
            session,
            filtered.wish,
            now=page.now,
            most=_VISITS_A_PAGE,
            offset=(number - 1) * _VISITS_A_PAGE,
        )
    return page.show(
        "bookings/visits/visits.html",
        status=422 if asked.errors else 200,
        form=asked,
        errors=asked.errors,
        wish=filtered.wish,
        query=filtered.query,
        visits=visits,
        total=total,
        number=number,
        may_book=page.has_role(*CHANGING_ROLES),
        pages=-(-total // _VISITS_A_PAGE),
        states=[(one.value, page.words.code("visit_state", one.value)) for one in VisitState],
        activities=[(row.code, f"{row.code} {row.title(page.lang)}") for row in activities],
    )


@get("/staff/visits.xlsx", guards=[opens(Desk.VISITS)], sync_to_thread=True)
def show_visits_xlsx(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """All visits of the filters as a workbook."""
    return page.file(to_xlsx([_sheet(page, person, database, asked)]), XLSX, "vizium-visits.xlsx")


@get("/staff/visits.csv", guards=[opens(Desk.VISITS)], sync_to_thread=True)
def show_visits_csv(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """All visits of the filters as a Latvian Excel reads them."""
    return page.file(to_csv(_sheet(page, person, database, asked)), CSV, "vizium-visits.csv")


@get("/staff/day.xlsx", guards=[opens(Desk.DAY)], sync_to_thread=True)
def show_day_xlsx(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """The board of a day as a workbook: a row for each class at each stop."""
    day = day_asked(asked, local_date(page.now))
    with database.reading() as session:
        board = read_board(session, day, now=page.now)
    return page.file(to_xlsx([_day_sheet(board, person, page)]), XLSX, f"vizium-{day}.xlsx")


def _filtered(asked: Form, today: date) -> Filtered:
    """What is asked for; what is wrong with it is noted in the form."""
    # Without any filter the past is of no use; `day` is what older links say.
    is_new = not any(asked.raw(name) for name in _FIELDS)
    first = parse_day_typed(asked, "first", today=today)
    if first is None and is_new:
        first = parse_day_typed(asked, "day", today=today) or today
    last = parse_day_typed(asked, "last", today=today)
    if first and last and last < first:
        asked.fail("last", "end_before_start")
    states = [one.value for one in VisitState]
    state = asked.raw("state")
    wish = ListWish(
        first=first,
        last=last,
        state=VisitState(state) if state in states else None,
        school=asked.text("school", missing=None),
        activity=asked.text("activity", missing=None),
    )
    said = {
        "first": wish.first.isoformat() if wish.first else "",
        "last": wish.last.isoformat() if wish.last else "",
        "state": wish.state.value if wish.state else "",
        "school": wish.school,
        "activity": wish.activity,
    }
    return Filtered(wish, urlencode({name: text for name, text in said.items() if text}))


def _sheet(page: Page, person: Person, database: Database, asked: Form) -> Sheet:
    """The list with all its columns, contacts as far as the person may see them.

    Raises:
        InvalidInput: a filter is nonsense.
    """
    wish = _filtered(asked, local_date(page.now)).wish
    asked.check()
    with database.reading() as session:
        visits = list_filtered(session, wish, now=page.now, most=_EXPORTED_MOST)
    t = page.words.t
    columns = [
        Column(t("Day"), Kind.DAY),
        Column(t("Comes at"), Kind.INSTANT),
        Column(t("Leaves at"), Kind.INSTANT),
        Column(t("Reference")),
        Column(t("State")),
        Column(t("Register number")),
        Column(t("School")),
        Column(t("Activity")),
        Column(t("Language")),
        Column(t("Pupils"), Kind.WHOLE),
        Column(t("Adults"), Kind.WHOLE),
        Column(t("Price"), Kind.EURO),
        Column(t("Fee"), Kind.EURO),
        Column(t("of it for not coming"), Kind.EURO),
        Column(t("Who pays")),
        Column(t("Contact")),
        Column(t("E-mail")),
        Column(t("Telephone")),
        Column(t("Booked"), Kind.INSTANT),
    ]
    return Sheet(
        t("Visits"),
        columns,
        [_row(as_seen_by(visit, person, now=page.now), page) for visit in visits],
    )


def _row(visit: VisitRow, page: Page) -> Sequence[object]:
    code = page.words.code
    return (
        visit.local_date,
        visit.arrive_at,
        visit.leave_at,
        visit.reference,
        code("visit_state", visit.state.value),
        visit.school,
        ", ".join(party.school_name for party in visit.parties) or visit.school_name,
        ", ".join(stop.title(page.lang) for stop in visit.stops),
        code("language", visit.language),
        visit.pupils,
        visit.adults,
        visit.price_cents,
        visit.fee_cents,
        visit.no_show_fee_cents,
        code("funding", visit.funding.value),
        visit.contact.name,
        visit.contact.email,
        visit.contact.phone,
        visit.created_at,
    )


def _day_sheet(board: Board, person: Person, page: Page) -> Sheet:
    t, lang = page.words.t, page.lang
    columns = [
        Column(t("From"), Kind.INSTANT),
        Column(t("Until"), Kind.INSTANT),
        Column(t("What")),
        Column(t("Place")),
        Column(t("Host")),
        Column(t("Pupils"), Kind.WHOLE),
        Column(t("Adults"), Kind.WHOLE),
        Column(t("Reference")),
        Column(t("School")),
        Column(t("Contact")),
        Column(t("Telephone")),
    ]
    visits = [as_seen_by(visit, person, now=page.now) for visit in board.visits]
    rows = [
        (
            stop.start,
            stop.end,
            stop.title(lang),
            stop.places.get(lang, ""),
            stop.host or "",
            stop.pupils,
            stop.adults,
            visit.reference,
            visit.school_name,
            visit.contact.name,
            visit.contact.phone,
        )
        for stop, visit in sorted(
            ((stop, visit) for visit in visits for stop in visit.stops),
            key=lambda pair: (pair[0].start, pair[0].end, pair[1].reference),
        )
    ]
    return Sheet(f"{board.floor.day:%d.%m.%Y}", columns, rows)
