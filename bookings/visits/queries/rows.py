"""What pages and other features see of a visit: frozen rows."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from bookings.visits.planner.plan import Plan, Stop, StopKind, Subgroup
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.rules import (
    KEEPING,
    Contact,
    Funding,
    Group,
    TransportAward,
    TransportState,
    VisitState,
    state_at,
)
from vizium.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class StopRow:
    """One stretch of a visit's day.

    `titles` and `places` are keyed by language; `host` is a person's name, `host_code` and `rooms`
    are codes. `session` is None for what is made for this class alone. `who` are the subgroups.
    """

    session: str | None
    code: str
    kind: str
    titles: dict[str, str]
    start: datetime
    end: datetime
    places: dict[str, str]
    host: str | None
    pupils: int
    adults: int
    who: tuple[int, ...]
    rooms: tuple[str, ...]
    host_code: str | None
    machines: tuple[str, ...]

    @property
    def is_activity(self) -> bool:
        """Whether it is an activity of the catalogue."""
        return self.kind not in {StopKind.GALLERY, StopKind.LUNCH}

    def title(self, language: str) -> str:
        """The title in a language, or in Latvian where it has none."""
        return self.titles.get(language) or self.titles["lv"]


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One school of a joint group, the leading one first."""

    school: str
    school_name: str
    groups: tuple[Group, ...]
    pupils: int
    adults: int
    contact: Contact


_CLAIMABLE = frozenset({TransportState.WANTED, TransportState.RESERVED, TransportState.WAITLISTED})


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit, as stored; `seen_at` gives it as it counts at an instant."""

    id: str
    reference: str
    state: VisitState
    version: int
    school: str
    school_name: str
    local_date: date
    groups: tuple[Group, ...]
    pupils: int
    adults: int
    language: str
    page_language: str
    contact: Contact
    price_cents: Cents
    transport: TransportAward
    expires_at: datetime | None
    extensions: int
    owner_person: str | None
    created_at: datetime
    stops: tuple[StopRow, ...]
    subgroups: tuple[Subgroup, ...]
    wishes: tuple[Wish, ...]
    galleries: tuple[str, ...]
    needs: frozenset[Need]
    bus_arrives: time | None
    bus_departs: time | None
    arrive_at: datetime
    leave_at: datetime
    funding: Funding
    fee_cents: Cents
    no_show_fee_cents: Cents
    approver_email: str | None
    parties: tuple[PartyRow, ...]

    def seen_at(self, now: datetime) -> "VisitRow":
        """The visit as it counts now: a hold whose time is over is expired."""
        return replace(self, state=state_at(self.state, self.expires_at, now=now))

    @property
    def schools(self) -> tuple[str, ...]:
        """The register numbers of all schools, the leading one first."""
        return tuple(party.school for party in self.parties) or (self.school,)

    @property
    def plan(self) -> Plan:
        """Its day as the planner sees it."""
        return Plan(
            day=self.local_date,
            arrive=self.arrive_at,
            leave=self.leave_at,
            subgroups=self.subgroups,
            stops=tuple(_planned(stop) for stop in self.stops),
        )

    @property
    def request(self) -> PlanRequest:
        """What it asked of its day, for the day that it has."""
        return PlanRequest(
            schools=self.schools,
            dates=(self.local_date,),
            groups=self.groups,
            adults=self.adults,
            language=self.language,
            wishes=self.wishes,
            galleries=self.galleries,
            needs=self.needs,
            arrive=self.bus_arrives,
            depart=self.bus_departs,
        )

    @property
    def start(self) -> datetime:
        """When the first stop starts."""
        return min(stop.start for stop in self.stops)

    @property
    def end(self) -> datetime:
        """When the last stop ends."""
        return max(stop.end for stop in self.stops)

    @property
    def wants_transport(self) -> bool:
        """Whether the school asked for bus money."""
        return self.transport.state is not TransportState.UNWANTED

    @property
    def may_claim(self) -> bool:
        """Whether the fund may pay for its bus: it was asked for and not refused."""
        return self.transport.state in _CLAIMABLE

    @property
    def is_kept(self) -> bool:
        """Whether it keeps its places."""
        return self.state in KEEPING

    @property
    def is_shown(self) -> bool:
        """Whether a calendar has it: it keeps its places, or was here."""
        return self.is_kept or self.state is VisitState.COMPLETED


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """What the door counted."""

    nonce: str
    pupils: int
    adults: int
    at: datetime
    offline: bool
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VisitWish:
    """Which visits a list shows; everything empty means all."""

    day: date | None = None
    first_day: date | None = None
    reference: str = ""
    school: str = ""
    owner: str = ""


def _planned(stop: StopRow) -> Stop:
    """A stop as the planner sees it: what its session took already is not taken again."""
    is_own = stop.session is None
    return Stop(
        kind=StopKind(stop.kind),
        code=stop.code,
        start=stop.start,
        end=stop.end,
        who=stop.who,
        session=stop.session,
        rooms=stop.rooms if is_own else (),
        host=stop.host_code if is_own else None,
        machines=stop.machines if is_own else (),
    )
