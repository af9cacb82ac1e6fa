"""Rows of visits that stand in no database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bookings.visits.planner.plan import Subgroup
from bookings.visits.queries import StopRow, VisitRow
from bookings.visits.queries.rows import PartyRow
from bookings.visits.rules import (
    Contact,
    Funding,
    Group,
    TransportAward,
    TransportState,
    VisitState,
)
from vizium.kernel.money import Cents

START = datetime(2027, 3, 16, 8, 0, tzinfo=UTC)


def stop_row(code: str = "T-07", *, start: datetime = START, **changes: Any) -> StopRow:
    """A programme of an hour at ten o'clock."""
    values: dict[str, Any] = {
        "session": f"{code}.20270316.1000",
        "code": code,
        "kind": "programme",
        "titles": {"lv": f"Nodarbība {code}", "en": f"Activity {code}"},
        "start": start,
        "end": start + timedelta(minutes=60),
        "places": {"lv": "A telpa", "en": "Room A"},
        "host": "Ilze Parauga",
        "pupils": 20,
        "adults": 2,
        "who": (0,),
        "rooms": ("room-a",),
        "host_code": "host-1",
        "machines": (),
    }
    return StopRow(**(values | changes))


def party_row(school: str = "3213900124", name: str = "Kolkas paraugskola") -> PartyRow:
    """Another school of a joint group."""
    contact = Contact("Juris Paraugs", "juris@example.lv", "+37120000002")
    return PartyRow(school, name, (Group(5, 8),), 8, 1, contact)


def visit_row(*stops: StopRow, **changes: Any) -> VisitRow:
    """A confirmed visit of 20 pupils on a Tuesday in March."""
    standing = stops or (stop_row(),)
    values: dict[str, Any] = {
        "id": "01" + "A" * 24,
        "reference": "VZ-7K3QM9",
        "state": VisitState.CONFIRMED,
        "version": 2,
        "school": "3213900123",
        "school_name": "Ventspils paraugskola",
        "local_date": date(2027, 3, 16),
        "groups": (Group(5, 20),),
        "pupils": 20,
        "adults": 2,
        "language": "lv",
        "page_language": "lv",
        "contact": Contact("Anna Parauga", "anna@example.lv", "+37120000001"),
        "price_cents": Cents(7_000),
        "transport": TransportAward(TransportState.UNWANTED, Cents(0), ()),
        "expires_at": None,
        "extensions": 0,
        "owner_person": None,
        "created_at": datetime(2027, 2, 1, 8, 0, tzinfo=UTC),
        "stops": standing,
        "subgroups": (Subgroup(20, 2),),
        "wishes": (),
        "galleries": (),
        "needs": frozenset(),
        "bus_arrives": None,
        "bus_departs": None,
        "arrive_at": standing[0].start - timedelta(minutes=15),
        "leave_at": standing[-1].end,
        "funding": Funding.OWN,
        "fee_cents": Cents(0),
        "no_show_fee_cents": Cents(0),
        "approver_email": None,
        "parties": (),
    }
    return VisitRow(**(values | changes))
