"""Staff write the catalogue in plain pages: form, preview, save, versions, conflicts."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from httpx import Response

from bookings.programmes.forms import form_of
from bookings.programmes.queries import find_edition, get_activity, list_outcomes, list_versions
from bookings.resources.queries import HostRow, RoomRow
from bookings.resources.service import load_hosts, load_rooms
from tests.factories.exhibits import given_exhibits
from tests.factories.people import given_link, given_person
from tests.factories.programmes import OUTCOME, ROBOT, given_catalogue
from tests.factories.site import Browser, open_site, submit
from vizium.auth.guards import SESSION_COOKIE
from vizium.auth.rules import Role
from vizium.auth.service import use_link
from vizium.db.audit import list_acts
from vizium.db.session import Database
from vizium.kernel.clock import local_date, system_now
from vizium.kernel.schoolyear import SchoolYear
from vizium.settings import load

YEAR = SchoolYear.of(local_date(system_now()))
HERE = "/lv/staff/catalogue/T-07"
FORM = f"{HERE}/{YEAR.start_year}"


@pytest.fixture
def database_kind() -> str:
    """Pages say the same over either kind; the services are tested over both."""
    return "sqlite"


@pytest.fixture
def browser_of_staff(database: Database, tmp_path: Path) -> Iterator[Browser]:
    """The methodologist's browser, before the small catalogue."""
    with database.transaction() as session:
        given_catalogue(session)
        load_rooms(session, [RoomRow("room-a", "classroom", "Telpa A", "Room A", 20, 1, 15)])
        load_hosts(session, [HostRow("h-01", "Jānis Paraugs", ("coding",), ("lv",), 300)])
        given_exhibits(session, "ex-026")
    settings = load({"VIZIUM_DATA_DIR": str(tmp_path / "data")})
    with open_site(settings, database) as browser:
        sign_in(browser, database, Role.METHODOLOGIST)
        yield browser


def sign_in(browser: Browser, database: Database, role: Role) -> None:
    now = system_now()
    person = given_person(database, role, now=now, email=f"{role}@vizium.example")
    secret = given_link(database, person, now=now).rpartition("/")[2]
    with database.transaction() as session:
        minted = use_link(session, secret, old_secret=None, now=now)
    browser.cookies.set(SESSION_COOKIE, minted.secret)


def answers(**changed: str) -> dict[str, list[str]]:
    """Everything that the form of T-07 sends, with some answers changed."""
    fields = {name: list(values) for name, values in form_of(ROBOT).fields.items()}
    return fields | {name: [value] for name, value in changed.items()} | {"step": ["preview"]}


def hidden(html: str) -> dict[str, list[str]]:
    """The hidden fields of a preview, as its button sends them."""
    form = html.split("<main", 1)[1].split("</main>", 1)[0]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    return found


def save(browser: Browser, preview: Response) -> Response:
    return submit(browser, FORM, hidden(preview.text) | {"step": "save"})


def version_of(html: str) -> Mapping[str, str]:
    return {"version": re.findall(r'name="version" value="(\d+)"', html)[0]}


def test_form_shows_everything_that_stands(browser_of_staff: Browser) -> None:
    page = browser_of_staff.get(FORM)

    assert page.status_code == 200
    for words in (
        'value="Robots, kas redz un dzird"',
        'value="P.TEH.6.01"',
        'id="grades-4" name="grades" value="4" checked',
        'id="exhibits-ex-026" name="exhibits" value="ex-026" checked',
        'value="4,00"',
        'value="Kā robots jūt?"',
        'id="outcome_lv_3"',
    ):
        assert words in page.text
    assert 'id="outcome_lv_4"' not in page.text


def test_change_is_previewed_then_saved_as_a_version(
    browser_of_staff: Browser, database: Database
) -> None:
    seen = version_of(browser_of_staff.get(FORM).text)
    preview = submit(browser_of_staff, FORM, answers(seats_max="30", **seen))
    saved = save(browser_of_staff, preview)
    page = browser_of_staff.get(HERE)

    assert (preview.status_code, saved.status_code) == (200, 303)
    assert '<th scope="row">Lielākais dalībnieku skaits</th><td>32<br></td><td>30<br></td>' in (
        preview.text
    )
    assert saved.headers["location"] == HERE
    with database.reading() as session:
        assert get_activity(session, "T-07").seats_max == 30
        versions = [(v.version, v.content.seats_max) for v in list_versions(session, "T-07")]
        (act,) = list_acts(session, "activity:T-07")
    assert versions[0][1] == 30
    assert versions[-1] == (1, 32)
    assert act.facts["fields"] == ["seats_max", "exhibits_lv", "exhibits_en", "galleries"]
    assert "Līga Paraugs" in page.text


