"""The finance officers' desk and the public page, in a browser."""

import re

import pytest

from bookings.compensation.queries import ClaimRow, get_claim, list_evidence
from bookings.compensation.rules import ClaimState
from bookings.compensation.service import AddEvidence, FileClaim, add_evidence, file_claim
from bookings.ledger.queries import get_balances
from tests.bookings.compensation.office import Office
from tests.factories.compensation import FUND, given_filing, given_open_claim
from vizium.auth.rules import Role
from vizium.files.service import store_evidence


@pytest.fixture
def claim(office: Office) -> ClaimRow:
    file = store_evidence(office.settings.data_dir / "files", b"%PDF-1.7 invoice", field="file")
    with office.database.transaction() as session:
        claim = given_open_claim(session, now=office.now)
        command = AddEvidence(claim.id, "rēķins.pdf", file)
        add_evidence(session, command, by="school", now=office.now)
        return file_claim(
            session,
            FileClaim(claim.id, given_filing(km=700)),
            by="school",
            settings=office.settings,
            now=office.now,
        )


def _decision(page: str, **changes: str) -> dict[str, str]:
    version = re.search(r'name="version" value="(\d+)"', page)
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert version
    assert key
    return {"version": version[1], "key": key[1], "note": ""} | changes


def test_claim_goes_from_the_queue_over_a_and_b_to_the_public_page(
    office: Office, claim: ClaimRow
) -> None:
    path = f"/lv/staff/claims/{claim.id}"
    office.sign_in(Role.FINANCE_A)
    queue = office.client.get("/lv/staff/claims")
    assert claim.reference in queue.text
    page = office.client.get(path).text
    assert "Norādīti 700 km, pēc tabulas ceļš ir 380 km." in page
    checked = office.send(f"{path}/check", _decision(page, note="Viss kārtībā"))
    assert (checked.status_code, checked.headers["location"]) == (303, path)
    assert "Pieņemt lēmumu" not in office.client.get(path).text

    office.sign_in(Role.FINANCE_B)
    page = office.client.get(path).text
    assert "Viss kārtībā" in page
    assert 'value="427,50"' in page
    decided = office.send(f"{path}/decision", _decision(page, award="427,50"))

    assert decided.status_code == 303
    with office.database.reading() as session:
        assert get_claim(session, claim.id).state is ClaimState.APPROVED
        obligated = get_balances(session, FUND)["obligated"]
    assert obligated == 42_750
    office.client.cookies.clear()
    public = office.client.get("/lv/fund").text.replace("\u00a0", " ")
    assert "427,50 €" in public
    assert "9 572,50 €" in public


def test_checker_is_told_why_somebody_else_decides(office: Office, claim: ClaimRow) -> None:
    path = f"/lv/staff/claims/{claim.id}"
    office.sign_in(Role.FINANCE_A)
    page = office.client.get(path).text
    office.send(f"{path}/check", _decision(page))

    refused = office.send(
        f"{path}/decision", {"award": "1", "version": "9", "key": "another-key", "note": ""}
    )

    assert refused.status_code == 403
    assert "Lēmums jāpieņem citam cilvēkam." in refused.text


def test_decision_on_an_old_version_shows_the_present_state(
    office: Office, claim: ClaimRow
) -> None:
    path = f"/lv/staff/claims/{claim.id}"
    office.sign_in(Role.FINANCE_A)
    page = office.client.get(path).text
    office.send(f"{path}/check", _decision(page))

    refused = office.send(f"{path}/check", _decision(page, key="another-key"))

    assert refused.status_code == 409
    assert "Pārbaudīts, gaida lēmumu" in refused.text
    assert "tikmēr ir mainīts" in refused.text


def test_lower_award_without_a_reason_comes_back_with_the_answers(
    office: Office, claim: ClaimRow
) -> None:
    path = f"/lv/staff/claims/{claim.id}"
    office.sign_in(Role.FINANCE_A)
    office.send(f"{path}/check", _decision(office.client.get(path).text))
    office.sign_in(Role.FINANCE_B)
    page = office.client.get(path).text

    refused = office.send(f"{path}/decision", _decision(page, award="100", note="Kāpēc"))

    assert refused.status_code == 422
    assert '<a href="#reasons">' in refused.text
    assert 'value="100"' in refused.text
    assert "Kāpēc</textarea>" in refused.text


def test_evidence_is_saved_and_never_run(office: Office, claim: ClaimRow) -> None:
    with office.database.reading() as session:
        (evidence,) = list_evidence(session, claim.id)
    office.sign_in(Role.AUDITOR)

    answer = office.client.get(f"/lv/staff/claims/{claim.id}/evidence/{evidence.id}")

    assert answer.content == b"%PDF-1.7 invoice"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    other = office.client.get(f"/lv/staff/claims/none/evidence/{evidence.id}")
    assert other.status_code == 404


@pytest.mark.parametrize("role", [Role.TEACHER, Role.DESK, Role.TECHNICIAN])
def test_others_do_not_see_the_desk(office: Office, claim: ClaimRow, role: Role) -> None:
    office.sign_in(role)

    statuses = [
        office.client.get(path).status_code
        for path in ("/lv/staff/claims", f"/lv/staff/claims/{claim.id}")
    ]

    assert statuses == [403, 403]


def test_public_page_needs_nobody_and_says_the_rules(office: Office) -> None:
    latvian, english = (office.client.get(f"/{lang}/fund") for lang in ("lv", "en"))

    assert "ne vairāk kā 1,50\u00a0€ par kilometru un 900,00\u00a0€ par braucienu" in latvian.text
    assert "at most €1.50 a kilometre and €900.00 a trip" in english.text
    assert "tālāk par 200\u00a0km: 90\u00a0%" in latvian.text


def test_public_table_is_for_spreadsheets(office: Office, claim: ClaimRow) -> None:
    _ = claim

    table = office.client.get("/lv/fund.csv")

    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.text.splitlines()[1] == "2027-01;60-200;1;427,50;0,00"
