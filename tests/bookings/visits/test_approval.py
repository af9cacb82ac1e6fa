"""The head's link: approve, decline, too late, twice - each time in words."""

import re
from datetime import timedelta
from typing import Any

import pytest

from bookings.visits.queries import get_visit
from bookings.visits.rules import VisitState
from bookings.visits.service.life import RequestVisit, request_visit
from bookings.visits.service.papers import approval_path
from tests.bookings.visits.house import House
from tests.factories.visits import given_visit
from vizium.mail.service import list_mails

# The moves themselves run on both databases in `service/test_life`.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def path(house: House, session_id: str) -> str:
    """The head's path of a visit that waits for the head."""
    with house.database.transaction() as session:
        held = given_visit(session, session_id, now=house.now)
        order = RequestVisit(held.reference, None, "direktore@example.lv")
        asked = request_visit(session, order, settings=house.settings, by="test", now=house.now)
    return "/lv" + approval_path(asked, house.settings)


def _state(house: House, path: str) -> VisitState:
    with house.database.reading() as session:
        return get_visit(session, path.split("/")[3]).state


def _answer(house: House, path: str, **fields: str) -> Any:
    page = house.client.get(path).text
    version = re.search(r'name="version" value="(\d+)"', page)
    key = re.search(r'name="key" value="([^"]+)"', page)
    known = {"version": version[1], "key": key[1]} if version and key else {"key": "a-late-key"}
    return house.send(path, known | fields)


def test_mailed_link_shows_the_visit_and_approving_confirms_it(house: House, path: str) -> None:
    with house.database.reading() as session:
        mailed = next(mail for mail in list_mails(session) if "direktore" in mail.recipient)
    page = house.client.get(path)

    answer = _answer(house, path, answer="approve")

    assert path in mailed.text
    assert "Kuldīgas Ventas krasta vidusskola" in page.text
    assert "70,00" in page.text
    assert "Apmeklējums ir saskaņots" in answer.text
    assert _state(house, path) is VisitState.CONFIRMED


def test_declining_gives_the_places_back_and_tells_the_teacher_why(house: House, path: str) -> None:
    answer = _answer(house, path, answer="decline", word="Tajā nedēļā ir eksāmeni.")

    with house.database.reading() as session:
        letter = list_mails(session)[0]
    assert "Tas ir noraidīts vai atcelts" in answer.text
    assert _state(house, path) is VisitState.CANCELLED
    assert letter.recipient == "anna@example.lv"
    assert "Tajā nedēļā ir eksāmeni." in letter.text


def test_link_used_twice_shows_what_was_decided(house: House, path: str) -> None:
    _answer(house, path, answer="approve")

    second = house.send(path, {"key": "another-key", "answer": "decline"})

    assert second.status_code == 409
    assert "Apmeklējums ir saskaņots" in second.text
    assert _state(house, path) is VisitState.CONFIRMED


def test_link_ends_with_the_provisional_term(house: House, path: str) -> None:
    house.now += timedelta(days=15)

    page = house.client.get(path)
    late = house.send(path, {"key": "another-key", "answer": "approve"})

    assert "Saskaņošanas laiks beidzies" in page.text
    assert late.status_code == 409
    assert "Saskaņošanas laiks beidzies" in late.text


def test_answer_has_to_be_chosen_and_a_wrong_key_opens_nothing(house: House, path: str) -> None:
    empty = _answer(house, path, word="Labi")

    assert empty.status_code == 422
    assert "Labi" in empty.text
    assert house.client.get(path[:-2] + "xx").status_code == 404
    assert _state(house, path) is VisitState.PROVISIONAL


def test_head_gets_the_excursion_sheet(house: House, path: str) -> None:
    sheet = house.client.get(path + "/excursion.pdf")

    assert sheet.headers["content-type"] == "application/pdf"
    assert sheet.content.startswith(b"%PDF-")
