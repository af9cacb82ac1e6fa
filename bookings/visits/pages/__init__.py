"""Pages of visits: plan a day, book one activity, manage by a signed link, check in, feeds."""

from bookings.visits.pages.approval import create_answer, show_approval
from bookings.visits.pages.board import show_day, show_week
from bookings.visits.pages.booking import check_booking, create_visit, new_visit
from bookings.visits.pages.desk import list_arrivals_of_day, show_check_in
from bookings.visits.pages.desk_visit import (
    create_arrival,
    create_cancellation_of_staff,
    create_fee_waiver,
    create_no_show,
    show_visit_of_staff,
)
from bookings.visits.pages.excursion import show_excursion, show_excursion_to_head
from bookings.visits.pages.exports import (
    list_visits_of_staff,
    show_day_xlsx,
    show_visits_csv,
    show_visits_xlsx,
)
from bookings.visits.pages.feeds import (
    list_feeds,
    renew_my_feed,
    renew_staff_feed,
    show_feed,
    show_my_feed,
)
from bookings.visits.pages.move import create_move, new_move
from bookings.visits.pages.phone import create_visit_by_phone, new_visit_by_phone
from bookings.visits.pages.plan import continue_plan, hold_plan, plan_day
from bookings.visits.pages.policy import create_rules, list_rules, new_rules, show_rules
from bookings.visits.pages.replan import create_replan, create_stand_in, show_replan
from bookings.visits.pages.requests import create_answer_for_head, list_requests
from bookings.visits.pages.session import SESSION
from bookings.visits.pages.session_move import SESSION_MOVE
from bookings.visits.pages.timetable import TIMETABLE
from bookings.visits.pages.visit import (
    create_approval,
    create_cancellation,
    create_confirmation,
    create_extension,
    create_undo,
    new_approval,
    new_cancellation,
    show_visit,
)
from bookings.visits.pages.visit_change import create_change, new_change
from bookings.visits.pages.visit_contact import (
    create_contact,
    create_funding,
    new_contact,
    new_funding,
)
from bookings.visits.pages.visit_papers import list_my_visits, show_calendar, show_pass
from bookings.visits.pages.visit_plans import new_day
from bookings.visits.pages.visit_programme import show_booked_programme
from bookings.visits.pages.visit_schools import create_schools, new_schools

PAGES = [
    show_booked_programme,
    new_visit,
    check_booking,
    create_visit,
    plan_day,
    continue_plan,
    hold_plan,
    list_my_visits,
    show_visit,
    create_confirmation,
    create_extension,
    new_approval,
    create_approval,
    create_undo,
    new_cancellation,
    create_cancellation,
    new_change,
    create_change,
    new_day,
    new_schools,
    create_schools,
    new_contact,
    create_contact,
    new_funding,
    create_funding,
    show_pass,
    show_calendar,
    show_excursion,
    show_approval,
    create_answer,
    show_excursion_to_head,
    show_feed,
    show_my_feed,
    renew_my_feed,
    list_feeds,
    renew_staff_feed,
    show_day,
    show_day_xlsx,
    show_week,
    list_arrivals_of_day,
    list_requests,
    create_answer_for_head,
    show_replan,
    create_replan,
    create_stand_in,
    list_visits_of_staff,
    show_visits_xlsx,
    show_visits_csv,
    new_visit_by_phone,
    create_visit_by_phone,
    show_visit_of_staff,
    new_move,
    create_move,
    show_check_in,
    create_arrival,
    create_cancellation_of_staff,
    create_fee_waiver,
    create_no_show,
    list_rules,
    show_rules,
    new_rules,
    create_rules,
    *TIMETABLE,
    *SESSION,
    *SESSION_MOVE,
]
