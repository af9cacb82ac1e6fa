"""Rows as the API says them: instants with Riga's offset, money in cents, links that work."""

from dataclasses import asdict

from bookings.visits.planner import PlanRequest, encode_plan
from bookings.visits.queries import ArrivalRow, SessionRow, StopRow, VisitRow
from bookings.visits.rules import TransportEstimate
from bookings.visits.service import Difference
from bookings.visits.service.papers import manage_url
from bookings.visits.service.planning import Proposal, ProposedPlan
from vizium.kernel.clock import to_riga
from vizium.settings import Settings

Json = dict[str, object]


def session_item(row: SessionRow, lang: str) -> Json:
    """A timed activity."""
    return {
        "id": row.id,
        "code": row.code,
        "kind": row.kind,
        "title": row.title(lang),
        "date": row.local_date,
        "start": to_riga(row.start),
        "end": to_riga(row.end),
        "place": row.places[lang],
        "host": row.host,
        "capacity": row.capacity,
        "used": row.used,
        "free": row.free,
        "shared": row.shared,
        "seats_min": row.seats_min,
        "seats_max": row.seats_max,
        "grades": row.grades,
        "languages": row.languages,
        "price_cents": row.price_cents,
    }


def proposal_body(
    request: PlanRequest, proposal: Proposal, *, lang: str, settings: Settings
) -> Json:
    """Plans, or changes that would make one fit."""
    return {
        "plans": [_plan(request, one, lang, settings) for one in proposal.plans],
        "relaxations": [
            {"change": one.change, "from": one.before, "to": one.after}
            for one in proposal.relaxations
        ],
    }


def visit_body(visit: VisitRow, *, lang: str, settings: Settings) -> Json:
    """A visit."""
    manage = manage_url(visit, settings)
    return {
        "reference": visit.reference,
        "state": visit.state.value,
        "version": visit.version,
        "date": visit.local_date,
        "school": {"register_no": visit.school, "name": visit.school_name},
        "groups": [asdict(group) for group in visit.groups],
        "adults": visit.adults,
        "language": visit.language,
        "contact": asdict(visit.contact),
        "stops": [_stop(stop, lang, people=visit.pupils + visit.adults) for stop in visit.stops],
        "price_cents": visit.price_cents,
        "transport": {
            "state": visit.transport.state.value,
            "award_cents": visit.transport.award_cents,
            "reasons": visit.transport.reasons,
        },
        "expires_at": to_riga(visit.expires_at) if visit.expires_at else None,
        "links": {
            "manage": manage,
            "pass": f"{manage}/pass.pdf",
            "calendar": f"{manage}/calendar.ics",
        },
    }


def difference_body(difference: Difference) -> Json:
    """What a change does."""
    return {
        "pupils": {"from": difference.pupils_before, "to": difference.pupils_after},
        "adults": {"from": difference.adults_before, "to": difference.adults_after},
        "start": {"from": to_riga(difference.start), "to": to_riga(difference.start)},
        "end": {"from": to_riga(difference.end), "to": to_riga(difference.end)},
        "price_cents": {
            "from": difference.price_before_cents,
            "to": difference.price_after_cents,
        },
        "transport": {
            "from": estimate_body(difference.transport_before),
            "to": estimate_body(difference.transport_after),
        },
    }


def arrival_body(visit: VisitRow, arrival: ArrivalRow) -> Json:
    """What the door counted."""
    return {
        "reference": visit.reference,
        "state": visit.state.value,
        "pupils": arrival.pupils,
        "adults": arrival.adults,
        "at": to_riga(arrival.at),
        "nonce": arrival.nonce,
        "offline": arrival.offline,
        "flags": arrival.flags,
    }


def estimate_body(estimate: TransportEstimate) -> Json:
    """What the fund would give."""
    return asdict(estimate)


def _plan(request: PlanRequest, one: ProposedPlan, lang: str, settings: Settings) -> Json:
    people = request.pupils + request.adults
    return {
        "id": encode_plan(request, one.plan, secret_key=settings.secret_key),
        "date": one.plan.day,
        "stops": [_stop(stop, lang, people=people) for stop in one.plan.stops],
        "price_cents": one.price_cents,
        "transport": estimate_body(one.transport),
    }


def _stop(stop: SessionRow | StopRow, lang: str, *, people: int) -> Json:
    return {
        "session": stop.id if isinstance(stop, SessionRow) else stop.session,
        "kind": stop.kind,
        "code": stop.code,
        "title": stop.title(lang),
        "place": stop.places[lang],
        "host": stop.host,
        "start": to_riga(stop.start),
        "end": to_riga(stop.end),
        "people": people,
    }
