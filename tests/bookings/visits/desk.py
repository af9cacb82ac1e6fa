"""A transport desk that reserves for ever and remembers what it was asked."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from bookings.visits.queries import VisitRow
from bookings.visits.rules import TransportAward, TransportEstimate, TransportState
from vizium.kernel.money import Cents

_RESERVED = TransportAward(TransportState.RESERVED, Cents(13_500), ())


@dataclass(slots=True)
class RememberingDesk:
    """Satisfies `TransportDesk`; mypy holds it to the signatures where it is passed."""

    award: TransportAward = _RESERVED
    calls: list[tuple[str, str]] = field(default_factory=list)

    def estimate(
        self,
        session: Session,
        *,
        register_no: str,
        day: date,
        pupils: int,
        programmes: int,
        now: datetime,
    ) -> TransportEstimate:
        _ = session, register_no, day, programmes, now
        reasons = () if pupils >= 10 else ("below_min_pupils",)
        return TransportEstimate(
            Cents(13_500 if pupils >= 10 else 0), 7_500, Cents(5_000_000), reasons
        )

    def reserve(self, session: Session, visit: VisitRow, *, now: datetime) -> TransportAward:
        _ = session, now
        self.calls.append(("reserve", visit.reference))
        return self.award

    def release(self, session: Session, visit_id: str, *, reason: str, now: datetime) -> None:
        _ = session, visit_id, now
        self.calls.append(("release", reason))

    def open_claim(self, session: Session, visit: VisitRow, *, now: datetime) -> None:
        _ = session, now
        self.calls.append(("open_claim", visit.reference))
