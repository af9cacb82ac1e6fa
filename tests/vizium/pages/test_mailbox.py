from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.factories.site import Browser, open_site
from vizium import settings as house
from vizium.db.session import Database
from vizium.mail.service import Mail, list_mails, send

ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def site(tmp_path: Path, database: Database) -> Iterator[Browser]:
    settings = house.load({"VIZIUM_DATA_DIR": str(tmp_path)}, demo=True)
    with open_site(settings, database) as browser:
        yield browser


@pytest.fixture
def mail_ids(database: Database, now: datetime) -> list[str]:
    with database.transaction() as session:
        text = "<script>alert(1)</script> https://vizium.example/lv/x"
        for key, calendar in (("a@example.lv", ICS), ("b@example.lv", None)):
            send(session, Mail(key, key, f"Vēstule {key}", text, "lv", calendar), now=now)
        return [mail.id for mail in list_mails(session)]


def test_mailbox_is_served_by_the_demo_alone(
    settings: house.Settings, database: Database, mail_ids: list[str]
) -> None:
    paths = ["/lv/demo/mailbox", f"/lv/demo/mailbox/{mail_ids[0]}"]
    with open_site(settings, database) as site:
        assert [site.get(path).status_code for path in paths] == [404, 404]
        assert "/demo/mailbox" not in site.get("/lv/").text


@pytest.mark.usefixtures("mail_ids")
def test_mailbox_shows_the_mails_of_everybody_or_of_one(site: Browser) -> None:
    everybody, one = (
        site.get("/lv/demo/mailbox").text,
        site.get("/lv/demo/mailbox?to=b@example.lv").text,
    )

    assert ("Vēstule a@example.lv" in everybody, "Vēstule b@example.lv" in everybody) == (
        True,
        True,
    )
    assert ("Vēstule a@example.lv" in one, "Vēstule b@example.lv" in one) == (False, True)


def test_empty_mailbox_says_what_would_be_here(site: Browser) -> None:
    assert "No mail yet" in site.get("/en/demo/mailbox").text


def test_mail_is_shown_as_text_with_links(site: Browser, mail_ids: list[str]) -> None:
    html = site.get(f"/lv/demo/mailbox/{mail_ids[0]}").text

    assert "&lt;script&gt;" in html
    assert '<a href="https://vizium.example/lv/x"' in html


def test_calendar_of_a_mail_is_sent_as_it_is(site: Browser, mail_ids: list[str]) -> None:
    without, having = (site.get(f"/lv/demo/mailbox/{each}/vizium.ics") for each in mail_ids)

    assert (having.status_code, having.content) == (200, ICS)
    assert having.headers["content-type"] == "text/calendar; charset=utf-8"
    assert without.status_code == 404


def test_unknown_mail_is_not_found(site: Browser) -> None:
    for path in ("01K", "x" * 500, "a%00b", "..%2f"):
        assert site.get(f"/lv/demo/mailbox/{path}").status_code == 404, path
    assert site.get("/lv/demo/mailbox?to=%00").status_code == 404
