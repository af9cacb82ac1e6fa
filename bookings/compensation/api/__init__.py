"""The JSON API of the fund, its claims and its ledger; the same services as the pages."""

from bookings.compensation.api.claims import (
    create_check,
    create_claim,
    create_decision,
    create_evidence,
    list_claim_items,
    show_claim,
)
from bookings.compensation.api.fund import show_fund, show_ledger_check
from bookings.compensation.api.payouts import (
    create_bank_statement,
    create_payout_item,
    create_payout_release,
    list_payout_items,
    show_pain001,
    show_payout_item,
)

API = [
    show_fund,
    list_claim_items,
    show_claim,
    create_claim,
    create_evidence,
    create_check,
    create_decision,
    show_ledger_check,
    list_payout_items,
    show_payout_item,
    create_payout_item,
    create_payout_release,
    show_pain001,
    create_bank_statement,
]
