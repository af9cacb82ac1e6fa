"""A claim from its invoice over check and decision into the ledger, on both databases."""

from dataclasses import replace
from datetime import datetime

import pytest

from bookings.compensation.queries import (
    get_claim,
    get_claim_of_visit,
    list_decisions,
    list_evidence,
    list_findings,
    list_fund_months,
    propose_award,
)
from bookings.compensation.rules import ClaimState, WarningCode
from bookings.compensation.service import (
    AddEvidence,
    CheckClaim,
    DecideClaim,
    FileClaim,
    add_evidence,
    check_claim,
    decide_claim,
    file_claim,
    save_draft,
    sweep_late_claims,
)
from bookings.ledger.queries import check_ledger, get_balances, list_transfers
from tests.factories.compensation import (
    DESK,
    FUND,
    IBAN,
    SETTINGS,
    given_checked_claim,
    given_file,
    given_filed_claim,
    given_filing,
    given_fund,
    given_open_claim,
    given_person,
    given_school_at,
    given_trip,
)
from vizium.auth.rules import Role
from vizium.db.audit import list_acts
from vizium.db.session import Database
from vizium.kernel.errors import Conflict, Forbidden, InvalidInput
from vizium.kernel.money import Cents
from vizium.mail.service import list_mails

A, B = given_person(Role.FINANCE_A), given_person(Role.FINANCE_B)


