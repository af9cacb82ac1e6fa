"""Batches for the bank and its statements; the same services as the pages."""

from dataclasses import asdict

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from bookings.compensation.api.answers import Json
from bookings.compensation.api.bodies import PayoutBody, VersionBody
from bookings.compensation.guards import may_pay, may_read
from bookings.compensation.queries.payouts import PayoutRow, get_payout, list_lines, list_payouts
from bookings.compensation.queries.statements import StatementRow, list_bank_lines
from bookings.compensation.rules import STATEMENT_BYTES_MAX
from bookings.compensation.service.batches import PayoutCommand
from bookings.compensation.service.payouts import DraftPayout, draft_payout, seal_payout, sent_file
from bookings.compensation.service.release import release_payout
from bookings.compensation.service.statements import read_statement
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.clock import to_riga
from vizium.web.api import Call, answer, answer_once, page_of
from vizium.web.forms import Form

_BY_ID = "/payouts/{payout_id:str}"


@get("/payouts", guards=[may_read], sync_to_thread=True)
def list_payout_items(
    asked: NamedDependency[Form], database: NamedDependency[Database]
) -> Response[bytes]:
    """The batches of `?fund=`, the newest first."""
    with database.reading() as session:
        payouts = list_payouts(session, asked.raw("fund"))
    return answer(page_of([_item(payout) for payout in payouts], cursor=None))


@get(_BY_ID, guards=[may_read], sync_to_thread=True)
def show_payout_item(
    database: NamedDependency[Database], payout_id: FromPath[str]
) -> Response[bytes]:
    """One batch with its payments."""
    with database.reading() as session:
        return answer(_body(session, get_payout(session, payout_id[:26])))


@post("/payouts", guards=[may_pay], status_code=201, sync_to_thread=True)
def create_payout_item(
    data: JSONBody[PayoutBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Put all that a fund owes into a batch, and seal it."""

    def act(session: Session) -> Json:
        command = DraftPayout(data.fund, data.execute_on)
        drafted = draft_payout(session, command, by=person, now=call.now)
        sealed = seal_payout(session, PayoutCommand(drafted.id), by=person, now=call.now)
        return _body(session, sealed)

    return answer_once(call, database, act, status=201)


@post(_BY_ID + "/release", guards=[may_pay], status_code=200, sync_to_thread=True)
def create_payout_release(
    payout_id: FromPath[str],
    data: JSONBody[VersionBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Person C lets the bank have it."""

    def act(session: Session) -> Json:
        command = PayoutCommand(payout_id[:26], data.expected_version)
        secret_key = call.settings.secret_key
        return _body(
            session,
            release_payout(session, command, by=person, secret_key=secret_key, now=call.now),
        )

    return answer_once(call, database, act)


@get(_BY_ID + "/pain001.xml", guards=[may_read], sync_to_thread=True)
def show_pain001(database: NamedDependency[Database], payout_id: FromPath[str]) -> Response[bytes]:
    """The file for the bank, once the batch was released."""
    with database.reading() as session:
        _, content = sent_file(session, payout_id[:26])
    return Response(content, media_type="application/xml")


@post(
    "/bank-statements",
    guards=[may_pay],
    status_code=201,
    sync_to_thread=True,
    request_max_body_size=STATEMENT_BYTES_MAX,
)
def create_bank_statement(
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Read a camt.053 file, sent as the body; read again it changes nothing."""

    def act(session: Session) -> Json:
        read = read_statement(
            session,
            call.content,
            by=person,
            secret_key=call.settings.secret_key,
            now=call.now,
        )
        return {"statements": [_statement(session, one) for one in read]}

    return answer_once(call, database, act, status=201)


def _item(payout: PayoutRow) -> Json:
    return {
        "id": payout.id,
        "fund": payout.fund,
        "message_id": payout.message_id,
        "state": payout.state.value,
        "version": payout.version,
        "execute_on": payout.execute_on,
        "payments": payout.lines,
        "total_cents": payout.total_cents,
        "booked": payout.booked,
        "sha256": payout.sealed_sha256,
        "made_at": to_riga(payout.made_at),
        "released_at": to_riga(payout.released_at) if payout.released_at else None,
    }


def _body(session: Session, payout: PayoutRow) -> Json:
    lines = list_lines(session, payout.id)
    return _item(payout) | {
        "lines": [
            {
                "claim": line.claim,
                "visit": line.reference,
                "end_to_end_id": line.end_to_end_id,
                "amount_cents": line.amount_cents,
                "iban": line.iban,
                "state": line.state.value,
                "returned_cents": line.returned_cents,
            }
            for line in lines
        ]
    }


def _statement(session: Session, statement: StatementRow) -> Json:
    item: Json = asdict(statement)
    item["read_at"] = to_riga(statement.read_at)
    item["entries"] = [
        {
            "booked_on": line.booked_on,
            "amount_cents": line.amount_cents,
            "end_to_end_id": line.end_to_end_id,
            "meaning": line.meaning.value,
            "return_reason": line.return_reason,
        }
        for line in list_bank_lines(session, statement.id)
    ]
    return item
