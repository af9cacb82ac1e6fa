"""The day turns out otherwise: a late bus, other people, something out of order.

```
list_affected   whom an outage concerns            replan_visit   the smallest change for one visit
```
Re-planning writes nothing: what it proposes is applied with `change_visit(on_the_day=True)`, which
judges it again and tells everybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity
from bookings.resources.models import Allocation
from bookings.resources.queries import OutageRow
from bookings.visits.models import Visit, VisitStop
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.replan import Replan, replan
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.search import plan_days
from bookings.visits.queries import VisitRow, get_visit, list_visits_by_id
from bookings.visits.rules import KEEPING, Group
from bookings.visits.service.changes import ChangeVisit
from bookings.visits.service.moves import owner_of
from bookings.visits.service.world import load_world

_VISIT, _SESSION = "visit:", "session:"


@dataclass(frozen=True, slots=True)
class ReplanTrigger:
    """What turned out otherwise; what an outage takes away the day knows by itself.

    `late_to` is the wall time at which a late bus is expected.
    """

    late_to: time | None = None
    groups: tuple[Group, ...] | None = None
    adults: int | None = None


def replan_visit(
    session: Session, reference: str, trigger: ReplanTrigger, *, now: datetime
) -> Replan:
    """The smallest change with which a visit fits its day as it is now; writes nothing.

    Raises:
        NotFound: ``visit``.
    """
    visit = get_visit(session, reference)
    request = visit.request
    if trigger.late_to is not None:
        request = replace(request, arrive=trigger.late_to)
    if trigger.groups is not None:
        request = replace(request, groups=trigger.groups)
    if trigger.adults is not None:
        request = replace(request, adults=trigger.adults)
    owner = owner_of(visit.id)
    world = load_world(session, visit.local_date, now=now, without=owner, schools=request.schools)
    return replan(visit.plan, request, world, search=partial(plan_days, may_idle=True))


def replanned(
    visit: VisitRow, request: PlanRequest, plan: Plan, *, version: int | None
) -> ChangeVisit:
    """The order that applies what `replan_visit` found, if the visit is still as it was seen.

    Where neither the bus nor the people are others, it is the centre that cannot keep its word.
    """
    said = (request.arrive, request.groups, request.adults)
    return ChangeVisit(
        reference=visit.reference,
        version=version,
        plan=plan,
        request=request,
        on_the_day=True,
        by_centre=said == (visit.bus_arrives, visit.groups, visit.adults),
    )


def list_affected(session: Session, outage: OutageRow) -> list[VisitRow]:
    """The visits that stand on what is out of order while it is, the first to start first."""
    ids = set(_by_exhibit(session, outage) if outage.exhibit else _by_capacity(session, outage))
    standing = select(Visit.id).where(Visit.id.in_(ids), Visit.state.in_(KEEPING))
    rows = list_visits_by_id(session, session.scalars(standing).all())
    return sorted(rows, key=lambda visit: (visit.start, visit.reference))


def _by_capacity(session: Session, outage: OutageRow) -> Iterator[str]:
    """Those that hold a room, a host, a gallery themselves or come to a session that does."""
    query = (
        select(Allocation.owner)
        .where(Allocation.resource.in_([outage.resource, f"alone:{outage.resource}"]))
        .where(Allocation.start < outage.end, Allocation.end > outage.start)
    )
    owners = session.scalars(query).all()
    sessions = [one.removeprefix(_SESSION) for one in owners if one.startswith(_SESSION)]
    yield from (one.removeprefix(_VISIT) for one in owners if one.startswith(_VISIT))
    yield from session.scalars(select(VisitStop.visit).where(VisitStop.session.in_(sessions)))


def _by_exhibit(session: Session, outage: OutageRow) -> Iterator[str]:
    """Those whose activity uses the exhibit in these hours."""
    catalogue = session.execute(select(Activity.code, Activity.exhibits))
    codes = [code for code, exhibits in catalogue if outage.exhibit in exhibits]
    yield from session.scalars(
        select(VisitStop.visit).where(
            VisitStop.code.in_(codes), VisitStop.start < outage.end, VisitStop.end > outage.start
        )
    )
