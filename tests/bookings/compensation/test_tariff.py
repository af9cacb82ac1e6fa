"""The award: tables of known answers, and an oracle in exact fractions that shares no code."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.compensation.tariff import (
    Costs,
    Policy,
    PolicyError,
    Trip,
    award,
    parse_policy,
    policy_rules,
)
from tests.factories.compensation import POLICY
from vizium.kernel.money import Cents

_TRIP = Trip(school_known=True, pupils=25, programmes=1, distance_m=190_000)


def _costs(
    invoice: int = 10**9, km: int = 10**6, cofunding: int = 0, reserved: int = 10**9
) -> Costs:
    return Costs(Cents(invoice), km * 1000, Cents(cofunding), Cents(reserved))


@pytest.mark.parametrize(
    ("distance_m", "award_cents", "share_bp", "band", "reasons"),
    [
        (62_000, 13_950, 7500, "60-200", ()),
        (190_000, 42_750, 7500, "60-200", ()),
        (59_999, 9_000, 5000, "0-60", ()),
        (60_000, 13_500, 7500, "60-200", ()),
        (200_000, 45_000, 7500, "60-200", ()),
        (200_001, 54_000, 9000, "200+", ()),
        (300_000, 81_000, 9000, "200+", ()),
        (300_010, 81_000, 9000, "200+", ("trip_cap",)),
        (420_000, 81_000, 9000, "200+", ("trip_cap",)),
        (0, 0, 5000, "0-60", ("nothing_to_pay",)),
        (None, 0, 5000, "0-60", ("distance_unknown",)),
    ],
)
def test_estimate_by_distance(
    distance_m: int | None, award_cents: int, share_bp: int, band: str, reasons: tuple[str, ...]
) -> None:
    planned = award(POLICY, replace(_TRIP, distance_m=distance_m))

    assert (planned.award_cents, planned.share_bp, planned.band, planned.reasons) == (
        award_cents,
        share_bp,
        band,
        reasons,
    )


@pytest.mark.parametrize(
    ("costs", "award_cents", "reasons"),
    [
        (_costs(invoice=57_000, km=380), 42_750, ()),
        (_costs(invoice=50_000, km=380), 37_500, ("invoice_below_eligible",)),
        (_costs(invoice=57_000, km=400), 42_750, ("km_above_distance",)),
        (_costs(invoice=57_000, km=300), 33_750, ()),
        (_costs(invoice=57_000, km=380, cofunding=20_000), 37_000, ("cofunding",)),
        (_costs(invoice=57_000, km=380, cofunding=57_000), 0, ("nothing_to_pay", "cofunding")),
        (_costs(invoice=57_000, km=380, reserved=40_000), 40_000, ("reserved_below",)),
        (
            _costs(invoice=50_001, km=999, cofunding=30_000, reserved=10_000),
            10_000,
            ("km_above_distance", "invoice_below_eligible", "cofunding", "reserved_below"),
        ),
        (_costs(invoice=1, km=380), 1, ("invoice_below_eligible",)),
    ],
)
def test_award_is_bound_by_what_was_spent(
    costs: Costs, award_cents: int, reasons: tuple[str, ...]
) -> None:
    paid = award(POLICY, _TRIP, costs)

    assert (paid.award_cents, paid.reasons) == (award_cents, reasons)


def test_every_refusal_is_named() -> None:
    refused = award(POLICY, Trip(school_known=False, pupils=9, programmes=0, distance_m=None))

    assert refused.award_cents == 0
    assert refused.reasons == (
        "school_unknown",
        "below_min_pupils",
        "below_min_programmes",
        "distance_unknown",
    )


@given(
    distance_m=st.one_of(st.none(), st.integers(0, 500_000)),
    pupils=st.integers(0, 60),
    programmes=st.integers(0, 2),
    known=st.booleans(),
    filed=st.booleans(),
    invoice=st.integers(0, 200_000),
    km=st.integers(0, 1500),
    cofunding=st.integers(0, 200_000),
    reserved=st.integers(0, 81_000),
)
def test_award_agrees_with_an_oracle_in_exact_fractions(
    *,
    distance_m: int | None,
    pupils: int,
    programmes: int,
    known: bool,
    filed: bool,
    invoice: int,
    km: int,
    cofunding: int,
    reserved: int,
) -> None:
    trip = Trip(school_known=known, pupils=pupils, programmes=programmes, distance_m=distance_m)
    costs = _costs(invoice, km, cofunding, reserved) if filed else None

    answer = award(POLICY, trip, costs)

    assert answer.award_cents == _oracle(trip, costs)
    assert bool(answer.award_cents) or answer.reasons


def _oracle(trip: Trip, costs: Costs | None) -> int:
    """The rules as `fund.md` says them, in euros, rounded by Python's decimal."""
    if not trip.school_known or trip.pupils < 10 or trip.programmes < 1 or trip.distance_m is None:
        return 0
    one_way_km = Fraction(trip.distance_m, 1000)
    km = 2 * one_way_km if costs is None else min(2 * one_way_km, Fraction(costs.driven_m, 1000))
    euros = min(_cent(km * Fraction(3, 2)), Fraction(900))
    if costs is not None:
        euros = min(euros, Fraction(costs.invoice_cents, 100))
    part = Fraction(1, 2) if one_way_km < 60 else Fraction(3, 4)
    part = Fraction(9, 10) if one_way_km > 200 else part
    paid = _cent(euros * part)
    if costs is not None:
        left = Fraction(costs.invoice_cents - costs.cofunding_cents, 100)
        paid = max(Fraction(0), min(paid, left, Fraction(costs.reserved_cents, 100)))
    return int(paid * 100)


