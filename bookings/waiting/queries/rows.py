"""What pages and other features see of the waiting list."""

from dataclasses import dataclass
from datetime import date, datetime

from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.rules import Contact, Group
from bookings.waiting.rules import OfferState, Verdict, WaitingState


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer with the visit that is held for it."""

    id: str
    waiting: str
    visit: str
    reference: str
    day: date
    state: OfferState
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A class that waits; `offers` in the order in which they were made."""

    id: str
    reference: str
    state: WaitingState
    version: int
    school: str
    school_name: str
    days: tuple[date, ...]
    groups: tuple[Group, ...]
    pupils: int
    adults: int
    language: str
    page_language: str
    wishes: tuple[Wish, ...]
    needs: frozenset[Need]
    contact: Contact
    wants_transport: bool
    owner_person: str | None
    created_at: datetime
    offers: tuple[OfferRow, ...]

    @property
    def tried(self) -> frozenset[date]:
        """The days that were offered already."""
        return frozenset(offer.day for offer in self.offers)

    @property
    def open_offer(self) -> OfferRow | None:
        """The offer that waits for an answer."""
        return next((offer for offer in self.offers if offer.state is OfferState.OPEN), None)

    @property
    def missed(self) -> int:
        """How many offers it let pass."""
        return sum(offer.state is OfferState.LAPSED for offer in self.offers)

    def request(self, day: date) -> PlanRequest:
        """What it asks of a day."""
        return PlanRequest(
            schools=(self.school,),
            dates=(day,),
            groups=self.groups,
            adults=self.adults,
            language=self.language,
            wishes=self.wishes,
            needs=self.needs,
        )


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """How many classes wait for one of the same days, and how many of them longer."""

    waiting: int
    longer: int


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One line of the log: who was looked at, and why it was chosen or not."""

    reference: str
    school_name: str
    pupils: int
    visits: int
    waiting_since: date
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One offer of the log with everybody who was looked at."""

    day: date
    at: datetime
    pupils_free: int
    rule: str
    candidates: tuple[CandidateRow, ...]


@dataclass(frozen=True, slots=True)
class DayRow:
    """How full a day is now and was when it was last looked at (None: never)."""

    day: date
    used: int
    used_then: int | None
    looked_at: datetime | None
