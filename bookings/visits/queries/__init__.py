"""Reads of sessions and visits, as frozen rows: all that pages and other features see."""

from bookings.visits.queries.rows import ArrivalRow, PartyRow, StopRow, VisitRow, VisitWish
from bookings.visits.queries.sessions import (
    find_takers,
    get_sessions,
    list_alternatives,
    list_sessions,
)
from bookings.visits.queries.stops import list_plan_stops, stop_of
from bookings.visits.queries.visits import (
    booked_at,
    find_arrival,
    find_visit,
    get_visit,
    get_visit_by_id,
    has_expired_holds,
    list_arrivals,
    list_visits,
    list_visits_between,
    list_visits_by_id,
    list_visits_of_day,
    new_row,
)
from bookings.visits.rules import SessionRow

__all__ = [
    "ArrivalRow",
    "PartyRow",
    "SessionRow",
    "StopRow",
    "VisitRow",
    "VisitWish",
    "booked_at",
    "find_arrival",
    "find_takers",
    "find_visit",
    "get_sessions",
    "get_visit",
    "get_visit_by_id",
    "has_expired_holds",
    "list_alternatives",
    "list_arrivals",
    "list_plan_stops",
    "list_sessions",
    "list_visits",
    "list_visits_between",
    "list_visits_by_id",
    "list_visits_of_day",
    "new_row",
    "stop_of",
]
