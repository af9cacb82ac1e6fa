"""The schools of a joint group that stands: one comes along, one stays at home.

The leading school stays what it is: it arranged the visit, has its link, and asked for bus money.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.visits.planner.request import PlanRequest
from bookings.visits.queries import PartyRow, VisitRow
from bookings.visits.rules import Party, merge_groups, pupils_of
from bookings.visits.service.store import parties_of
from vizium.db import audit
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.money import Cents, split_by_weight


def check_leading(visit: VisitRow, parties: Sequence[Party] | None) -> None:
    """Refuse a group that another school would lead.

    Raises:
        InvalidInput: ``leading_school_stays``.
    """
    if parties and parties[0].school != visit.school:
        raise InvalidInput([FieldError("schools", "leading_school_stays")])


def with_schools(request: PlanRequest, parties: tuple[Party, ...] | None) -> PlanRequest:
    """The request with the schools that come and all their people."""
    if not parties:
        return request
    return replace(
        request,
        schools=tuple(party.school for party in parties),
        groups=merge_groups(parties),
        adults=sum(party.adults for party in parties),
    )


def as_stored(parties: tuple[Party, ...]) -> tuple[Party, ...]:
    """The schools as a visit has them: a lone school is no group of schools."""
    return parties if len(parties) > 1 else ()


def joined(before: VisitRow, after: VisitRow) -> tuple[PartyRow, ...]:
    """The schools that come along from now on."""
    return _only_in(after, before)


def left(before: VisitRow, after: VisitRow) -> tuple[PartyRow, ...]:
    """The schools that no longer come along."""
    return _only_in(before, after)


def all_parties(visit: VisitRow) -> tuple[Party, ...]:
    """Every school that comes with its people; a lone school too."""
    if not visit.parties:
        return (Party(visit.school, visit.groups, visit.adults, visit.contact),)
    return parties_of(visit)


def price_parts(visit: VisitRow) -> dict[str, Cents]:
    """What of the price each school pays, by its pupils, keyed by school."""
    parties = all_parties(visit)
    parts = split_by_weight(visit.price_cents, [pupils_of(party.groups) for party in parties])
    return {party.school: part for party, part in zip(parties, parts, strict=True)}


def note_schools(
    session: Session, before: VisitRow, after: VisitRow, *, by: str, now: datetime
) -> None:
    """Write into the audit trail which schools came and went, if any did."""
    came, went = joined(before, after), left(before, after)
    if came or went:
        facts = {
            "reference": after.reference,
            "version": after.version,
            "joined": [party.school for party in came],
            "left": [party.school for party in went],
            "word": ", ".join(
                f"{sign} {party.school_name}"
                for sign, parties in (("+", came), ("−", went))
                for party in parties
            ),
        }
        subject = f"visit:{after.id}"
        audit.record(
            session, by=by, action="visits.change_schools", subject=subject, facts=facts, now=now
        )


def _only_in(one: VisitRow, other: VisitRow) -> tuple[PartyRow, ...]:
    return tuple(party for party in one.parties if party.school not in other.schools)
