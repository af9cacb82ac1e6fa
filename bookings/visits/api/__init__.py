"""The JSON API of sessions, plans and visits; the same services as the pages."""

from bookings.visits.api.arrivals import create_arrival
from bookings.visits.api.offers import create_plans, list_session_items
from bookings.visits.api.orders import create_visit
from bookings.visits.api.papers import show_calendar, show_pass_pdf, show_pass_png
from bookings.visits.api.visits import (
    create_confirmation,
    delete_visit,
    show_visit,
    update_visit,
)

API = [
    list_session_items,
    create_plans,
    create_visit,
    show_visit,
    create_confirmation,
    update_visit,
    delete_visit,
    create_arrival,
    show_pass_pdf,
    show_pass_png,
    show_calendar,
]
