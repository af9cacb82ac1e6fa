"""The whole way through the API of a running centre: programme, visit, arrival, claim, ledger."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.servers.centre import Centre, running_centre

SCHOOL = "3213900123"
CONTACT = {"name": "Anna Paraudziņa", "email": "teacher@vizium.example", "phone": "+37120000001"}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with running_centre(tmp_path_factory.mktemp("centre")) as running:
        yield running


def test_a_class_comes_and_its_bus_is_paid_back(centre: Centre) -> None:
    programme = _find_programme(centre, grade=5, words="robots")
    session = _find_session(centre, programme["code"], pupils=20)
    fund_before = centre.call("GET", "/api/v1/fund").json()

    held = _post(centre, "/api/v1/visits", _visit(session["id"], pupils=20), role="teacher")
    reference = held.json()["reference"]
    confirmed = _post(centre, f"/api/v1/visits/{reference}/confirmation", {}, role="teacher")
    arrival = {"pupils": 19, "adults": 2, "at": session["start"], "nonce": uuid.uuid4().hex}
    arrived = _post(centre, f"/api/v1/visits/{reference}/arrival", arrival, role="desk")
    claim = _file_claim(centre, reference)
    papers = _post(centre, f"/api/v1/claims/{claim['id']}/evidence", PDF, role="teacher")
    checked = _post(
        centre,
        f"/api/v1/claims/{claim['id']}/check",
        {"expected_version": _version(centre, claim["id"])},
        role="finance_a",
    )
    proposed = _claim(centre, claim["id"])["proposal"]["award_cents"]
    decided = _post(
        centre,
        f"/api/v1/claims/{claim['id']}/decision",
        {"award_cents": proposed, "reasons": [], "expected_version": _version(centre, claim["id"])},
        role="finance_b",
    )
    fund = centre.call("GET", "/api/v1/fund").json()
    ledger = centre.call("GET", "/api/v1/ledger/check", role="auditor").json()

    assert (held.status, held.json()["state"]) == (201, "held")
    assert (confirmed.status, confirmed.json()["state"]) == (200, "confirmed")
    assert arrived.status == 200
    assert (papers.status, checked.status) == (201, 200)
    assert (decided.status, decided.json()["state"]) == (200, "approved")
    assert proposed > 0
    assert fund["obligated_cents"] - fund_before["obligated_cents"] == proposed
    assert fund["appropriated_cents"] == sum(
        fund[f"{stage}_cents"] for stage in ("available", "encumbered", "obligated", "expended")
    )
    assert ledger["ok"] is True


def _find_programme(centre: Centre, *, grade: int, words: str) -> dict[str, Any]:
    found = centre.call("GET", f"/api/v1/programmes?grade={grade}&q={words}", role="teacher")
    assert found.status == 200, found.body
    programme: dict[str, Any] = found.json()["items"][0]
    return programme


def _find_session(centre: Centre, code: str, *, pupils: int) -> dict[str, Any]:
    first = date.today() + timedelta(days=7)  # noqa: DTZ011 - the demo lives today
    path = f"/api/v1/sessions?code={code}&from={first}&to={first + timedelta(days=60)}"
    answer = centre.call("GET", path, role="teacher")
    assert answer.status == 200, answer.body
    sessions: list[dict[str, Any]] = answer.json()["items"]
    return next(each for each in sessions if each["capacity"] - each["used"] >= pupils)


def _visit(session: str, *, pupils: int) -> dict[str, Any]:
    return {
        "stops": [{"session": session}],
        "groups": [{"grade": 5, "pupils": pupils}],
        "adults": 2,
        "school": SCHOOL,
        "contact": CONTACT,
        "transport": True,
    }


def _post(centre: Centre, path: str, body: object, *, role: str) -> Any:
    return centre.call("POST", path, body, role=role, key=uuid.uuid4().hex)


def _file_claim(centre: Centre, reference: str) -> dict[str, Any]:
    body = {
        "visit": reference,
        "invoice": {
            "supplier_reg_no": "40003000001",
            "number": f"A-{uuid.uuid4().hex[:8]}",
            "date": str(date.today()),  # noqa: DTZ011 - the demo lives today
            "total_cents": 24_000,
        },
        "km": 120,
        "iban": "LV97HABA0012345678910",
        "cofunding_cents": 0,
    }
    filed = _post(centre, "/api/v1/claims", body, role="teacher")
    assert filed.status == 201, filed.body
    claim: dict[str, Any] = filed.json()
    return claim


def _claim(centre: Centre, claim_id: str) -> dict[str, Any]:
    answer = centre.call("GET", f"/api/v1/claims/{claim_id}", role="finance_a")
    assert answer.status == 200, answer.body
    claim: dict[str, Any] = answer.json()
    return claim


def _version(centre: Centre, claim_id: str) -> int:
    version: int = _claim(centre, claim_id)["version"]
    return version
