"""The JSON API of the fund as `api.md` promises it."""

from typing import Any

import pytest

from bookings.compensation.queries import ClaimRow
from tests.bookings.compensation.office import Office
from tests.factories.compensation import IBAN, given_open_claim
from vizium.auth.rules import Role

PDF = {"file": ("invoice.pdf", b"%PDF-1.7 invoice")}


@pytest.fixture
def claim(office: Office) -> ClaimRow:
    with office.database.transaction() as session:
        return given_open_claim(session, now=office.now)


def _body(reference: str, **changes: Any) -> dict[str, Any]:
    invoice = {
        "supplier_reg_no": "40003000001",
        "number": "AB-1",
        "date": "2027-01-26",
        "total_cents": 57_000,
    }
    body = {"visit": reference, "invoice": invoice, "km": 380, "iban": IBAN, "cofunding_cents": 0}
    return body | changes


def test_claim_from_filing_to_the_public_fund(office: Office, claim: ClaimRow) -> None:
    teacher = office.token(Role.TEACHER, school=claim.school)
    first, second = office.token(Role.FINANCE_A), office.token(Role.FINANCE_B)

    filed = office.post("/claims", _body(claim.reference), teacher)
    claim_id = filed.json()["id"]
    added = office.client.post(
        f"/api/v1/claims/{claim_id}/evidence",
        files=PDF,
        headers=teacher | {"idempotency-key": "evidence-key"},
    )
    version = office.client.get(f"/api/v1/claims/{claim_id}", headers=first).json()["version"]
    checked = office.post(f"/claims/{claim_id}/check", {"expected_version": version}, first)
    decision = {"award_cents": 42_750, "reasons": [], "expected_version": version + 1}
    decided = office.post(f"/claims/{claim_id}/decision", decision, second, key="decision-key")
    again = office.post(f"/claims/{claim_id}/decision", decision, second, key="decision-key")

    assert [one.status_code for one in (filed, added, checked, decided)] == [201, 201, 200, 200]
    assert decided.json()["state"] == "approved"
    assert again.content == decided.content
    fund = office.client.get("/api/v1/fund").json()
    assert {name: fund[name] for name in fund if name.endswith("_cents")} == {
        "appropriated_cents": 1_000_000,
        "available_cents": 957_250,
        "reserved_far_cents": 300_000,
        "encumbered_cents": 0,
        "obligated_cents": 42_750,
        "expended_cents": 0,
    }
    assert (fund["waiting"], fund["policy"]["version"]) == (0, 1)
    check = office.client.get("/api/v1/ledger/check", headers=office.token(Role.AUDITOR)).json()
    assert (check["ok"], check["problems"]) == (True, [])
    assert len(check["head"]) == 64


def test_checker_may_not_decide(office: Office, claim: ClaimRow) -> None:
    teacher, first = office.token(Role.TEACHER, school=claim.school), office.token(Role.FINANCE_A)
    office.post("/claims", _body(claim.reference), teacher)
    office.client.post(
        f"/api/v1/claims/{claim.id}/evidence",
        files=PDF,
        headers=teacher | {"idempotency-key": "evidence-key"},
    )
    office.post(f"/claims/{claim.id}/check", {}, first)

    refused = office.post(f"/claims/{claim.id}/decision", {"award_cents": 42_750}, first)

    assert (refused.status_code, refused.json()["code"]) == (403, "same_person")


