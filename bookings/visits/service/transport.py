"""What visits ask of the transport fund, as a protocol: the fund knows visits, not the reverse."""

from datetime import date, datetime
from typing import Protocol, runtime_checkable

from sqlalchemy.orm import Session

from bookings.visits.queries import VisitRow
from bookings.visits.rules import TransportAward, TransportEstimate


# Litestar checks what it injects.
@runtime_checkable
class TransportDesk(Protocol):
    """Implemented by `bookings.compensation`, injected by the roof."""

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
        """What the fund would give for a bus to so many programmes that day; writes nothing."""

    def reserve(self, session: Session, visit: VisitRow, *, now: datetime) -> TransportAward:
        """Reserve the award in the caller's transaction, or say why not."""

    def release(self, session: Session, visit_id: str, *, reason: str, now: datetime) -> None:
        """Give a reserved or waiting award back; nothing happens when there is none."""

    def open_claim(self, session: Session, visit: VisitRow, *, now: datetime) -> None:
        """The class has been here: its claim may be filed from now on."""
