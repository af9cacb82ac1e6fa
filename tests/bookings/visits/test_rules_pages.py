"""The rules of visiting in pages: what holds, the next version, what it changes."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from bookings.visits.forms.policy import parse_rules, rules_form
from bookings.visits.forms.policy_fields import rule_groups, rules_in
from bookings.visits.planner.world import DayPolicy
from bookings.visits.queries.policy import list_policies
from bookings.visits.rules import POLICY, FeeStep, VisitPolicy, values_of, with_values
from bookings.visits.service import get_day_policy, get_policy, save_policy
from tests.bookings.visits.house import House
from tests.bookings.visits.staffing import fields_of, refused_to, see, text_of
from tests.factories.visits import DAY
from vizium.auth.rules import OPEN_TO, STAFF_ROLES, Desk, Role
from vizium.kernel.clock import local_date
from vizium.web.forms import Form
from vizium.web.i18n import LANGUAGES, translator

LIST, NEW = "/lv/staff/rules", "/lv/staff/rules/new"
FROM = {"valid_from_day": "16", "valid_from_month": "3", "valid_from_year": "2027"}
sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def _send(house: House, step: str, changes: Mapping[str, Any]) -> Any:
    known = {**FROM, "step": step, "key": "rules-key-1"}
    return house.send(NEW, {**fields_of(see(house, NEW)), **known, **changes})


def _numbers(house: House) -> list[int]:
    with house.database.reading() as session:
        return [row.number for row in list_policies(session)]


@sqlite
def test_next_version_is_seen_beside_what_stands_and_then_written(house: House) -> None:
    house.sign_in(Role.DIRECTOR)
    changes = {
        "visit_hold": "45",
        "visit_fee_steps_days": ["30", "7", "0", "", "", ""],
        "visit_fee_steps_percent": ["0", "12,5", "50", "", "", ""],
        "visit_quiet_weekdays": ["6", "7"],
        "day_lunch_from": "11.30",
    }

    looked = text_of(_send(house, "preview", changes).text)

    assert "Pagaidu rezervācija (minūtes) 30 45" in looked
    assert "7 dienas iepriekš vai agrāk: 12,5 %" in looked
    assert _numbers(house) == []
    saved = _send(house, "save", changes)
    assert "Spēkā no 16.03.2027" in text_of(saved.text)
    with house.database.reading() as session:
        policy, day = get_policy(session, DAY), get_day_policy(session, DAY)
        before = get_policy(session, DAY - timedelta(days=1))
    assert before == POLICY
    assert policy.hold == timedelta(minutes=45)
    assert policy.fee_steps == (FeeStep(30, 0), FeeStep(7, 1_250), FeeStep(0, 5_000))
    assert policy.quiet_weekdays == (6, 7)
    assert f"{day.lunch_from:%H:%M}" == "11:30"
    assert "1. redakcija" in text_of(see(house, LIST))


@sqlite
def test_errors_come_all_at_once_and_say_how_to_mend(house: House) -> None:
    house.sign_in(Role.ADMIN)

    wrong = {
        "valid_from_year": "2026",
        "visit_hold": "0",
        "visit_reminder_days": "soon",
        "day_lunch_from": "noon",
    }
    answer = _send(house, "preview", wrong)

    assert answer.status_code == 422
    for name in ("valid_from", "visit_hold", "visit_reminder_days", "day_lunch_from"):
        assert f'href="#{name}"' in answer.text
    nonsense = _send(house, "save", {"day_lunch_until": "10.00", "day_gallery_most": "10"})
    assert nonsense.status_code == 422
    assert "Beigām jābūt pēc sākuma" in text_of(nonsense.text)
    falling = {
        "visit_fee_steps_days": ["14", "0"],
        "visit_fee_steps_percent": ["50", "10"],
    }
    assert "nevar maksāt mazāk" in text_of(_send(house, "save", falling).text)
    assert _numbers(house) == []


@sqlite
def test_who_writes_after_somebody_else_sees_what_stands_now(house: House) -> None:
    house.sign_in(Role.DIRECTOR)
    filled = fields_of(see(house, NEW)) | FROM | {"step": "save", "visit_hold": "45"}
    with house.database.transaction() as session:
        save_policy(session, DAY, visit={"hold": 60}, day={}, by="test", now=house.now)

    refused = house.send(NEW, filled)

    assert refused.status_code == 409
    assert "Pagaidu rezervācija (minūtes) 60 45" in text_of(refused.text)
    again = fields_of(refused.text) | {"step": "save"}
    assert house.send(NEW, again).status_code == 200
    assert _numbers(house) == [1, 2]


@sqlite
def test_rules_open_to_their_desk_and_are_written_by_those_who_answer(house: House) -> None:
    roles = tuple(sorted(STAFF_ROLES))

    assert set(refused_to(house, LIST, *roles)) == STAFF_ROLES - OPEN_TO[Desk.RULES]
    assert set(refused_to(house, NEW, *roles)) == STAFF_ROLES - {Role.DIRECTOR, Role.ADMIN}


def test_form_says_and_reads_every_rule_as_it_stands(now: Any) -> None:
    rules = rules_in(POLICY, DayPolicy())
    form = rules_form(rules)
    typed = Form({**form.fields, **{name: [text] for name, text in FROM.items()}})

    valid_from, read = parse_rules(typed, today=local_date(now))

    assert valid_from == DAY
    assert read == {name: rules[name] for name in read}
    assert rules.keys() - read.keys() == {"visit_walk"}


def test_every_value_survives_being_stored() -> None:
    assert with_values(POLICY, values_of(POLICY)) == POLICY
    assert with_values(DayPolicy(), values_of(DayPolicy())) == DayPolicy()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_has_words(lang: str) -> None:
    words = translator(lang)
    names = [one.name for _, group in rule_groups() for one in group]

    assert len(names) == len(fields(VisitPolicy)) + len(fields(DayPolicy)) - 1
    for name in names:
        assert words.code("rule", name) != name.replace("_", " ")
    for group, _ in rule_groups():
        assert words.code("rule_group", group) != group
