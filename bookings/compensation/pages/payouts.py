"""Money to the bank: what is owed, batches that a third person releases, files for the bank."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.compensation.forms import parse_payer
from bookings.compensation.guards import may_pay, may_read, may_set_payer
from bookings.compensation.queries import FundRow, find_shown_fund, list_funds
from bookings.compensation.queries.payouts import (
    PayoutRow,
    find_payer,
    get_payout,
    list_lines,
    list_owed,
    list_payouts,
)
from bookings.compensation.queries.statements import list_statements
from bookings.compensation.rules import LINES_MAX, PayoutState
from bookings.compensation.service.batches import MAKERS, PayoutCommand
from bookings.compensation.service.payouts import (
    DraftPayout,
    cancel_payout,
    draft_payout,
    seal_payout,
    sent_file,
    set_payer,
)
from bookings.compensation.service.release import RefuseLine, refuse_line, release_payout
from vizium.auth.queries import list_people
from vizium.auth.rules import Person, Role
from vizium.db.session import Session
from vizium.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from vizium.web.errors import status_of
from vizium.web.forms import Form
from vizium.web.once import Exchange

_PATH = "/staff/payouts"
_BATCH = _PATH + "/{payout_id:str}"


@get(_PATH, guards=[may_read], sync_to_thread=True)
def list_payouts_of_staff(
    asking: NamedDependency[Exchange], person: NamedDependency[Person]
) -> Response[bytes]:
    """What is owed, batches, statements, and the account that pays."""
    return _show_list(asking, person)


@post(_PATH, guards=[may_pay], sync_to_thread=True)
def create_payout(
    sent: NamedDependency[Exchange], person: NamedDependency[Person]
) -> Response[bytes]:
    """Put all that is owed into a batch."""

    def act(session: Session) -> str:
        command = DraftPayout(_fund(session, sent).code)
        return f"{_PATH}/{draft_payout(session, command, by=person, now=sent.now).id}"

    try:
        return sent.once(f"draft-payout:{person.id}", act)
    except Conflict as error:
        return _show_list(sent, person, status=status_of(error), notice=sent.page.say(error))


@post(_PATH + "/account", guards=[may_set_payer], sync_to_thread=True)
def save_payer(sent: NamedDependency[Exchange], person: NamedDependency[Person]) -> Response[bytes]:
    """Name the account that the fund pays from."""

    def act(session: Session) -> str:
        payer = parse_payer(sent.form)
        fund = _fund(session, sent).code
        set_payer(session, fund, payer, by=person, now=sent.now)
        return f"{_PATH}?fund={quote(fund)}"

    return sent.once(f"payer:{person.id}", act, again=lambda: _show_list(sent, person, status=422))


@get(_BATCH, guards=[may_read], sync_to_thread=True)
def show_payout(
    asking: NamedDependency[Exchange],
    person: NamedDependency[Person],
    payout_id: FromPath[str],
) -> Response[bytes]:
    """One batch: its payments, its seal, who did what, and what the bank says."""
    return _show_batch(asking, person, payout_id)


@get(_BATCH + "/pain001.xml", guards=[may_read], sync_to_thread=True)
def show_payout_file(
    asking: NamedDependency[Exchange], payout_id: FromPath[str]
) -> Response[bytes]:
    """The file for the bank, once person C has released it."""
    with asking.database.reading() as session:
        name, content = sent_file(session, payout_id[:26])
    return asking.page.file(content, "application/xml", name)


@post(_BATCH + "/seal", guards=[may_pay], sync_to_thread=True)
def create_seal(
    sent: NamedDependency[Exchange], person: NamedDependency[Person], payout_id: FromPath[str]
) -> Response[bytes]:
    """Fix the batch and its hash."""
    return _act(_Sent(sent, person, payout_id), "seal", seal_payout)


@post(_BATCH + "/release", guards=[may_pay], sync_to_thread=True)
def create_release(
    sent: NamedDependency[Exchange], person: NamedDependency[Person], payout_id: FromPath[str]
) -> Response[bytes]:
    """Person C lets the bank have it."""
    release = partial(release_payout, secret_key=sent.page.settings.secret_key)
    return _act(_Sent(sent, person, payout_id), "release", release)


@post(_BATCH + "/cancellation", guards=[may_pay], sync_to_thread=True)
def create_cancellation(
    sent: NamedDependency[Exchange], person: NamedDependency[Person], payout_id: FromPath[str]
) -> Response[bytes]:
    """Take the batch back; its claims wait for the next one."""
    return _act(_Sent(sent, person, payout_id), "cancel", cancel_payout)


@post(_BATCH + "/lines/{line_id:str}/refusal", guards=[may_pay], sync_to_thread=True)
def create_refusal(
    sent: NamedDependency[Exchange],
    person: NamedDependency[Person],
    payout_id: FromPath[str],
    line_id: FromPath[str],
) -> Response[bytes]:
    """The bank has told that it does not carry out a payment."""

    def act(session: Session) -> str:
        reason = sent.form.text("reason")
        sent.form.check()
        command = RefuseLine(payout_id[:26], line_id[:26], reason)
        key = sent.page.settings.secret_key
        batch = refuse_line(session, command, by=person, secret_key=key, now=sent.now)
        return f"{_PATH}/{batch.id}"

    return _try(_Sent(sent, person, payout_id), f"refuse:{line_id[:26]}", act)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A person's form about a batch."""

    exchange: Exchange
    person: Person
    payout_id: str


