"""The catalogue as teachers and programs ask for it, through the whole web application."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from litestar.testing import TestClient

from bookings.programmes.service import SaveActivity, save_activity
from tests.factories.programmes import CATALOGUE, ROBOT, given_activity, given_catalogue
from tests.factories.schools import given_school
from vizium.app import create_app
from vizium.auth.queries import find_by_email
from vizium.auth.rules import Role
from vizium.auth.service import NewPerson, make_token, save_person
from vizium.db.session import Database
from vizium.kernel.clock import local_date, system_now
from vizium.kernel.money import Cents
from vizium.kernel.schoolyear import SchoolYear
from vizium.settings import load

LINKS = re.compile(r'href="/(?:lv|en)/programmes/([A-Z]-\d+)"')


@pytest.fixture
def database_kind() -> str:
    """Pages say the same over either kind; the services are tested over both."""
    return "sqlite"


@pytest.fixture
def client(database: Database, tmp_path: Path) -> Iterator[TestClient]:
    """A visitor before the small catalogue; the web reads the clock, the catalogue does not."""
    with database.transaction() as session:
        given_catalogue(session)
    settings = load({"VIZIUM_DATA_DIR": str(tmp_path / "data")})
    with TestClient(create_app(settings, database), base_url="http://testserver.local") as client:
        yield client


@pytest.fixture
def head(database: Database) -> dict[str, str]:
    """A teacher's token, and Latvian as the language of the answers."""
    now = system_now()
    with database.transaction() as session:
        teacher = NewPerson("t@sample.invalid", "Parauga Persona", frozenset({Role.TEACHER}))
        save_person(session, teacher, now=now)
        person = find_by_email(session, teacher.email)
        assert person is not None
        token = make_token(session, person, name="test", by=person.id, now=now)
    return {"authorization": f"Bearer {token}", "accept-language": "lv"}


def test_list_shows_everything_in_its_order(client: TestClient) -> None:
    answer = client.get("/lv/programmes")

    assert answer.status_code == 200
    assert LINKS.findall(answer.text) == [row.code for row in CATALOGUE]
    assert "Atrasts: 4" in answer.text
    assert "izglītojoša programma · 4.–6. klase · 75 min · 4,00\u00a0€ no skolēna" in answer.text
    assert "zinātnes šovs · Pirmsskola, 1.–5. klase · 75 min" not in answer.text
    assert "zinātnes šovs · Pirmsskola, 1.–5. klase · 30 min" in answer.text
    assert "nodarbība pedagogiem · Pedagogiem · 75 min · bez maksas" in answer.text


def test_list_is_told_in_english(client: TestClient) -> None:
    answer = client.get("/en/programmes", params={"q": "robots", "grade": "5"})

    assert LINKS.findall(answer.text) == ["T-07"]
    assert "A Robot That Sees and Hears" in answer.text
    assert "programme · Grades 4–6 · 75 min · €4.00 per pupil" in answer.text


def test_search_keeps_the_answers_and_counts_the_options(client: TestClient) -> None:
    answer = client.get("/lv/programmes?q=%C4%B7%C4%ABmija&grade=&kind=&area=science&seats=")

    assert LINKS.findall(answer.text) == ["T-03"]
    assert 'value="ķīmija"' in answer.text
    assert '<option value="science" selected>Dabaszinātnes (1)</option>' in answer.text
    assert "<details open>" in answer.text


def test_nothing_found_offers_a_way_on(client: TestClient) -> None:
    answer = client.get("/lv/programmes", params={"q": "dinozauri"})

    assert answer.status_code == 200
    assert LINKS.findall(answer.text) == []
    assert "Rādīt visu" in answer.text


def test_filters_that_are_set_can_be_taken_off_one_by_one(client: TestClient) -> None:
    answer = client.get("/lv/programmes?q=robots&grade=5&kind=&area=technology")

    chips = re.findall(
        r'class="tag" href="([^"]+)"><span class="skip">[^<]+</span>([^<]+) ✕', answer.text
    )
    assert chips == [
        ("/lv/programmes?grade=5&amp;area=technology", "„robots”"),
        ("/lv/programmes?q=robots&amp;area=technology", "5. klase"),
        ("/lv/programmes?q=robots&amp;grade=5", "Tehnoloģijas"),
    ]
    assert "Vispirms precīzākais" in answer.text


def test_empty_result_says_which_filter_to_take_off(client: TestClient) -> None:
    answer = client.get("/lv/programmes", params={"q": "virtuves robots", "grade": "5"})

    assert LINKS.findall(answer.text) == []
    assert (
        '<a href="/lv/programmes?grade=5">bez: „virtuves robots”</a> – atrastos: 2' in answer.text
    )
    assert (
        '<a href="/lv/programmes?q=robots&amp;grade=5">bez: virtuves</a> – atrastos: 1'
        in answer.text
    )


