"""What people carry away: a certificate to print, a calendar.

Pure. The QR is made by `vizium.files.qr`; it and typst are imported where a paper is made.
"""

from bookings.courses.certificate.calendar import CalendarDay, make_calendar
from bookings.courses.certificate.sheet import CertificateSheet, make_pdf

__all__ = ["CalendarDay", "CertificateSheet", "make_calendar", "make_pdf"]
