"""The sample centre's waiting classes: made up, and on days that are counted from loading.

Nobody is written to: nobody asked. What the list makes of them, an offer or a longer wait, is its
own work from then on.
"""

from datetime import date, datetime, timedelta

from bookings.resources.queries import opening
from bookings.visits.planner.request import Wish
from bookings.visits.rules import Contact, Group
from bookings.waiting.queries import find_waiting
from bookings.waiting.service import AddWaiting, add_waiting
from vizium.cli.sample_cells import Cells
from vizium.db.session import Session
from vizium.kernel.clock import local_date
from vizium.kernel.registers import parse_phone

_WEEK = timedelta(days=7)
# Longer than any row of closed weeks.
_WEEKS_MOST = 12


def load_waiting(session: Session, cells: Cells, *, now: datetime) -> int:
    """Put a class on the list, unless it stands there or none of its days is open.

    Returns:
        How many classes were put on the list.
    """
    reference = cells.text("reference")
    if find_waiting(session, reference) is not None:
        return 0
    days = _open_days(session, cells, today=local_date(now))
    if not days:
        return 0
    order = AddWaiting(
        school=cells.text("school"),
        days=days,
        groups=(Group(cells.whole("grade"), cells.whole("pupils")),),
        adults=cells.whole("adults"),
        language=cells.text("language"),
        page_language=cells.text("language"),
        contact=Contact(
            cells.text("name"),
            cells.text("email"),
            cells.read("phone", parse_phone, "a telephone number"),
        ),
        wishes=tuple(Wish(code=code) for code in cells.items("activities")),
        reference=reference,
    )
    add_waiting(session, order, settings=None, by="system", now=now)
    return 1


def _open_days(session: Session, cells: Cells, *, today: date) -> tuple[date, ...]:
    """The weekdays of a week from loading on, or of the next week in which one of them is open."""
    monday = today - timedelta(days=today.isoweekday() - 1) + cells.whole("week") * _WEEK
    for number in range(_WEEKS_MOST):
        first = monday + number * _WEEK
        days = (first + timedelta(days=weekday - 1) for weekday in cells.wholes("weekdays"))
        found = tuple(day for day in days if day > today and opening(session, day))
        if found:
            return found
    return ()
