import re

import pytest

from tests.factories.site import Browser

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.mark.parametrize(
    ("accepted", "location"),
    [("en-GB,en;q=0.9", "/en/"), ("lv", "/lv/"), ("de", "/lv/"), ("", "/lv/")],
)
def test_start_chooses_the_language_of_the_browser(
    site: Browser, accepted: str, location: str
) -> None:
    answer = site.get("/", headers={"accept-language": accepted})

    assert (answer.status_code, answer.headers["location"]) == (303, location)
    assert answer.headers["vary"] == "accept-language"


@pytest.mark.parametrize("path", ["/", "/accessibility", "/privacy", "/sign-in"])
def test_public_pages_stand_in_both_languages(site: Browser, path: str) -> None:
    titles = set()
    for lang in ("lv", "en"):
        answer = site.get(f"/{lang}{path}")
        assert answer.status_code == 200
        assert f'<html lang="{lang}">' in answer.text
        assert answer.text.count("<h1") == 1
        titles.update(re.findall(r"<title>(.+)</title>", answer.text))
    assert len(titles) == 2


def test_switch_of_language_keeps_path_and_query(site: Browser) -> None:
    html = site.get("/lv/sign-in?next=/fund%3Fa%3D1&x=%22%3E").text

    assert 'href="/en/sign-in?next=/fund%3Fa%3D1&amp;x=%22%3E" lang="en" hreflang="en"' in html


def test_switch_of_language_leads_back(site: Browser) -> None:
    assert 'href="/lv/privacy" lang="lv"' in site.get("/en/privacy").text


def test_openapi_is_served_here(site: Browser) -> None:
    document = site.get("/api/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in document["paths"])
