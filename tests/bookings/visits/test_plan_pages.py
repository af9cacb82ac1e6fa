"""The day planner as a browser without JavaScript walks it, and everything that can go wrong."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from httpx import Response

from bookings.resources.models import Closure
from bookings.visits.planner.ids import decode_plan, encode_plan
from bookings.visits.queries import VisitRow, VisitWish, list_visits
from bookings.visits.rules import Funding, Group, VisitState
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
from tests.factories.visits import DAY, given_session, given_visit
from vizium.auth.rules import Role

SECOND_SCHOOL = "9912900012"
CLASS = "g5=20&adults=2&language=lv&school=3213900123"
ASKED = f"{CLASS}&w=T-07&w=kind:show&need=lunch&d=2027-03-16&arrive=9.30&depart=14.30"
CONTACT = {"name": "Anna Parauga", "email": "anna@example.lv", "phone": "2000 0001"}
MONEY = {"funding": "skolas_soma", "transport": "yes"}

# Pages need no second database: the services below them are tried on both.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture(autouse=True)
def centre(house: House, session_id: str) -> str:
    """A programme at ten and a show at noon, with lunch places."""
    with house.database.transaction() as session:
        given_session(session, "S-01", start="12:00", now=house.now)
        name = "Skrundas Ventas loka pamatskola (paraugs)"
        given_school(session, SECOND_SCHOOL, now=house.now, name=name)
    return session_id


def _ask(house: House, query: str, status: int = 200, lang: str = "lv") -> str:
    return see(house, f"/{lang}/visits/plan?{query}", status)


def _send(house: House, path: str, fields: Fields | dict[str, str]) -> Response:
    return house.send(path, fields)


def _picked(house: House, lang: str = "lv") -> Fields:
    """The answers with the first plan."""
    plans = _ask(house, f"{ASKED}&upto=hours", lang=lang)
    return hidden(plans) | {"plan": [values(plans, "plan")[0]]}


def _order(house: House, lang: str = "lv") -> tuple[Fields, str]:
    """What the check page sends, and the page."""
    text = read(
        _send(
            house,
            f"/{lang}/visits/plan",
            _picked(house, lang) | CONTACT | MONEY | {"upto": ["money"]},
        )
    )
    return hidden(text, form="/visits/plan/hold"), text


def _visits(house: House) -> list[VisitRow]:
    with house.database.reading() as session:
        return list_visits(session, VisitWish())


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_day_is_planned_question_by_question(house: House, lang: str) -> None:
    url = f"/{lang}/visits/plan"

    def go(text: str, **answers: str | list[str]) -> str:
        fields = hidden(text, form="/visits/plan") | answers
        return see(house, f"{url}?{urlencode(fields, doseq=True)}")

    asked_class = see(house, url)
    asked_school = go(asked_class, g5="20", adults="2", language="lv")
    found = go(asked_school, q="ventas krasta", step="school")
    (school,) = values(found, "school")
    asked_wishes = go(found, school=school)
    assert {"T-07", "S-01", "kind:show"} <= set(values(asked_wishes, "w"))
    asked_extras = go(asked_wishes, w=["T-07", "kind:show"])
    asked_days = go(asked_extras, need="lunch")
    assert "2027-03-16" in values(go(asked_days, **{"from": "2027-03-10"}), "d")
    asked_hours = go(asked_days, d="2027-03-16")
    plans = go(asked_hours, arrive="9.30", depart="14.30")
    assert "70" in plans
    assert "135" in plans
    contact = go(plans, plan=values(plans, "plan")[0])
    money = read(_send(house, url, hidden(contact) | CONTACT))
    check = read(_send(house, url, hidden(money, form='"money"') | MONEY))
    held = _send(house, f"{url}/hold", hidden(check, form="/visits/plan/hold"))

    assert held.status_code == 200
    (visit,) = _visits(house)
    assert visit.state is VisitState.HELD
    assert visit.reference in held.text
    assert (visit.groups, visit.adults, visit.funding) == ((Group(5, 20),), 2, Funding.SKOLAS_SOMA)
    assert [stop.code for stop in visit.stops if stop.is_activity] == ["T-07", "S-01"]
    assert visit.page_language == lang
    assert visit.wants_transport


def test_check_page_has_a_way_to_change_every_answer(house: House) -> None:
    _, text = _order(house)

    steps = values(text, "step")
    assert set(steps) >= {"class", "school", "wishes", "extras", "days", "hours", "plan"}
    assert set(steps) >= {"contact", "money"}


def test_answer_that_is_changed_late_keeps_all_others_out_of_the_address(house: House) -> None:
    fields, _ = _order(house)

    hours = _send(house, "/lv/visits/plan", fields | {"step": "hours"})
    changed = hidden(read(hours)) | {"arrive": "9.15"}
    plans = _send(house, "/lv/visits/plan", changed)
    check = _send(
        house,
        "/lv/visits/plan",
        hidden(read(plans)) | {"plan": values(read(plans), "plan")[0]},
    )

    assert heading(read(hours)) == "Cikos autobuss atbrauc un dodas prom?"
    assert heading(read(plans)) == "Izvēlieties plānu"
    assert heading(read(check)) == "Pārbaudiet atbildes"
    assert "Anna Parauga" in read(check)
    assert "09.15" in read(check)


# What was asked so far, which fields are wrong, what the page says of it.
WRONG = [
    ("g5=0&adults=2&language=lv&upto=class", ["groups"], "Ierakstiet, cik skolēnu brauks"),
    ("g5=10000&adults=2&language=lv&upto=class", ["g5"], ""),
    ("g5=20&adults=0&language=lv&upto=class", ["adults"], "Skolēni vieni braukt nevar"),
    ("g5=20&adults=1&language=lv&upto=class", ["adults"], "vismaz tik daudz pieaugušo: 2"),
    (f"{CLASS}&upto=wishes", ["w"], "Atzīmējiet vismaz vienu"),
    (f"{CLASS}&w=T-99&upto=wishes", ["w"], "T-99"),
    (f"{CLASS}&w=T-07&upto=days", ["date"], "Atzīmējiet vai ierakstiet"),
    (f"{CLASS}&w=T-07&d=2027-01-05&upto=days", ["date"], "05.01.2027 jau ir pagājusi"),
    (f"{CLASS}&w=T-07&d=2027-03-15&upto=days", ["date"], "15.03.2027"),
    (f"{CLASS}&w=T-07&d=2027-03-26&upto=days", ["date"], "26.03.2027 ir svētku diena"),
    (f"{CLASS}&w=T-07&d=2027-03-16&arrive=x&upto=hours", ["arrive"], "9.30"),
]


def test_wrong_answers_come_back_with_words(house: House) -> None:
    for query, fields, words in WRONG:
        text = _ask(house, query, status=422)

        assert "<title>Kļūda: " in text
        assert problems(text) == fields
        assert all(f'id="{field}"' in text for field in fields)
        assert words in text


def test_unknown_school_is_asked_again_with_words(house: House) -> None:
    text = _ask(house, f"{CLASS.replace('3213900123', '0000000000')}&upto=school", status=422)

    assert problems(text) == ["school"]
    assert heading(text) == "No kuras skolas jūs esat?"


def test_day_that_the_centre_closes_is_named(house: House) -> None:
    with house.database.transaction() as session:
        session.add(Closure(day=DAY, reason_lv="Remonts", reason_en="Repairs"))

    text = _ask(house, f"{ASKED}&upto=hours", status=422)

    assert problems(text) == ["date"]
    assert "Dienā 16.03.2027 centrs ir slēgts" in text


def test_class_that_an_activity_does_not_take_is_told_so(house: House) -> None:
    text = _ask(house, f"{ASKED.replace('g5=20', 'g0=10')}&upto=hours", status=422)

    assert problems(text) == ["w"]
    assert "T-07" in text


def test_no_fitting_day_offers_changes_and_the_waiting_list(house: House) -> None:
    with house.database.transaction() as session:
        given_visit(session, "T-07.20270316.1000", now=house.now, pupils=20)

    text = _ask(house, f"{ASKED}&upto=hours")

    assert heading(text) == "Dienu, kurā viss sader, neizdevās atrast"
    assert "Skolēnu skaits: 10, nevis 20." in text
    (waiting,) = [link for link in links(text) if "/waiting/new?" in link]
    asked = dict(parse_qsl(waiting.partition("?")[2]))
    assert asked == {
        "code": "T-07",
        "day": "2027-03-16",
        "d": "2027-03-16",
        "school": "3213900123",
        "g5": "20",
        "adults": "2",
        "language": "lv",
        "need": "lunch",
    }


def test_change_that_makes_a_day_fit_is_applied_at_once(house: House) -> None:
    with house.database.transaction() as session:
        given_visit(session, "T-07.20270316.1000", now=house.now, pupils=20)
    refused = _ask(house, f"{ASKED}&upto=hours")

    fewer = hidden(refused, form="Skolēnu skaits: 10")
    plans = _ask(house, urlencode(fewer, doseq=True))

    assert fewer["g5"] == ["10"]
    assert heading(plans) == "Izvēlieties plānu"


def test_plan_taken_meanwhile_leads_to_other_ways_with_nothing_lost(house: House) -> None:
    order, _ = _order(house)
    with house.database.transaction() as session:
        given_visit(session, "T-07.20270316.1000", now=house.now, pupils=20, school=SECOND_SCHOOL)

    refused = _send(house, "/lv/visits/plan/hold", order)

    text = read(refused, status=409)
    assert heading(text) == "Šo plānu tikko izvēlējās cita klase"
    assert hidden(text)["name"] == ["Anna Parauga"]
    assert hidden(text)["d"] == ["2027-03-16"]
    assert [visit.school for visit in _visits(house)] == [SECOND_SCHOOL]


def test_order_sent_twice_from_two_tabs_holds_once(house: House) -> None:
    order, _ = _order(house)

    first = _send(house, "/lv/visits/plan/hold", order)
    second = _send(house, "/lv/visits/plan/hold", order)

    assert first.url.path == second.url.path
    assert len(_visits(house)) == 1


def test_plan_that_is_not_ours_is_chosen_again(house: House) -> None:
    order, _ = _order(house)

    for plan in ("", "nonsense", "eyJ9.AAAA"):
        answer = _send(house, "/lv/visits/plan/hold", order | {"plan": [plan]})

        assert heading(read(answer)) == "Izvēlieties plānu"
        assert _visits(house) == []


def test_plan_of_other_answers_is_chosen_again(house: House) -> None:
    order, _ = _order(house)

    answer = _send(house, "/lv/visits/plan/hold", order | {"g5": ["19"]})

    assert heading(read(answer)) == "Izvēlieties plānu"
    assert _visits(house) == []


def test_contact_errors_keep_every_answer(house: House) -> None:
    wrong = {"name": "Anna", "email": "x", "phone": "12"}

    answer = _send(house, "/lv/visits/plan", _picked(house) | wrong | {"upto": ["contact"]})

    text = read(answer, status=422)
    assert problems(text) == ["email", "phone"]
    assert 'value="Anna"' in text
    assert hidden(text)["w"] == ["T-07", "kind:show"]


def test_small_schools_come_together_each_with_its_numbers(house: House) -> None:
    joint = "g5=8&adults=1&language=lv&joint=1&school=3213900123&upto=class"
    listed = _ask(house, joint)
    searched = _ask(house, urlencode(hidden(listed, form="upto") | {"party": "p2"}, doseq=True))
    found = _ask(house, urlencode(hidden(searched) | {"q": "skrunda"}, doseq=True))
    asked = _ask(house, urlencode(hidden(found) | {"p2": values(found, "p2")[0]}, doseq=True))
    wrong = _ask(house, urlencode(hidden(asked) | {"p2adults": "1"}, doseq=True), status=422)
    both = _ask(house, urlencode(hidden(wrong) | {"p2g6": "9", "p2adults": "1"}, doseq=True))
    wishes = _ask(house, urlencode(hidden(both), doseq=True))

    assert heading(listed) == "Jūsu grupas skolas"
    assert heading(asked) == "Cik skolēnu brauks no šīs skolas?"
    assert problems(wrong) == ["p2groups"]
    assert "6. klase: 9" in both
    assert heading(wishes) == "Ko vēlaties darīt?"
    picked = hidden(wishes) | {"w": ["T-07"], "d": ["2027-03-16"], "upto": ["hours"]}
    plans = _ask(house, urlencode(picked, doseq=True))
    order = hidden(plans) | {"plan": [values(plans, "plan")[0]], "upto": ["money"]}
    check = read(_send(house, "/lv/visits/plan", order | CONTACT | MONEY))
    _send(house, "/lv/visits/plan/hold", hidden(check, form="/visits/plan/hold"))
    (visit,) = _visits(house)
    assert [party.school for party in visit.parties] == ["3213900123", SECOND_SCHOOL]
    assert visit.groups == (Group(5, 8), Group(6, 9))


def test_school_of_a_joint_group_can_stay_away(house: House) -> None:
    joint = f"{CLASS}&joint=1&p2={SECOND_SCHOOL}&p2g6=9&p2adults=1&upto=school"

    text = _ask(house, f"{joint}&drop=p2")

    assert heading(text) == "Jūsu grupas skolas"
    assert "p2" not in hidden(text, form="upto")


def test_search_among_wishes_keeps_what_is_ticked(house: House) -> None:
    text = _ask(house, f"{CLASS}&w=T-07&upto=wishes&words=S-01&searched=")

    assert heading(text) == "Ko vēlaties darīt?"
    assert 'value="T-07" checked' in text


def test_wish_from_the_catalogue_waits_until_its_question(house: House) -> None:
    text = _ask(house, "w=T-07")

    assert heading(text) == "Cik skolēnu brauks?"
    assert hidden(text)["w"] == ["T-07"]


def test_teacher_who_signed_in_is_offered_the_own_school(house: House) -> None:
    house.sign_in(Role.TEACHER, school="3213900123")

    text = _ask(house, "g5=20&adults=2&language=lv&upto=class")

    assert values(text, "school") == ["3213900123"]


def test_plan_from_a_foreign_day_is_judged_when_it_is_ordered(house: House) -> None:
    order, _ = _order(house)
    found = decode_plan(order["plan"][0], house.settings.secret_key)
    assert found is not None
    request, plan = found
    house.now += timedelta(days=60)

    stale = encode_plan(request, plan, house.settings.secret_key)
    answer = _send(house, "/lv/visits/plan/hold", order | {"plan": [stale]})

    assert problems(read(answer, status=422)) == ["date"]
    assert _visits(house) == []


def test_post_without_the_token_of_the_form_holds_nothing(house: House) -> None:
    order, _ = _order(house)

    answer: Any = house.client.post("/lv/visits/plan/hold", data=order)

    assert answer.status_code == 403
    assert _visits(house) == []
