"""Reads of funds, policies and claims, as frozen rows; pages and the API see only these."""

from bookings.compensation.queries.agreement import ClaimProblem, check_claims
from bookings.compensation.queries.claims import (
    CheckRow,
    ClaimRow,
    ClaimWish,
    DecisionRow,
    find_claim_of_visit,
    get_claim,
    get_claim_of_visit,
    list_checks,
    list_claims,
    list_decisions,
)
from bookings.compensation.queries.evidence import (
    EvidenceRow,
    ReadingRow,
    get_evidence,
    list_evidence,
)
from bookings.compensation.queries.funds import (
    FundMonth,
    FundRow,
    FundView,
    PolicyRow,
    find_fund,
    find_policy,
    find_shown_fund,
    get_fund,
    get_fund_view,
    get_policy,
    list_fund_months,
    list_funds,
)
from bookings.compensation.queries.likeness import (
    list_other_ibans,
    list_same_file,
    list_same_iban,
    list_same_invoice,
)
from bookings.compensation.queries.periods import get_period, list_hanging
from bookings.compensation.queries.proposals import (
    list_findings,
    propose_award,
    pupils_who_came,
)

__all__ = [
    "CheckRow",
    "ClaimProblem",
    "ClaimRow",
    "ClaimWish",
    "DecisionRow",
    "EvidenceRow",
    "FundMonth",
    "FundRow",
    "FundView",
    "PolicyRow",
    "ReadingRow",
    "check_claims",
    "find_claim_of_visit",
    "find_fund",
    "find_policy",
    "find_shown_fund",
    "get_claim",
    "get_claim_of_visit",
    "get_evidence",
    "get_fund",
    "get_fund_view",
    "get_period",
    "get_policy",
    "list_checks",
    "list_claims",
    "list_decisions",
    "list_evidence",
    "list_findings",
    "list_fund_months",
    "list_funds",
    "list_hanging",
    "list_other_ibans",
    "list_same_file",
    "list_same_iban",
    "list_same_invoice",
    "propose_award",
    "pupils_who_came",
]
