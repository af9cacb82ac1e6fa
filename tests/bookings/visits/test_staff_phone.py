"""A booking while the school is on the line: two presses, and nothing half done."""

from typing import Any

import pytest

from bookings.visits.queries import VisitWish, list_visits
from bookings.visits.rules import VisitState
from bookings.visits.service.history import read_history
from tests.bookings.visits.house import House
from tests.bookings.visits.staffing import fields_of, refused_to, see, text_of
from tests.factories.days import SCHOOL, SMALL_SCHOOL, given_centre_of_days, given_day_visit
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.mail.service import list_mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
PATH = "/lv/staff/visits/new"
CALL = {
    "school": SCHOOL,
    "dates": "16.3.",
    "g5": "18",
    "adults": "2",
    "language": "lv",
    "w": "T-07",
    "need": "lunch",
    "name": "Anna Parauga",
    "phone": "2000 0001",
    "email": "anna@example.lv",
    "funding": "own",
    "note": "Zvanīs vēlreiz",
}

# What is typed wrongly, and a word of what is said about it.
_WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"school": ""}, "Ierakstiet skolu"),
    ({"school": "Hogvartsa"}, "Tādas skolas reģistrā nav; pamēģiniet citu vārdu"),
    ({"dates": "31.2."}, "Rakstiet dienas šādi"),
    ({"dates": "16.3.2020"}, "jau ir pagājusi"),
    ({"dates": ""}, "Ierakstiet dienas, kas derētu"),
    ({"g5": ""}, "skolēn"),
    ({"g5": "10000"}, "skait"),
    ({"g5": "-3"}, "skait"),
    ({"adults": "0"}, "pieaugu"),
    ({"w": "T-99"}, "T-99"),
    ({"w": ""}, "Atzīmējiet vismaz vienu"),
    ({"phone": "12"}, "tālruņa"),
    ({"name": ""}, "vārdu"),
    ({"email": "anna"}, "e-pasta"),
    ({"arrive": "25"}, "Ierakstiet laiku šādi"),
    ({"arrive": "14", "depart": "10"}, "Autobuss dodas prom"),
    ({"language": "xx"}, "Izvēlieties"),
    ({"funding": "lottery"}, "Izvēlieties"),
)


@pytest.fixture(autouse=True)
def _centre(database: Database, house: House, now: Any) -> None:
    with database.transaction() as session:
        given_centre_of_days(session, now=now)
    house.sign_in(Role.DESK)


def _find(house: House, **changes: str) -> Any:
    return house.send(PATH, CALL | changes)


def _book(house: House, found: str, **changes: str) -> Any:
    """Press the button of the first day that was found."""
    plan = found.partition('name="plan" value="')[2].partition('"')[0]
    assert plan
    return house.send(PATH, fields_of(found) | {"plan": plan} | changes)


def _visits(house: House) -> list[Any]:
    with house.database.reading() as session:
        return list_visits(session, VisitWish())


def test_school_on_the_line_has_its_day_after_two_presses(house: House) -> None:
    found = _find(house)
    done = _book(house, found.text)

    (visit,) = _visits(house)
    assert str(done.url).endswith(f"/lv/staff/visits/{visit.reference}?booked=1")
    assert "Rezervēts un apstiprināts." in text_of(done.text)
    assert (visit.state, visit.pupils, visit.adults) == (VisitState.CONFIRMED, 18, 2)
    with house.database.reading() as session:
        (mail,) = list_mails(session)
        history = read_history(session, visit)
    assert mail.recipient == "anna@example.lv"
    assert [act.action for act in history] == ["hold_visit", "note_visit", "confirm_visit"]
    assert history[1].word == "Zvanīs vēlreiz"


def test_button_pressed_twice_books_once(house: House) -> None:
    found = _find(house).text
    first, second = (_book(house, found) for _ in range(2))

    assert first.url == second.url
    assert len(_visits(house)) == 1


def test_school_without_mail_gets_the_pass_printed(house: House) -> None:
    done = _book(house, _find(house, email="").text)

    assert "/pass.pdf" in done.text
    assert "Izdrukāt caurlaidi" in done.text
    with house.database.reading() as session:
        assert list_mails(session) == []


def test_words_of_a_school_are_enough_and_several_are_asked_about(house: House) -> None:
    several = _find(house, school="skola")
    assert several.status_code == 422
    assert "Atbilst vairākas skolas" in several.text
    assert f'id="school-{SMALL_SCHOOL}"' in several.text

    chosen = _find(house, school="skola", school_no=SMALL_SCHOOL)
    _book(house, chosen.text)

    assert [visit.school for visit in _visits(house)] == [SMALL_SCHOOL]


def test_answer_changed_after_the_search_is_planned_anew_first(house: House) -> None:
    again = _book(house, _find(house).text, g5="20")

    assert again.status_code == 409
    assert "Kāda atbilde pa to laiku ir mainīta" in again.text
    assert _visits(house) == []


def test_day_that_went_meanwhile_is_refused_with_those_that_are_free(
    house: House, now: Any
) -> None:
    found = _find(house).text
    with house.database.transaction() as session:
        given_day_visit(session, now=now)
        given_day_visit(session, now=now)

    refused = _book(house, found)

    assert refused.status_code == 409
    assert "tikko aizņēma cita klase" in refused.text
    assert len(_visits(house)) == 2


def test_wish_that_no_day_holds_comes_with_the_change_that_does(house: House) -> None:
    found = _find(house, dates="17.3.")

    assert found.status_code == 200
    assert "Ar vienu izmaiņu ir:" in found.text
    done = _book(house, found.text)
    assert "Rezervēts un apstiprināts." in text_of(done.text)
    assert _visits(house)[0].local_date.isoweekday() == 2


def test_what_is_wrong_is_said_and_every_answer_kept(house: House) -> None:
    for changes, said in _WRONG:
        refused = _find(house, **changes)

        assert refused.status_code == 422, changes
        summary = refused.text.partition('role="alert"')[2].partition("</div>")[0]
        assert said.lower() in summary.lower(), (changes, text_of(refused.text)[:400])
        assert 'value="Zvanīs vēlreiz"' in refused.text
    assert _visits(house) == []


def test_plan_that_is_none_of_ours_books_nothing(house: House) -> None:
    answer = _find(house, plan="abc.def", asked="x")

    assert answer.status_code == 200
    assert _visits(house) == []


def test_those_who_only_look_do_not_book(house: House) -> None:
    may = {Role.DESK, Role.COORDINATOR, Role.ADMIN}

    assert set(refused_to(house, PATH, *Role)) == set(Role) - may


def test_page_opens_with_the_day_of_the_board(house: House) -> None:
    assert 'value="16.03.2027"' in see(house, f"{PATH}?dates=16.03.2027")
