"""What a school gets for its bus: a pure function of a stored policy and the facts of a trip.

Whole numbers only (cents, metres, basis points); each line is rounded once, half up. The estimate,
the reserved award and the proposed decision come from the same `award`, which names every reason
that refused or limited it, not the first.

```
kilometres   there and back by the one-way road distance, or fewer if fewer were driven
eligible     min(kilometres x rate, most per trip, invoice)
share        of the eligible amount, by band of distance
award        min(share, what other funding leaves of the invoice, what was reserved)
```
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from vizium.kernel.money import Cents, share

_SHARE_BP_MAX = 10_000
_DISTANCE_M_MAX = 2_000_000
ALLOCATIONS = frozenset({"first-come"})


class PolicyError(ValueError):
    """A stored policy that cannot be meant so; its text says what and where."""


@dataclass(frozen=True, slots=True)
class Band:
    """A share for schools from `from_m` to `to_m` metres away, both included; None: no end."""

    from_m: int
    to_m: int | None
    share_bp: int

    @property
    def name(self) -> str:
        """In kilometres, ``60-200`` or ``200+``: stable, for tables and statistics."""
        first_km = self.from_m // 1000
        return f"{first_km}+" if self.to_m is None else f"{first_km}-{half_up(self.to_m, 1000)}"


@dataclass(frozen=True, slots=True)
class RingFence:
    """A share of the fund kept for schools farther than `beyond_m`, until the day `until`."""

    share_bp: int
    beyond_m: int
    until: date


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a fund while one version of them is valid; bands join from 0 m to no end."""

    allocation: str
    institution_in_register: bool
    pupils_min: int
    programmes_min: int
    trips_per_visit: int
    rate_cents_per_km: Cents
    trip_cap_cents: Cents
    bands: tuple[Band, ...]
    awards_per_school_year: int
    claim_days: int
    ring_fence: RingFence | None

    def road_m(self, distance_m: int) -> int:
        """All metres of a visit's trips to a school that is `distance_m` away."""
        return self.trips_per_visit * distance_m


@dataclass(frozen=True, slots=True)
class Trip:
    """What is known of a visit; `distance_m` is one way by road, None where nobody knows it."""

    school_known: bool
    pupils: int
    programmes: int
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class Costs:
    """What the trip has cost, and what was reserved for it."""

    invoice_cents: Cents
    driven_m: int
    cofunding_cents: Cents
    reserved_cents: Cents


@dataclass(frozen=True, slots=True)
class Award:
    """The answer with its working: `reasons` are all codes that refused or limited it."""

    award_cents: Cents
    eligible_cents: Cents
    distance_m: int | None
    driven_m: int
    share_bp: int
    band: str
    is_far: bool
    reasons: tuple[str, ...]


def award(policy: Policy, trip: Trip, costs: Costs | None = None) -> Award:
    """What a trip gets.

    Args:
        costs: None before the trip: then nothing but the policy limits the award.

    Returns:
        An award of 0 with every refusal, or > 0 with every limit that applied.
    """
    refusals = _refusals(policy, trip)
    distance_m = trip.distance_m or 0
    road_m = policy.road_m(distance_m)
    band = _band(policy, distance_m)
    driven_m = road_m if costs is None else min(road_m, costs.driven_m)
    by_distance = half_up(driven_m * policy.rate_cents_per_km, 1000)
    eligible = Cents(min(by_distance, policy.trip_cap_cents))
    limits = ["trip_cap"] if by_distance > policy.trip_cap_cents else []
    if costs is not None:
        limits += ["km_above_distance"] if costs.driven_m > road_m else []
        limits += ["invoice_below_eligible"] if costs.invoice_cents < eligible else []
        eligible = min(eligible, costs.invoice_cents)
    granted = share(eligible, band.share_bp)
    if costs is not None:
        granted, more = _within(granted, costs)
        limits += more
    if not granted and not refusals:
        refusals = ["nothing_to_pay"]
    return Award(
        award_cents=Cents(0) if refusals else granted,
        eligible_cents=eligible,
        distance_m=trip.distance_m,
        driven_m=driven_m,
        share_bp=band.share_bp,
        band=band.name,
        is_far=policy.ring_fence is not None and distance_m > policy.ring_fence.beyond_m,
        reasons=(*refusals, *limits),
    )


def half_up(numerator: int, denominator: int) -> int:
    """A division rounded to the nearest whole number, a half upwards."""
    assert numerator >= 0
    return (2 * numerator + denominator) // (2 * denominator)


