"""The payment desk in a browser without JavaScript, and by the API: who sees and does what."""

import re
from datetime import UTC, datetime

import pytest

from bookings.compensation.queries.payouts import list_payouts
from bookings.compensation.rules import PayoutState
from tests.bookings.compensation.office import Office
from tests.bookings.compensation.test_payouts import given_decided_claim, given_sealed
from tests.bookings.compensation.test_statements import given_next_fund
from tests.factories.compensation import FUND, sample_iban
from tests.fakes import bank
from vizium.auth.rules import Role

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
_PAYER = {
    "payer_name": "Ventspils Digitālais centrs",
    "payer_iban": sample_iban(1),
    "key": "key-of-payer",
}


@pytest.fixture
def desk(office: Office) -> Office:
    office.sign_in(Role.DIRECTOR)
    office.send("/lv/staff/payouts/account", _PAYER)
    with office.database.transaction() as session:
        for number in range(2):
            given_decided_claim(session, number, now=office.now)
    return office


def _batch(desk: Office) -> str:
    with desk.database.reading() as session:
        return f"/lv/staff/payouts/{list_payouts(session, FUND)[0].id}"


def test_batch_goes_from_desk_to_bank_and_back(desk: Office) -> None:
    desk.sign_in(Role.FINANCE_A)
    waiting = desk.client.get("/lv/staff/payouts")
    assert "Pieteikumu skaits: 2, kopā 855,00\u00a0€." in waiting.text
    made = desk.send("/lv/staff/payouts", {"key": "a-key-of-the-form"})
    again = desk.send("/lv/staff/payouts", {"key": "a-key-of-the-form"})
    path = _batch(desk)
    assert made.headers["location"] == again.headers["location"] == path
    assert desk.client.get(f"{path}/pain001.xml").status_code == 409
    desk.send(f"{path}/seal", {"version": "1", "key": "a-key-of-the-seal"})
    refused = desk.send(f"{path}/release", {"version": "2", "key": "a-key-of-release"})
    assert refused.status_code == 403

    desk.sign_in(Role.PAYER)
    released = desk.send(f"{path}/release", {"version": "2", "key": "another-key-of-release"})
    assert released.headers["location"] == path
    shown = desk.client.get(path)
    assert "Samaksāts būs tad, kad to apliecinās bankas konta izraksts." in shown.text
    assert "Samaksāts</span>" not in shown.text
    file = desk.client.get(f"{path}/pain001.xml")
    assert re.search(r'filename="TEST-FUND-0001.xml"', file.headers["content-disposition"])

    answer = bank.answer(file.content, opening_cents=1_000_000)
    read = desk.send("/lv/staff/statements", {}, statement=("izraksts.xml", answer))
    twice = desk.send("/lv/staff/statements", {}, statement=("izraksts.xml", answer))
    assert read.status_code == 303
    assert read.headers["location"] == twice.headers["location"]
    statement = desk.client.get(read.headers["location"])
    assert "Katra rinda ir izskaidrota." in statement.text
    assert "Samaksāts</span>" in desk.client.get(path).text


def test_file_that_is_no_statement_is_refused_in_words(desk: Office) -> None:
    desk.sign_in(Role.FINANCE_A)

    answers = {
        desk.send("/lv/staff/statements", {}, statement=("a.xml", content)).status_code: None
        for content in (b"", b"hello", b"<Document/>")
    }
    foreign = bank.statement(sample_iban(9), [], opening_cents=0)
    refused = desk.send("/lv/staff/statements", {}, statement=("a.xml", foreign))

    assert list(answers) == [422]
    assert "no kura neviens fonds nemaksā" in refused.text


def test_line_that_waits_for_a_word_gets_one(desk: Office) -> None:
    with desk.database.transaction() as session:
        sealed = given_sealed(session, 0, now=desk.now)
    desk.sign_in(Role.FINANCE_B)
    entry = bank.booked_together([]).replace(">0.00<", ">5.00<").replace("CRDT", "DBIT")
    content = bank.statement(sample_iban(1), [entry], opening_cents=1_000)
    read = desk.send("/lv/staff/statements", {}, statement=("a.xml", content))
    path = read.headers["location"]
    shown = desk.client.get(path)
    note = re.search(rf'action="({path}/lines/[^"]+)"', shown.text)
    assert note is not None

    empty = desk.send(note[1], {"note": " ", "key": "key-of-the-note-1"})
    noted = desk.send(note[1], {"note": "Komisija", "key": "key-of-the-note-2"})

    assert empty.status_code == 422
    assert noted.headers["location"] == path
    assert "Komisija" in desk.client.get(path).text
    assert sealed.state is PayoutState.SEALED