def test_preview_writes_nothing_and_leads_back_with_all_answers(
    browser_of_staff: Browser, database: Database
) -> None:
    preview = submit(browser_of_staff, FORM, answers(title_lv='Robots "A" <b>'))
    back = submit(browser_of_staff, FORM, hidden(preview.text) | {"step": "edit"})

    assert "Robots &#34;A&#34; &lt;b&gt;" in preview.text
    assert 'id="grades-5" name="grades" value="5" checked' in back.text
    with database.reading() as session:
        assert get_activity(session, "T-07") == ROBOT


WRONG = [
    ({"title_en": ""}, "title_en"),
    ({"duration_min": "50"}, "duration_min"),
    ({"seats_min": "33"}, "seats_max"),
    ({"price": "lēti"}, "price"),
    ({"grades": "13"}, "grades"),
    ({"outcome_en_1": ""}, "outcome_en_1"),
    ({"outcome_code_1": "P.NAV"}, "outcome_code_1"),
    ({"material_link_1": "https://example.com"}, "material_link_1"),
    ({"material_link_1": "//example.com"}, "material_link_1"),
    ({"material_text_en_1": ""}, "material_text_lv_1"),
    ({"room_kind": "cellar"}, "room_kind"),
    ({"exhibits": "ex-999"}, "exhibits"),
]


def test_wrong_answers_are_said_at_their_fields_and_all_are_kept(browser_of_staff: Browser) -> None:
    pages = [
        submit(browser_of_staff, FORM, answers(summary_lv="Jauns apraksts", **wrong))
        for wrong, _ in WRONG
    ]

    assert {page.status_code for page in pages} == {422}
    assert [re.findall(r'<li><a href="#([^"]+)"', page.text) for page in pages] == [
        [field] for _, field in WRONG
    ]
    assert all("Jauns apraksts" in page.text for page in pages)


def test_second_of_two_editors_sees_what_changed_and_may_save_anyway(
    browser_of_staff: Browser, database: Database
) -> None:
    seen = version_of(browser_of_staff.get(FORM).text)
    mine = submit(browser_of_staff, FORM, answers(seats_max="20", **seen))
    theirs = submit(browser_of_staff, FORM, answers(price="5,00", **seen))
    save(browser_of_staff, theirs)

    refused = save(browser_of_staff, mine)
    again = save(browser_of_staff, refused)

    assert refused.status_code == 409
    assert "Kāds cits šo nodarbību tikmēr ir mainījis" in refused.text
    assert "<td>500<br></td><td>400<br></td>" in refused.text
    assert again.status_code == 303
    with database.reading() as session:
        row = get_activity(session, "T-07")
        assert (row.seats_max, row.price_cents) == (20, 400)


def test_same_form_sent_twice_makes_one_version(
    browser_of_staff: Browser, database: Database
) -> None:
    seen = version_of(browser_of_staff.get(FORM).text)
    preview = submit(browser_of_staff, FORM, answers(seats_max="30", **seen))

    first, second = save(browser_of_staff, preview), save(browser_of_staff, preview)

    assert first.headers["location"] == second.headers["location"]
    with database.reading() as session:
        assert len(list_acts(session, "activity:T-07")) == 1


def test_next_school_year_stands_beside_this_one(
    browser_of_staff: Browser, database: Database
) -> None:
    following = YEAR.next().start_year
    key = "a-key-of-the-form"
    prepared = submit(browser_of_staff, f"{HERE}/{following}/edition", {"key": key})
    page = browser_of_staff.get(f"{HERE}/{following}")
    preview = submit(
        browser_of_staff,
        f"{HERE}/{following}",
        answers(title_lv="Robots 2", **version_of(page.text)),
    )
    submit(browser_of_staff, f"{HERE}/{following}", hidden(preview.text) | {"step": "save"})

    assert prepared.status_code == 303
    with database.reading() as session:
        edition = find_edition(session, "T-07", YEAR.next())
        assert edition is not None
        assert edition.content.title_lv == "Robots 2"
        assert get_activity(session, "T-07") == ROBOT
        assert get_activity(session, "T-07", on=YEAR.next().first_day).title_lv == "Robots 2"


def test_other_school_years_cannot_be_written(browser_of_staff: Browser) -> None:
    for year in (YEAR.start_year - 1, YEAR.start_year + 2, 10**30):
        sent = submit(browser_of_staff, f"{HERE}/{year}/edition", {"key": "a-key-of-the-form"})

        assert browser_of_staff.get(f"{HERE}/{year}").status_code == 404
        assert sent.status_code == 404


