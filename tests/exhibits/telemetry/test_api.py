from datetime import datetime

import pytest
from litestar.testing import TestClient

from edge.wire.messages import DeadLetter, DeadLetterReason
from exhibits.telemetry.queries import get_stats, list_dead_letters
from tests.exhibits.conftest import SignIn
from tests.factories.exhibits import given_heard
from vizium.auth.rules import Role
from vizium.db.session import Database

API = "/api/v1"


@pytest.fixture
def head(sign_in: SignIn) -> dict[str, str]:
    return {"authorization": f"Bearer {sign_in(Role.TECHNICIAN)}"}


def test_exhibits_are_listed_with_signal_verdict_and_age(
    client: TestClient, head: dict[str, str]
) -> None:
    items = client.get(f"{API}/exhibits", headers=head).json()["items"]

    assert [(i["code"], i["signal"], i["verdict"]) for i in items] == [
        ("ex-001", "online", "works"),
        ("ex-002", "faulty", "works"),
        ("ex-003", "unknown", "works"),
    ]
    assert items[2]["age_s"] is None
    assert items[0]["uses_today"] == 1


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("health=faulty", ["ex-002"]),
        ("gallery=g-test", ["ex-001", "ex-002", "ex-003"]),
        ("gallery=g-none", []),
    ],
)
def test_exhibits_are_filtered(
    client: TestClient, head: dict[str, str], query: str, codes: list[str]
) -> None:
    items = client.get(f"{API}/exhibits?{query}", headers=head).json()["items"]

    assert [item["code"] for item in items] == codes


@pytest.mark.parametrize(
    ("path", "field", "code"),
    [
        ("exhibits?colour=red", "colour", "unknown_field"),
        ("exhibits?health=fine", "health", "choose"),
        ("exhibits/ex-001/usage?by=week", "by", "choose"),
        ("exhibits/ex-001/usage?from=yesterday", "from", "not_an_instant"),
        ("exhibits/ex-001/usage?from=2027-01-01T10:00:00", "from", "offset_missing"),
        ("exhibits/ex-001/usage?from=2027-02-01&to=2027-01-01", "to", "before_from"),
        ("exhibits/ex-001/usage?from=2020-02-01&to=2027-01-01", "from", "period_too_long"),
        ("exhibits/ex-001/availability?from=0001-01-01", "from", "not_an_instant"),
    ],
)
def test_bad_question_is_explained(
    client: TestClient, head: dict[str, str], path: str, field: str, code: str
) -> None:
    response = client.get(f"{API}/{path}", headers=head)

    assert response.status_code == 422
    errors = response.json()["errors"]
    assert [(error["field"], error["code"]) for error in errors] == [(field, code)]


def test_usage_is_told_by_hour(client: TestClient, head: dict[str, str]) -> None:
    items = client.get(
        f"{API}/exhibits/ex-001/usage?by=hour&to=2100-01-01&from=2099-01-01", headers=head
    ).json()["items"]
    (today,) = client.get(f"{API}/exhibits/ex-001/usage", headers=head).json()["items"]

    assert items == []
    assert (today["uses"], today["dwell_s_median"]) == (1, 60.0)


def test_availability_of_an_unheard_exhibit_is_unknown(
    client: TestClient, head: dict[str, str]
) -> None:
    found = client.get(f"{API}/exhibits/ex-003/availability", headers=head).json()

    assert (found["share_bp"], found["up_s"], found["down_s"]) == (None, 0, 0)


def test_stats_add_up(client: TestClient, head: dict[str, str]) -> None:
    stats = client.get(f"{API}/telemetry/stats", headers=head).json()

    parts = ("stored", "repeated", "dead_letter", "unclaimed")
    assert stats["received"] == sum(stats[part] for part in parts) == 5


def test_dead_letter_is_replayed_once(
    client: TestClient, head: dict[str, str], floor: Database, at: datetime
) -> None:
    payload = b'{"v":1,"boot":"B1","mono":5,"r":[[7,1,"ev",{"e":"press"}]]}'
    topic = "vizium/1/main/ex-003/up/d"
    letter = DeadLetter(topic, payload, len(payload), DeadLetterReason.UNREADABLE)
    with floor.transaction() as session:
        given_heard(session, [letter], at)
    with floor.reading() as session:
        letter_id = list_dead_letters(session)[0].id
    path = f"{API}/telemetry/dead-letters/{letter_id}/replay"

    first = client.post(path, headers={**head, "idempotency-key": "replay-001"})
    again = client.post(path, headers={**head, "idempotency-key": "replay-001"})
    second = client.post(path, headers={**head, "idempotency-key": "replay-002"})

    assert first.json() == {"stored": 1, "repeated": 0, "strange": 0}
    assert again.content == first.content
    assert (second.status_code, second.json()["code"]) == (409, "letter_replayed")
    with floor.reading() as session:
        stats = get_stats(session)
        assert (stats.replayed, stats.received, stats.dead_letter) == (1, 7, 1)


def test_dead_letter_that_is_still_dead_stays(
    client: TestClient, head: dict[str, str], floor: Database, at: datetime
) -> None:
    letter = DeadLetter("nowhere/at/all", b"{", 1, DeadLetterReason.UNSUPPORTED_TOPIC)
    with floor.transaction() as session:
        given_heard(session, [letter], at)
    (listed,) = client.get(f"{API}/telemetry/dead-letters", headers=head).json()["items"]

    response = client.post(
        f"{API}/telemetry/dead-letters/{listed['id']}/replay",
        headers={**head, "idempotency-key": "replay-003"},
    )

    assert (response.status_code, response.json()["code"]) == (409, "letter_dead")
    assert (listed["payload_base64"], listed["state"]) == ("ew==", "kept")


def test_api_without_token_is_refused(client: TestClient) -> None:
    assert client.get(f"{API}/exhibits").status_code == 401
    assert client.get(f"{API}/telemetry/stats").status_code == 401