def test_last_years_fund_is_still_paid_from(desk: Office) -> None:
    with desk.database.transaction() as session:
        given_next_fund(session, desk.now)
    desk.now = datetime(2027, 10, 1, 9, tzinfo=UTC)
    desk.sign_in(Role.FINANCE_A)
    path = f"/lv/staff/payouts?fund={FUND}"

    assert f'href="{path}"' in desk.client.get("/lv/staff/payouts").text
    shown = desk.client.get(path)
    made = desk.send("/lv/staff/payouts", {"fund": FUND, "key": "key-of-last-year"})
    nowhere = desk.client.get("/lv/staff/payouts?fund=none")

    assert "Izmēģinājuma fonds" in shown.text
    assert made.headers["location"] == _batch(desk)
    assert nowhere.status_code == 404


def test_api_names_the_field_of_a_day_and_the_fund_that_there_is_not(desk: Office) -> None:
    maker = desk.token(Role.FINANCE_A)
    bodies = [{"fund": FUND, "execute_on": "2020-01-01"}, {"fund": "none"}]
    answers = [
        desk.client.post(
            "/api/v1/payouts", json=body, headers=maker | {"idempotency-key": f"a-bad-day-{number}"}
        )
        for number, body in enumerate(bodies)
    ]

    assert [one.status_code for one in answers] == [422, 404]
    assert answers[0].json()["errors"][0]["field"] == "execute_on"


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.TECHNICIAN, Role.TEACHER, Role.HOST])
def test_payments_are_shown_to_nobody_else(desk: Office, role: Role) -> None:
    desk.sign_in(role)

    assert desk.client.get("/lv/staff/payouts").status_code == 403
    assert desk.client.get("/lv/staff/statements/new").status_code == 403


def test_account_that_is_none_is_refused_and_nobody_but_the_director_names_it(
    desk: Office,
) -> None:
    bad = _PAYER | {"payer_iban": "LV00", "payer_bic": "X", "key": "key-of-bad"}

    refused = desk.send("/lv/staff/payouts/account", bad)
    desk.sign_in(Role.FINANCE_A)
    forbidden = desk.send("/lv/staff/payouts/account", _PAYER)

    assert refused.status_code == 422
    assert "Bankas kodam (BIC) ir 8 vai 11 burti un cipari" in refused.text
    assert forbidden.status_code == 403


def test_api_pays_as_the_pages_do(desk: Office) -> None:
    maker, payer = desk.token(Role.FINANCE_A), desk.token(Role.PAYER)
    key = {"idempotency-key": "a-key-of-the-api"}

    made = desk.client.post("/api/v1/payouts", json={"fund": FUND}, headers=maker | key)
    again = desk.client.post("/api/v1/payouts", json={"fund": FUND}, headers=maker | key)
    batch = made.json()
    path = f"/api/v1/payouts/{batch['id']}"
    early = desk.client.get(f"{path}/pain001.xml", headers=payer)
    released = desk.client.post(
        f"{path}/release", json={}, headers=payer | {"idempotency-key": "release-by-api"}
    )
    file = desk.client.get(f"{path}/pain001.xml", headers=payer)
    read = desk.client.post(
        "/api/v1/bank-statements",
        content=bank.answer(file.content, opening_cents=1_000_000),
        headers=maker | {"idempotency-key": "statement-by-api", "content-type": "application/xml"},
    )

    assert (made.status_code, batch["state"], batch["total_cents"]) == (201, "sealed", 85_500)
    assert again.content == made.content
    assert (early.status_code, early.json()["code"]) == (409, "payout_state")
    assert released.json()["state"] == "sent"
    assert [one["meaning"] for one in read.json()["statements"][0]["entries"]] == ["booked"] * 2
    assert desk.client.get(path, headers=maker).json()["state"] == "closed"
    listed = desk.client.get(f"/api/v1/payouts?fund={FUND}", headers=maker).json()["items"]
    assert [one["booked"] for one in listed] == [2]
