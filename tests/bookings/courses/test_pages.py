"""Courses in a browser: find, enrol, manage by the link, check a certificate; the staff's desk."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from bookings.courses.service import NewSession
from tests.bookings.courses.house import ON_ONE_DATABASE, House
from tests.factories.courses import AFTER_ALL, SCHOOL, STARTS, given_course, given_enrolment
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.mail.service import list_mails

pytestmark = ON_ONE_DATABASE
HTML_BYTES_MAX = 14_000
ANSWERS = {"name": "Anna Parauga", "email": "anna@example.lv", "phone": "", "school": SCHOOL}


def test_lists_name_coming_courses_in_both_languages(house: House, code: str) -> None:
    pages = [house.client.get(path) for path in ("/lv/educators", "/en/educators", "/lv/courses")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "Sensori stundā" in pages[0].text
    assert "4 nodarbības" in pages[0].text
    assert "Sensors in Class" in pages[1].text
    assert code not in pages[2].text


def test_course_page_shows_sessions_places_and_rule_within_its_budget(
    house: House, code: str
) -> None:
    page = house.client.get(f"/lv/courses/{code}")

    assert page.text.count("plkst. 15.30–17.00") == len(STARTS)
    assert "brīvas 2 no 2" in page.text
    assert "Jāapmeklē vismaz 75\u00a0% nodarbību." in page.text
    assert "Pieteikties" in page.text
    assert len(page.content) <= HTML_BYTES_MAX


def test_educator_enrols_from_school_search_to_the_link_in_the_mail(
    house: House, database: Database, code: str
) -> None:
    where = house.client.get(f"/lv/courses/{code}/enrolment", params={"q": "kuldiga"})
    who = house.client.get(f"/lv/courses/{code}/enrolment", params={"school": SCHOOL})
    check = house.send(f"/lv/courses/{code}/enrolment", ANSWERS)
    done = house.send(f"/lv/courses/{code}/enrolments", ANSWERS)

    assert f"school={SCHOOL}" in where.text
    assert "Kuldīgas Ventas krasta vidusskola" in who.text
    assert "Pārbaudiet" in check.text or "Nosūtīt pieteikumu" in check.text
    assert "Pieteikums pieņemts" in done.text
    assert all(len(page.content) <= HTML_BYTES_MAX for page in (where, who, check, done))
    with database.reading() as session:
        mail = list_mails(session, recipient="anna@example.lv")[0]
    assert _path(done) in mail.text


def test_same_form_from_two_tabs_is_one_enrolment_and_shows_no_link_to_others(
    house: House, code: str
) -> None:
    first = house.send(f"/lv/courses/{code}/enrolments", ANSWERS | {"key": "the-same-key"})
    twice = house.send(f"/lv/courses/{code}/enrolments", ANSWERS | {"key": "the-same-key"})
    other = house.send(f"/lv/courses/{code}/enrolments", ANSWERS)

    assert _path(first) == _path(twice)
    assert _path(other) == f"/lv/courses/{code}/already"
    assert "/enrolments/" not in other.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Ierakstiet vārdu un uzvārdu"),
        ({"email": "anna"}, "Ierakstiet e-pasta adresi, piemēram"),
        ({"phone": "12"}, "Ierakstiet tālruņa numuru"),
        ({"name": "A" * 5000}, "Saīsiniet līdz 120"),
    ],
)
def test_wrong_answer_keeps_the_others_and_says_how_to_mend_it(
    house: House, code: str, changes: dict[str, str], words: str
) -> None:
    page = house.send(f"/lv/courses/{code}/enrolment", ANSWERS | changes)

    assert page.status_code == 422
    assert words in page.text
    assert "Kļūda: " in page.text
    kept = "anna@example.lv" if "email" not in changes else "Anna Parauga"
    assert f'value="{kept}"' in page.text


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"workplace": " "}, "Ierakstiet, kur strādājat"),
        ({"school": "9999999999"}, "Šādas skolas reģistrā nav"),
    ],
)
def test_workplace_that_is_none_is_asked_again(
    house: House, code: str, asked: dict[str, str], words: str
) -> None:
    page = house.client.get(f"/lv/courses/{code}/enrolment", params=asked)

    assert page.status_code == 422
    assert words in page.text


def test_free_text_workplace_is_taken_and_escaped(house: House, code: str) -> None:
    elsewhere = {**ANSWERS, "school": "", "workplace": "Muzejs <b>&"}

    done = house.send(f"/lv/courses/{code}/enrolments", elsewhere)

    assert "Muzejs &lt;b&gt;&amp;" in done.text


def test_full_course_offers_a_turn_and_says_the_place(
    house: House, database: Database, code: str
) -> None:
    _fill(house, database, code)

    course = house.client.get(f"/lv/courses/{code}")
    full = house.send(f"/lv/courses/{code}/enrolments", ANSWERS)
    waiting = house.send(f"/lv/courses/{code}/enrolments", ANSWERS | {"wait": "1"})

    assert "Brīvu vietu nav." in course.text
    assert full.status_code == 409
    assert "Jūsu vieta rindā būs 1." in full.text
    assert 'value="Anna Parauga"' in full.text
    assert "Jūsu vieta rindā: 1." in waiting.text


def test_withdrawn_place_is_offered_and_accepted_by_link(
    house: House, database: Database, code: str
) -> None:
    path = _path(house.send(f"/lv/courses/{code}/enrolments", ANSWERS))
    _fill(house, database, code, "Berta")
    dora = {**ANSWERS, "name": "Dora", "email": "dora@example.lv", "wait": "1"}
    turn = _path(house.send(f"/lv/courses/{code}/enrolments", dora))

    gone = house.send(f"{path}/withdrawal", {})
    offered = house.client.get(turn)
    taken = house.send(f"{turn}/acceptance", {})

    assert "Pieteikums ir atsaukts" in gone.text
    assert "Jums ir brīva vieta" in offered.text
    assert "Pieteikums pieņemts" in taken.text


@pytest.mark.parametrize("paper", ["", "/calendar.ics", "/certificate.pdf"])
def test_link_of_another_opens_nothing(
    house: House, database: Database, code: str, paper: str
) -> None:
    path = _path(house.send(f"/lv/courses/{code}/enrolments", ANSWERS))
    _fill(house, database, code)
    reference, key = path.split("/")[-2:]

    wrong = house.client.get(f"/lv/enrolments/{reference}/{key[::-1]}{paper}")
    other = house.client.get(f"/lv/enrolments/PI-222222/{key}{paper}")

    assert (wrong.status_code, other.status_code) == (404, 404)
    assert "Šāda pieteikuma nav" in wrong.text


def test_course_that_has_begun_says_so_instead_of_a_form(house: House, code: str) -> None:
    house.now = STARTS[0] + timedelta(minutes=1)

    page = house.client.get(f"/lv/courses/{code}/enrolment")
    sent = house.send(f"/lv/courses/{code}/enrolments", ANSWERS)

    assert "jau ir sākusies" in page.text
    assert sent.status_code == 409
    assert "jau ir sākusies" in sent.text


def test_waiting_is_over_when_the_course_begins(
    house: House, database: Database, code: str
) -> None:
    _fill(house, database, code)
    turn = _path(house.send(f"/lv/courses/{code}/enrolments", ANSWERS | {"wait": "1"}))
    house.now = STARTS[0] + timedelta(minutes=1)

    page = house.client.get(turn)

    assert "Vieta neatbrīvojās" in page.text
    assert "Jūsu vieta rindā" not in page.text


def test_attendance_completion_and_certificate_from_the_desk_to_the_checker(
    house: House, code: str
) -> None:
    path = _path(house.send(f"/lv/courses/{code}/enrolments", ANSWERS))
    reference = path.split("/")[-2]
    house.sign_in(Role.METHODOLOGIST)
    sheets = _sheets(house, code)
    for sheet in sheets[:3]:
        house.now = AFTER_ALL
        ticked = house.send(f"{sheet}/attendance", {f"p-{reference}": "1"})
        assert "Apmeklējums ir ierakstīts" in ticked.text
    desk = house.send(f"/lv/staff/courses/{code}/completions", {"who": reference})
    number = re.search(r"AP-\w{6}", desk.text)
    assert number is not None
    house.client.cookies.clear()

    own = house.client.get(path)
    pdf = house.client.get(f"{path}/certificate.pdf")
    genuine = house.client.get("/lv/certificates", params={"number": number[0].lower()})
    wrong = house.client.get("/lv/certificates/AP-222222")

    assert "Programma ir apgūta" in own.text
    text = PdfReader(BytesIO(pdf.content)).pages[0].extract_text()
    for words in (
        *("Apliecība par 8 stundu programmas apguvi", "Anna Parauga", number[0]),
        *("Sensori stundā", "Plāno #stundu [ar] sensoriem", "8 akadēmiskās stundas"),
        *("16.02.2027–09.03.2027", "Līga Paraugs", f"/lv/certificates/{number[0]}"),
    ):
        assert words in text
    assert "anna@example.lv" not in text
    assert "Šī apliecība ir īsta" in genuine.text
    assert "Anna Parauga" in genuine.text
    assert "anna@example.lv" not in genuine.text
    assert wrong.status_code == 404
    assert "VIZIUM nav izsniedzis" in wrong.text


def test_certificates_are_not_tried_one_after_the_other(house: House) -> None:
    answers = [house.client.get("/lv/certificates/AP-222222").status_code for _ in range(31)]

    assert set(answers[:30]) == {404}
    assert answers[30] == 429


@pytest.mark.usefixtures("code")
def test_staff_make_a_course_session_by_session_and_publish_it(house: House) -> None:
    house.sign_in(Role.METHODOLOGIST)
    new = {
        "activity": "E-01",
        "language": "lv",
        "capacity": "20",
        "hours": "2",
        "share": "100",
        "enrol_until_day": "15",
        "enrol_until_month": "2",
        "enrol_until_year": "2027",
        "price": "15,00",
        "measure": "hours",
    }
    when = {
        "day_day": "17",
        "day_month": "2",
        "day_year": "2027",
        "start": "15.30",
        "minutes": "90",
        "rooms": "room-a",
        "host": "h-01",
    }

    made = house.send("/lv/staff/courses", new)
    path = _path(made)
    taken = house.send(f"{path}/sessions", when | {"day_day": "16"})
    added = house.send(f"{path}/sessions", when)
    published = house.send(f"{path}/publication", {})

    assert "nav publicēts" in made.text
    assert taken.status_code == 422
    assert "Telpa plkst. 15.15 jau ir aizņemta: Nodarbību telpa A" in taken.text
    assert "17.02.2027 15.30–17.00" in added.text
    assert "var pieteikties" in published.text
    assert "Jāapmeklē vismaz 100\u00a0% programmas stundu." in published.text
    house.client.cookies.clear()
    assert path.rpartition("/")[2] in house.client.get("/lv/educators").text


def test_cancelled_session_is_struck_out_for_everybody(
    house: House, database: Database, code: str
) -> None:
    path = _path(house.send(f"/lv/courses/{code}/enrolments", ANSWERS))
    house.sign_in(Role.COORDINATOR)

    house.send(f"{_sheets(house, code)[0]}/cancellation", {"reason": "Slimība"})

    assert "nenotiks" in house.client.get(path).text
    with database.reading() as session:
        mail = list_mails(session, recipient="anna@example.lv")[0]
    assert "Slimība" in mail.text


def test_lists_to_take_home_hold_names_and_no_formula(house: House, code: str) -> None:
    house.send(f"/lv/courses/{code}/enrolments", ANSWERS | {"name": "=1+1"})
    house.sign_in(Role.DIRECTOR)

    csv = house.client.get(f"/lv/staff/courses/{code}/enrolments.csv")
    xlsx = house.client.get(f"/lv/staff/courses/{code}/enrolments.xlsx")

    assert csv.content.startswith(b"\xef\xbb\xbf")
    assert ";'=1+1;anna@example.lv;" in csv.text
    assert xlsx.content.startswith(b"PK")


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (Role.HOST, (200, 403, 403)),
        (Role.AUDITOR, (200, 403, 403)),
        (Role.METHODOLOGIST, (200, 200, 200)),
        (Role.TECHNICIAN, (403, 403, 403)),
        (Role.TEACHER, (403, 403, 403)),
    ],
)
def test_roles_see_make_and_publish_as_they_may(
    house: House, code: str, role: Role, statuses: tuple[int, ...]
) -> None:
    house.sign_in(role)

    found = (
        house.client.get(f"/lv/staff/courses/{code}").status_code,
        house.client.get("/lv/staff/courses/new").status_code,
        house.send(f"/lv/staff/courses/{code}/publication", {}).status_code,
    )

    assert found == statuses


@pytest.mark.parametrize(("role", "links"), [(Role.HOST, 0), (Role.METHODOLOGIST, 1)])
def test_link_to_manage_an_enrolment_is_only_for_those_who_run_courses(
    house: House, code: str, role: Role, links: int
) -> None:
    house.send(f"/lv/courses/{code}/enrolments", ANSWERS)
    house.sign_in(role)

    listed = house.client.get(f"/lv/staff/courses/{code}").text

    assert "Anna Parauga" in listed
    assert listed.count("/enrolments/PI-") == links


@pytest.mark.usefixtures("code")
def test_class_is_enrolled_with_grade_and_number_and_nobody_by_name(
    house: House, database: Database
) -> None:
    with database.transaction() as session:
        classes = given_course(
            session, now=house.now, activity="T-07", capacity=24, sessions=_wednesdays()
        ).code
    page = house.client.get(f"/lv/courses/{classes}/enrolment", params={"school": SCHOOL})
    refused = house.send(f"/lv/courses/{classes}/enrolment", ANSWERS | {"pupils": "90"})
    sent = ANSWERS | {"grade": "5", "pupils": "20"}
    done = house.send(f"/lv/courses/{classes}/enrolments", sent)

    assert "skolēnu vārdi nav vajadzīgi" in page.text
    assert refused.status_code == 422
    assert "Ierakstiet skaitli no 1 līdz 24" in refused.text
    assert "Klase ir pieteikta" in done.text
    assert "5. klase: 20" in done.text


def _fill(house: House, database: Database, code: str, *names: str) -> None:
    with database.transaction() as session:
        for name in names or ("Berta", "Cilda"):
            given_enrolment(session, code, name, settings=house.settings, now=house.now, wait=True)


def _wednesdays() -> tuple[NewSession, ...]:
    day = timedelta(days=1)
    return tuple(
        NewSession(start + day, start + day + timedelta(minutes=75)) for start in STARTS[:2]
    )


def _sheets(house: House, code: str) -> list[str]:
    page = house.client.get(f"/lv/staff/courses/{code}")
    return re.findall(rf'"(/lv/staff/courses/{code}/sessions/\w{{26}})"', page.text)


def _path(response: Any) -> str:
    path: str = response.url.path
    return path
