"""The page of a visit by its link: see what a change does, do it, undo it; and old tabs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from bookings.programmes.queries import get_activity
from bookings.programmes.service import SaveActivity, save_activity
from bookings.visits.planner.request import PlanRequest, Wish
from bookings.visits.planner.shape import plan_of
from bookings.visits.queries import VisitRow, VisitWish, get_sessions, list_visits
from bookings.visits.rules import Contact, Funding, Group, Party, VisitState
from bookings.visits.service import (
    HoldVisit,
    VisitCommand,
    confirm_visit,
    hold_visit,
)
from bookings.visits.service.papers import manage_path
from tests.bookings.visits.house import House
from tests.bookings.visits.reading import (
    Fields,
    heading,
    hidden,
    links,
    problems,
    read,
    see,
    values,
)
from tests.factories.schools import given_school
from tests.factories.visits import CONTACT, DAY, given_session, given_visit
from vizium.kernel.money import Cents
from vizium.kernel.schoolyear import SchoolYear
from vizium.mail.service import list_mails

TWO_DAYS_BEFORE = datetime(2027, 3, 14, 8, 0, tzinfo=UTC)

# Pages need no second database: the services below them are tried on both.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def path(house: House, session_id: str) -> str:
    """The page of a held visit of 20 pupils."""
    with house.database.transaction() as session:
        given_session(session, "S-01", start="12:00", now=house.now)
        visit = given_visit(session, session_id, now=house.now, wants_transport=True)
    return f"/lv{manage_path(visit.reference, house.settings)}"


@pytest.fixture
def confirmed(house: House, path: str) -> str:
    """The page of a confirmed visit of 20 pupils."""
    with house.database.transaction() as session:
        confirm_visit(
            session,
            VisitCommand(_visit(house).reference),
            transport=house.desk,
            settings=house.settings,
            by="test",
            now=house.now,
        )
    return path


def _visit(house: House) -> VisitRow:
    with house.database.reading() as session:
        (visit,) = list_visits(session, VisitWish())
    return visit


def _mails(house: House) -> list[Any]:
    with house.database.reading() as session:
        return list(list_mails(session))


def _change(house: House, path: str, **numbers: str) -> str:
    """Sees what other numbers change and presses the button."""
    preview = see(house, f"{path}/change?{urlencode(numbers)}")
    return read(house.send(f"{path}/change", hidden(preview, form="version")))


def _joint_page(house: House) -> str:
    """The page of a held visit of two small schools."""
    schools = ("3213900123", "9912900012")
    groups = (Group(5, 8), Group(6, 5))
    request = PlanRequest(
        schools=schools,
        dates=(DAY,),
        groups=groups,
        adults=2,
        language="lv",
        wishes=(Wish(code="T-07"),),
    )
    parties = tuple(
        Party(school, (group,), 1, CONTACT) for school, group in zip(schools, groups, strict=True)
    )
    with house.database.transaction() as session:
        given_school(session, schools[1], now=house.now, name="Skrundas skola (paraugs)")
        ids = ("T-07.20270316.1000",)
        plan = plan_of(get_sessions(session, ids, now=house.now), pupils=13, adults=2)
        order = HoldVisit(
            plan=plan, request=request, contact=CONTACT, page_language="lv", parties=parties
        )
        visit = hold_visit(session, order, by="test", now=house.now)
    return f"/lv{manage_path(visit.reference, house.settings)}"


def _press(house: House, path: str, act: str, status: int = 200, **fields: str) -> str:
    page = see(house, path)
    sent: Fields | dict[str, Any] = hidden(page, form=f"/{act}") if f"/{act}" in page else {}
    return read(house.send(f"{path}/{act}", sent | fields), status)


def test_held_visit_says_until_when_and_offers_every_way_on(house: House, path: str) -> None:
    text = see(house, path)

    assert heading(text) == "Jūsu vietas paturam līdz plkst. 10.30"
    for way in ("change", "day", "contact", "funding", "approval"):
        assert f"{path}/{way}" in links(text)
    assert "10.00–11.00" in text


def test_numbers_are_seen_changed_and_undone(house: House, confirmed: str) -> None:
    preview = see(house, f"{confirmed}/change?g5=12&adults=2")
    changed = read(house.send(f"{confirmed}/change", hidden(preview, form="version")))
    after = _visit(house)
    undone = _press(house, confirmed, "undo", key="undo-key-1")

    assert "70,00" in preview
    assert "42,00" in preview
    assert (after.pupils, after.price_cents) == (12, 4200)
    assert "Atsaukt pēdējās izmaiņas" in changed
    assert "Iepriekš: 16.03.2027; skolēni: 20; pieaugušie: 2." in changed
    assert _visit(house).pupils == 20
    assert "5. klase: 20" in undone


def test_each_school_of_a_joint_group_has_its_own_numbers(house: House, path: str) -> None:
    house.send(f"{path}/cancellation", {"key": "cancel-key-1"})
    page = _joint_page(house)

    form = see(house, f"{page}/change")
    preview = see(house, f"{page}/change?g5=7&adults=1&p2g6=4&p2adults=1")
    done = read(house.send(f"{page}/change", hidden(preview, form="version")))

    assert 'name="p2g6" inputmode="numeric" value="5"' in form
    assert "6. klase: 4; pieaugušie: 1" in done


def test_change_of_a_confirmed_visit_is_told_by_mail(house: House, confirmed: str) -> None:
    before = len(_mails(house))

    _change(house, confirmed, g5="12", adults="2")

    assert len(_mails(house)) == before + 1


def test_numbers_that_cannot_be_come_back_with_words(house: House, path: str) -> None:
    wrong = [
        ("g5=0&adults=2", "groups"),
        ("g5=20&adults=0", "adults"),
        ("g5=10000&adults=2", "g5"),
        ("g5=20&adults=", "adults"),
    ]
    for query, field in wrong:
        text = see(house, f"{path}/change?{query}", status=422)

        assert "<title>Kļūda: " in text
        assert problems(text) == [field]
        assert _visit(house).pupils == 20


def test_form_without_any_number_asks_for_them_again(house: House, path: str) -> None:
    text = read(house.send(f"{path}/change", {"key": "empty-form-1"}), status=422)

    assert "adults" in problems(text)
    assert _visit(house).pupils == 20


def test_numbers_without_room_lead_to_other_plans_and_change_nothing(
    house: House, path: str
) -> None:
    text = see(house, f"{path}/change?g5=31&adults=4", status=409)

    assert "Apmeklējums paliek" in text
    assert _visit(house).pupils == 20


def test_day_is_planned_anew_seen_and_taken(house: House, confirmed: str) -> None:
    form = see(house, f"{confirmed}/day")
    asked = {"sent": "1", "date_day": "16", "date_month": "3", "date_year": "2027"}
    plans = see(house, f"{confirmed}/day?" + urlencode([*asked.items(), ("w", "S-01")]))
    preview = see(house, f"{confirmed}/change?plan={values(plans, 'plan')[0]}")
    done = house.send(f"{confirmed}/change", hidden(preview, form="version"))

    assert 'value="T-07" checked' in form
    assert "12.00–12.30" in preview
    assert done.status_code == 200
    assert [stop.code for stop in _visit(house).stops if stop.is_activity] == ["S-01"]


def test_other_day_that_cannot_be_is_asked_again(house: House, path: str) -> None:
    wrong = [
        ("date_day=1&date_month=1&date_year=2027&w=T-07", "date"),
        ("date_day=&w=T-07", "date"),
        ("date_day=16&date_month=3&date_year=2027", "w"),
        ("date_day=16&date_month=3&date_year=2027&w=T-07&arrive=soon", "arrive"),
    ]
    for query, field in wrong:
        text = see(house, f"{path}/day?sent=1&{query}", status=422)

        assert problems(text) == [field]


def test_plan_of_another_visit_is_refused_in_words(house: House, path: str) -> None:
    text = see(house, f"{path}/change?plan=nonsense", status=409)

    assert "nav veidots šim apmeklējumam" in text
    assert _visit(house).version == 1


def test_contact_is_changed_and_letters_go_there(house: House, confirmed: str) -> None:
    contact = {"name": "Jana Parauga", "email": "jana@example.lv", "phone": "2000 0002"}
    form = see(house, f"{confirmed}/contact")

    house.send(f"{confirmed}/contact", hidden(form, form="version") | contact)

    assert _visit(house).contact == Contact("Jana Parauga", "jana@example.lv", "+37120000002")


def test_wrong_contact_comes_back_with_words(house: House, path: str) -> None:
    answer = house.send(f"{path}/contact", {"name": "", "email": "x", "phone": "1"})

    assert problems(read(answer, status=422)) == ["name", "email", "phone"]
    assert _visit(house).contact.name == "Anna Parauga"


def test_who_pays_is_changed(house: House, path: str) -> None:
    form = see(house, f"{path}/funding")

    house.send(f"{path}/funding", hidden(form, form="version") | {"funding": "esf"})

    assert _visit(house).funding is Funding.ESF


def test_head_is_asked_and_the_page_says_so(house: House, path: str) -> None:
    form = see(house, f"{path}/approval")

    text = read(
        house.send(
            f"{path}/approval", hidden(form, form="version") | {"approver": "Vaditaja@skola.lv"}
        )
    )

    assert heading(text) == "Apmeklējums gaida skolas vadības saskaņojumu"
    assert _visit(house).state is VisitState.PROVISIONAL
    assert "vaditaja@skola.lv" in text.lower()


def test_wrong_address_of_the_head_comes_back(house: House, path: str) -> None:
    answer = house.send(f"{path}/approval", {"approver": "nobody", "version": "1"})

    assert problems(read(answer, status=422)) == ["approver"]
    assert _visit(house).state is VisitState.HELD


def test_early_cancelling_costs_nothing_and_says_so(house: House, confirmed: str) -> None:
    asked = see(house, f"{confirmed}/cancellation")
    done = read(house.send(f"{confirmed}/cancellation", hidden(asked)))

    assert "nekas nav jāmaksā" in asked
    assert heading(done) == "Apmeklējums ir atcelts"
    assert _visit(house).fee_cents == 0


def test_late_cancelling_says_its_fee_before_it_is_done(house: House, confirmed: str) -> None:
    house.now = TWO_DAYS_BEFORE

    asked = see(house, f"{confirmed}/cancellation")
    done = read(house.send(f"{confirmed}/cancellation", hidden(asked)))

    assert "Jāmaksā 35,00" in asked
    assert _visit(house).state is VisitState.CANCELLED
    assert "35,00" in done
    assert any("/visits/plan?" in link for link in links(done))


def test_form_of_an_old_tab_is_refused_and_shows_the_visit_as_it_is(
    house: House, path: str
) -> None:
    old = hidden(see(house, f"{path}/change?g5=8&adults=1"), form="version")
    _change(house, path, g5="12", adults="2")

    text = read(house.send(f"{path}/change", old), status=409)

    assert "pa to laiku ir mainīts" in text
    assert "5. klase: 12" in text
    assert _visit(house).pupils == 12


def test_change_sent_twice_changes_once(house: House, path: str) -> None:
    preview = hidden(see(house, f"{path}/change?g5=12&adults=2"), form="version")

    first = house.send(f"{path}/change", preview)
    second = house.send(f"{path}/change", preview)

    assert (first.status_code, second.status_code) == (200, 200)
    assert _visit(house).version == 2


def test_cancelled_visit_leads_nowhere_but_to_a_new_plan(house: House, path: str) -> None:
    house.send(f"{path}/cancellation", {"key": "cancel-key-1"})

    for act in ("change", "day", "contact", "funding", "cancellation", "approval"):
        text = see(house, f"{path}/{act}", status=409)

        assert "Apmeklējums ir atcelts" in text
        assert any("/visits/plan?" in link for link in links(text))


def test_confirming_after_the_time_shows_how_to_get_the_places_back(
    house: House, path: str
) -> None:
    house.now += timedelta(minutes=31)

    text = _press(house, path, "confirmation", 409, key="confirm-key-1")

    assert "Pagaidu rezervācija ir beigusies" in text
    assert "Rezervēt vietas vēlreiz" in text


def test_undo_without_a_change_is_refused(house: House, path: str) -> None:
    answer = house.send(f"{path}/undo", {"key": "undo-key-1"})

    assert answer.status_code == 404
    assert _visit(house).version == 1


@pytest.mark.usefixtures("path")
def test_foreign_key_shows_nothing(house: House) -> None:
    reference = _visit(house).reference

    for act in ("", "/change", "/day", "/contact", "/funding", "/approval", "/cancellation"):
        assert house.client.get(f"/lv/visits/{reference}/wrong-key{act}").status_code == 404


def test_planning_anew_after_the_end_keeps_the_answers(house: House, path: str) -> None:
    house.send(f"{path}/cancellation", {"key": "cancel-key-1"})
    text = see(house, path)
    (again,) = [link for link in links(text) if "/visits/plan?" in link]

    days = see(house, again)

    assert heading(days) == "Kuras dienas jums derētu?"
    assert _visit(house).groups == (Group(5, 20),)
    assert hidden(days)["g5"] == ["20"]
    assert hidden(days)["w"] == ["T-07"]


def test_page_shows_an_activity_as_it_was_booked_whatever_the_catalogue_says_since(
    house: House, confirmed: str
) -> None:
    later = house.now + timedelta(days=1)
    with house.database.transaction() as session:
        booked = get_activity(session, "T-07")
        other = replace(booked, title_lv="Pavisam cits", price_cents=Cents(999))
        year = SchoolYear.of(DAY)
        standing = 1
        save_activity(session, SaveActivity(other, year, standing), by="test", now=later)

    page = see(house, f"{confirmed}/programmes/T-07")

    assert f'href="{confirmed}/programmes/T-07"' in see(house, confirmed)
    assert heading(page) == booked.title_lv
    assert "3,50\u00a0€" in page
    assert "9,99" not in page
    assert house.client.get(f"{confirmed}/programmes/S-01").status_code == 404
