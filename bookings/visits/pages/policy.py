"""The centre's own rules before those who answer for them: every version, and the next one.

```
GET  /staff/rules             what holds today, and all versions
GET  /staff/rules/3           one version, and what it made different
GET  /staff/rules/new?from=3  the form, filled from a version
POST /staff/rules/new         step=preview: errors (422) or what changes; edit: back; save: written
```
A version is never changed. The form carries the highest number that the person saw, so that two who
write at once do not talk past each other.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.visits.forms.policy import (
    STEPS_MOST,
    WEEKDAYS,
    halves,
    parse_rules,
    rules_form,
)
from bookings.visits.forms.policy_fields import (
    Rules,
    rule_groups,
)
from bookings.visits.pages.policy_words import rule_changes, rules_in_words, rules_of
from bookings.visits.planner.world import DayPolicy
from bookings.visits.queries.policy import PolicyRow, get_rules, list_policies, standing_on
from bookings.visits.rules import POLICY, values_of
from bookings.visits.service.policy import WriteRules, write_rules
from vizium.auth.guards import opens, requires
from vizium.auth.queries import list_people
from vizium.auth.rules import Desk, Person, Role
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

WRITERS = (Role.DIRECTOR, Role.ADMIN)
_LIST = "bookings/visits/rules.html"
_SHOW = "bookings/visits/rules_version.html"
_FORM = "bookings/visits/rules_edit.html"
_PREVIEW = "bookings/visits/rules_preview.html"
_NEW = "/staff/rules/new"
# Hidden fields that are not answers.
_NOT_ANSWERS = frozenset({"_csrf_token", "key", "step", "seen"})


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the list: `state` is ``holds``, ``coming``, ``past`` or ``replaced``."""

    row: PolicyRow
    state: str
    by: str


@get("/staff/rules", guards=[opens(Desk.RULES)], sync_to_thread=True)
def list_rules(page: NamedDependency[Page], database: NamedDependency[Database]) -> Response[bytes]:
    """What holds today, and all versions, the newest first."""
    today = local_date(page.now)
    with database.reading() as session:
        rows = list_policies(session)
        names = _names(session)
    standing = standing_on(rows, today)
    states = _states(rows, standing, today)
    return page.show(
        _LIST,
        standing=standing,
        groups=rules_in_words(standing, page.words),
        versions=[
            Version(row, states[row.number], names.get(row.saved_by or "", row.saved_by or ""))
            for row in reversed(rows)
        ],
        may_write=page.has_role(*WRITERS),
    )


@get("/staff/rules/{number:int}", guards=[opens(Desk.RULES)], sync_to_thread=True)
def show_rules(
    page: NamedDependency[Page], database: NamedDependency[Database], number: FromPath[int]
) -> Response[bytes]:
    """One version, and what it made different from the one before it."""
    with database.reading() as session:
        row = get_rules(session, number)
        rows = list_policies(session)
        names = _names(session)
    before = standing_on([one for one in rows if one.number < number], row.valid_from or date.max)
    return page.show(
        _SHOW,
        row=row,
        by=names.get(row.saved_by or "", row.saved_by or ""),
        groups=rules_in_words(row, page.words),
        changes=rule_changes(rules_of(before), rules_of(row), page.words) if number else [],
        may_write=page.has_role(*WRITERS),
    )


@get(_NEW, guards=[requires(*WRITERS)], sync_to_thread=True)
def new_rules(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """The form, filled from what will hold last, or from the version that the address names."""
    with database.reading() as session:
        rows = list_policies(session)
        wanted = asked.raw("from")
        base = (
            get_rules(session, int(wanted))
            if re.fullmatch("[0-9]{1,6}", wanted)
            else standing_on(rows, date.max)
        )
    return _show_form(page, rules_form(rules_of(base)), seen=_last(rows))


@post(_NEW, guards=[requires(*WRITERS)], sync_to_thread=True)
def create_rules(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Say what the next version changes, or write it."""
    with database.reading() as session:
        rows = list_policies(session)
    seen = form.whole("seen", least=0, most=1_000_000, empty=0)
    if form.raw("step") == "edit":
        return _show_form(page, form, seen=seen)
    try:
        valid_from, typed = parse_rules(form, today=local_date(page.now))
        # A rule that the form does not ask for stays as it stood.
        rules = {**rules_of(standing_on(rows, valid_from)), **typed}
        command = _command(valid_from, rules, seen=seen)
        if form.raw("step") != "save":
            return _show_preview(page, form, rows, (valid_from, rules), seen=seen)

        def act(session: Session) -> str:
            number = write_rules(session, command, by=person.id, now=page.now)
            return f"/staff/rules/{number}"

        return page.go(once(database, form, scope="rules", now=page.now, act=act))
    except InvalidInput as error:
        return page.show_again(_FORM, form, error, **_asked(page, seen))
    except Conflict as error:
        with database.reading() as session:
            rows = list_policies(session)
        return _show_preview(
            page, form, rows, (valid_from, rules), seen=_last(rows), refused=page.say(error)
        )


def _command(valid_from: date, rules: Rules, *, seen: int) -> WriteRules:
    visit, day = halves(rules)
    return WriteRules(
        valid_from,
        visit=values_of(replace(POLICY, **cast("dict[str, Any]", visit))),
        day=values_of(replace(DayPolicy(), **cast("dict[str, Any]", day))),
        seen=seen,
    )


def _show_form(page: Page, form: Form, *, seen: int) -> Response[bytes]:
    return page.show(_FORM, form=form, **_asked(page, seen))


def _asked(page: Page, seen: int) -> dict[str, Any]:
    return {
        "groups": rule_groups(),
        "seen": seen,
        "key": page.new_key(),
        "weekdays": WEEKDAYS,
        "steps_most": STEPS_MOST,
    }


def _show_preview(
    page: Page,
    form: Form,
    rows: list[PolicyRow],
    wanted: tuple[date, Rules],
    *,
    seen: int,
    refused: str = "",
) -> Response[bytes]:
    """What stands on that day beside what would; nothing is written yet."""
    valid_from, rules = wanted
    standing = standing_on(rows, valid_from)
    return page.show(
        _PREVIEW,
        status=409 if refused else 200,
        valid_from=valid_from,
        standing=standing,
        changes=rule_changes(rules_of(standing), rules, page.words),
        ends=_next_after(rows, valid_from),
        answers=_answers(form),
        refused=refused,
        seen=seen,
        key=page.new_key(),
    )


def _next_after(rows: list[PolicyRow], day: date) -> date | None:
    """The day on which a later version takes over, if one is written already."""
    later = [row.valid_from for row in rows if row.valid_from and row.valid_from > day]
    return min(later, default=None)


def _answers(form: Form) -> list[tuple[str, str]]:
    """Every answer as a hidden field carries it."""
    return [
        (name, value)
        for name, values in form.fields.items()
        if name not in _NOT_ANSWERS
        for value in values
    ]


def _states(rows: list[PolicyRow], standing: PolicyRow, today: date) -> dict[int, str]:
    """What has become of each version, keyed by its number."""
    states = {}
    for row in rows:
        assert row.valid_from is not None
        if row.number == standing.number:
            states[row.number] = "holds"
        elif standing_on(rows, row.valid_from).number != row.number:
            states[row.number] = "replaced"
        else:
            states[row.number] = "coming" if row.valid_from > today else "past"
    return states


def _last(rows: list[PolicyRow]) -> int:
    return max((row.number for row in rows), default=0)


def _names(session: Session) -> dict[str, str]:
    return {person.id: person.name for person in list_people(session)}
