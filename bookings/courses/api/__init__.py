"""The JSON API of courses; the same services as the pages."""

from bookings.courses.api.courses import (
    create_course_by_api,
    create_publication,
    create_session,
    delete_session,
    list_course_items,
    show_course,
    update_session,
)
from bookings.courses.api.enrolments import (
    create_acceptance,
    create_attendance,
    create_completions,
    create_enrolment,
    create_revocation,
    delete_enrolment,
    list_enrolment_items,
    show_calendar,
    show_certificate,
    show_enrolment,
)

API = [
    list_course_items,
    show_course,
    create_course_by_api,
    create_publication,
    create_session,
    update_session,
    delete_session,
    create_enrolment,
    list_enrolment_items,
    show_enrolment,
    create_acceptance,
    delete_enrolment,
    create_attendance,
    create_completions,
    create_revocation,
    show_certificate,
    show_calendar,
]
