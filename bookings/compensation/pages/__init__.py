"""Pages of the fund: its public account, the school's claim, the desks of those who pay it."""

from bookings.compensation.pages.claim import (
    check_claim_answers,
    create_claim,
    save_claim_answers,
    show_claim,
)
from bookings.compensation.pages.fund import show_fund, show_fund_csv
from bookings.compensation.pages.payouts import (
    create_cancellation,
    create_payout,
    create_refusal,
    create_release,
    create_seal,
    list_payouts_of_staff,
    save_payer,
    show_payout,
    show_payout_file,
)
from bookings.compensation.pages.staff import (
    create_check,
    create_decision,
    list_claims_of_staff,
    show_claim_of_staff,
    show_evidence,
)
from bookings.compensation.pages.statements import (
    create_line_note,
    create_statement,
    new_statement,
    show_statement,
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
    list_payouts_of_staff,
    create_payout,
    save_payer,
    show_payout,
    show_payout_file,
    create_seal,
    create_release,
    create_cancellation,
    create_refusal,
    new_statement,
    create_statement,
    show_statement,
    create_line_note,
]