def parse_policy(rules: Mapping[str, object]) -> Policy:
    """Read a stored policy.

    Args:
        rules: JSON with the names of `Policy`; ``ring_fence`` is null or an object.

    Raises:
        PolicyError: a name is missing or unknown, or a value is out of its bounds.
    """
    known = set(Policy.__dataclass_fields__)
    if rules.keys() != known:
        raise PolicyError(f"names that differ: {sorted(rules.keys() ^ known)}")
    allocation = rules["allocation"]
    if allocation not in ALLOCATIONS:
        raise PolicyError(f"allocation must be one of {sorted(ALLOCATIONS)}, not {allocation!r}")
    return Policy(
        allocation=str(allocation),
        institution_in_register=rules["institution_in_register"] is True,
        pupils_min=_whole(rules, "pupils_min", 0, 1000),
        programmes_min=_whole(rules, "programmes_min", 0, 20),
        trips_per_visit=_whole(rules, "trips_per_visit", 1, 2),
        rate_cents_per_km=Cents(_whole(rules, "rate_cents_per_km", 1, 100_000)),
        trip_cap_cents=Cents(_whole(rules, "trip_cap_cents", 1, 100_000_000)),
        bands=_parse_bands(rules["bands"]),
        awards_per_school_year=_whole(rules, "awards_per_school_year", 1, 1000),
        claim_days=_whole(rules, "claim_days", 1, 366),
        ring_fence=_parse_ring_fence(rules["ring_fence"]),
    )


def policy_rules(policy: Policy) -> dict[str, object]:
    """A policy as it is stored; `parse_policy` reads it back."""
    rules = asdict(policy)
    rules["bands"] = [asdict(band) for band in policy.bands]
    if policy.ring_fence is not None:
        rules["ring_fence"] = asdict(policy.ring_fence) | {
            "until": policy.ring_fence.until.isoformat()
        }
    return rules


def _refusals(policy: Policy, trip: Trip) -> list[str]:
    checks = (
        ("school_unknown", policy.institution_in_register and not trip.school_known),
        ("below_min_pupils", trip.pupils < policy.pupils_min),
        ("below_min_programmes", trip.programmes < policy.programmes_min),
        ("distance_unknown", trip.distance_m is None),
    )
    return [reason for reason, applies in checks if applies]


def _band(policy: Policy, distance_m: int) -> Band:
    return max(
        (band for band in policy.bands if band.from_m <= distance_m), key=lambda band: band.from_m
    )


def _within(granted: Cents, costs: Costs) -> tuple[Cents, list[str]]:
    """Other funding and ours together never exceed the invoice; the reserve is the last bound."""
    left = max(0, costs.invoice_cents - costs.cofunding_cents)
    bounds = (("cofunding", left), ("reserved_below", costs.reserved_cents))
    limits = [reason for reason, bound in bounds if granted > bound]
    return Cents(min(granted, left, costs.reserved_cents)), limits


def _whole(rules: Mapping[str, object], name: str, least: int, most: int) -> int:
    value = rules.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise PolicyError(f"{name} must be a whole number from {least} to {most}, not {value!r}")
    return value


def _parse_bands(value: object) -> tuple[Band, ...]:
    rows: Sequence[object] = value if isinstance(value, Sequence) else ()
    bands = tuple(_parse_band(row) for row in rows)
    starts = [0, *(band.to_m + 1 for band in bands if band.to_m is not None)]
    if [band.from_m for band in bands] != starts or bands[-1].to_m is not None:
        raise PolicyError("bands must join: from 0 m, each from to_m + 1 on, the last without to_m")
    return bands


def _parse_band(row: object) -> Band:
    if not isinstance(row, Mapping):
        raise PolicyError("each band must have from_m and share_bp")
    return Band(
        from_m=_whole(row, "from_m", 0, _DISTANCE_M_MAX),
        to_m=None if row.get("to_m") is None else _whole(row, "to_m", 0, _DISTANCE_M_MAX),
        share_bp=_whole(row, "share_bp", 0, _SHARE_BP_MAX),
    )


def _parse_ring_fence(value: object) -> RingFence | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise PolicyError("ring_fence must be null or have share_bp, beyond_m and until")
    return RingFence(
        share_bp=_whole(value, "share_bp", 0, _SHARE_BP_MAX),
        beyond_m=_whole(value, "beyond_m", 0, _DISTANCE_M_MAX),
        until=_day(value.get("until")),
    )


def _day(value: object) -> date:
    """A day as TOML gives it (a date) or as JSON keeps it (``2027-03-01``)."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise PolicyError(f"{value!r} is not a date such as 2027-03-01") from error