def test_archived_is_out_of_the_catalogue_and_back_again(
    browser_of_staff: Browser, database: Database
) -> None:
    edition = f"{FORM}/edition"
    seen = version_of(browser_of_staff.get(HERE).text)
    fields = {"key": "a-key-to-archive", "archived": "1", **seen}
    submit(browser_of_staff, edition, fields)
    teachers = browser_of_staff.get("/lv/programmes?q=robots").text
    shown = browser_of_staff.get("/lv/programmes/T-07").text
    archived = browser_of_staff.get("/lv/staff/catalogue?state=archived").text
    seen = version_of(browser_of_staff.get(HERE).text)
    submit(browser_of_staff, edition, {"key": "a-key-to-offer", "archived": "0", **seen})

    assert "/lv/programmes/T-07" not in teachers
    assert "Šo vairs nepiedāvājam." in shown
    assert "/lv/visits/new?code=T-07" not in shown
    assert HERE in archived
    with database.reading() as session:
        assert get_activity(session, "T-07") == ROBOT


def test_new_activity_goes_to_the_end_of_the_catalogue(
    browser_of_staff: Browser, database: Database
) -> None:
    path = "/lv/staff/catalogue/new"
    empty = browser_of_staff.get(path)
    preview = submit(browser_of_staff, path, answers(code="t-19", title_lv="Jaunums"))
    saved = submit(browser_of_staff, path, hidden(preview.text) | {"step": "save"})
    taken = submit(
        browser_of_staff, path, answers(code="T-19") | {"step": ["save"], "key": ["k" * 9]}
    )

    assert empty.status_code == 200
    assert saved.headers["location"] == "/lv/staff/catalogue/T-19"
    assert (taken.status_code, '<a href="#code">' in taken.text) == (422, True)
    with database.reading() as session:
        assert get_activity(session, "T-19").title_lv == "Jaunums"


def test_outcome_is_changed_unless_somebody_else_was_faster(
    browser_of_staff: Browser, database: Database
) -> None:
    path = "/lv/staff/curriculum/outcome/P.TEH.6.01"
    form = browser_of_staff.get(path).text
    fields = {
        "seen": re.findall(r'name="seen" value="([^"]*)"', form)[0],
        "area": "technology",
        "subject": "computing",
        "first_grade": "4",
        "last_grade": "6",
        "title_lv": "Cits teksts",
        "title_en": "Another text",
    }
    saved = submit(browser_of_staff, path, fields | {"key": "outcome-1"})
    refused = submit(browser_of_staff, path, fields | {"key": "outcome-2", "title_lv": "Vēl cits"})

    assert (saved.status_code, refused.status_code) == (303, 409)
    assert "Tagad tur ir: Cits teksts / Another text" in refused.text
    assert 'value="Vēl cits"' in refused.text
    assert 'value="' + OUTCOME.title_lv not in refused.text
    with database.reading() as session:
        assert [row.title_lv for row in list_outcomes(session)] == ["Cits teksts"]
        (act,) = list_acts(session, "outcome:P.TEH.6.01")
    assert act.facts == {"fields": ["title_lv", "title_en"]}
    assert "T-07" in browser_of_staff.get("/lv/programmes?q=cits+teksts").text


def test_areas_and_subjects_are_added(browser_of_staff: Browser) -> None:
    expected = {
        ("area", "arts"): 303,
        ("subject", "astronomy"): 303,
        ("area", "technology"): 422,
        ("subject", "Zvaigznes!"): 422,
        ("planet", "mars"): 404,
    }
    fields = {"area": "science", "title_lv": "Jauns", "title_en": "New", "key": "new-row-1"}

    sent = {
        (kind, code): submit(
            browser_of_staff, f"/lv/staff/curriculum/{kind}", fields | {"code": code}
        ).status_code
        for kind, code in expected
    }

    assert sent == expected
    listed = browser_of_staff.get("/lv/staff/curriculum").text
    assert 'id="area-arts"' in listed
    assert 'id="subject-astronomy"' in listed


def test_only_methodologists_and_administrators_write(
    browser_of_staff: Browser, database: Database
) -> None:
    reading = ("catalogue", "catalogue/T-07", "curriculum")
    writing = ("catalogue/new", f"catalogue/T-07/{YEAR.start_year}", "curriculum/area")

    def visit(role: Role) -> list[int]:
        sign_in(browser_of_staff, database, role)
        pages = [browser_of_staff.get(f"/lv/staff/{path}") for path in (*reading, *writing)]
        return [page.status_code for page in pages]

    assert visit(Role.METHODOLOGIST) == [200] * 6
    assert visit(Role.ADMIN) == [200] * 6
    assert visit(Role.AUDITOR) == [200] * 3 + [403] * 3
    assert "/edition" not in browser_of_staff.get(HERE).text
    assert visit(Role.DESK) == [403] * 6