def test_old_version_is_answered_with_the_present_state(office: Office, claim: ClaimRow) -> None:
    teacher, first = office.token(Role.TEACHER, school=claim.school), office.token(Role.FINANCE_A)
    office.post("/claims", _body(claim.reference), teacher)

    refused = office.post(f"/claims/{claim.id}/check", {"expected_version": 1}, first)

    assert refused.status_code == 409
    assert {name: refused.json()[name] for name in ("code", "state", "version")} == {
        "code": "claim_changed",
        "state": "claimed",
        "version": claim.version + 1,
    }


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"km": -1}, "km", "out_of_bounds"),
        ({"km": 10**9}, "km", "out_of_bounds"),
        ({"iban": "LV00"}, "iban", "iban_form"),
        ({"iban": "LV81BANK0000435195001"}, "iban", "iban_check_digits"),
        ({"cofunding_cents": 57_001}, "cofunding_cents", "cofunding_above_invoice"),
        ({"colour": "blue"}, None, "unknown_field"),
        ({"km": "far"}, None, "not_understood"),
        ({"km": 380.5}, None, "not_understood"),
    ],
)
def test_bad_body_names_its_field(
    office: Office, claim: ClaimRow, changes: dict[str, Any], field: str | None, code: str
) -> None:
    teacher = office.token(Role.TEACHER, school=claim.school)

    refused = office.post("/claims", _body(claim.reference, **changes), teacher)

    assert refused.status_code == 422, refused.text
    error = refused.json()["errors"][0]
    assert error["code"] == code
    assert field is None or error["field"] == field


def test_bad_invoice_names_its_field(office: Office, claim: ClaimRow) -> None:
    body = _body(claim.reference)
    body["invoice"] |= {"total_cents": 0, "date": "2037-01-01", "number": " "}

    refused = office.post("/claims", body, office.token(Role.TEACHER, school=claim.school))

    assert {(error["field"], error["code"]) for error in refused.json()["errors"]} == {
        ("invoice.total_cents", "amount_positive"),
        ("invoice.date", "date_in_future"),
        ("invoice.number", "missing"),
    }


def test_claims_of_another_school_do_not_exist(office: Office, claim: ClaimRow) -> None:
    stranger = office.token(Role.TEACHER, school="3299999999")

    filed = office.post("/claims", _body(claim.reference), stranger)
    shown = office.client.get(f"/api/v1/claims/{claim.id}", headers=stranger)
    added = office.client.post(
        f"/api/v1/claims/{claim.id}/evidence",
        files=PDF,
        headers=stranger | {"idempotency-key": "evidence-key"},
    )
    listed = office.client.get("/api/v1/claims", headers=stranger)

    assert [one.status_code for one in (filed, shown, added)] == [404, 404, 404]
    assert listed.json() == {"items": [], "next": None}


def test_evidence_sent_again_between_other_boundaries_gets_the_same_answer(
    office: Office, claim: ClaimRow
) -> None:
    headers = office.token(Role.TEACHER, school=claim.school) | {"idempotency-key": "evidence-key"}
    path = f"/api/v1/claims/{claim.id}/evidence"

    first, second = (office.client.post(path, files=PDF, headers=headers) for _ in range(2))
    other = office.client.post(
        path, files={"file": ("b.pdf", b"%PDF-1.4 b", "application/pdf")}, headers=headers
    )

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first.status_code == 201
    assert [error["code"] for error in other.json()["errors"]] == ["key_reused"]


def test_list_gives_finance_all_and_a_school_its_own(office: Office, claim: ClaimRow) -> None:
    with office.database.transaction() as session:
        other = given_open_claim(session, now=office.now)

    def ids(headers: dict[str, str], query: str = "") -> list[str]:
        answer = office.client.get(f"/api/v1/claims{query}", headers=headers)
        return [item["id"] for item in answer.json()["items"]]

    assert ids(office.token(Role.TEACHER, school=claim.school)) == [claim.id]
    assert sorted(ids(office.token(Role.AUDITOR))) == sorted([claim.id, other.id])
    assert ids(office.token(Role.AUDITOR), "?state=paid") == []


@pytest.mark.parametrize("role", [Role.TEACHER, Role.FINANCE_A, Role.PAYER])
def test_ledger_check_is_for_auditors(office: Office, role: Role) -> None:
    answer = office.client.get("/api/v1/ledger/check", headers=office.token(role))

    assert answer.status_code == 403


def test_api_without_a_token_asks_for_one(office: Office, claim: ClaimRow) -> None:
    statuses = [
        office.client.get(f"/api/v1{path}").status_code
        for path in ("/claims", f"/claims/{claim.id}", "/ledger/check")
    ]

    assert statuses == [401, 401, 401]