def _act(sent: _Sent, verb: str, do: Callable[..., PayoutRow]) -> Response[bytes]:
    exchange = sent.exchange

    def act(session: Session) -> str:
        version = exchange.form.whole("version", least=1, most=10**6)
        exchange.form.check()
        command = PayoutCommand(sent.payout_id[:26], version)
        return f"{_PATH}/{do(session, command, by=sent.person, now=exchange.now).id}"

    return _try(sent, f"{verb}-payout:{sent.payout_id[:26]}", act)


def _try(sent: _Sent, scope: str, act: Callable[[Session], str]) -> Response[bytes]:
    """Act once; what was refused is said on the batch's own page."""
    exchange = sent.exchange
    try:
        return exchange.once(f"{scope}:{sent.person.id}", act)
    except (Conflict, Forbidden, InvalidInput) as error:
        return _show_batch(
            exchange,
            sent.person,
            sent.payout_id,
            status=status_of(error),
            notice=exchange.page.say(error),
        )


def _fund(session: Session, exchange: Exchange) -> FundRow:
    """The fund that is asked for, since last year's is still paid from; else the present one."""
    if code := exchange.form.raw("fund"):
        fund = next((one for one in list_funds(session) if one.code == code), None)
    else:
        fund = find_shown_fund(session, exchange.today)
    if fund is None:
        raise NotFound("fund")
    return fund


def _show_list(
    exchange: Exchange, person: Person, *, status: int = 200, notice: str = ""
) -> Response[bytes]:
    page, form = exchange.page, exchange.form
    with exchange.database.reading() as session:
        funds = list_funds(session)
        if not funds:
            return page.show("bookings/compensation/staff_payouts_empty.html", status=200)
        fund = _fund(session, exchange)
        owed = list_owed(session, fund.code, most=LINES_MAX)
        values = {
            "fund": fund,
            "others": [one for one in funds if one.code != fund.code],
            "payer": find_payer(session, fund.code),
            "owed": owed,
            "owed_cents": sum(row.owed_cents for row in owed),
            "payouts": list_payouts(session, fund.code),
            "statements": list_statements(session, fund.code),
            "names": {one.id: one.name for one in list_people(session)},
        }
    return page.show(
        "bookings/compensation/staff_payouts.html",
        status=status,
        form=form,
        errors=form.errors,
        notice=notice,
        may_make=person.has(*MAKERS),
        may_read_statement=person.has(*MAKERS, Role.PAYER),
        may_set_payer=person.has(Role.DIRECTOR, Role.ADMIN),
        **values,
    )


def _show_batch(
    exchange: Exchange, person: Person, payout_id: str, *, status: int = 200, notice: str = ""
) -> Response[bytes]:
    with exchange.database.reading() as session:
        payout = get_payout(session, payout_id[:26])
        lines = list_lines(session, payout.id)
        names = {one.id: one.name for one in list_people(session)}
    people = {payout.made_by, *(one for row in lines for one in (row.checked_by, row.decided_by))}
    is_open = payout.state in {PayoutState.DRAFTED, PayoutState.SEALED}
    return exchange.page.show(
        "bookings/compensation/staff_payout.html",
        status=status,
        form=Form({}),
        notice=notice,
        payout=payout,
        lines=lines,
        names=names,
        may_seal=payout.state is PayoutState.DRAFTED and person.has(*MAKERS),
        may_release=(
            payout.state is PayoutState.SEALED
            and person.has(Role.PAYER)
            and person.id not in people
        ),
        may_cancel=is_open and person.has(*MAKERS, Role.PAYER),
        may_refuse=payout.state is PayoutState.SENT and person.has(*MAKERS, Role.PAYER),
        is_sent=payout.state in {PayoutState.SENT, PayoutState.CLOSED},
    )
