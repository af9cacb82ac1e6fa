"""The statistics page: this school year by default, any period on request, as a workbook too."""

import io
import zipfile

import pytest

from tests.factories.people import given_link, given_person
from tests.factories.site import Browser, submit
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.kernel.clock import system_now

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
YEAR = "first_day=1&first_month=9&first_year=2026&last_day=31&last_month=8&last_year=2027"


@pytest.fixture
def director(site: Browser, database: Database) -> Browser:
    now = system_now()
    submit(site, given_link(database, given_person(database, Role.DIRECTOR, now=now), now=now))
    return site


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_page_shows_a_period_without_any_visit(director: Browser, lang: str) -> None:
    answer = director.get(f"/{lang}/staff/statistics?{YEAR}")

    assert answer.status_code == 200
    assert "01.09.2026" in answer.text
    assert "<svg" in answer.text


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("first_day=31&first_month=2&first_year=2027", "first"),
        (
            "first_day=1&first_month=9&first_year=2026&last_day=1&last_month=1&last_year=2026",
            "last",
        ),
        (
            "first_day=1&first_month=1&first_year=1000&last_day=1&last_month=1&last_year=2900",
            "last",
        ),
        ("first_day=x", "first"),
    ],
)
def test_wrong_period_is_explained(director: Browser, asked: str, field: str) -> None:
    answer = director.get(f"/lv/staff/statistics?{asked}")

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert director.get(f"/lv/staff/statistics.xlsx?{asked}").status_code == 422


def test_workbook_has_a_sheet_for_each_table(director: Browser) -> None:
    answer = director.get(f"/en/staff/statistics.xlsx?{YEAR}")

    assert answer.headers["content-disposition"].endswith('vizium-2026-09-01-2027-08-31.xlsx"')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        assert sum(name.startswith("xl/worksheets/sheet") for name in parts.namelist()) == 6
