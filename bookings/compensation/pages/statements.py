"""The bank's answer: a statement is read, shown line by line, and what is odd gets a word."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.compensation.guards import may_pay, may_read
from bookings.compensation.queries.statements import get_statement, list_bank_lines
from bookings.compensation.rules import STATEMENT_BYTES_MAX
from bookings.compensation.service.statements import read_statement, settle_line
from vizium.auth.queries import list_people
from vizium.auth.rules import MONEY_ROLES, Person
from vizium.db.session import Session
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.web.errors import status_of
from vizium.web.forms import Form
from vizium.web.once import Exchange

_PATH = "/staff/statements"


@get(_PATH + "/new", guards=[may_pay], sync_to_thread=True)
def new_statement(asking: NamedDependency[Exchange]) -> Response[bytes]:
    """Ask for the file of the bank."""
    return asking.ask("bookings/compensation/staff_statement_new.html", notice="")


@post(
    _PATH,
    guards=[may_pay],
    sync_to_thread=True,
    request_max_body_size=STATEMENT_BYTES_MAX + 100_000,
)
def create_statement(
    sent: NamedDependency[Exchange], person: NamedDependency[Person]
) -> Response[bytes]:
    """Read a statement; the same one again shows what it was the first time."""
    upload = sent.form.uploads.get("statement")
    template = "bookings/compensation/staff_statement_new.html"
    if upload is None or not upload.content:
        sent.form.fail("statement", "missing")
        return sent.ask(template, notice="")
    try:
        with sent.database.transaction() as session:
            read = read_statement(
                session,
                upload.content,
                by=person,
                secret_key=sent.page.settings.secret_key,
                now=sent.now,
            )
    except InvalidInput as error:
        sent.form.errors = list(error.errors)
        return sent.ask(template, notice="")
    except Conflict as error:
        return sent.ask(template, status=status_of(error), notice=sent.page.say(error))
    return sent.page.go(f"{_PATH}/{read[-1].id}")


@get(_PATH + "/{statement_id:str}", guards=[may_read], sync_to_thread=True)
def show_statement(
    asking: NamedDependency[Exchange],
    person: NamedDependency[Person],
    statement_id: FromPath[str],
) -> Response[bytes]:
    """A statement: opening, each line with what it was to the fund, closing."""
    return _show(asking, person, statement_id)


@post(_PATH + "/{statement_id:str}/lines/{line_id:str}/note", guards=[may_pay], sync_to_thread=True)
def create_line_note(
    sent: NamedDependency[Exchange],
    person: NamedDependency[Person],
    *,
    statement_id: FromPath[str],
    line_id: FromPath[str],
) -> Response[bytes]:
    """Say what became of a line that nothing was posted for."""

    def act(session: Session) -> str:
        note = sent.form.text("note")
        return f"{_PATH}/{settle_line(session, line_id[:26], note, by=person, now=sent.now)}"

    return sent.once(f"settle:{line_id[:26]}", act, again=lambda: _show(sent, person, statement_id))


def _show(exchange: Exchange, person: Person, statement_id: str) -> Response[bytes]:
    with exchange.database.reading() as session:
        statement = get_statement(session, statement_id[:26])
        lines = list_bank_lines(session, statement.id)
        names = {one.id: one.name for one in list_people(session)}
    return exchange.page.show(
        "bookings/compensation/staff_statement.html",
        status=422 if exchange.form.errors else 200,
        form=Form({}, errors=exchange.form.errors),
        errors=exchange.form.errors,
        statement=statement,
        lines=lines,
        booked_cents=statement.closing_cents - statement.opening_cents,
        names=names,
        may_settle=person.has(*MONEY_ROLES),
    )
