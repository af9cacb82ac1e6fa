"""The finance officers' desk: the queue, one claim beside its papers, check and decision."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.compensation.forms import parse_check, parse_decision
from bookings.compensation.guards import may_read, may_work
from bookings.compensation.queries import (
    ClaimRow,
    ClaimWish,
    get_claim,
    get_evidence,
    list_checks,
    list_claims,
    list_decisions,
    list_evidence,
    list_findings,
    propose_award,
    pupils_who_came,
)
from bookings.compensation.rules import DECISION_REASONS, ClaimState
from bookings.compensation.service import check_claim, decide_claim
from bookings.ledger.queries import list_transfers
from vizium.auth.queries import list_people
from vizium.auth.rules import Person, Role
from vizium.db.audit import list_acts
from vizium.db.session import Database, Session
from vizium.files.service import read_file
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, Forbidden, InvalidInput
from vizium.web.errors import status_of
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

_PATH = "/staff/claims/{claim_id:str}"
_TEMPLATE = "bookings/compensation/staff_claim.html"
# What the desk works on first; everything else is for looking up.
_QUEUE = (ClaimState.CLAIMED, ClaimState.CHECKED)


@get("/staff/claims", guards=[may_read], sync_to_thread=True)
def list_claims_of_staff(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """The queue with the age of each claim; `?state=` shows another state."""
    known = {state.value: state for state in ClaimState}
    chosen = known.get(asked.raw("state"))
    wish = ClaimWish(states=_QUEUE if chosen is None else [chosen])
    with database.reading() as session:
        claims = list_claims(session, wish)
    today = local_date(page.now)
    ages = {
        claim.id: (today - local_date(claim.filed_at or claim.asked_at)).days for claim in claims
    }
    return page.show(
        "bookings/compensation/staff_claims.html",
        claims=claims,
        ages=ages,
        chosen=chosen,
        states=list(ClaimState),
    )


@get(_PATH, guards=[may_read], sync_to_thread=True)
def show_claim_of_staff(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    claim_id: FromPath[str],
) -> Response[bytes]:
    """One claim: what was said, what we know, what the rules give, what was done."""
    with database.reading() as session:
        return page.show(_TEMPLATE, status=200, form=Form({}), **_facts(session, claim_id, person))


@get(_PATH + "/evidence/{evidence_id:str}", guards=[may_read], sync_to_thread=True)
def show_evidence(
    database: NamedDependency[Database],
    files_dir: NamedDependency[Path],
    claim_id: FromPath[str],
    evidence_id: FromPath[str],
) -> Response[bytes]:
    """A file of a claim, to be saved; a browser never runs it in our pages' name."""
    with database.reading() as session:
        evidence = get_evidence(session, claim_id, evidence_id)
    return Response(
        read_file(files_dir, evidence.sha256),
        media_type=evidence.media_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(evidence.name)}",
            "x-content-type-options": "nosniff",
            "cache-control": "private, no-store",
        },
    )


@post(_PATH + "/check", guards=[may_work], sync_to_thread=True)
def create_check(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    person: NamedDependency[Person],
    claim_id: FromPath[str],
) -> Response[bytes]:
    """Officer A has compared the claim with its papers."""
    return _act(
        _Act(page, database, form, person, claim_id),
        "check-claim",
        lambda session: check_claim(session, parse_check(form, claim_id), by=person, now=page.now),
    )


@post(_PATH + "/decision", guards=[may_work], sync_to_thread=True)
def create_decision(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    person: NamedDependency[Person],
    claim_id: FromPath[str],
) -> Response[bytes]:
    """Officer B grants an amount, or refuses."""
    return _act(
        _Act(page, database, form, person, claim_id),
        "decide-claim",
        lambda session: decide_claim(
            session,
            parse_decision(form, claim_id),
            by=person,
            settings=page.settings,
            now=page.now,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Act:
    """An officer's form on a claim."""

    page: Page
    database: Database
    form: Form
    person: Person
    claim_id: str


def _act(sent: _Act, verb: str, act: Callable[[Session], ClaimRow]) -> Response[bytes]:
    """Act once and see the claim again; what was refused is said on the claim's own page."""
    page, form = sent.page, sent.form
    try:
        path = once(
            sent.database,
            form,
            scope=f"{verb}:{sent.claim_id}:{sent.person.id}",
            now=page.now,
            act=lambda session: f"/staff/claims/{act(session).id}",
        )
    except InvalidInput as error:
        return page.show_again(_TEMPLATE, form, error, **_present(sent))
    except (Conflict, Forbidden) as error:
        said = {"form": Form({}), "notice": page.say(error)}
        return page.show(_TEMPLATE, status=status_of(error), **said, **_present(sent))
    return page.go(path)


def _present(sent: _Act) -> dict[str, object]:
    with sent.database.reading() as session:
        return _facts(session, sent.claim_id, sent.person)


def _facts(session: Session, claim_id: str, person: Person) -> dict[str, object]:
    claim = get_claim(session, claim_id[:26])
    evidence = list_evidence(session, claim.id)
    return {
        "claim": claim,
        "evidence": evidence,
        "came": pupils_who_came(session, claim),
        "proposal": propose_award(session, claim) if claim.filing else None,
        "findings": list_findings(session, claim, evidence),
        "checks": list_checks(session, claim.id),
        "decisions": list_decisions(session, claim.id),
        "transfers": list_transfers(session, f"claim:{claim.id}"),
        "acts": list_acts(session, f"claim:{claim.id}"),
        "names": {one.id: one.name for one in list_people(session)},
        "may_check": claim.state is ClaimState.CLAIMED and person.has(Role.FINANCE_A),
        "may_decide": (
            claim.state is ClaimState.CHECKED
            and person.has(Role.FINANCE_B)
            and claim.checked_by != person.id
        ),
        "reasons": DECISION_REASONS,
    }
