"""One more school comes along on a visit that stands, or one stays at home."""

import re
from typing import Any

import pytest

from bookings.resources.service import check_cells
from bookings.visits.queries import VisitRow, get_visit
from bookings.visits.rules import Contact, Group, Party
from bookings.visits.service import (
    ChangeVisit,
    VisitCommand,
    change_visit,
    confirm_visit,
    undo_change,
)
from bookings.visits.service.history import read_history
from bookings.visits.service.papers import manage_path
from bookings.visits.service.schools import all_parties, price_parts
from tests.bookings.visits.house import House
from tests.bookings.visits.staffing import fields_of, see, text_of
from tests.factories.days import SCHOOL, SMALL_SCHOOL, given_centre_of_days, given_day_visit
from vizium.auth.rules import Role
from vizium.db.audit import list_acts
from vizium.db.session import Database
from vizium.kernel.errors import CapacityExceeded, Conflict, InvalidInput
from vizium.mail.service import list_mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
ILZE = Contact("Ilze Parauga", "ilze@example.lv", "+37120000003")
SMALL = Party(SMALL_SCHOOL, (Group(6, 2),), 1, ILZE)


@pytest.fixture
def visit(database: Database, orders: dict[str, Any]) -> VisitRow:
    """A confirmed day of eighteen pupils of one school, with bus money."""
    with database.transaction() as session:
        given_centre_of_days(session, now=orders["now"])
        held = given_day_visit(session, now=orders["now"], wants_transport=True)
        return confirm_visit(session, VisitCommand(held.reference), **orders)


@pytest.fixture
def joint(database: Database, visit: VisitRow, orders: dict[str, Any]) -> VisitRow:
    """The same with two pupils of a small school."""
    return _change(database, visit, orders, (*all_parties(visit), SMALL))


def _change(
    database: Database, visit: VisitRow, orders: dict[str, Any], parties: tuple[Party, ...]
) -> VisitRow:
    with database.transaction() as session:
        return change_visit(session, ChangeVisit(visit.reference, parties=parties), **orders)


def _path(house: House, visit: VisitRow) -> str:
    return f"/lv{manage_path(visit.reference, house.settings)}/schools"


def _now(house: House, visit: VisitRow) -> VisitRow:
    with house.database.reading() as session:
        assert check_cells(session) == []
        return get_visit(session, visit.reference)


def _subjects(house: House, recipient: str) -> list[str]:
    with house.database.reading() as session:
        mails = list_mails(session, recipient=recipient)
    return [mail.subject.partition(":")[0] for mail in reversed(mails)]


def test_school_that_joins_raises_numbers_and_price_and_gets_its_own_letter(
    house: House, visit: VisitRow, joint: VisitRow
) -> None:
    assert joint.schools == (SCHOOL, SMALL_SCHOOL)
    assert (joint.pupils, joint.adults) == (20, 3)
    assert joint.groups == (Group(5, 18), Group(6, 2))
    assert joint.price_cents == 20 * 350
    assert price_parts(joint) == {SCHOOL: 18 * 350, SMALL_SCHOOL: 2 * 350}
    assert sum(one.pupils for one in joint.subgroups) == 20
    assert ("release", "changed") in house.desk.calls
    assert _subjects(house, ILZE.email) == ["Jūsu klase brauc līdzi"]
    with house.database.reading() as session:
        (mail,) = list_mails(session, recipient=ILZE.email)
    assert "Tās daļa no cenas: 7,00" in mail.text
    assert _subjects(house, visit.contact.email)[-1] == "Apmeklējums mainīts"


def test_school_that_leaves_gets_a_letter_and_the_lone_one_is_no_group(
    house: House, joint: VisitRow, orders: dict[str, Any]
) -> None:
    alone = _change(house.database, joint, orders, all_parties(joint)[:1])

    assert (alone.parties, alone.schools) == ((), (SCHOOL,))
    assert (alone.pupils, alone.price_cents) == (18, 18 * 350)
    assert _subjects(house, ILZE.email)[-1] == "Jūsu klase vairs nebrauc līdzi"
    with house.database.reading() as session:
        (mail, *_) = list_mails(session, recipient=ILZE.email)
        assert mail.calendar is not None
        assert b"STATUS:CANCELLED" in mail.calendar
        facts = [
            act.facts for act in list_acts(session, f"visit:{joint.id}") if "left" in act.facts
        ]
    assert [(one["joined"], one["left"]) for one in facts] == [
        ([SMALL_SCHOOL], []),
        ([], [SMALL_SCHOOL]),
    ]


