"""Who pays, and what the school was told about its bus money."""

from dataclasses import dataclass
from enum import StrEnum

from vizium.kernel.money import Cents


class TransportState(StrEnum):
    """What the school was told about its bus money."""

    UNWANTED = "unwanted"
    WANTED = "wanted"
    RESERVED = "reserved"
    WAITLISTED = "waitlisted"
    INELIGIBLE = "ineligible"
    RELEASED = "released"


class Funding(StrEnum):
    """Who pays for the visit; the law leaves it to the school and its founder."""

    OWN = "own"
    SKOLAS_SOMA = "skolas_soma"
    ESF = "esf"
    MUNICIPALITY = "municipality"
    FUND = "fund"


@dataclass(frozen=True, slots=True)
class TransportEstimate:
    """What the fund would give for the bus today, and all reasons where it gives less."""

    estimate_cents: Cents
    share_bp: int
    fund_available_cents: Cents
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransportAward:
    """What the fund answered when the visit was confirmed."""

    state: TransportState
    award_cents: Cents
    reasons: tuple[str, ...]