def _cent(euros: Fraction) -> Fraction:
    exact = Decimal(euros.numerator) / Decimal(euros.denominator)
    return Fraction(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def test_policy_is_read_back_as_it_was_stored() -> None:
    assert parse_policy(policy_rules(POLICY)) == POLICY
    without_fence = replace(POLICY, ring_fence=None)
    assert parse_policy(policy_rules(without_fence)) == without_fence


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("pupils_min", -1, "pupils_min"),
        ("pupils_min", "10", "pupils_min"),
        ("pupils_min", True, "pupils_min"),
        ("rate_cents_per_km", 1.5, "rate_cents_per_km"),
        ("trip_cap_cents", 0, "trip_cap_cents"),
        ("trips_per_visit", 3, "trips_per_visit"),
        ("allocation", "lottery", "allocation"),
        ("bands", [], "bands"),
        ("bands", [{"from_m": 1, "share_bp": 5000}], "bands"),
        ("bands", [{"from_m": 0, "to_m": 9, "share_bp": 1}], "bands"),
        (
            "bands",
            [{"from_m": 0, "to_m": 9, "share_bp": 1}, {"from_m": 11, "share_bp": 1}],
            "bands",
        ),
        ("bands", [{"from_m": 0, "share_bp": 10_001}], "share_bp"),
        ("bands", ["0"], "band"),
        ("ring_fence", "no", "ring_fence"),
        ("ring_fence", {"share_bp": 1, "beyond_m": 1, "until": "soon"}, "soon"),
        ("awards_per_school_year", 0, "awards_per_school_year"),
        ("claim_days", 0, "claim_days"),
        ("colour", "blue", "colour"),
    ],
)
def test_policy_that_cannot_be_meant_is_refused_and_named(
    name: str, value: object, says: str
) -> None:
    with pytest.raises(PolicyError, match=says):
        parse_policy(policy_rules(POLICY) | {name: value})


def test_policy_without_a_rule_is_refused() -> None:
    rules = policy_rules(POLICY)
    del rules["claim_days"]

    with pytest.raises(PolicyError, match="claim_days"):
        parse_policy(rules)


def test_ring_fence_marks_schools_beyond_it_alone() -> None:
    def is_far(distance_m: int, policy: Policy = POLICY) -> bool:
        return award(policy, replace(_TRIP, distance_m=distance_m)).is_far

    assert [is_far(199_999), is_far(200_000), is_far(200_001)] == [False, False, True]
    assert not is_far(400_000, replace(POLICY, ring_fence=None))


def test_day_of_a_fence_may_come_from_toml_as_a_date() -> None:
    rules = policy_rules(POLICY)
    rules["ring_fence"] = {"share_bp": 3000, "beyond_m": 200_000, "until": date(2027, 3, 1)}

    assert parse_policy(rules) == POLICY