def test_school_that_comes_along_sees_the_visit_but_never_the_link_that_changes_it(
    house: House, joint: VisitRow
) -> None:
    link = manage_path(joint.reference, house.settings)
    path = f"/api/v1/visits/{joint.reference}"
    header = house.token(Role.TEACHER, school=SMALL_SCHOOL)
    body = house.client.get(path, headers=header).json()
    entry = house.client.get(f"{path}/calendar.ics", headers=header).text
    refused = house.client.delete(path, headers=header)
    house.sign_in(Role.TEACHER, school=SMALL_SCHOOL)
    mine = see(house, "/lv/visits")
    with house.database.reading() as session:
        (letter,) = list_mails(session, recipient=ILZE.email)

    assert [one["contact"]["email"] for one in body["parties"]] == [
        joint.contact.email,
        ILZE.email,
    ]
    assert not any(body["links"].values())
    assert refused.status_code == 403
    assert joint.contact.phone in mine
    assert joint.reference in mine
    assert letter.calendar is not None
    key = link.rpartition("/")[2]
    seen = (str(body), mine, entry, letter.calendar.decode())
    assert all(key not in text.replace("\r\n ", "") for text in seen)


def test_undo_brings_the_school_back_and_tells_it(
    house: House, joint: VisitRow, orders: dict[str, Any]
) -> None:
    _change(house.database, joint, orders, all_parties(joint)[:1])
    with house.database.transaction() as session:
        back = undo_change(session, VisitCommand(joint.reference), **orders)

    assert back.parties == joint.parties
    assert _subjects(house, ILZE.email)[-1] == "Jūsu klase brauc līdzi"


def test_leading_school_stays_and_more_people_than_the_day_holds_do_not_join(
    house: House, visit: VisitRow, joint: VisitRow, orders: dict[str, Any]
) -> None:
    lead, small = all_parties(joint)
    for parties, refusal in (
        ((small,), InvalidInput),
        ((small, lead), InvalidInput),
        ((lead, lead), InvalidInput),
        ((lead, Party("0000000000", (Group(6, 2),), 1, ILZE)), InvalidInput),
        ((lead, Party(SMALL_SCHOOL, (Group(6, 40),), 4, ILZE)), (CapacityExceeded, Conflict)),
    ):
        with pytest.raises(refusal):
            _change(house.database, visit, orders, parties)
    assert _now(house, visit) == joint


def test_page_adds_a_school_after_a_look_and_drops_it_again(house: House, visit: VisitRow) -> None:
    path = _path(house, visit)
    assert path in see(house, path.removesuffix("/schools"))
    found = see(house, f"{path}?q=Mazā")
    assert f"{path}?add={SMALL_SCHOOL}" in found

    asked = fields_of(see(house, f"{path}?add={SMALL_SCHOOL}"))
    empty = house.send(path, asked)
    typed = asked | {"g6": "2", "adults": "1", "name": ILZE.name, "email": ILZE.email}
    looked = house.send(path, typed | {"phone": "20000003"})
    assert _now(house, visit) == visit
    house.send(path, fields_of(looked.text))

    assert empty.status_code == 422
    assert "Mazā skola brauc līdzi" in text_of(looked.text)
    joint = _now(house, visit)
    assert [party.school for party in joint.parties] == [SCHOOL, SMALL_SCHOOL]
    assert joint.parties[1].contact == ILZE

    listed = see(house, path)
    assert "7,00" in text_of(listed)
    dropped = house.send(path, fields_of(listed))
    assert "Mazā skola vairs nebrauc" in text_of(dropped.text)
    house.send(path, fields_of(dropped.text))
    assert _now(house, visit).parties == ()