def test_slip_is_forgiven_and_said(client: TestClient) -> None:
    answer = client.get("/lv/programmes", params={"q": "kimjia"})

    assert LINKS.findall(answer.text) == ["T-03"]
    assert "Vārda „kimjia” katalogā nav" in answer.text


def test_outcome_of_the_standard_leads_to_its_programmes(client: TestClient) -> None:
    show = client.get("/lv/programmes/T-07")
    found = client.get("/lv/programmes?outcome=p.teh")

    assert "<h3>4.–6. klase</h3>" in show.text
    assert '<a href="/lv/programmes?outcome=P.TEH.6.01">P.TEH.6.01</a>' in show.text
    assert LINKS.findall(found.text) == ["T-07"]
    assert 'value="p.teh"' in found.text


def test_materials_have_a_page_of_their_own(client: TestClient) -> None:
    show = client.get("/lv/programmes/T-07")
    materials = client.get("/en/programmes/T-07/materials")

    assert 'href="/lv/programmes/T-07/materials#m1">Kā robots jūt?</a>' in show.text
    assert '<h3 id="m1">How does a robot feel?</h3>' in materials.text
    assert "<p>Name five senses.</p>" in materials.text
    assert client.get("/lv/programmes/T-99/materials").status_code == 404


def test_pages_travel_in_fourteen_kilobytes(client: TestClient) -> None:
    paths = ("/lv/programmes", "/lv/programmes?q=robots", "/lv/programmes/T-07")

    pages = [client.get(path) for path in paths]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert max(len(gzip.compress(page.content)) for page in pages) < 14_000
    assert not any("<script" in page.text for page in pages)


def test_wrong_answers_are_said_at_their_fields(client: TestClient) -> None:
    answer = client.get("/lv/programmes", params={"grade": "13", "seats": "daudz", "q": "<b>"})

    assert answer.status_code == 422
    assert '<a href="#grade">' in answer.text
    assert '<a href="#seats">' in answer.text
    assert 'value="daudz"' in answer.text
    assert 'value="&lt;b&gt;"' in answer.text


def test_long_catalogue_goes_on_on_the_next_page(client: TestClient, database: Database) -> None:
    with database.transaction() as session:
        for number in range(41):
            more = replace(ROBOT, code=f"X-{number}", title_lv="Ķēdes reakcija")
            given_activity(session, more, position=10 + number)

    first = client.get("/lv/programmes", params={"q": "ķēdes", "grade": "5"})
    link = re.search(r'href="(/lv/programmes\?[^"]+)">Nākamā lapa', first.text)
    assert link is not None
    second = client.get(link[1].replace("&amp;", "&"))

    found = LINKS.findall(first.text) + LINKS.findall(second.text)
    assert found == [f"X-{number}" for number in range(41)]
    assert "Nākamā lapa" not in second.text


def test_programme_says_what_a_teacher_asks(client: TestClient) -> None:
    answer = client.get("/lv/programmes/T-07")

    assert answer.status_code == 200
    for words in (
        "<h1>Robots, kas redz un dzird</h1>",
        "Skolēni pievieno robotam sensorus.",
        "Veido programmu ar nosacījumiem",
        "Robota roka",
        "10–32",
        "latviešu, angļu",
        '<a href="/lv/programmes?area=technology">Tehnoloģijas</a>, ',
        '<a href="/lv/programmes?area=science">Dabaszinātnes</a>',
        "Datori ir uz vietas.",
        'href="/lv/visits/new?code=T-07"',
    ):
        assert words in answer.text


def test_unknown_programme_is_not_found(client: TestClient) -> None:
    answer = client.get("/lv/programmes/T-99")

    assert answer.status_code == 404
    assert "Tādas programmas mums nav" in answer.text


def test_api_gives_programmes_in_the_language_asked(
    client: TestClient, head: dict[str, str]
) -> None:
    answer = client.get(
        "/api/v1/programmes", params={"q": "robotu", "kind": "programme"}, headers=head
    )

    assert answer.json() == {
        "items": [
            {
                "code": "T-07",
                "kind": "programme",
                "title": "Robots, kas redz un dzird",
                "summary": "Skolēni pievieno robotam sensorus.",
                "grades": [4, 5, 6],
                "area": "technology",
                "areas": ["technology", "science"],
                "subjects": ["computing"],
                "languages": ["lv", "en"],
                "outcomes": ["Veido programmu ar nosacījumiem"],
                "outcome_codes": ["P.TEH.6.01"],
                "duration_min": 75,
                "sessions_count": 1,
                "seats_min": 10,
                "seats_max": 32,
                "price_cents": 400,
                "on_request": True,
                "exhibits": ["ex-026"],
                "galleries": ["g-smart"],
                "materials": [
                    {
                        "stage": "before",
                        "title": "Kā robots jūt?",
                        "text": "Nosauciet piecas maņas.",
                        "link": None,
                    }
                ],
            }
        ],
        "next": None,
    }


