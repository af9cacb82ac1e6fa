"""The staff's menu says exactly what opens: each desk to each role."""

import re

import pytest

from tests.factories.people import given_link, given_person
from tests.factories.site import Browser, submit
from vizium.auth.rules import OPEN_TO, STAFF_ROLES, Desk, Role, address_of
from vizium.db.session import Database
from vizium.kernel.clock import system_now
from vizium.web.i18n import LANGUAGES, translator


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_overview_shows_the_desks_that_open_and_no_other(
    site: Browser, database: Database, role: Role
) -> None:
    now = system_now()
    link = given_link(database, given_person(database, role, now=now), now=now)
    submit(site, link)

    shown = set(re.findall(r'href="/lv(/staff/[a-z]+)"', site.get("/lv/staff").text))
    opened = {address_of(desk) for desk in Desk if site.get(f"/lv{address_of(desk)}").is_success}

    assert opened == {address_of(desk) for desk in Desk if role in OPEN_TO[desk]}
    assert shown == opened


@pytest.mark.parametrize("desk", Desk)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_desk_has_a_name_and_says_what_it_is_for(lang: str, desk: Desk) -> None:
    words = translator(lang)

    assert words.code("desk", desk.value) != desk.value.replace("_", " ")
    assert words.code("desk_what", desk.value).endswith(".")
