"""Change who comes to a visit, or take another plan for it: see what changes, then do it.

When the standing plan does not hold the new numbers, other plans for them are offered instead; the
visit stays as it is until one is taken.
"""

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.visits.forms import GRADES
from bookings.visits.forms.numbers import (
    number_pairs,
    numbers_form,
    parse_numbers,
    prefix_of,
)
from bookings.visits.pages.plan_cards import names_of, warnings_in_words
from bookings.visits.pages.plan_view import moments_of_plan
from bookings.visits.pages.visit_link import ASKED, BY_LINK_PATH, SENT, Link, version_of
from bookings.visits.pages.visit_plans import show_changes, wanted_of
from bookings.visits.planner.ids import decode_plan
from bookings.visits.service import ChangeVisit, change_visit, get_policy, preview_change
from bookings.visits.service.access import BY_LINK
from bookings.visits.service.planning import Wanted
from vizium.kernel.errors import Conflict, InvalidInput

# What another plan may mend: the day has no room, or its activities do not take such a class.
_DAY_FAULTS = frozenset({"capacity_exceeded", "plan_refused", "session_taken"})
_PLAN_FAULTS = frozenset({"group_too_large", "group_too_small", "grade_not_taken"})


@get(BY_LINK_PATH + "/change", dependencies=ASKED, sync_to_thread=True)
def new_change(link: NamedDependency[Link]) -> Response[bytes]:
    """New numbers or a new plan; when they are given, what they would change and the button."""
    if not link.is_open:
        return link.refuse_closed()
    if not link.form.raw("plan") and "adults" not in link.form.fields:
        link.form = numbers_form(link.visit)
        return _ask_numbers(link)
    try:
        command = _command(link)
        return _show_difference(link, command)
    except InvalidInput as error:
        return (
            _offer(link)
            if _PLAN_FAULTS & {one.code for one in error.errors}
            else _ask_again(link, error)
        )
    except Conflict as error:
        return _instead(link, error)


@post(BY_LINK_PATH + "/change", dependencies=SENT, sync_to_thread=True)
def create_change(link: NamedDependency[Link]) -> Response[bytes]:
    """Change the visit; what has no room meanwhile leaves it as it was, with other plans."""
    try:
        command = _command(link)
        return link.act(
            "change",
            lambda session: change_visit(
                session,
                command,
                transport=link.transport,
                settings=link.page.settings,
                by=BY_LINK,
                now=link.page.now,
            ),
            refused=lambda error: _instead(link, error),
        )
    except InvalidInput as error:
        return _ask_again(link, error)
    except Conflict as error:
        return link.refuse(error)


def _command(link: Link) -> ChangeVisit:
    """What the form asks for: a plan with the people that it was made for, or other people.

    Raises:
        InvalidInput: every field's error.
        Conflict: ``plan_unknown``: not a plan of ours for this visit.
    """
    form, visit = link.form, link.visit
    plan = form.raw("plan")
    numbers = None
    if "adults" in form.fields or not plan:
        with link.database.reading() as session:
            policy = get_policy(session, visit.local_date)
        numbers = parse_numbers(form, visit, policy)
    form.check()
    parties = numbers.parties or None if numbers else None
    if numbers is not None and not plan:
        return ChangeVisit(
            visit.reference,
            numbers.groups,
            numbers.adults,
            version=version_of(form),
            parties=parties,
        )
    picked = decode_plan(plan, link.page.settings.secret_key)
    if picked is None or picked[0].schools != visit.schools:
        raise Conflict("plan_unknown")
    return ChangeVisit(
        visit.reference,
        version=version_of(form),
        request=picked[0],
        plan=picked[1],
        parties=parties,
    )


def _show_difference(link: Link, command: ChangeVisit) -> Response[bytes]:
    page, visit = link.page, link.visit
    after = command.plan
    with link.database.reading() as session:
        difference = preview_change(session, command, transport=link.transport, now=page.now)
        names = names_of(session, [after] if after else [], lang=page.lang, now=page.now)
    changed = [one.after for one in difference.stops if one.after]
    plan = [("plan", link.form.raw("plan"))] if after else []
    return link.show(
        "change_check",
        difference=difference,
        after=after,
        moments=moments_of_plan(after, names, changed=changed) if after else [],
        warnings=warnings_in_words(difference.warnings, page.words),
        to="change",
        comes=[],
        goes=[],
        hidden=[*plan, *number_pairs(link.form, visit), ("version", str(visit.version))],
    )


def _ask_numbers(link: Link) -> Response[bytes]:
    visit = link.visit
    schools = [(prefix_of(index), row.school_name) for index, row in enumerate(visit.parties)]
    return link.show("change", schools=schools or [("", "")], grades=GRADES)


def _ask_again(link: Link, error: InvalidInput) -> Response[bytes]:
    link.form.errors = list(error.errors)
    if "adults" not in link.form.fields:
        link.form = numbers_form(link.visit)
        link.form.errors = list(error.errors)
    return _ask_numbers(link)


def _instead(link: Link, error: Conflict) -> Response[bytes]:
    """Other plans for what was wanted, where it is the day that has no room for it."""
    return _offer(link) if error.code in _DAY_FAULTS else link.refuse(error)


def _offer(link: Link) -> Response[bytes]:
    command = _command(link)
    wanted: Wanted = {}
    if command.groups is not None and command.adults is not None:
        wanted = {"groups": command.groups, "adults": command.adults}
    if command.request is not None:
        wanted = wanted_of(command.request)
    return show_changes(link, wanted, refused=True)
