"""Pages of courses: find one, enrol, manage by a signed link, check a certificate; the staff's."""

from bookings.courses.pages.certificates import ask_certificate, check_certificate
from bookings.courses.pages.corrections import create_move, create_revocation, new_move
from bookings.courses.pages.enrolling import (
    check_enrolment,
    create_enrolment,
    new_enrolment,
    show_again,
)
from bookings.courses.pages.enrolment import (
    create_acceptance,
    create_withdrawal,
    show_calendar,
    show_certificate,
    show_enrolment,
)
from bookings.courses.pages.finding import list_class_courses, list_educator_courses, show_course
from bookings.courses.pages.sheet import (
    create_attendance,
    create_cancellation,
    create_session,
    new_session,
    show_session,
)
from bookings.courses.pages.staff import (
    create_capacity,
    create_completions,
    create_course_of_staff,
    create_publication,
    list_courses_of_staff,
    new_course,
    show_course_of_staff,
    show_enrolments_csv,
    show_enrolments_xlsx,
)

PAGES = [
    list_educator_courses,
    list_class_courses,
    show_course,
    new_enrolment,
    check_enrolment,
    create_enrolment,
    show_again,
    show_enrolment,
    create_acceptance,
    create_withdrawal,
    show_certificate,
    show_calendar,
    ask_certificate,
    check_certificate,
    list_courses_of_staff,
    new_course,
    create_course_of_staff,
    show_course_of_staff,
    create_publication,
    create_capacity,
    create_completions,
    show_enrolments_csv,
    show_enrolments_xlsx,
    new_session,
    create_session,
    show_session,
    create_attendance,
    create_cancellation,
    new_move,
    create_move,
    create_revocation,
]
