"""Reads of courses, as frozen rows."""

from bookings.courses.queries.counts import CourseCounts, course_counts
from bookings.courses.queries.enrolments import (
    CompletionRow,
    EnrolmentRow,
    RevocationRow,
    count_before,
    find_completion,
    find_standing,
    get_enrolment,
    get_enrolment_by_id,
    list_enrolments,
    list_reminded,
)
from bookings.courses.queries.runs import (
    CourseRow,
    CourseSessionRow,
    CourseWish,
    get_course,
    get_session,
    list_courses,
    list_taught,
)

__all__ = [
    "CompletionRow",
    "CourseCounts",
    "CourseRow",
    "CourseSessionRow",
    "CourseWish",
    "EnrolmentRow",
    "RevocationRow",
    "count_before",
    "course_counts",
    "find_completion",
    "find_standing",
    "get_course",
    "get_enrolment",
    "get_enrolment_by_id",
    "get_session",
    "list_courses",
    "list_enrolments",
    "list_reminded",
    "list_taught",
]
