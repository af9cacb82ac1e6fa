"""What the fund answers to visits, and that each answer is what the ledger says."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bookings.compensation.queries import (
    find_claim_of_visit,
    find_fund,
    get_claim_of_visit,
    get_fund_view,
    list_fund_months,
)
from bookings.compensation.rules import ClaimState
from bookings.compensation.service import sweep_ring_fences, top_up_fund
from bookings.ledger.queries import check_ledger, get_balances
from bookings.visits.rules import TransportAward, TransportState
from bookings.visits.service import TransportDesk
from tests.factories.compensation import (
    DESK,
    FUND,
    POLICY,
    SETTINGS,
    TRIP_DAY,
    given_arrival,
    given_fund,
    given_open_claim,
    given_school_at,
    given_trip,
)
from vizium.db.session import Database
from vizium.kernel.money import Cents
from vizium.mail.service import list_mails

_AFTER_FENCE = timedelta(days=28)


def _pots(session: Session) -> tuple[int, int, int, int]:
    balances = get_balances(session, FUND)
    assert check_ledger(session, SETTINGS.secret_key).problems == ()
    return (
        balances["available"],
        balances["reserved-far"],
        balances["encumbered"],
        balances["obligated"],
    )


def test_desk_is_what_visits_ask_for() -> None:
    desk: TransportDesk = DESK

    assert desk is DESK


def test_reserve_takes_the_award_from_the_fund(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        visit = given_trip(session, given_school_at(session, 190_000, now=now), now=now)

        answer = DESK.reserve(session, visit, now=now)

        assert answer == TransportAward(TransportState.RESERVED, Cents(42_750), ())
        assert _pots(session) == (700_000 - 42_750, 300_000, 42_750, 0)
        claim = get_claim_of_visit(session, visit.id)
        assert (claim.state, claim.award_cents, claim.policy_version) == (
            ClaimState.RESERVED,
            42_750,
            1,
        )


def test_reserve_again_changes_nothing(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        visit = given_trip(session, given_school_at(session, 190_000, now=now), now=now)
        first = DESK.reserve(session, visit, now=now)
        pots = _pots(session)

        assert DESK.reserve(session, visit, now=now) == first
        assert _pots(session) == pots


def test_far_school_uses_the_fence_first_then_the_general_part(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=200_000, now=now)
        visit = given_trip(session, given_school_at(session, 300_000, now=now), now=now)

        DESK.reserve(session, visit, now=now)

        assert _pots(session) == (140_000 - 21_000, 0, 81_000, 0)


def test_near_school_waits_while_the_rest_is_fenced_and_gets_it_afterwards(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=50_000, now=now)
        near = given_school_at(session, 190_000, now=now)
        early, late = (given_trip(session, near, now=now) for _ in range(2))

        waits = DESK.reserve(session, early, now=now)
        served = DESK.reserve(session, late, now=now + _AFTER_FENCE)

        assert waits == TransportAward(TransportState.WAITLISTED, Cents(0), ("fund_empty",))
        assert served.state is TransportState.RESERVED
        assert _pots(session) == (50_000 - 42_750, 0, 42_750, 0)


def test_third_award_of_a_school_in_a_year_is_refused(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        school = given_school_at(session, 62_000, now=now)
        answers = [
            DESK.reserve(session, given_trip(session, school, now=now), now=now) for _ in range(3)
        ]

        assert [answer.state for answer in answers] == [
            TransportState.RESERVED,
            TransportState.RESERVED,
            TransportState.INELIGIBLE,
        ]
        assert answers[2].reasons == ("cap_reached",)
        assert _pots(session)[2] == 2 * 13_950


def test_released_award_frees_money_and_cap(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        school = given_school_at(session, 300_000, now=now)
        visits = [given_trip(session, school, now=now) for _ in range(3)]
        for visit in visits[:2]:
            DESK.reserve(session, visit, now=now)

        for _ in range(2):
            DESK.release(session, visits[0].id, reason="cancelled", now=now)

        assert _pots(session) == (700_000, 300_000 - 81_000, 81_000, 0)
        assert get_claim_of_visit(session, visits[0].id).state is ClaimState.WITHDRAWN
        assert DESK.reserve(session, visits[2], now=now).state is TransportState.RESERVED


def test_release_of_a_fenced_award_after_the_fence_goes_to_everybody(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        visit = given_trip(session, given_school_at(session, 300_000, now=now), now=now)
        DESK.reserve(session, visit, now=now)

        later = now + _AFTER_FENCE
        sweep_ring_fences(session, secret_key=SETTINGS.secret_key, now=later)
        DESK.release(session, visit.id, reason="expired", now=later)

        assert _pots(session) == (1_000_000, 0, 0, 0)
        assert get_claim_of_visit(session, visit.id).state is ClaimState.LAPSED


def test_changed_visit_is_answered_anew_and_keeps_its_place_in_time(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        school = given_school_at(session, 190_000, now=now)
        visit = given_trip(session, school, pupils=9, now=now)
        refused = DESK.reserve(session, visit, now=now)

        later = now + timedelta(hours=1)
        DESK.release(session, visit.id, reason="changed", now=later)
        served = DESK.reserve(session, replace(visit, pupils=10), now=later)

        assert (refused.state, refused.reasons) == (
            TransportState.INELIGIBLE,
            ("below_min_pupils",),
        )
        assert served.state is TransportState.RESERVED
        assert get_claim_of_visit(session, visit.id).asked_at == now


def test_every_reason_is_given_at_once(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        school = given_school_at(session, None, now=now)
        visit = given_trip(session, school, pupils=5, activity=None, now=now)

        answer = DESK.reserve(session, visit, now=now)

        assert answer.reasons == (
            "below_min_pupils",
            "below_min_programmes",
            "distance_unknown",
        )


def test_visit_outside_of_every_fund_is_told_so_and_leaves_no_claim(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        visit = given_trip(session, given_school_at(session, 190_000, now=now), now=now)

        answer = DESK.reserve(session, visit, now=now)

        assert answer == TransportAward(TransportState.INELIGIBLE, Cents(0), ("no_fund",))
        assert find_claim_of_visit(session, visit.id) is None
        DESK.release(session, visit.id, reason="cancelled", now=now)
        DESK.open_claim(session, visit, now=now)


def test_estimate_writes_nothing_and_tells_what_the_school_may_have(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=100_000, now=now)
        near, far = (given_school_at(session, m, now=now) for m in (190_000, 300_000))
        before = check_ledger(session, SETTINGS.secret_key)

        estimates = [
            DESK.estimate(
                session, register_no=school, day=TRIP_DAY, pupils=25, programmes=1, now=now
            )
            for school in (near, far)
        ]

        assert [(e.estimate_cents, e.share_bp, e.fund_available_cents) for e in estimates] == [
            (42_750, 7500, 70_000),
            (81_000, 9000, 100_000),
        ]
        assert [e.reasons for e in estimates] == [(), ()]
        assert check_ledger(session, SETTINGS.secret_key) == before


def test_estimate_says_when_the_fund_is_empty_or_the_cap_is_reached(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=100_000, now=now)
        school = given_school_at(session, 190_000, now=now)
        for _ in range(2):
            DESK.reserve(session, given_trip(session, school, now=now), now=now)
        top_up_fund(session, FUND, Cents(1), secret_key=SETTINGS.secret_key, by="test", now=now)
        DESK.reserve(session, given_trip(session, school, now=now), now=now)

        estimate = DESK.estimate(
            session, register_no=school, day=TRIP_DAY, pupils=25, programmes=1, now=now
        )

        assert estimate.reasons == ("fund_empty",)
        assert estimate.estimate_cents == 42_750


def test_estimate_promises_nothing_to_a_day_without_a_programme(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=100_000, now=now)
        school = given_school_at(session, 190_000, now=now)

        estimate = DESK.estimate(
            session, register_no=school, day=TRIP_DAY, pupils=25, programmes=0, now=now
        )

    assert (estimate.estimate_cents, estimate.reasons) == (0, ("below_min_programmes",))


def test_claim_opens_when_the_class_was_here_with_its_last_day(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        claim = given_open_claim(session, now=now)

        assert (claim.state, claim.last_day) == (ClaimState.OPEN, date(2027, 2, 25))
        mail = list_mails(session)[0]
        assert mail.recipient == "anna@example.lv"
        assert f"/lv/visits/{claim.reference}/" in mail.text


def test_class_that_was_taken_for_a_no_show_gets_its_award_back(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        visit = given_trip(session, given_school_at(session, 190_000, now=now), now=now)
        DESK.reserve(session, visit, now=now)
        DESK.release(session, visit.id, reason="no_show", now=now)

        given_arrival(session, visit, pupils=25, now=now)

        assert get_claim_of_visit(session, visit.id).state is ClaimState.OPEN
        assert _pots(session)[2] == 42_750


def test_public_view_is_the_ledger_to_the_cent(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=100_001, now=now)
        for distance_m in (300_000, 62_000, 190_000, 190_000):
            school = given_school_at(session, distance_m, now=now)
            DESK.reserve(session, given_trip(session, school, now=now), now=now)
        fund = find_fund(session, TRIP_DAY)
        assert fund is not None

        view = get_fund_view(session, fund, TRIP_DAY)

        balances = get_balances(session, FUND)
        assert (
            view.appropriated_cents
            == 100_001
            == (
                view.available_cents
                + view.encumbered_cents
                + view.obligated_cents
                + view.expended_cents
            )
        )
        months = list_fund_months(session, FUND)
        assert sum(month.reserved_cents for month in months) == balances["encumbered"]
        assert [(m.month, m.band, m.claims) for m in months] == [
            (date(2027, 1, 1), "60-200", 1),
            (date(2027, 1, 1), "200+", 1),
        ]
        assert view.waiting == 2


def test_policy_of_the_day_of_the_visit_counts(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now, policy=replace(POLICY, pupils_min=26))
        visit = given_trip(session, given_school_at(session, 190_000, now=now), now=now)

        assert DESK.reserve(session, visit, now=now).reasons == ("below_min_pupils",)
