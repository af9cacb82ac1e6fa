"""The list with its filters and exports; one visit with its history; how it is ended."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from bookings.visits.queries import VisitRow, get_visit
from bookings.visits.rules import Group, VisitState
from bookings.visits.service import ChangeVisit, VisitCommand, change_visit, confirm_visit
from tests.bookings.visits.house import House
from tests.bookings.visits.staffing import fields_of, refused_to, see, text_of
from tests.factories.days import (
    NEXT_TUESDAY,
    SMALL_SCHOOL,
    day_request,
    given_centre_of_days,
    given_day_visit,
)
from vizium.auth.rules import OPEN_TO, Desk, Role
from vizium.db.session import Database
from vizium.mail.service import list_mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
LIST = "/lv/staff/visits"


@pytest.fixture(autouse=True)
def visits(database: Database, house: House, orders: dict[str, Any]) -> tuple[VisitRow, VisitRow]:
    """A confirmed class, and a week later a held one of the small school."""
    house.sign_in(Role.DESK)
    with database.transaction() as session:
        given_centre_of_days(session, now=orders["now"])
        first = given_day_visit(session, now=orders["now"])
        small = day_request(schools=(SMALL_SCHOOL,), dates=(NEXT_TUESDAY,))
        second = given_day_visit(session, small, now=orders["now"])
        return confirm_visit(session, VisitCommand(first.reference), **orders), second


def _page(visit: VisitRow) -> str:
    return f"{LIST}/{visit.reference}"


def _end(house: House, visit: VisitRow, how: str, **fields: str) -> Any:
    html = see(house, _page(visit))
    forms = [fields_of(html, nth) for nth in range(html.count('<form method="post"') - 1)]
    form = next(one for one in forms if "version" in one)
    return house.send(f"{_page(visit)}/{how}", form | fields)


def _now(house: House, visit: VisitRow) -> VisitRow:
    with house.database.reading() as session:
        return get_visit(session, visit.reference)


def test_list_shows_what_its_filters_say(house: House, visits: tuple[VisitRow, VisitRow]) -> None:
    expected = {
        "": [0, 1],
        "day=2027-03-20": [1],
        "first=20.3.": [1],
        "last=20.3.2027": [0],
        "first=16.3.&last=16.3.": [0],
        "state=confirmed": [0],
        "state=held": [1],
        "state=nonsense": [0, 1],
        "school=maza": [1],
        f"school={SMALL_SCHOOL}": [1],
        "school=nekur": [],
        "activity=T-07": [0, 1],
        "activity=S-01": [],
        "page=99": [0, 1],
    }

    shown = {}
    for query in expected:
        html = see(house, f"{LIST}?{query}")
        shown[query] = [nth for nth, visit in enumerate(visits) if _page(visit) in html]

    assert shown == expected


def test_hold_that_is_over_is_listed_as_expired(
    house: House, visits: tuple[VisitRow, VisitRow]
) -> None:
    house.now += timedelta(hours=1)

    assert _page(visits[1]) in see(house, f"{LIST}?state=expired")
    assert _page(visits[1]) not in see(house, f"{LIST}?state=held")


def test_filter_that_is_none_is_said(house: House) -> None:
    for query in ("first=31.2.", "last=rīt", "first=17.3.&last=16.3.", "page=0"):
        assert 'role="alert"' in see(house, f"{LIST}?{query}", status=422), query


def test_list_goes_home_as_it_is_filtered(house: House, visits: tuple[VisitRow, VisitRow]) -> None:
    book = house.client.get(f"{LIST}.xlsx?state=held")
    table = house.client.get(f"{LIST}.csv?state=held")

    with ZipFile(BytesIO(book.content)) as archive:
        words = archive.read("xl/sharedStrings.xml").decode()
    assert visits[1].reference in words
    assert visits[0].reference not in words
    header, row, *rest = table.content.decode("utf-8-sig").splitlines()
    assert header.startswith("Diena;Ierodas;Dodas prom;Numurs;")
    assert row.startswith("23.03.2027;")
    assert rest == []
    assert house.client.get(f"{LIST}.csv?first=31.2.").status_code == 422


def test_visit_tells_what_was_done_to_it_and_by_whom(
    house: House, visits: tuple[VisitRow, VisitRow], orders: dict[str, Any]
) -> None:
    visit = visits[0]
    with house.database.transaction() as session:
        command = ChangeVisit(visit.reference, (Group(5, 16),), 2)
        change_visit(session, command, **(orders | {"by": "school"}))

    said = text_of(see(house, _page(visit)))

    assert "Vietas rezervētas" in said
    assert "Mainīts , skola Skolēni: bija 18, tagad 16" in said


def test_school_that_cancels_owes_what_the_page_said(
    house: House, visits: tuple[VisitRow, VisitRow]
) -> None:
    visit = visits[0]
    house.now = visit.arrive_at - timedelta(days=3)

    _end(house, visit, "cancellation", who="school", cancel_reason="Klase slimo")

    after = _now(house, visit)
    assert (after.state, after.fee_cents) == (VisitState.CANCELLED, visit.price_cents // 2)
    with house.database.reading() as session:
        assert "Iemesls: Klase slimo" in list_mails(session)[0].text + list_mails(session)[-1].text
    assert "Klase slimo" in see(house, _page(visit))


def test_centre_that_cancels_asks_nothing(house: House, visits: tuple[VisitRow, VisitRow]) -> None:
    visit = visits[0]
    house.now = visit.arrive_at - timedelta(days=1)

    _end(house, visit, "cancellation", who="centre", cancel_reason="Plūdi")

    assert (_now(house, visit).state, _now(house, visit).fee_cents) == (VisitState.CANCELLED, 0)


def test_class_that_did_not_come_is_marked_once_it_should_have_been_here(
    house: House, visits: tuple[VisitRow, VisitRow]
) -> None:
    visit = visits[0]
    early = _end(house, visit, "no-show", miss_reason="Nezinām")
    assert early.status_code == 409
    assert _now(house, visit).state is VisitState.CONFIRMED
    house.now = visit.arrive_at + timedelta(hours=1)

    _end(house, visit, "no-show", miss_reason="Autobuss saplīsa")

    assert _now(house, visit).state is VisitState.NO_SHOW
    assert "Autobuss saplīsa" in see(house, _page(visit))


def test_fee_for_not_coming_is_shown_and_the_desk_takes_it_back(
    house: House, visits: tuple[VisitRow, VisitRow]
) -> None:
    visit = visits[0]
    house.now = visit.arrive_at + timedelta(hours=1)
    _end(house, visit, "no-show", miss_reason="Nezinām")
    owed = text_of(see(house, _page(visit)))
    table = house.client.get(f"{LIST}.csv?state=no_show").content.decode("utf-8-sig")
    without = _end(house, visit, "fee-waiver")
    assert without.status_code == 422

    _end(house, visit, "fee-waiver", waive_reason="Ceļi bija slēgti")

    fee = visit.price_cents // 2
    assert "Maksa par neierašanos: 31,50 €" in owed.replace("\xa0", " ")
    assert "tostarp par neierašanos" in table
    assert (fee, table.count("31,5")) == (3150, 2)
    assert _now(house, visit).fee_cents == 0
    assert "Ceļi bija slēgti" in see(house, _page(visit))
    assert "/fee-waiver" not in see(house, _page(visit))


def test_end_without_a_reason_is_refused(house: House, visits: tuple[VisitRow, VisitRow]) -> None:
    for how, fields in (
        ("cancellation", {"who": "school"}),
        ("cancellation", {"who": "", "cancel_reason": "Klase slimo"}),
        ("cancellation", {"who": "nobody", "cancel_reason": "Klase slimo"}),
        ("no-show", {}),
    ):
        assert _end(house, visits[0], how, **fields).status_code == 422, (how, fields)
    assert _now(house, visits[0]) == visits[0]


def test_tab_that_was_open_too_long_ends_nothing(
    house: House, visits: tuple[VisitRow, VisitRow]
) -> None:
    stale = _end(
        house, visits[0], "cancellation", who="school", cancel_reason="Klase slimo", version="1"
    )

    assert stale.status_code == 409
    assert _now(house, visits[0]) == visits[0]


def test_those_who_only_look_end_nothing_and_see_no_link_of_the_school(
    house: House, visits: tuple[VisitRow, VisitRow]
) -> None:
    assert set(refused_to(house, LIST, *Role)) == set(Role) - OPEN_TO[Desk.VISITS]
    house.sign_in(Role.AUDITOR)
    html = see(house, _page(visits[0]))

    assert f"/visits/{visits[0].reference}/" not in html.partition("<main")[2]
    for how in ("cancellation", "no-show", "fee-waiver", "arrival"):
        assert house.send(f"{_page(visits[0])}/{how}", {}).status_code == 403


def test_teacher_has_no_business_at_the_desk(
    house: House, visits: tuple[VisitRow, VisitRow]
) -> None:
    house.sign_in(Role.TEACHER, school=SMALL_SCHOOL)

    see(house, _page(visits[0]), status=403)
