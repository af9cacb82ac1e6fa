"""What a class carries: a signed token, a QR (`code`), a printed pass, a calendar entry.

Pure. `code` loads 9 MB of libraries and is imported where a paper is made.
"""

from bookings.visits.passes.calendar import CalendarEntry, make_calendar
from bookings.visits.passes.sheet import PassSheet, make_pdf
from bookings.visits.passes.token import PassFacts, read_pass, sign_pass

__all__ = [
    "CalendarEntry",
    "PassFacts",
    "PassSheet",
    "make_calendar",
    "make_pdf",
    "read_pass",
    "sign_pass",
]