def test_claim_from_invoice_to_obligation(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        checked = given_checked_claim(session, now=now)

        decided = decide_claim(
            session, DecideClaim(checked.id, Cents(42_750)), by=B, settings=SETTINGS, now=now
        )

    with database.reading() as session:
        balances = get_balances(session, FUND)
        acts = [act.action for act in list_acts(session, f"claim:{checked.id}")]
        (decision,) = list_decisions(session, checked.id)
        (month,) = list_fund_months(session, FUND)
        mail = list_mails(session)[0]
        assert check_ledger(session, SETTINGS.secret_key).problems == ()
    assert (decided.state, decided.decided_cents) == (ClaimState.APPROVED, 42_750)
    assert (balances["encumbered"], balances["obligated"], balances["payable"]) == (
        0,
        42_750,
        42_750,
    )
    assert (decision.outcome, decision.checked_by, decision.decided_by) == (
        ClaimState.APPROVED,
        A.id,
        B.id,
    )
    assert (month.reserved_cents, month.approved_cents) == (0, 42_750)
    assert "427,50" in mail.text
    assert acts == [
        f"compensation.{act}"
        for act in (
            "answer_request",
            "open_claim",
            "add_evidence",
            "file_claim",
            "check_claim",
            "decide_claim",
        )
    ]


def test_lower_invoice_is_approved_and_the_rest_is_released_at_once(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        checked = given_checked_claim(session, now=now, filing=given_filing(total_cents=50_000))
        assert propose_award(session, checked).award_cents == 37_500

        decided = decide_claim(
            session, DecideClaim(checked.id, Cents(37_500)), by=B, settings=SETTINGS, now=now
        )

        balances = get_balances(session, FUND)
        assert decided.state is ClaimState.APPROVED
        assert (balances["available"], balances["obligated"]) == (700_000 - 37_500, 37_500)


def test_part_of_a_fenced_award_returns_to_the_fence_last(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=100_000, now=now)
        checked = given_checked_claim(
            session, now=now, distance_m=300_000, filing=given_filing(total_cents=90_000, km=600)
        )
        command = DecideClaim(checked.id, Cents(20_000), ("cost_not_eligible",))

        decided = decide_claim(session, command, by=B, settings=SETTINGS, now=now)

        balances = get_balances(session, FUND)
        assert decided.state is ClaimState.PARTIAL
        assert (balances["available"], balances["reserved-far"]) == (70_000, 10_000)


def test_refused_claim_gives_all_money_and_the_cap_back(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        checked = given_checked_claim(session, now=now)
        command = DecideClaim(checked.id, Cents(0), ("paid_elsewhere",), "Skolas soma")

        decided = decide_claim(session, command, by=B, settings=SETTINGS, now=now)

        balances = get_balances(session, FUND)
        (decision,) = list_decisions(session, checked.id)
        assert (decided.state, decided.decided_cents) == (ClaimState.REJECTED, 0)
        assert (balances["available"], balances["encumbered"], balances["caps-used"]) == (
            700_000,
            0,
            0,
        )
        assert (decision.reasons, decision.note) == (("paid_elsewhere",), "Skolas soma")


def test_checker_does_not_decide(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        checked = given_checked_claim(session, now=now)
        command = DecideClaim(checked.id, Cents(42_750))
        both = replace(A, roles=frozenset(Role))

        for person, code in ((A, "same_person"), (both, "same_person")):
            with pytest.raises(Forbidden, match=code):
                decide_claim(session, command, by=person, settings=SETTINGS, now=now)

        assert get_claim(session, checked.id).state is ClaimState.CHECKED


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE_A, Role.FINANCE_B}))
def test_other_roles_neither_check_nor_decide(
    database: Database, now: datetime, role: Role
) -> None:
    person = given_person(role)
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        filed = given_filed_claim(session, now=now)

        with pytest.raises(Forbidden, match="role_missing"):
            check_claim(session, CheckClaim(filed.id), by=person, now=now)
        check_claim(session, CheckClaim(filed.id), by=A, now=now)
        command = DecideClaim(filed.id, Cents(42_750))
        with pytest.raises(Forbidden, match="role_missing"):
            decide_claim(session, command, by=person, settings=SETTINGS, now=now)


@pytest.mark.parametrize(
    ("award_cents", "reasons", "field", "code"),
    [
        (42_751, (), "award", "award_above_proposal"),
        (42_751, ("other",), "award", "award_above_proposal"),
        (-1, ("other",), "award", "award_above_proposal"),
        (42_749, (), "reasons", "reason_missing"),
        (0, (), "reasons", "reason_missing"),
        (100, ("because",), "reasons", "reason_unknown"),
    ],
)
def test_decision_that_the_rules_do_not_allow_is_refused(
    database: Database,
    now: datetime,
    *,
    award_cents: int,
    reasons: tuple[str, ...],
    field: str,
    code: str,
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        checked = given_checked_claim(session, now=now)
        before = get_balances(session, FUND)
        command = DecideClaim(checked.id, Cents(award_cents), reasons)

        with pytest.raises(InvalidInput) as refused:
            decide_claim(session, command, by=B, settings=SETTINGS, now=now)

        assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]
        assert get_balances(session, FUND) == before


def test_decision_on_an_old_version_shows_the_present_state(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        checked = given_checked_claim(session, now=now)
        old = DecideClaim(checked.id, Cents(42_750), expected_version=checked.version - 1)

        with pytest.raises(Conflict) as refused:
            decide_claim(session, old, by=B, settings=SETTINGS, now=now)

        assert (refused.value.code, refused.value.facts) == (
            "claim_changed",
            {"state": "checked", "version": checked.version},
        )


def test_claim_is_decided_once(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        checked = given_checked_claim(session, now=now)
        command = DecideClaim(checked.id, Cents(42_750))
        decide_claim(session, command, by=B, settings=SETTINGS, now=now)

        with pytest.raises(Conflict, match="claim_state"):
            decide_claim(session, command, by=B, settings=SETTINGS, now=now)

        assert get_balances(session, FUND)["obligated"] == 42_750


def test_claim_without_evidence_is_not_checked(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        claim = given_open_claim(session, now=now)
        command = FileClaim(claim.id, given_filing())
        filed = file_claim(session, command, by="school", settings=SETTINGS, now=now)

        with pytest.raises(Conflict, match="evidence_missing"):
            check_claim(session, CheckClaim(filed.id), by=A, now=now)


def test_same_file_again_is_one_piece_of_evidence(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        claim = given_open_claim(session, now=now)
        command = AddEvidence(claim.id, "rekins.pdf", given_file())

        rows = [add_evidence(session, command, by="school", now=now) for _ in range(2)]

        assert rows[0] == rows[1]
        assert list_evidence(session, claim.id) == [rows[0]]


def test_eleventh_file_is_refused(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        claim = given_open_claim(session, now=now)
        for letter in "abcdefghij":
            command = AddEvidence(claim.id, f"{letter}.pdf", given_file(letter))
            add_evidence(session, command, by="school", now=now)

        with pytest.raises(InvalidInput) as refused:
            add_evidence(session, AddEvidence(claim.id, "k", given_file("k")), by="school", now=now)
        assert refused.value.errors[0].code == "too_many_files"


def test_claim_is_not_open_before_the_visit_nor_after_it_was_filed(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        visit = given_trip(session, given_school_at(session, 190_000, now=now), now=now)
        DESK.reserve(session, visit, now=now)
        reserved = get_claim_of_visit(session, visit.id)
        filed = given_filed_claim(session, now=now)

        for claim in (reserved, filed):
            with pytest.raises(Conflict, match="claim_not_open"):
                file_claim(
                    session,
                    FileClaim(claim.id, given_filing()),
                    by="school",
                    settings=SETTINGS,
                    now=now,
                )
            with pytest.raises(Conflict, match="claim_not_open"):
                save_draft(session, claim.id, {"km": "1"}, now=now)


@pytest.mark.parametrize(
    ("filing", "field", "code"),
    [
        (given_filing(km=0), "km", "out_of_bounds"),
        (given_filing(km=-1), "km", "out_of_bounds"),
        (given_filing(km=10**9), "km", "out_of_bounds"),
        (given_filing(total_cents=0), "total", "amount_positive"),
        (given_filing(total_cents=-5), "total", "amount_positive"),
        (given_filing(cofunding_cents=57_001), "cofunding", "cofunding_above_invoice"),
        (given_filing(cofunding_cents=-1), "cofunding", "cofunding_above_invoice"),
        (given_filing(number=" "), "number", "missing"),
    ],
)
def test_filing_that_cannot_be_meant_changes_nothing(
    database: Database, now: datetime, filing: object, field: str, code: str
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        claim = given_open_claim(session, now=now)

        with pytest.raises(InvalidInput) as refused:
            file_claim(
                session,
                FileClaim(claim.id, filing),  # type: ignore[arg-type]  # parametrised
                by="school",
                settings=SETTINGS,
                now=now,
            )

        assert (field, code) in [(error.field, error.code) for error in refused.value.errors]
        assert get_claim(session, claim.id) == claim


def test_claim_after_its_last_day_is_late_even_before_the_sweep(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        claim = given_open_claim(session, now=now)
        filed = given_filed_claim(session, now=now)
        # The last day is 25 February in Riga, two hours ahead of UTC.
        late = datetime.fromisoformat("2027-02-25T22:00:00+00:00")

        with pytest.raises(Conflict, match="claim_late"):
            file_claim(
                session,
                FileClaim(claim.id, given_filing()),
                by="school",
                settings=SETTINGS,
                now=late,
            )
        sweep_late_claims(session, settings=SETTINGS, now=late)
        sweep_late_claims(session, settings=SETTINGS, now=late)

        assert get_claim(session, claim.id).state is ClaimState.LAPSED
        assert get_claim(session, filed.id).state is ClaimState.CLAIMED
        events = [row.event for row in list_transfers(session, f"claim:{claim.id}")]
        assert events == ["reserved", "reserved", "released", "released"]
        assert get_balances(session, FUND)["encumbered"] == 42_750


def test_warnings_name_what_other_claims_have_in_common(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        first = given_filed_claim(session, now=now)
        second = given_filed_claim(session, now=now, filing=given_filing(number="ab-1", km=700))

        found = list_findings(session, second, list_evidence(session, second.id))

        where = {finding.code: finding.facts.get("where") for finding in found}
        assert where == {
            WarningCode.INVOICE_SEEN: first.reference,
            WarningCode.FILE_SEEN: first.reference,
            WarningCode.IBAN_SHARED: first.reference,
            WarningCode.KM_FAR_FROM_DISTANCE: None,
        }


def test_ordinary_claim_has_no_warnings(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        filed = given_filed_claim(session, now=now)

        assert list_findings(session, filed, list_evidence(session, filed.id)) == []
        assert filed.filing is not None
        assert filed.filing.iban == IBAN
