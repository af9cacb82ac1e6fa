"""Pages of the fund: its public account, the school's claim, the finance officers' desk."""

from bookings.compensation.pages.claim import (
    check_claim_answers,
    create_claim,
    save_claim_answers,
    show_claim,
)
from bookings.compensation.pages.fund import show_fund, show_fund_csv
from bookings.compensation.pages.staff import (
    create_check,
    create_decision,
    list_claims_of_staff,
    show_claim_of_staff,
    show_evidence,
)

PAGES = [
    show_fund,
    show_fund_csv,
    show_claim,
    save_claim_answers,
    check_claim_answers,
    create_claim,
    list_claims_of_staff,
    show_claim_of_staff,
    show_evidence,
    create_check,
    create_decision,
]
