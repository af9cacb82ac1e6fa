"""What a visit that is changed costs, and what it costs to change it so late.

```
the day stays as it is                    the price stays
the centre changed it                     the smaller of the two prices, and no fee
the same activities, other numbers        what was taken off before stays off, by the pupil
other activities                          what the catalogue says
```
"""

from collections import Counter
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.programmes.queries import list_editions
from bookings.visits.planner.plan import Plan
from bookings.visits.queries import VisitRow
from bookings.visits.rules import VisitState, cancellation_fee
from bookings.visits.service.policy import get_policy
from vizium.kernel.money import Cents


def price_after(session: Session, visit: VisitRow, plan: Plan, *, by_centre: bool) -> Cents:
    """What a visit costs with another plan."""
    before = visit.plan
    if plan == before:
        return visit.price_cents
    full = _price_of(session, plan)
    if by_centre:
        return min(full, visit.price_cents)
    if _contents(plan) != _contents(before):
        return full
    taken_off = max(0, _price_of(session, before) - visit.price_cents)
    pupils = sum(subgroup.pupils for subgroup in plan.subgroups)
    return Cents(max(0, full - taken_off * pupils // visit.pupils))


def fee_after(
    session: Session, visit: VisitRow, price: Cents, *, by_centre: bool, now: datetime
) -> Cents:
    """Who brings fewer people late cancels a part of the visit, and owes what that part costs.

    What the centre changes by itself costs the school nothing.
    """
    is_free = by_centre or visit.state is not VisitState.CONFIRMED
    if is_free or price >= visit.price_cents:
        return visit.fee_cents
    policy = get_policy(session, visit.local_date)
    dropped = Cents(visit.price_cents - price)
    fee = cancellation_fee(dropped, visit.local_date, now=now, policy=policy)
    return Cents(visit.fee_cents + fee)


def _price_of(session: Session, plan: Plan) -> Cents:
    prices = {row.code: row.price_cents for row in list_editions(session, plan.day)}
    return Cents(
        sum(prices[stop.code] * plan.pupils_of(stop) for stop in plan.stops if stop.is_activity)
    )


def _contents(plan: Plan) -> Counter[str]:
    """The activities, each as often as it is held."""
    return Counter(stop.code for stop in plan.stops if stop.is_activity)
