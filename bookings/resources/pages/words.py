"""The centre's own words: skills of hosts, kinds of rooms; add one, say one otherwise."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.resources.forms import parse_term
from bookings.resources.guards import EDITORS, may_edit, may_look
from bookings.resources.queries import TermRow, list_terms
from bookings.resources.rules import TermKind
from bookings.resources.service import add_term, save_term
from vizium.db.session import Session
from vizium.kernel.errors import NotFound
from vizium.web.once import Exchange

_WORDS = "/staff/resources/words"


@get(_WORDS, sync_to_thread=True, guards=[may_look])
def show_words(asking: NamedDependency[Exchange]) -> Response[bytes]:
    """All words, by what they name."""
    with asking.database.reading() as session:
        terms = list_terms(session)
    may_edit = asking.page.has_role(*EDITORS)
    return asking.ask("bookings/resources/words.html", terms=terms, may_edit=may_edit)


@get(f"{_WORDS}/{{kind:str}}/{{code:str}}", sync_to_thread=True, guards=[may_edit])
def edit_word(
    asking: NamedDependency[Exchange], kind: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """The form for one word; ``new`` is the code of one to come."""
    return _ask_word(asking, kind, code)


@post(f"{_WORDS}/{{kind:str}}/{{code:str}}", sync_to_thread=True, guards=[may_edit])
def save_word(
    sent: NamedDependency[Exchange], kind: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """Add the word, or say it otherwise."""

    def act(session: Session) -> str:
        row = parse_term(sent.form, _row(session, kind, code))
        (save_term if row.code else add_term)(session, row, by=sent.by, now=sent.now)
        return _WORDS

    return sent.once(f"word:{kind}.{code}", act, again=lambda: _ask_word(sent, kind, code))


def _ask_word(exchange: Exchange, kind: str, code: str) -> Response[bytes]:
    with exchange.database.reading() as session:
        row = _row(session, kind, code)
    return exchange.ask("bookings/resources/word.html", row=row, path=f"{_WORDS}/{kind}/{code}")


def _row(session: Session, kind: str, code: str) -> TermRow:
    if kind not in list(TermKind):
        raise NotFound("resource", resource=kind[:40])
    if code == "new":
        return TermRow(TermKind(kind), "", "", "")
    for term in list_terms(session)[TermKind(kind)]:
        if term.code == code:
            return term
    raise NotFound("resource", resource=code[:40])


WORDS = [show_words, edit_word, save_word]
