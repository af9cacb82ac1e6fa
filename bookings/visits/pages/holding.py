"""Hold the places of a visit from a page: once for each form, and not for ever from one place."""

from collections.abc import Callable
from datetime import timedelta

from bookings.visits.guards import let_go_expired
from bookings.visits.queries import VisitRow
from bookings.visits.service.access import BY_LINK
from bookings.visits.service.papers import manage_path
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.web.forms import Form
from vizium.web.limits import use_once
from vizium.web.once import once
from vizium.web.page import Page

_HOLDS_PER_PEER = 60
_HOLDS_WINDOW = timedelta(minutes=15)


def hold_once(
    page: Page,
    database: Database,
    form: Form,
    *,
    visitor: Person | None,
    hold: Callable[[Session, str], VisitRow],
) -> str:
    """Hold a visit and give the path of its page back; the same form again gives the same path.

    Args:
        hold: holds it in the name of whom it gets.

    Raises:
        InvalidInput, Conflict: as `hold` does.
        TooMany: too many holds from one place.
    """
    with database.transaction() as session:
        use_once(
            session,
            f"hold:{page.peer}",
            most=_HOLDS_PER_PEER,
            window=_HOLDS_WINDOW,
            now=page.now,
        )
    let_go_expired(database, now=page.now)
    by = visitor.id if visitor else BY_LINK
    return once(
        database,
        form,
        scope="hold-visit",
        now=page.now,
        act=lambda session: manage_path(hold(session, by).reference, page.settings),
    )