def test_page_offers_other_plans_where_the_standing_one_is_too_small(
    house: House, visit: VisitRow
) -> None:
    path = _path(house, visit)
    asked = fields_of(see(house, f"{path}?add={SMALL_SCHOOL}"))
    typed = asked | {"g5": "10", "adults": "1", "name": ILZE.name, "email": ILZE.email}

    refused = house.send(path, typed | {"phone": "20000003"})
    assert refused.status_code == 409
    plan = re.findall(r'name="plan" value="([^"]+)"', refused.text)[0]
    looked = house.send(path, fields_of(refused.text) | {"plan": plan})
    house.send(path, fields_of(looked.text))

    joint = _now(house, visit)
    assert (joint.pupils, joint.schools) == (28, (SCHOOL, SMALL_SCHOOL))


def test_form_sent_again_gets_the_same_answer_though_the_schools_are_others_now(
    house: House, visit: VisitRow
) -> None:
    path = _path(house, visit)
    asked = fields_of(see(house, f"{path}?add={SMALL_SCHOOL}"))
    typed = asked | {"g6": "2", "adults": "1", "name": ILZE.name, "email": ILZE.email}
    adding = fields_of(house.send(path, typed | {"phone": "20000003"}).text)
    added = [house.send(path, adding) for _ in range(2)]
    joint = _now(house, visit)
    dropping = fields_of(house.send(path, fields_of(see(house, path))).text)
    dropped = [house.send(path, dropping) for _ in range(2)]

    answers = [(one.status_code, one.url.path) for one in (*added, *dropped)]
    assert answers == [(200, path.removesuffix("/schools"))] * 4
    assert len(joint.parties) == 2
    assert _now(house, visit).version == joint.version + 2
    assert len(_subjects(house, ILZE.email)) == 2


def test_unknown_schools_and_closed_visits_are_refused_in_words(
    house: House, visit: VisitRow
) -> None:
    path = _path(house, visit)
    see(house, f"{path}?add=0000000000", status=422)
    see(house, f"{path}?q=%00nonsense")
    for what, status in (({"drop": SCHOOL}, 422), ({"drop": SMALL_SCHOOL}, 409), ({}, 409)):
        refused = house.send(path, what | {"key": "k" * 20})
        assert refused.status_code == status, what
        assert "Skola, kas" in refused.text or 'role="alert"' in refused.text
    assert _now(house, visit) == visit


def test_api_adds_and_drops_a_school(house: House, visit: VisitRow) -> None:
    headers = house.token(Role.COORDINATOR)
    parties = [
        {"school": SCHOOL, "groups": [{"grade": 5, "pupils": 18}], "adults": 2},
        {
            "school": SMALL_SCHOOL,
            "groups": [{"grade": 6, "pupils": 2}],
            "adults": 1,
            "contact": {"name": ILZE.name, "email": ILZE.email},
        },
    ]
    path = f"/api/v1/visits/{visit.reference}"

    looked = house.client.patch(f"{path}?preview=true", json={"parties": parties}, headers=headers)
    added = house.client.patch(path, json={"parties": parties}, headers=headers)
    dropped = house.client.patch(path, json={"parties": parties[:1]}, headers=headers)
    wrong = house.client.patch(path, json={"parties": parties[1:]}, headers=headers)

    assert looked.json()["difference"]["pupils"] == {"from": 18, "to": 20}
    assert [one["price_cents"] for one in added.json()["visit"]["parties"]] == [6300, 700]
    assert dropped.json()["visit"]["parties"] == []
    assert wrong.status_code == 422


def test_history_says_what_each_change_did_though_the_fund_answers_too(
    house: House, joint: VisitRow
) -> None:
    with house.database.reading() as session:
        acts = {act.action: act for act in read_history(session, joint)}

    assert acts["change_visit"].pupils == (18, 20)
    assert acts["change_schools"].word == "+ Mazā skola"
    house.sign_in(Role.DESK)
    said = text_of(see(house, f"/lv/staff/visits/{joint.reference}"))
    assert "Mainītas skolas" in said
