"""Reads of sessions and visits, as frozen rows: all that pages and other features see."""

from bookings.visits.queries.sessions import (
    find_takers,
    get_sessions,
    list_alternatives,
    list_sessions,
)
from bookings.visits.queries.visits import (
    ArrivalRow,
    StopRow,
    VisitRow,
    VisitWish,
    find_arrival,
    find_visit,
    get_visit,
    get_visit_by_id,
    has_expired_holds,
    list_arrivals,
    list_visits,
    list_visits_of_day,
)
from bookings.visits.rules import SessionRow

__all__ = [
    "ArrivalRow",
    "SessionRow",
    "StopRow",
    "VisitRow",
    "VisitWish",
    "find_arrival",
    "find_takers",
    "find_visit",
    "get_sessions",
    "get_visit",
    "get_visit_by_id",
    "has_expired_holds",
    "list_alternatives",
    "list_arrivals",
    "list_sessions",
    "list_visits",
    "list_visits_of_day",
]
