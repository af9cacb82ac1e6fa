"""The JSON API of the waiting list: join, see where a class stands, answer an offer, leave."""

from bookings.waiting.api.classes import (
    create_acceptance,
    create_refusal,
    create_waiting_item,
    delete_waiting_item,
    list_waiting_items,
    show_waiting_item,
)

API = [
    list_waiting_items,
    create_waiting_item,
    show_waiting_item,
    delete_waiting_item,
    create_acceptance,
    create_refusal,
]
