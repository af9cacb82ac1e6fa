"""Pages of the waiting list: its rule, joining, where a class stands, the staff's list and log."""

from bookings.waiting.pages.joining import create_waiting, new_waiting
from bookings.waiting.pages.standing import (
    create_withdrawal,
    list_waiting_of_staff,
    show_rule,
    show_waiting,
)

PAGES = [
    show_rule,
    new_waiting,
    create_waiting,
    show_waiting,
    create_withdrawal,
    list_waiting_of_staff,
]
