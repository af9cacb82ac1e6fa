"""The booking pages as a browser without JavaScript walks them."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from bookings.visits.queries import VisitWish, list_visits
from bookings.visits.rules import VisitState
from bookings.visits.service.papers import manage_path, pass_url
from tests.bookings.visits.house import House
from tests.factories.visits import given_session, given_visit
from vizium.auth.rules import Role
from vizium.mail.service import list_mails

ON_THE_DAY = datetime(2027, 3, 16, 7, 50, tzinfo=UTC)
PAGE_BYTES_MAX = 14_000
CLASS = {
    "code": "T-07",
    "session": "T-07.20270316.1000",
    "school": "3213900123",
    "g5": "20",
    "adults": "2",
    "language": "lv",
}
CONTACT = {"name": "Anna Parauga", "email": "anna@example.lv", "phone": "2000 0001"}
ORDER = CLASS | CONTACT | {"transport": "yes", "key": "a-key-of-this-form"}

pytestmark = pytest.mark.usefixtures("session_id")


def _see(house: House, path: str, status: int = 200) -> str:
    answer = house.client.get(path)
    assert answer.status_code == status, answer.text
    assert len(answer.content) <= PAGE_BYTES_MAX
    return unescape(answer.text)


def _links(text: str) -> list[str]:
    main = text.partition("<main")[2].partition("</main>")[0]
    return re.findall(r'<a [^>]*href="([^"]+)"', main)


def _hidden(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))


def _h1(text: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", text, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def _held(house: House, **changes: str) -> str:
    answer = house.send("/lv/visits", ORDER | changes)
    assert answer.status_code == 200, answer.text
    return str(answer.url.path)


def _visit(house: House) -> Any:
    with house.database.reading() as session:
        (visit,) = list_visits(session, VisitWish())
    return visit


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_booking_goes_from_day_to_confirmed_visit_question_by_question(
    house: House, lang: str
) -> None:
    days = _see(house, f"/{lang}/visits/new?code=T-07&from=2027-03-01")
    (day, *_) = [link for link in _links(days) if "day=" in link]
    times = _see(house, day)
    (time,) = [link for link in _links(times) if "session=" in link]
    _see(house, time)
    schools = _see(house, f"{time}&q=kuldiga")
    (school,) = [link for link in _links(schools) if "school=" in link]
    _see(house, school)
    contact = _see(house, f"{school}&g5=20&adults=2&language=lv")
    assert "135" in contact
    check = house.send(
        f"/{lang}/visits/new/check", _hidden(contact) | CONTACT | {"transport": "yes"}
    )
    assert check.status_code == 200
    held = house.send(f"/{lang}/visits", _hidden(unescape(check.text)))
    path = held.url.path
    confirmed = house.send(f"{path}/confirmation", _hidden(unescape(held.text)))

    visit = _visit(house)
    assert visit.state is VisitState.CONFIRMED
    assert visit.page_language == lang
    assert path == f"/{lang}" + manage_path(visit.reference, house.settings)
    assert visit.reference in confirmed.text
    assert f"{path}/pass.pdf" in confirmed.text
    with house.database.reading() as session:
        (mail,) = list_mails(session)
    assert path in mail.text
    assert mail.language == lang


def test_form_sent_twice_holds_once(house: House) -> None:
    first = _held(house)
    second = _held(house)

    assert first == second
    assert _visit(house).reference in first


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("g5=0&adults=2", "groups"),
        ("g5=many&adults=2", "g5"),
        ("g5=31&adults=4", "groups"),
        ("g5=20&adults=1", "adults"),
        ("g5=20&adults=", "adults"),
        ("g5=10000&adults=2", "g5"),
    ],
)
def test_wrong_class_comes_back_with_words_and_answers(
    house: House, query: str, field: str
) -> None:
    path = "/en/visits/new?code=T-07&session=T-07.20270316.1000&school=3213900123&language=lv"

    text = _see(house, f"{path}&{query}", status=422)

    assert "<title>Error: " in text
    assert f'<a href="#{field}">' in text
    assert f'id="{field}"' in text
    for name, value in (pair.split("=") for pair in query.split("&")):
        assert re.search(rf'name="{name}"[^>]* value="{value}"', text)


@pytest.mark.parametrize("school", ["", "0000000000"])
def test_order_without_a_known_school_asks_for_it(house: House, school: str) -> None:
    answer = house.send("/en/visits", ORDER | {"school": school})

    assert answer.status_code == 200
    assert answer.url.path == "/en/visits/new"
    with house.database.reading() as session:
        assert list_visits(session, VisitWish()) == []


def test_time_of_another_activity_is_asked_again(house: House) -> None:
    with house.database.transaction() as session:
        other = given_session(session, "S-01", start="13:00", now=house.now)

    answer = house.send("/en/visits", ORDER | {"session": other})

    assert answer.url.path == "/en/visits/new"
    with house.database.reading() as session:
        assert list_visits(session, VisitWish()) == []


def test_days_end_where_the_calendar_ends(house: House) -> None:
    _see(house, "/en/visits/new?code=T-07&from=9999-12-31")


def test_contact_errors_keep_all_answers(house: House) -> None:
    answer = house.send(
        "/en/visits/new/check", CLASS | {"name": "Anna", "email": "x", "phone": "12"}
    )

    text = unescape(answer.text)
    assert answer.status_code == 422
    assert re.findall(r'<li><a href="#(\w+)">', text) == ["email", "phone", "transport"]
    assert 'value="Anna"' in text
    assert _hidden(text)["g5"] == "20"


def test_places_that_went_meanwhile_lead_to_other_times_with_nothing_lost(house: House) -> None:
    with house.database.transaction() as session:
        given_visit(session, CLASS["session"], now=house.now)
        other = given_session(session, start="12:00", now=house.now)

    refused = house.send("/lv/visits", ORDER)
    text = unescape(refused.text)
    check = house.send("/lv/visits/new/check", _hidden(text) | {"session": other})
    held = house.send("/lv/visits", _hidden(unescape(check.text)))

    assert refused.status_code == 409
    assert f'value="{other}"' in text
    assert held.status_code == 200
    with house.database.reading() as session:
        visits = list_visits(session, VisitWish())
    assert {visit.contact.email for visit in visits} == {"anna@example.lv"}
    assert other in {visit.stops[0].session for visit in visits}


def test_full_day_and_time_are_shown_as_full(house: House) -> None:
    with house.database.transaction() as session:
        given_visit(session, CLASS["session"], now=house.now, pupils=30, adults=3)

    days = _see(house, "/lv/visits/new?code=T-07&from=2027-03-01")
    times = _see(house, "/lv/visits/new?code=T-07&day=2027-03-16")

    assert "Nav vietu" in days
    assert "Nav vietu" in times
    assert [link for link in _links(days + times) if "session=" in link] == []


def test_expired_hold_comes_back_with_one_press(house: House) -> None:
    path = _held(house)
    house.now += timedelta(minutes=31)

    expired = _see(house, path)
    again = house.send(f"{path}/extension", _hidden(expired))

    assert f"{path}/extension" in expired
    assert again.status_code == 200
    assert _visit(house).state is VisitState.HELD


def test_confirming_an_expired_hold_is_refused_in_words(house: House) -> None:
    path = _held(house)
    house.now += timedelta(minutes=31)

    answer = house.send(f"{path}/confirmation", {"key": "some-other-key"})

    assert answer.status_code == 409
    assert "Pagaidu rezervācija ir beigusies" in answer.text


def test_numbers_are_changed_after_seeing_what_changes(house: House) -> None:
    path = _held(house)

    form = _see(house, f"{path}/change")
    preview = _see(house, f"{path}/change?g5=8&adults=1")
    done = house.send(f"{path}/change", _hidden(preview))

    assert 'value="20"' in form
    assert "28,00" in preview
    assert done.status_code == 200
    assert (_visit(house).pupils, _visit(house).adults) == (8, 1)


def test_cancelled_visit_says_so_and_offers_another(house: House) -> None:
    path = _held(house)

    answer = house.send(f"{path}/cancellation", {"key": "cancel-key-1"})

    assert _h1(unescape(answer.text)) == "Apmeklējums ir atcelts"
    assert _visit(house).state is VisitState.CANCELLED


@pytest.mark.parametrize("tail", ["", "/change", "/pass.pdf", "/calendar.ics"])
def test_wrong_key_shows_nothing(house: House, tail: str) -> None:
    _held(house)
    reference = _visit(house).reference

    assert house.client.get(f"/lv/visits/{reference}/wrong-key{tail}").status_code == 404
    assert house.client.get(f"/lv/visits/VZ-222222/wrong-key{tail}").status_code == 404


def test_post_without_the_token_of_the_form_is_refused(house: House) -> None:
    house.client.get("/lv/visits/check-in/none")

    answer = house.client.post("/lv/visits", data=ORDER)

    assert answer.status_code == 403
    with house.database.reading() as session:
        assert list_visits(session, VisitWish()) == []


def test_desk_counts_a_class_in_from_the_code_of_its_pass(house: House) -> None:
    path = _held(house)
    house.send(f"{path}/confirmation", {"key": "confirm-key-1"})
    house.now = ON_THE_DAY
    scanned = pass_url(_visit(house), house.settings).removeprefix(house.settings.base_url)

    stranger = _see(house, scanned)
    house.sign_in(Role.DESK)
    today = _see(house, "/lv/staff/arrivals")
    counting = house.client.get(scanned)
    house.send(
        f"{counting.url.path}/arrival",
        _hidden(unescape(counting.text)) | {"pupils": "19", "adults": "2"},
    )

    reference = _visit(house).reference
    assert reference in stranger
    assert "Parauga" not in stranger
    assert reference in today
    assert counting.url.path == f"/lv/staff/visits/{reference}"
    assert _visit(house).state is VisitState.ARRIVED
    assert f"{path}/claim" in _see(house, path)
    assert "19" in _see(house, counting.url.path)


def test_signed_in_teacher_finds_the_visits_of_the_school(house: House) -> None:
    path = _held(house)
    house.sign_in(Role.TEACHER, school="3213900123")
    mine = _see(house, "/lv/visits")
    house.sign_in(Role.TEACHER, school="9912900002")
    others = _see(house, "/lv/visits")

    assert path in _links(mine)
    assert path not in _links(others)


def test_booking_without_an_activity_begins_at_the_programmes(house: House) -> None:
    answer = house.client.get("/lv/visits/new", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/lv/programmes")


def test_time_that_is_past_comes_back_with_words(house: House) -> None:
    house.now = ON_THE_DAY + timedelta(hours=1)
    query = "&".join(f"{name}={value}" for name, value in CLASS.items())

    text = _see(house, f"/lv/visits/new?{query}", status=422)

    assert '<a href="#stops">Šis laiks jau ir pagājis; izvēlieties citu</a>' in text
    assert 'id="stops"' in text


def test_desk_sees_that_a_class_came_on_another_day_and_may_count_it_in(house: House) -> None:
    path = _held(house)
    house.send(f"{path}/confirmation", {"key": "confirm-key-1"})
    house.sign_in(Role.DESK)
    staff_path = f"/lv/staff/visits/{_visit(house).reference}"

    asked = _see(house, staff_path)
    house.send(f"{staff_path}/arrival", _hidden(asked) | {"pupils": "19", "adults": "2"})

    assert "Apmeklējums ir citā dienā" in asked
    assert _visit(house).state is VisitState.ARRIVED
    assert "Apmeklējums ir citā dienā" in _see(house, staff_path)


def test_typed_reference_opens_its_visit_at_the_desk(house: House) -> None:
    _held(house)
    reference = _visit(house).reference
    house.sign_in(Role.COORDINATOR)

    found = house.client.get(f"/lv/staff/arrivals?q={reference.lower().replace('-', ' ')}")
    missed = _see(house, "/lv/staff/arrivals?q=hello")
    every = _see(house, "/lv/staff/visits")

    assert found.url.path == f"/lv/staff/visits/{reference}"
    assert "hello" in missed
    assert reference in every


def test_staff_pages_ask_strangers_to_sign_in(house: House) -> None:
    for path in ("/lv/staff/arrivals", "/lv/staff/visits", "/lv/staff/visits/VZ-222222"):
        answer = house.client.get(path, follow_redirects=False)

        assert answer.status_code == 303
        assert answer.headers["location"] == f"/lv/sign-in?next={path}"


def test_forged_pass_is_unknown(house: House) -> None:
    assert house.client.get("/lv/visits/check-in/" + "A" * 104).status_code == 404
