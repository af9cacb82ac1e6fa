"""The school's claim in a browser without JavaScript: good ways, bad input, foreign links."""

import re

import pytest

from bookings.compensation.queries import ClaimRow, get_claim, list_evidence
from bookings.compensation.rules import ClaimState
from bookings.visits.service.papers import manage_path
from tests.bookings.compensation.office import Office
from tests.bookings.compensation.typed import GOOD
from tests.factories.compensation import IBAN, given_open_claim, given_school_at, given_trip
from tests.factories.einvoices import sample_invoice

PDF = ("rēķins.pdf", b"%PDF-1.7\n1 0 obj\n")


@pytest.fixture
def claim(office: Office) -> ClaimRow:
    with office.database.transaction() as session:
        return given_open_claim(session, now=office.now)


def _path(office: Office, reference: str) -> str:
    return f"/lv{manage_path(reference, office.settings)}/claim"


def _claim(office: Office, claim: ClaimRow) -> ClaimRow:
    with office.database.reading() as session:
        return get_claim(session, claim.id)


def test_claim_is_typed_checked_and_sent(office: Office, claim: ClaimRow) -> None:
    path = _path(office, claim.reference)
    asked = office.client.get(path)
    assert asked.status_code == 200
    assert 'value="380"' in asked.text

    typed = office.send(path, GOOD, file=PDF)
    assert (typed.status_code, typed.headers["location"]) == (303, f"{path}/check")
    shown = office.client.get(f"{path}/check")
    assert "LV80 BANK 0000 4351 9500 1" in shown.text
    assert "rēķins.pdf" in shown.text
    sent = office.send(f"{path}/check", {"key": "a-key-of-the-form"})
    again = office.send(f"{path}/check", {"key": "a-key-of-the-form"})

    assert (sent.status_code, sent.headers["location"]) == (303, path)
    assert again.headers["location"] == path
    filed = _claim(office, claim)
    assert filed.state is ClaimState.CLAIMED
    assert filed.filing is not None
    assert (filed.filing.iban, filed.filing.invoice.total_cents) == (IBAN, 57_000)
    assert filed.filing.invoice.supplier_reg_no == "40003000001"
    confirmation = office.client.get(path)
    assert claim.reference in confirmation.text
    assert "Jums vairs nekas nav jādara." in confirmation.text


def test_e_invoice_fills_in_what_was_not_typed(office: Office, claim: ClaimRow) -> None:
    path = _path(office, claim.reference)
    little = {"km": "380", "iban": GOOD["iban"], "number": "typed", "declared": "1"}

    sent = office.send(path, little, file=("rēķins.xml", sample_invoice()))

    assert (sent.status_code, sent.headers["location"]) == (303, f"{path}/check")
    draft = _claim(office, claim).draft
    assert (draft["supplier"], draft["total"], draft["number"]) == (
        "40000000001",
        "570,00",
        "typed",
    )
    assert [draft[f"issued_{part}"] for part in ("day", "month", "year")] == ["27", "1", "2027"]
    shown = office.client.get(path)
    assert "Ierakstījām to, kas norādīts e-rēķinā." in shown.text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<?xml version='1.0'?><html/>", "Šī XML datne nav e-rēķins."),
        (sample_invoice(number=""), "E-rēķinā trūkst vai nav nolasāms: ID."),
        (sample_invoice()[:-9], "tā ir bojāta"),
    ],
)
def test_xml_that_is_no_invoice_is_refused_in_words_and_not_kept(
    office: Office, claim: ClaimRow, content: bytes, says: str
) -> None:
    refused = office.send(_path(office, claim.reference), GOOD, file=("rēķins.xml", content))

    assert refused.status_code == 422
    assert says in refused.text
    with office.database.reading() as session:
        assert list_evidence(session, claim.id) == []


def test_draft_is_there_on_another_day(office: Office, claim: ClaimRow) -> None:
    path = _path(office, claim.reference)
    office.send(path, GOOD | {"iban": "LV"})

    asked = office.client.get(path)

    assert 'value="SIA Parauga autobuss"' in asked.text
    assert 'value="LV"' in asked.text


def test_file_is_kept_even_when_other_answers_are_wrong(office: Office, claim: ClaimRow) -> None:
    path = _path(office, claim.reference)

    refused = office.send(path, GOOD | {"km": "-1"}, file=PDF)

    assert refused.status_code == 422
    assert "rēķins.pdf" in refused.text
    with office.database.reading() as session:
        assert len(list_evidence(session, claim.id)) == 1
    assert office.send(path, GOOD).status_code == 303


def test_bad_answers_are_all_said_at_their_fields_and_change_nothing(
    office: Office, claim: ClaimRow
) -> None:
    wrong = {"km": "1000000000", "total": "1.234,567", "iban": "LV81BANK0000435195001"}

    refused = office.send(_path(office, claim.reference), GOOD | wrong, file=PDF)

    assert refused.status_code == 422
    assert "<title>Kļūda: " in refused.text
    summary = refused.text.partition('<div class="summary"')[2].partition("</div>")[0]
    assert re.findall(r'<a href="#(\w+)">', summary) == ["total", "km", "iban"]
    assert all(f'value="{typed}"' in refused.text for typed in wrong.values())
    assert _claim(office, claim).state is ClaimState.OPEN


def test_claim_without_a_file_is_asked_for_one(office: Office, claim: ClaimRow) -> None:
    refused = office.send(_path(office, claim.reference), GOOD)

    assert refused.status_code == 422
    assert '<a href="#file">' in refused.text


def test_file_of_another_kind_is_refused(office: Office, claim: ClaimRow) -> None:
    refused = office.send(
        _path(office, claim.reference), GOOD, file=("invoice.pdf", b"MZ\x90 not a pdf")
    )

    assert refused.status_code == 422
    assert '<a href="#file">' in refused.text


def test_other_peoples_links_do_not_exist(office: Office, claim: ClaimRow) -> None:
    with office.database.transaction() as session:
        other = given_open_claim(session, now=office.now)
        unasked = given_trip(session, given_school_at(session, 1, now=office.now), now=office.now)
    key = manage_path(other.reference, office.settings).rpartition("/")[2]

    wrong_key = office.client.get(f"/lv/visits/{claim.reference}/{key}/claim")
    unknown = office.client.get("/lv/visits/VZ-222222/none/claim")
    without_claim = office.client.get(_path(office, unasked.reference))
    posted = office.send(f"/lv/visits/{claim.reference}/{key}/claim", GOOD, file=PDF)

    statuses = [answer.status_code for answer in (wrong_key, unknown, without_claim, posted)]
    assert statuses == [404, 404, 404, 404]
    assert _claim(office, claim) == claim


def test_page_is_small_and_in_the_language_of_its_address(office: Office, claim: ClaimRow) -> None:
    path = _path(office, claim.reference)

    latvian, english = office.client.get(path), office.client.get(path.replace("/lv/", "/en/", 1))

    assert "Rēķina numurs" in latvian.text
    assert "Invoice number" in english.text
    assert "Rēķin" not in english.text
