"""People of the centre before those who answer for it: who they are, what they may do.

```
GET, POST /staff/people               the list; invite somebody (POST /staff/people)
GET       /staff/people/new           the form of an invitation
GET, POST /staff/people/{id}          one person: name, language, roles
POST      /staff/people/{id}/…        deactivation, activation, invitation, sign-out
POST      /staff/people/{id}/tokens/{token}/revocation
```
Looking is for the director and the auditor too; only administrators change.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from vizium.auth.forms import parse_invitation, parse_person, version_seen
from vizium.auth.guards import opens, requires
from vizium.auth.queries import (
    AccountRow,
    count_sessions,
    find_account_id,
    get_account,
    list_accounts,
    list_people,
    list_tokens,
)
from vizium.auth.rules import MONEY_ROLES, STAFF_ROLES, Desk, Person, Role
from vizium.auth.service import (
    PersonCommand,
    change_person,
    deactivate_person,
    end_sessions,
    invite_again,
    invite_person,
    reactivate_person,
    revoke_token,
)
from vizium.db.audit import list_acts
from vizium.db.session import Database, Session
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.web.forms import Form
from vizium.web.i18n import LANGUAGES
from vizium.web.once import once
from vizium.web.page import Page

_EDITORS = (Role.ADMIN,)
_EDITING = [requires(*_EDITORS)]
_PEOPLE = "/staff/people"
_ONE = "/staff/people/{person_id:str}"
_LIST = "auth/people.html"
_NEW = "auth/person_new.html"
_SHOW = "auth/person.html"
_ACTS_SHOWN = 50


@dataclass(slots=True)
class Administering:
    """One request about the people of the centre."""

    page: Page
    database: Database
    person: Person
    form: Form = field(default_factory=lambda: Form({}))

    def show(
        self, person_id: str, *, refusal: str = "", status: int = 200, changed: bool = False
    ) -> Response[bytes]:
        """One person as the account stands now, with the answers that were typed."""
        page, form = self.page, self.form
        with self.database.reading() as session:
            row = get_account(session, person_id)
            tokens = list_tokens(session, row.id)
            signed_in = count_sessions(session, row.id, now=page.now)
            acts = list_acts(session, f"person:{row.id}", most=_ACTS_SHOWN)
            names = {one.id: one.name for one in list_people(session)}
        return page.show(
            _SHOW,
            status=422 if form.errors else status,
            row=row,
            tokens=tokens,
            signed_in=signed_in,
            history=[
                (act.at, act.action.removeprefix("auth."), names.get(act.actor, act.actor))
                for act in reversed(acts)
            ],
            form=form,
            errors=form.errors,
            sent=bool(form.fields),
            refusal=refusal,
            changed=changed,
            is_own=row.id == self.person.id,
            may_edit=self.person.has(*_EDITORS),
            key=page.new_key(),
            **_choices(),
        )

    def act(self, what: str, person_id: str, act: Callable[[Session], None]) -> Response[bytes]:
        """Do it once and show the person; refused, the person as it stands and why."""
        path = f"{_PEOPLE}/{person_id}"

        def acted(session: Session) -> str:
            act(session)
            return path

        page, scope = self.page, f"{what}:{person_id}"
        try:
            return page.go(once(self.database, self.form, scope=scope, now=page.now, act=acted))
        except Conflict as error:
            self.form = Form({})
            return self.show(person_id, refusal=page.say(error), status=409)


def provide_administering(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    form: NamedDependency[Form],
) -> Administering:
    """The `desk` dependency of the pages that change people."""
    return Administering(page, database, person, form)


_DESK = {"desk": Provide(provide_administering, sync_to_thread=False)}


@get(_PEOPLE, guards=[opens(Desk.PEOPLE)], sync_to_thread=True)
def show_people(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """Everybody of the staff; whoever a word of the name or the address finds, teachers too."""
    with database.reading() as session:
        rows = list_accounts(session, asked.raw("q")[:80])
    return page.show(
        _LIST, rows=[(row, _roles(row)) for row in rows], q=asked.raw("q")[:80], may_edit=_may(page)
    )


@get(f"{_PEOPLE}/new", guards=_EDITING, sync_to_thread=True)
def new_person(page: NamedDependency[Page], asked: NamedDependency[Form]) -> Response[bytes]:
    """The form of an invitation."""
    return page.show(_NEW, form=asked, known="", key=page.new_key(), **_choices())


@post(_PEOPLE, guards=_EDITING, dependencies=_DESK, sync_to_thread=True)
def create_person(desk: NamedDependency[Administering]) -> Response[bytes]:
    """Make an account and mail its link."""
    page, form = desk.page, desk.form

    def act(session: Session) -> str:
        base_url, now = page.settings.base_url, page.now
        person_id = invite_person(session, new, base_url=base_url, by=desk.person, now=now)
        return f"{_PEOPLE}/{person_id}"

    try:
        new = parse_invitation(form)
        return page.go(once(desk.database, form, scope="invite", now=page.now, act=act))
    except InvalidInput as error:
        with desk.database.reading() as session:
            known = find_account_id(session, form.raw("email").strip()) or ""
        return page.show_again(_NEW, form, error, known=known, key=page.new_key(), **_choices())


@get(_ONE, guards=[opens(Desk.PEOPLE)], sync_to_thread=True)
def show_person(
    person_id: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """One person."""
    return Administering(page, database, person).show(person_id[:40])


@post(_ONE, guards=_EDITING, dependencies=_DESK, sync_to_thread=True)
def save_changed_person(
    person_id: FromPath[str], desk: NamedDependency[Administering]
) -> Response[bytes]:
    """Change a name, a language, roles, unless somebody has changed the person meanwhile."""
    page, form = desk.page, desk.form
    person_id = person_id[:40]

    def act(session: Session) -> str:
        change_person(session, command, by=desk.person, now=page.now)
        return f"{_PEOPLE}/{person_id}"

    try:
        command = parse_person(form, person_id)
        scope = f"person:{person_id}"
        return page.go(once(desk.database, form, scope=scope, now=page.now, act=act))
    except InvalidInput as error:
        form.errors = list(error.errors)
        return desk.show(person_id)
    except Conflict as error:
        return desk.show(person_id, refusal=page.say(error), status=409, changed=True)


@post(_ONE + "/deactivation", guards=_EDITING, dependencies=_DESK, sync_to_thread=True)
def create_deactivation(
    person_id: FromPath[str], desk: NamedDependency[Administering]
) -> Response[bytes]:
    """Let the person in no more."""
    command = PersonCommand(person_id[:40], version_seen(desk.form))
    return desk.act(
        "deactivate",
        command.id,
        lambda session: deactivate_person(session, command, by=desk.person, now=desk.page.now),
    )


@post(_ONE + "/activation", guards=_EDITING, dependencies=_DESK, sync_to_thread=True)
def create_activation(
    person_id: FromPath[str], desk: NamedDependency[Administering]
) -> Response[bytes]:
    """Let the person in again."""
    command = PersonCommand(person_id[:40], version_seen(desk.form))
    return desk.act(
        "activate",
        command.id,
        lambda session: reactivate_person(session, command, by=desk.person, now=desk.page.now),
    )


@post(_ONE + "/invitation", guards=_EDITING, dependencies=_DESK, sync_to_thread=True)
def create_invitation(
    person_id: FromPath[str], desk: NamedDependency[Administering]
) -> Response[bytes]:
    """Mail a fresh link."""
    page = desk.page
    return desk.act(
        "invite-again",
        person_id[:40],
        lambda session: invite_again(
            session, person_id[:40], base_url=page.settings.base_url, by=desk.person, now=page.now
        ),
    )


@post(_ONE + "/sign-out", guards=_EDITING, dependencies=_DESK, sync_to_thread=True)
def delete_sessions(
    person_id: FromPath[str], desk: NamedDependency[Administering]
) -> Response[bytes]:
    """Sign the person out everywhere."""
    return desk.act(
        "end-sessions",
        person_id[:40],
        lambda session: end_sessions(session, person_id[:40], by=desk.person, now=desk.page.now),
    )


@post(
    _ONE + "/tokens/{token:str}/revocation",
    guards=_EDITING,
    dependencies=_DESK,
    sync_to_thread=True,
)
def create_revocation(
    person_id: FromPath[str], token: FromPath[str], desk: NamedDependency[Administering]
) -> Response[bytes]:
    """Let a program in no more."""
    return desk.act(
        f"revoke:{token[:40]}",
        person_id[:40],
        lambda session: revoke_token(
            session, person_id[:40], token[:40], by=desk.person.id, now=desk.page.now
        ),
    )


def _may(page: Page) -> bool:
    return page.has_role(*_EDITORS)


def _roles(row: AccountRow) -> Sequence[str]:
    return [role.value for role in Role if role in row.roles]


def _choices() -> dict[str, Any]:
    return {
        "roles": [role.value for role in Role if role in STAFF_ROLES],
        "money_roles": [role.value for role in Role if role in MONEY_ROLES],
        "languages": LANGUAGES,
    }


PEOPLE = [
    show_people,
    new_person,
    create_person,
    show_person,
    save_changed_person,
    create_deactivation,
    create_activation,
    create_invitation,
    delete_sessions,
    create_revocation,
]
