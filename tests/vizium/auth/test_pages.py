"""Sign-in as a browser does it: by a mailed link, into a session that only we can name."""

from datetime import datetime

import pytest

from tests.factories.people import given_link, given_person
from tests.factories.site import Browser, csrf_token, open_site, submit
from vizium.auth.guards import SESSION_COOKIE
from vizium.auth.rules import Person, Role
from vizium.db.session import Database
from vizium.kernel.clock import system_now
from vizium.mail.service import MailRow, list_mails
from vizium.settings import Settings

CHOSEN = "chosen-by-the-client-" + "x" * 22


@pytest.fixture
def real_now() -> datetime:
    """Handlers read the clock, so what they are to find is made at the present instant."""
    return system_now()


@pytest.fixture
def liga(database: Database, real_now: datetime) -> Person:
    return given_person(database, Role.COORDINATOR, now=real_now)


def mails(database: Database) -> list[MailRow]:
    with database.reading() as session:
        return list_mails(session)


def is_signed_in(site: Browser) -> bool:
    return site.get("/lv/staff").status_code == 200


def test_way_in_and_out(site: Browser, database: Database, liga: Person) -> None:
    answer = submit(site, "/lv/sign-in", {"email": "Liga@example.lv", "next": "/staff?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/lv/sign-in/sent")
    assert site.get("/lv/sign-in/sent").status_code == 200

    (mail,) = mails(database)
    url = next(word for word in mail.text.split() if word.startswith("http://vizium.example/"))
    assert "<form" in site.get(url).text
    assert "<form" in site.get(url).text, "a mail scanner that follows the link uses nothing up"
    signed_in = submit(site, url)
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/lv/staff?x=1")
    assert liga.name in site.get("/lv/staff").text

    secret = site.cookies[SESSION_COOKIE]
    assert submit(site, "/lv/sign-out").headers["location"] == "/lv/"
    assert SESSION_COOKIE not in site.cookies
    site.cookies.set(SESSION_COOKIE, secret)
    assert not is_signed_in(site), "the session has ended on the server"


def test_link_used_up_is_told_and_signs_nobody_in(
    site: Browser, settings: Settings, database: Database, liga: Person, real_now: datetime
) -> None:
    link = given_link(database, liga, now=real_now)
    submit(site, link)

    with open_site(settings, database) as other:
        again = submit(other, link)
        assert (again.status_code, is_signed_in(other)) == (404, False)
        assert "saite" in again.text.lower()


def test_session_named_by_the_client_is_never_adopted(
    site: Browser, database: Database, liga: Person, real_now: datetime
) -> None:
    site.cookies.set(SESSION_COOKIE, CHOSEN)
    link = given_link(database, liga, now=real_now)

    signed_in = submit(site, link)

    minted = signed_in.cookies[SESSION_COOKIE]
    assert minted != CHOSEN
    site.cookies.clear()
    site.cookies.set(SESSION_COOKIE, CHOSEN)
    assert not is_signed_in(site)


def test_session_is_another_one_after_each_sign_in(
    site: Browser, database: Database, liga: Person, real_now: datetime
) -> None:
    secrets = []
    for _ in range(2):
        answer = submit(site, given_link(database, liga, now=real_now))
        secrets.append(answer.cookies[SESSION_COOKIE])

    assert secrets[0] != secrets[1]
    site.cookies.clear()
    site.cookies.set(SESSION_COOKIE, secrets[0])
    assert not is_signed_in(site), "the first one ended with the second sign-in"


def test_session_cookie_is_for_us_alone(
    site: Browser, database: Database, liga: Person, real_now: datetime
) -> None:
    answer = submit(site, given_link(database, liga, now=real_now))

    words = {word.strip().lower() for word in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= words


@pytest.mark.usefixtures("liga")
def test_unknown_address_gets_the_same_answer_and_no_mail(
    site: Browser, database: Database
) -> None:
    known = submit(site, "/lv/sign-in", {"email": "liga@example.lv"})
    unknown = submit(site, "/lv/sign-in", {"email": "nobody@example.lv"})

    assert unknown.status_code == known.status_code == 303
    assert unknown.content == known.content
    assert unknown.headers["location"] == known.headers["location"]
    assert [mail.recipient for mail in mails(database)] == ["liga@example.lv"]


def test_wrong_address_gets_the_form_again_with_what_was_typed(
    site: Browser, database: Database
) -> None:
    answer = submit(site, "/en/sign-in", {"email": '"><b>liga', "next": "/fund"})

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert 'value="&#34;&gt;&lt;b&gt;liga"' in answer.text
    assert 'value="/fund"' in answer.text
    assert answer.text.count("Write an e-mail address like") == 2
    assert mails(database) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    "next_path", ["//evil.example", "https://evil.example", "/\\evil.example", "/%0d%0aX:y"]
)
def test_sign_in_never_leads_to_another_site(
    site: Browser, database: Database, liga: Person, next_path: str
) -> None:
    submit(site, "/lv/sign-in", {"email": liga.email, "next": next_path})
    (mail,) = mails(database)
    url = next(word for word in mail.text.split() if "://" in word)

    location = submit(site, url).headers["location"]

    assert location.startswith("/lv/")
    assert "evil" not in location
    assert "\n" not in location


def test_sign_in_may_lead_to_a_path_in_latvian_letters(
    site: Browser, database: Database, liga: Person, real_now: datetime
) -> None:
    link = given_link(database, liga, now=real_now, next_path="/programmes?q=ķīmija")

    answer = submit(site, link)

    assert answer.headers["location"] == "/lv/programmes?q=%C4%B7%C4%ABmija"
    assert is_signed_in(site)


def test_too_many_asks_for_one_address_are_told_to_wait(
    site: Browser, database: Database, liga: Person
) -> None:
    answers = [submit(site, "/lv/sign-in", {"email": liga.email}) for _ in range(12)]

    refused = [each for each in answers if each.status_code == 429]
    # Two windows at most: the clock may pass from one to the next in between.
    assert 5 <= len(mails(database)) <= 10
    assert len(refused) == 12 - len(mails(database))
    assert 1 <= int(refused[-1].headers["retry-after"]) <= 900
    assert submit(site, "/lv/sign-in", {"email": "other@example.lv"}).status_code == 303


def test_unknown_person_is_asked_to_sign_in_and_comes_back(site: Browser) -> None:
    answer = site.get("/en/staff?day=2027-03-30&q=ķ")

    location = answer.headers["location"]
    assert answer.status_code == 303
    assert location.startswith("/en/sign-in?next=/en/staff%3F")
    assert 'value="/en/staff?day=2027-03-30&amp;q=%C4%B7"' in site.get(location).text


def test_person_without_the_role_is_refused(
    site: Browser, database: Database, real_now: datetime
) -> None:
    teacher = given_person(database, Role.TEACHER, now=real_now, email="t@example.lv")
    submit(site, given_link(database, teacher, now=real_now))

    answer = site.get("/lv/staff")

    assert (answer.status_code, "location" in answer.headers) == (403, False)


def test_hostile_session_cookies_are_nobody(site: Browser) -> None:
    csrf_token(site)
    for secret in ("", "x", "x" * 5000, "%00", "a%0d%0ab"):
        site.cookies.set(SESSION_COOKIE, secret)
        assert not is_signed_in(site)
        assert site.get("/lv/").status_code == 200
        site.cookies.delete(SESSION_COOKIE)
