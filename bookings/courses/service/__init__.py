"""What happens to courses.

```
runs         make a run, publish it, set its places       sessions     date one, cancel one
moving       a session is at another time or place
enrolments   enrol, wait, accept an offer, withdraw
places       the cell of a course's places, offers to whoever waits
attendance   who was present, and who completed           revocations  a certificate taken back
erasure      forget who enrolled, years later
papers       links, certificate, calendar        letters   what people are told by mail
access       whose enrolment it is, and who of the staff does what
```
"""

from bookings.courses.service.attendance import (
    ConfirmCompletions,
    RecordAttendance,
    confirm_completions,
    record_attendance,
)
from bookings.courses.service.enrolments import (
    Enrol,
    Enrolled,
    EnrolmentCommand,
    accept_offer,
    enrol,
    withdraw_enrolment,
)
from bookings.courses.service.erasure import sweep_erasure
from bookings.courses.service.letters import sweep_reminders
from bookings.courses.service.moving import MoveSession, move_session
from bookings.courses.service.places import offer_places, sweep_lapsed_offer
from bookings.courses.service.revocations import RevokeCertificate, revoke_certificate
from bookings.courses.service.runs import (
    CreateCourse,
    create_course,
    publish_course,
    set_capacity,
)
from bookings.courses.service.sessions import (
    CancelSession,
    NewSession,
    add_session,
    cancel_session,
)

__all__ = [
    "CancelSession",
    "ConfirmCompletions",
    "CreateCourse",
    "Enrol",
    "Enrolled",
    "EnrolmentCommand",
    "MoveSession",
    "NewSession",
    "RecordAttendance",
    "RevokeCertificate",
    "accept_offer",
    "add_session",
    "cancel_session",
    "confirm_completions",
    "create_course",
    "enrol",
    "move_session",
    "offer_places",
    "publish_course",
    "record_attendance",
    "revoke_certificate",
    "set_capacity",
    "sweep_erasure",
    "sweep_lapsed_offer",
    "sweep_reminders",
    "withdraw_enrolment",
]
