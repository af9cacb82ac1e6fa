"""The school's claim by its signed link: type, check the answers, send, see what happens next.

What was typed is kept on the server as a draft, and a file is kept as soon as it arrives, so a
claim can be finished on another day and a bad line loses one step at most.
"""

from pathlib import Path

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.compensation.forms import draft_of, filled_in, form_of, parse_filing
from bookings.compensation.queries import (
    ClaimRow,
    EvidenceRow,
    PolicyRow,
    get_claim_of_visit,
    get_policy,
    list_decisions,
    list_evidence,
)
from bookings.compensation.rules import ClaimState, Filing
from bookings.compensation.service import (
    FileClaim,
    add_evidence,
    file_claim,
    keep_evidence,
    save_draft,
)
from bookings.visits.service.access import BY_LINK, visit_by_link
from vizium.db.session import Database, Session
from vizium.files.service import FILE_BYTES_MAX
from vizium.kernel.clock import local_date
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

_PATH = "/visits/{reference:str}/{key:str}/claim"
# The file and some room for the fields around it.
_BODY_BYTES_MAX = FILE_BYTES_MAX + 100_000
_METRES_PER_KM = 1000


@get(_PATH, sync_to_thread=True)
def show_claim(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    reference: FromPath[str],
    key: FromPath[str],
) -> Response[bytes]:
    """The form while the claim is open, and what happens next in every other state."""
    with database.reading() as session:
        claim = _claim_by_link(session, page, reference, key)
        evidence = list_evidence(session, claim.id)
        decisions = list_decisions(session, claim.id)
        policy = get_policy(session, claim.fund, claim.policy_version)
    if claim.state is ClaimState.OPEN:
        return _ask(page, form_of(claim.draft), claim, evidence, policy)
    return page.show(
        "bookings/compensation/claim.html",
        claim=claim,
        evidence=evidence,
        decision=decisions[-1] if decisions else None,
        back=_visit_path(reference, key),
    )


@post(_PATH, sync_to_thread=True, request_max_body_size=_BODY_BYTES_MAX)
def save_claim_answers(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    files_dir: NamedDependency[Path],
    *,
    reference: FromPath[str],
    key: FromPath[str],
) -> Response[bytes]:
    """Keep the file and the answers; go on when all of them are good."""
    with database.reading() as session:
        claim = _claim_by_link(session, page, reference, key)
        policy = get_policy(session, claim.fund, claim.policy_version)
    added = _keep_file(database, form, files_dir, claim, page)
    draft = draft_of(form)
    if added is not None and added.reading is not None:
        draft = filled_in(draft, added.reading)
        form = form_of(draft)
    with database.transaction() as session:
        evidence = list_evidence(session, claim.id)
        save_draft(session, claim.id, draft, now=page.now)
    try:
        _parse(form, claim, evidence, page)
    except InvalidInput as error:
        return _ask(page, form, claim, evidence, policy, error=error)
    return page.go(_claim_path(reference, key) + "/check")


@get(_PATH + "/check", sync_to_thread=True)
def check_claim_answers(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    reference: FromPath[str],
    key: FromPath[str],
) -> Response[bytes]:
    """All answers on one page, before they are sent."""
    with database.reading() as session:
        claim = _claim_by_link(session, page, reference, key)
        evidence = list_evidence(session, claim.id)
    if claim.state is not ClaimState.OPEN:
        return page.go(_claim_path(reference, key))
    try:
        filing = _parse(form_of(claim.draft), claim, evidence, page)
    except InvalidInput:
        return page.go(_claim_path(reference, key))
    return page.show(
        "bookings/compensation/claim_check.html",
        claim=claim,
        filing=filing,
        evidence=evidence,
        path=_claim_path(reference, key),
    )


@post(_PATH + "/check", sync_to_thread=True)
def create_claim(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    *,
    reference: FromPath[str],
    key: FromPath[str],
) -> Response[bytes]:
    """Send the claim in, once however often the button is pressed."""

    def act(session: Session) -> str:
        claim = _claim_by_link(session, page, reference, key)
        evidence = list_evidence(session, claim.id)
        if claim.state is ClaimState.OPEN:
            filing = _parse(form_of(claim.draft), claim, evidence, page)
            command = FileClaim(claim.id, filing)
            file_claim(session, command, by=BY_LINK, settings=page.settings, now=page.now)
        return _claim_path(reference, key)

    try:
        path = once(database, form, scope=f"file-claim:{reference}", now=page.now, act=act)
    except InvalidInput:
        # The draft has changed in another window: its page shows what to mend.
        path = _claim_path(reference, key)
    return page.go(path)


def _claim_by_link(session: Session, page: Page, reference: str, key: str) -> ClaimRow:
    visit = visit_by_link(session, reference, key, page.settings)
    return get_claim_of_visit(session, visit.id)


def _keep_file(
    database: Database, form: Form, files_dir: Path, claim: ClaimRow, page: Page
) -> EvidenceRow | None:
    upload = form.uploads.get("file")
    if upload is None:
        return None
    try:
        command = keep_evidence(files_dir, claim.id, upload.filename, upload.content)
        with database.transaction() as session:
            return add_evidence(session, command, by=BY_LINK, now=page.now)
    except InvalidInput as error:
        for found in error.errors:
            form.fail(found.field, found.code, **found.facts)
        return None


def _parse(form: Form, claim: ClaimRow, evidence: list[EvidenceRow], page: Page) -> Filing:
    return parse_filing(
        form,
        visited_on=claim.visited_on,
        today=local_date(page.now),
        has_evidence=bool(evidence),
    )


def _ask(
    page: Page,
    form: Form,
    claim: ClaimRow,
    evidence: list[EvidenceRow],
    policy: PolicyRow,
    *,
    error: InvalidInput | None = None,
) -> Response[bytes]:
    values: dict[str, object] = {
        "claim": claim,
        "evidence": evidence,
        "policy": policy.policy,
        "km": policy.policy.road_m(claim.distance_m or 0) // _METRES_PER_KM,
    }
    if error is None:
        return page.show("bookings/compensation/claim_form.html", status=200, form=form, **values)
    return page.show_again("bookings/compensation/claim_form.html", form, error, **values)


def _visit_path(reference: str, key: str) -> str:
    return f"/visits/{reference}/{key}"


def _claim_path(reference: str, key: str) -> str:
    return _visit_path(reference, key) + "/claim"