def test_api_refuses_what_it_does_not_know(client: TestClient, head: dict[str, str]) -> None:
    wrong = {
        "/api/v1/programmes?grades=5": "grades",
        "/api/v1/programmes?grade=13": "grade",
        "/api/v1/programmes?cursor=-1": "cursor",
        "/api/v1/programmes?area=alchemy": "area",
        "/api/v1/schools?name=x": "name",
        "/api/v1/schools?cursor=x": "cursor",
    }

    answers = {path: client.get(path, headers=head) for path in wrong}

    assert {answer.status_code for answer in answers.values()} == {422}
    fields = {
        path: [error["field"] for error in answer.json()["errors"]]
        for path, answer in answers.items()
    }
    assert fields == {path: [field] for path, field in wrong.items()}


def test_api_searches_by_outcome(client: TestClient, head: dict[str, str]) -> None:
    codes = {
        outcome: [
            item["code"]
            for item in client.get(
                "/api/v1/programmes", params={"outcome": outcome}, headers=head
            ).json()["items"]
        ]
        for outcome in ("P.TEH.6.01", "p.teh", "P.MAT")
    }

    assert codes == {"P.TEH.6.01": ["T-07"], "p.teh": ["T-07"], "P.MAT": []}


def test_api_wants_a_token(client: TestClient) -> None:
    answers = [client.get(path) for path in ("/api/v1/programmes", "/api/v1/schools?q=x")]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert [answer.json()["code"] for answer in answers] == ["sign_in_needed"] * 2


def test_api_gives_schools_with_their_distance(
    client: TestClient, head: dict[str, str], database: Database
) -> None:
    with database.transaction() as session:
        given_school(session, now=system_now())

    answer = client.get("/api/v1/schools", params={"q": "kuldiga ventas"}, headers=head)

    assert answer.json() == {
        "items": [
            {
                "register_no": "3213900123",
                "name": "Kuldīgas Ventas krasta vidusskola (paraugs)",
                "place": "Kuldīga",
                "municipality": "Kuldīgas novads",
                "distance_m": 62_000,
                "distance_source": "estimate",
            }
        ],
        "next": None,
    }


def test_api_goes_on_where_the_cursor_says(
    client: TestClient, head: dict[str, str], database: Database
) -> None:
    with database.transaction() as session:
        for number in range(25):
            given_school(session, f"41139002{number:02d}", now=system_now())

    first = client.get("/api/v1/schools", headers=head).json()
    second = client.get("/api/v1/schools", params={"cursor": first["next"]}, headers=head).json()

    found = [item["register_no"] for item in first["items"] + second["items"]]
    assert found == [f"41139002{number:02d}" for number in range(25)]
    assert second["next"] is None


@pytest.fixture
def next_year(database: Database) -> SchoolYear:
    """The school year after this one, for which the robots are written anew and dearer."""
    now = system_now()
    year = SchoolYear.of(local_date(now)).next()
    dearer = replace(ROBOT, title_lv="Roboti citādi", price_cents=Cents(600))
    with database.transaction() as session:
        save_activity(session, SaveActivity(dearer, year, 0), by="test", now=now)
    return year


def test_next_school_year_is_shown_where_it_is_written_and_its_link_can_be_passed_on(
    client: TestClient, next_year: SchoolYear, head: dict[str, str]
) -> None:
    address = f"/lv/programmes?year={next_year.start_year}"
    now, then = client.get("/lv/programmes").text, client.get(address).text
    found = client.get(
        f"/api/v1/programmes?q=citadi&year={next_year.start_year}", headers=head
    ).json()

    assert f'href="/lv/programmes?year={next_year.start_year}">{next_year}</a>' in now
    assert "Roboti citādi" not in now
    assert "Roboti citādi" in then
    assert f"/lv/programmes/{ROBOT.code}?year={next_year.start_year}" in then
    assert f'name="year" value="{next_year.start_year}"' in then
    assert [item["price_cents"] for item in found["items"]] == [600]
    assert client.get("/api/v1/programmes?year=1999", headers=head).status_code == 422


def test_one_year_alone_is_not_asked_for_and_an_old_link_leads_to_what_holds(
    client: TestClient,
) -> None:
    shown = client.get("/lv/programmes").text
    old = client.get("/lv/programmes?year=2019")

    assert "Mācību gads" not in shown
    assert old.status_code == 200
    assert LINKS.findall(old.text) == [row.code for row in CATALOGUE]


def test_page_of_a_programme_says_what_it_is_in_the_chosen_year(
    client: TestClient, next_year: SchoolYear
) -> None:
    this = client.get(f"/lv/programmes/{ROBOT.code}").text
    next_one = client.get(f"/lv/programmes/{ROBOT.code}?year={next_year.start_year}").text

    assert "4,00\u00a0€" in this
    assert f"?year={next_year.start_year}" in this
    assert "6,00\u00a0€" in next_one
    assert f"Spēkā no {next_year.first_day:%d.%m.%Y}." in next_one
