"""Send a claim in, add its papers, check it, decide it."""

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody

from bookings.compensation.api.answers import Json, claim_body, claim_item
from bookings.compensation.api.bodies import (
    CheckBody,
    ClaimBody,
    DecisionBody,
    filing_of,
    renamed,
)
from bookings.compensation.guards import READERS, claim_of_person, may_work
from bookings.compensation.queries import ClaimWish, get_claim_of_visit, list_claims
from bookings.compensation.rules import ClaimState
from bookings.compensation.service import (
    CheckClaim,
    DecideClaim,
    FileClaim,
    add_evidence,
    check_claim,
    decide_claim,
    file_claim,
    keep_evidence,
)
from bookings.visits.service.access import visit_of_person
from vizium.auth.guards import signed_in
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.files.service import FILE_BYTES_MAX
from vizium.kernel.errors import FieldError, Forbidden, InvalidInput
from vizium.kernel.money import Cents
from vizium.kernel.text import clean_text
from vizium.web.api import Call, answer, answer_once, page_of
from vizium.web.forms import PROSE_LENGTH_MAX, TEXT_LENGTH_MAX, Form, Upload

_BY_ID = "/claims/{claim_id:str}"
_BODY_BYTES_MAX = FILE_BYTES_MAX + 100_000
_PAGE_SIZE = 50


@get("/claims", guards=[signed_in], sync_to_thread=True)
def list_claim_items(
    asked: NamedDependency[Form],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Claims of the person's school, or all of them for finance; `?state=&cursor=`."""
    if person.school is None and not person.has(*READERS):
        raise Forbidden("role_missing")
    known = [state.value for state in ClaimState]
    state = asked.choice("state", known) if asked.raw("state") else None
    asked.check()
    wish = ClaimWish(
        states=[] if state is None else [ClaimState(state)],
        school="" if person.has(*READERS) else person.school or "",
        after=asked.raw("cursor")[:26],
    )
    with database.reading() as session:
        claims = list_claims(session, wish, most=_PAGE_SIZE + 1)
    more = claims[_PAGE_SIZE - 1].id if len(claims) > _PAGE_SIZE else None
    return answer(page_of([claim_item(claim) for claim in claims[:_PAGE_SIZE]], cursor=more))


@get(_BY_ID, guards=[signed_in], sync_to_thread=True)
def show_claim(
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    claim_id: FromPath[str],
) -> Response[bytes]:
    """One claim with its papers and decisions; finance also sees warnings and the proposal."""
    with database.reading() as session:
        claim = claim_of_person(session, claim_id, person)
        return answer(claim_body(session, claim, person))


@post("/claims", guards=[signed_in], status_code=201, sync_to_thread=True)
def create_claim(
    data: JSONBody[ClaimBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Send the claim of a visit in; its evidence follows."""
    filing = filing_of(data)

    def act(session: Session) -> Json:
        visit = visit_of_person(session, data.visit, person, changing=True)
        claim = get_claim_of_visit(session, visit.id)
        command = FileClaim(claim.id, filing)
        filed = file_claim(session, command, by=person.id, settings=call.settings, now=call.now)
        return claim_body(session, filed, person)

    return _once(call, database, act, status=201)


async def provide_upload(
    request: Request[Any, Any, Any], call: NamedDependency[Call]
) -> Upload | None:
    """The file of a multipart body, read after `call` has read the body."""
    _ = call
    value = (await request.form()).get("file")
    if not isinstance(value, UploadFile):
        return None
    return Upload(value.filename[:TEXT_LENGTH_MAX], await value.read())


@post(
    _BY_ID + "/evidence",
    guards=[signed_in],
    status_code=201,
    sync_to_thread=True,
    request_max_body_size=_BODY_BYTES_MAX,
    dependencies={"upload": Provide(provide_upload)},
)
def create_evidence(
    call: NamedDependency[Call],
    upload: NamedDependency[Upload | None],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    files_dir: NamedDependency[Path],
    *,
    claim_id: FromPath[str],
) -> Response[bytes]:
    """Add a file, sent as the multipart field `file`."""
    if upload is None:
        raise InvalidInput([FieldError("file", "evidence_missing")])
    with database.reading() as session:
        claim = claim_of_person(session, claim_id, person)
        visit_of_person(session, claim.reference, person, changing=True)
    command = keep_evidence(files_dir, claim.id, upload.filename, upload.content)
    # Sent again, a file travels between other boundaries and is the same file.
    return answer_once(
        replace(call, content=upload.filename.encode() + b"\n" + upload.content),
        database,
        lambda session: asdict(add_evidence(session, command, by=person.id, now=call.now)),
        status=201,
    )


@post(_BY_ID + "/check", guards=[may_work], status_code=200, sync_to_thread=True)
def create_check(
    claim_id: FromPath[str],
    data: JSONBody[CheckBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Officer A has compared the claim with its papers."""
    command = CheckClaim(
        claim=claim_id,
        recommended_cents=None if data.award_cents is None else Cents(data.award_cents),
        reasons=tuple(data.reasons),
        note=clean_text(data.note[:PROSE_LENGTH_MAX]),
        expected_version=data.expected_version,
    )
    return _once(
        call,
        database,
        lambda session: claim_body(
            session, check_claim(session, command, by=person, now=call.now), person
        ),
    )


@post(_BY_ID + "/decision", guards=[may_work], status_code=200, sync_to_thread=True)
def create_decision(
    claim_id: FromPath[str],
    data: JSONBody[DecisionBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Officer B grants an amount, or refuses with 0."""
    command = DecideClaim(
        claim=claim_id,
        award_cents=Cents(data.award_cents),
        reasons=tuple(dict.fromkeys(data.reasons)),
        note=clean_text(data.note[:PROSE_LENGTH_MAX]),
        expected_version=data.expected_version,
    )

    def act(session: Session) -> Json:
        decided = decide_claim(session, command, by=person, settings=call.settings, now=call.now)
        return claim_body(session, decided, person)

    return _once(call, database, act)


def _once(
    call: Call, database: Database, act: Callable[[Session], Json], *, status: int = 200
) -> Response[bytes]:
    """`answer_once`, with errors that name the fields of the body."""
    try:
        return answer_once(call, database, act, status=status)
    except InvalidInput as error:
        raise renamed(error) from error
