from litestar.testing import TestClient

from exhibits.maintenance.queries import list_faults, list_open_faults, list_reports
from exhibits.maintenance.rules import ReportSource, Symptom
from exhibits.registry.queries import get_exhibit
from exhibits.registry.rules import Verdict
from tests.exhibits.conftest import SignIn, csrf_token, form_key
from vizium.auth.rules import Role
from vizium.db.session import Database

LABEL = "/lv/exhibits/ex-001"


def _sent(client: TestClient, page: str, **fields: str) -> dict[str, str]:
    html = client.get(page).text
    return {"_csrf_token": csrf_token(html), "key": form_key(html), **fields}


def test_label_leads_to_the_page_in_the_visitors_language(client: TestClient) -> None:
    headers = {"accept-language": "en-GB,lv;q=0.5"}

    response = client.get("/x/EX-001", headers=headers, follow_redirects=False)

    assert response.headers["location"] == "/en/exhibits/ex-001"


def test_label_without_a_language_is_latvian(client: TestClient) -> None:
    response = client.get("/x/ex-001", headers={"accept-language": "*"}, follow_redirects=False)

    assert response.headers["location"] == "/lv/exhibits/ex-001"


def test_visitor_reports_in_two_taps_and_the_same_form_counts_once(
    client: TestClient, floor: Database
) -> None:
    fields = _sent(client, LABEL, symptom="dead")

    first = client.post(f"{LABEL}/reports", data=fields, follow_redirects=False)
    client.post(f"{LABEL}/reports", data=fields, follow_redirects=False)

    assert first.headers["location"] == "/lv/exhibits/ex-001/thanks"
    assert "Paldies" in client.get(first.headers["location"]).text
    with floor.reading() as session:
        fault = list_open_faults(session)["ex-001"]
        (report,) = list_reports(session, fault.id)
    assert (fault.reports, report.source, report.symptom) == (
        1,
        ReportSource.VISITOR,
        Symptom.DEAD,
    )


def test_report_without_a_symptom_shows_the_form_again_with_the_note(client: TestClient) -> None:
    response = client.post(f"{LABEL}/reports", data=_sent(client, LABEL, note="Deg lampiņa"))

    assert response.status_code == 422
    assert "Deg lampiņa" in response.text
    assert 'href="#symptom"' in response.text


def test_eleventh_report_of_an_exhibit_is_asked_to_wait(
    client: TestClient, floor: Database
) -> None:
    for _ in range(10):
        client.post(f"{LABEL}/reports", data=_sent(client, LABEL, symptom="dirty"))

    response = client.post(f"{LABEL}/reports", data=_sent(client, LABEL, symptom="dirty"))

    assert response.status_code == 429
    assert int(response.headers["retry-after"]) > 0
    with floor.reading() as session:
        assert list_open_faults(session)["ex-001"].reports == 10


def test_host_reports_technician_resolves_and_the_history_tells(
    client: TestClient, floor: Database, sign_in: SignIn
) -> None:
    page = "/lv/staff/exhibits/ex-001"
    sign_in(Role.HOST)
    client.post(
        f"{page}/reports",
        data=_sent(client, f"{page}/reports/new", symptom="unsafe", note="Asa mala"),
    )
    with floor.reading() as session:
        fault = list_open_faults(session)["ex-001"]
    sign_in(Role.TECHNICIAN)
    resolution = f"/lv/staff/faults/{fault.id}/resolution"

    client.post(
        resolution,
        data=_sent(client, resolution, work_done="Mala noslīpēta", verdict="works_partly"),
    )

    with floor.reading() as session:
        (resolved,) = list_faults(session, "ex-001")
        exhibit = get_exhibit(session, "ex-001")
    assert (fault.urgent, resolved.work_done) == (True, "Mala noslīpēta")
    assert (exhibit.verdict, exhibit.verdict_note) == (Verdict.WORKS_PARTLY, "Mala noslīpēta")
    assert "Mala noslīpēta" in client.get(page).text


def test_fault_is_resolved_once(client: TestClient, floor: Database, sign_in: SignIn) -> None:
    client.post(f"{LABEL}/reports", data=_sent(client, LABEL, symptom="dead"))
    with floor.reading() as session:
        resolution = f"/lv/staff/faults/{list_open_faults(session)['ex-001'].id}/resolution"
    sign_in(Role.TECHNICIAN)
    client.post(resolution, data=_sent(client, resolution, work_done="A", verdict="works"))

    second = client.post(resolution, data=_sent(client, resolution, work_done="B", verdict="works"))

    assert second.status_code == 409
    assert "jau ir novērsts" in second.text


def test_resolution_without_words_is_asked_for(
    client: TestClient, floor: Database, sign_in: SignIn
) -> None:
    client.post(f"{LABEL}/reports", data=_sent(client, LABEL, symptom="dead"))
    with floor.reading() as session:
        resolution = f"/lv/staff/faults/{list_open_faults(session)['ex-001'].id}/resolution"
    sign_in(Role.TECHNICIAN)

    response = client.post(resolution, data=_sent(client, resolution))

    assert response.status_code == 422
    assert 'href="#work_done"' in response.text
    assert 'href="#verdict"' in response.text


def test_verdict_is_kept_and_shown(client: TestClient, sign_in: SignIn) -> None:
    page = "/lv/staff/exhibits/ex-001"
    sign_in(Role.TECHNICIAN)

    client.post(
        f"{page}/verdict",
        data=_sent(client, f"{page}/verdict", verdict="off_floor", note="Uz remontu"),
    )

    assert "nav ekspozīcijā: Uz remontu" in client.get(page).text
    assert "1 nav ekspozīcijā" in client.get("/lv/staff/board").text


def test_host_gives_no_verdict(client: TestClient, sign_in: SignIn) -> None:
    sign_in(Role.HOST)

    assert client.get("/lv/staff/exhibits/ex-001/verdict").status_code == 403


def test_api_merges_reports_and_same_key_gives_the_same_answer(client: TestClient) -> None:
    path = "/api/v1/exhibits/ex-001/reports"
    body = {"symptom": "dead", "note": "Nespīd"}

    first = client.post(path, json=body, headers={"idempotency-key": "report-001"})
    same = client.post(path, json=body, headers={"idempotency-key": "report-001"})
    second = client.post(path, json=body, headers={"idempotency-key": "report-002"})

    assert first.status_code == 201
    assert same.content == first.content
    assert (second.json()["fault"], second.json()["reports"]) == (first.json()["fault"], 2)


def test_api_refuses_an_unknown_symptom_and_an_unknown_field(client: TestClient) -> None:
    path = "/api/v1/exhibits/ex-001/reports"

    for body in ({"symptom": "sad"}, {"symptom": "dead", "name": "x"}, {"note": "x" * 2001}):
        response = client.post(path, json=body, headers={"idempotency-key": "report-003"})
        assert response.status_code == 422
