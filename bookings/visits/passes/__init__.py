"""What a class carries: a signed token, two papers, a calendar entry.

Pure. The QR on them is made by `vizium.files.qr`, which is imported where a paper is made.
"""

from bookings.visits.passes.calendar import CalendarEntry, FeedEvent, make_calendar, make_feed
from bookings.visits.passes.excursion import ExcursionSheet, make_excursion_pdf
from bookings.visits.passes.sheet import PassSheet, make_pdf
from bookings.visits.passes.token import PassFacts, read_pass, sign_pass

__all__ = [
    "CalendarEntry",
    "ExcursionSheet",
    "FeedEvent",
    "PassFacts",
    "PassSheet",
    "make_calendar",
    "make_excursion_pdf",
    "make_feed",
    "make_pdf",
    "read_pass",
    "sign_pass",
]
