"""Pages of visits: book, manage by a signed link, check in."""

from bookings.visits.pages.booking import check_booking, create_visit, new_visit
from bookings.visits.pages.desk import (
    create_arrival,
    list_arrivals_of_day,
    list_visits_of_staff,
    show_check_in,
    show_visit_of_staff,
)
from bookings.visits.pages.visit import (
    create_cancellation,
    create_change,
    create_confirmation,
    create_extension,
    list_my_visits,
    new_change,
    show_calendar,
    show_pass,
    show_visit,
)

PAGES = [
    new_visit,
    check_booking,
    create_visit,
    list_my_visits,
    show_visit,
    create_confirmation,
    create_extension,
    create_cancellation,
    new_change,
    create_change,
    show_pass,
    show_calendar,
    list_arrivals_of_day,
    list_visits_of_staff,
    show_visit_of_staff,
    show_check_in,
    create_arrival,
]
