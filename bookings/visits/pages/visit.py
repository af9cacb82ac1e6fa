"""The page of one visit, opened by its signed link: confirm, ask the head, hold longer, cancel."""

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.visits.guards import let_go_expired
from bookings.visits.pages.visit_link import (
    ASKED,
    BY_LINK_PATH,
    SENT,
    Link,
    show_visit_page,
)
from bookings.visits.rules import VisitState
from bookings.visits.service import (
    RequestVisit,
    VisitCommand,
    cancel_visit,
    confirm_visit,
    extend_hold,
    get_policy,
    preview_cancellation,
    request_visit,
    undo_change,
)
from bookings.visits.service.access import BY_LINK
from vizium.kernel.registers import parse_email


@get(BY_LINK_PATH, dependencies=ASKED, sync_to_thread=True)
def show_visit(link: NamedDependency[Link]) -> Response[bytes]:
    """Where the visit stands and what can be done; may be bookmarked."""
    return show_visit_page(link)


@post(BY_LINK_PATH + "/confirmation", dependencies=SENT, sync_to_thread=True)
def create_confirmation(link: NamedDependency[Link]) -> Response[bytes]:
    """Confirm a held visit."""
    return link.act(
        "confirm",
        lambda session: confirm_visit(
            session,
            VisitCommand(link.visit.reference),
            transport=link.transport,
            settings=link.page.settings,
            by=BY_LINK,
            now=link.page.now,
        ),
    )


@post(BY_LINK_PATH + "/extension", dependencies=SENT, sync_to_thread=True)
def create_extension(link: NamedDependency[Link]) -> Response[bytes]:
    """Hold for half an hour more, or again."""
    let_go_expired(link.database, now=link.page.now)
    return link.act(
        "extend",
        lambda session: extend_hold(
            session, VisitCommand(link.visit.reference), by=BY_LINK, now=link.page.now
        ),
    )


@get(BY_LINK_PATH + "/approval", dependencies=ASKED, sync_to_thread=True)
def new_approval(link: NamedDependency[Link]) -> Response[bytes]:
    """Who approves the visit."""
    if link.visit.state not in {VisitState.HELD, VisitState.PROVISIONAL}:
        return link.refuse_closed()
    return link.show("visit_approval")


@post(BY_LINK_PATH + "/approval", dependencies=SENT, sync_to_thread=True)
def create_approval(link: NamedDependency[Link]) -> Response[bytes]:
    """Send the visit to the head of the school."""
    approver = link.form.number("approver", parse_email, "")
    if link.form.errors:
        return link.show("visit_approval")
    return link.act(
        "request",
        lambda session: request_visit(
            session,
            RequestVisit(link.visit.reference, link.command().version, approver),
            settings=link.page.settings,
            by=BY_LINK,
            now=link.page.now,
        ),
    )


@post(BY_LINK_PATH + "/undo", dependencies=SENT, sync_to_thread=True)
def create_undo(link: NamedDependency[Link]) -> Response[bytes]:
    """Put the visit back to what it was before its last change."""
    return link.act(
        "undo",
        lambda session: undo_change(
            session,
            link.command(),
            transport=link.transport,
            settings=link.page.settings,
            by=BY_LINK,
            now=link.page.now,
        ),
    )


@get(BY_LINK_PATH + "/cancellation", dependencies=ASKED, sync_to_thread=True)
def new_cancellation(link: NamedDependency[Link]) -> Response[bytes]:
    """What cancelling costs and gives back, before it is done."""
    if not link.is_open:
        return link.refuse_closed()
    with link.database.reading() as session:
        preview = preview_cancellation(
            session, VisitCommand(link.visit.reference), now=link.page.now
        )
        free_days = get_policy(session, link.visit.local_date).free_change_days
    return link.show("visit_cancel", fee_cents=preview.fee_cents, free_days=free_days)


@post(BY_LINK_PATH + "/cancellation", dependencies=SENT, sync_to_thread=True)
def create_cancellation(link: NamedDependency[Link]) -> Response[bytes]:
    """Give the places back."""
    return link.act(
        "cancel",
        lambda session: cancel_visit(
            session,
            VisitCommand(link.visit.reference),
            transport=link.transport,
            settings=link.page.settings,
            by=BY_LINK,
            now=link.page.now,
        ),
    )
