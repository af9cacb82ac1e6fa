"""Rows as the API says them: instants with Riga's offset, money in cents, links that work."""

from dataclasses import asdict

from bookings.visits.planner.difference import StopChange
from bookings.visits.planner.ids import encode_plan
from bookings.visits.planner.plan import Plan, Stop
from bookings.visits.planner.relax import Relaxation
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.violations import Violation
from bookings.visits.queries import ArrivalRow, SessionRow, StopRow, VisitRow, list_plan_stops
from bookings.visits.rules import TransportEstimate
from bookings.visits.service import Difference, Proposal, ProposedPlan
from bookings.visits.service.judging import violation_facts
from bookings.visits.service.papers import manage_url
from bookings.visits.service.schools import price_parts
from vizium.db.session import Session
from vizium.kernel.clock import to_riga
from vizium.settings import Settings
from vizium.web.i18n import translator

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
    session: Session, request: PlanRequest, proposal: Proposal, *, lang: str, settings: Settings
) -> Json:
    """Plans, or changes that would make one fit."""
    relaxed = [one.plan for one in proposal.relaxations]
    stops = list_plan_stops(session, [*(one.plan for one in proposal.plans), *relaxed])
    planned, changed = stops[: len(proposal.plans)], stops[len(proposal.plans) :]
    key = settings.secret_key
    return {
        "plans": [
            _proposed(one, _plan(request, one.plan, rows, lang, key), lang)
            for one, rows in zip(proposal.plans, planned, strict=True)
        ],
        "relaxations": [
            _relaxation(one, rows, lang, key)
            for one, rows in zip(proposal.relaxations, changed, strict=True)
        ],
    }


def visit_body(visit: VisitRow, *, lang: str, settings: Settings, linked: bool = True) -> Json:
    """A visit.

    Args:
        linked: with the signed links: whoever has them may change the visit and see its contact.
    """
    manage = manage_url(visit, settings) if linked else None
    parts = price_parts(visit) if visit.parties else {}
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
        "parties": [
            {
                "school": {"register_no": party.school, "name": party.school_name},
                "groups": [asdict(group) for group in party.groups],
                "adults": party.adults,
                "contact": asdict(party.contact),
                "price_cents": parts[party.school],
            }
            for party in visit.parties
        ],
        "arrive": to_riga(visit.arrive_at),
        "leave": to_riga(visit.leave_at),
        "needs": sorted(need.value for need in visit.needs),
        "subgroups": [asdict(subgroup) for subgroup in visit.subgroups],
        "stops": [_stop(stop, lang) for stop in visit.stops],
        "price_cents": visit.price_cents,
        "fee_cents": visit.fee_cents,
        "no_show_fee_cents": visit.no_show_fee_cents,
        "funding": visit.funding.value,
        "approver_email": visit.approver_email,
        "transport": {
            "state": visit.transport.state.value,
            "award_cents": visit.transport.award_cents,
            "reasons": visit.transport.reasons,
        },
        "expires_at": to_riga(visit.expires_at) if visit.expires_at else None,
        "links": {
            "manage": manage,
            "pass": f"{manage}/pass.pdf" if manage else None,
            "calendar": f"{manage}/calendar.ics" if manage else None,
        },
    }


def difference_body(difference: Difference, lang: str) -> Json:
    """What a change does."""
    return {
        "pupils": {"from": difference.pupils_before, "to": difference.pupils_after},
        "adults": {"from": difference.adults_before, "to": difference.adults_after},
        "date": {"from": difference.day_before, "to": difference.day_after},
        "start": {"from": to_riga(difference.start), "to": to_riga(difference.start_after)},
        "end": {"from": to_riga(difference.end), "to": to_riga(difference.end_after)},
        "price_cents": {
            "from": difference.price_before_cents,
            "to": difference.price_after_cents,
        },
        "fee_cents": difference.fee_cents,
        "transport": {
            "from": estimate_body(difference.transport_before),
            "to": estimate_body(difference.transport_after),
        },
        "stops": [_stop_change(change) for change in difference.stops],
        "warnings": [violation_body(warning, lang) for warning in difference.warnings],
    }


def violation_body(violation: Violation, lang: str) -> Json:
    """What speaks against a plan, with a sentence for people."""
    facts = violation_facts(violation)
    return facts | {"detail": violation_sentence(facts, lang)}


def violation_sentence(said: Json, lang: str) -> str:
    """A violation in words."""
    facts = said["facts"]
    assert isinstance(facts, dict)
    return translator(lang).code("violation", str(said["code"]), **facts)


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


def _proposed(one: ProposedPlan, plan: Json, lang: str) -> Json:
    return plan | {
        "price_cents": one.price_cents,
        "transport": estimate_body(one.transport),
        "warnings": [violation_body(warning, lang) for warning in one.warnings],
    }


def _relaxation(one: Relaxation, rows: tuple[StopRow, ...], lang: str, key: str) -> Json:
    plan = _plan(one.request, one.plan, rows, lang, key)
    also = None if one.also is None else encode_plan(*one.also, key)
    said: Json = {"change": one.change, "from": one.before, "to": one.after, "plan": plan}
    return said if also is None else said | {"second_plan": also}


def _plan(request: PlanRequest, plan: Plan, rows: tuple[StopRow, ...], lang: str, key: str) -> Json:
    return {
        "id": encode_plan(request, plan, key),
        "date": plan.day,
        "arrive": to_riga(plan.arrive),
        "leave": to_riga(plan.leave),
        "subgroups": [asdict(subgroup) for subgroup in plan.subgroups],
        "stops": [_stop(row, lang) for row in rows],
    }


def _stop(stop: StopRow, lang: str) -> Json:
    return {
        "session": stop.session,
        "kind": stop.kind,
        "code": stop.code,
        "title": stop.title(lang),
        "place": stop.places[lang],
        "host": stop.host,
        "start": to_riga(stop.start),
        "end": to_riga(stop.end),
        "people": stop.pupils + stop.adults,
        "pupils": stop.pupils,
        "subgroups": stop.who,
    }


def _stop_change(change: StopChange) -> Json:
    return {
        "kind": change.kind.value,
        "from": _bare(change.before),
        "to": _bare(change.after),
    }


def _bare(stop: Stop | None) -> Json | None:
    """A stop by its codes, for programs that know the visit's stops."""
    if stop is None:
        return None
    return {
        "kind": stop.kind.value,
        "code": stop.code,
        "session": stop.session,
        "rooms": stop.rooms,
        "host": stop.host,
        "start": to_riga(stop.start),
        "end": to_riga(stop.end),
        "subgroups": stop.who,
    }
