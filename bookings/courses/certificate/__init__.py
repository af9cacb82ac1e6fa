"""What people carry away: a certificate to print, a QR that leads to its check, a calendar.

Pure. `code` and typst load megabytes of libraries and are imported where a paper is made.
"""

from bookings.courses.certificate.calendar import CalendarDay, make_calendar
from bookings.courses.certificate.sheet import CertificateSheet, make_pdf

__all__ = ["CalendarDay", "CertificateSheet", "make_calendar", "make_pdf"]
