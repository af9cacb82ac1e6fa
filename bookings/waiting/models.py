"""Tables of the waiting list.

```
WaitingClass 1--* WaitingOffer 1--1 a held visit
             WaitingChoice: append-only, why each offer went to whom
WaitingDay:  how full a day was when it was last looked at
```
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bookings.schools.models import School
from bookings.visits.models import Visit
from bookings.waiting.rules import OfferState, WaitingState
from vizium.db.base import Base, Id


class WaitingClass(Base):
    """A class that waits for one of some days; `days` are ISO dates, `last_day` their last."""

    __tablename__ = "waiting_class"
    __table_args__ = (
        CheckConstraint("pupils > 0", name="pupils_positive"),
        CheckConstraint("adults >= 0", name="adults_not_negative"),
        Index(None, "state", "last_day"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    state: Mapped[WaitingState]
    version: Mapped[int]
    school: Mapped[str] = mapped_column(ForeignKey(School.register_no), index=True)
    days: Mapped[list[str]]
    last_day: Mapped[date]
    groups: Mapped[list[object]]
    pupils: Mapped[int]
    adults: Mapped[int]
    language: Mapped[str]
    page_language: Mapped[str]
    wishes: Mapped[list[object]]
    needs: Mapped[list[str]]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]
    wants_transport: Mapped[bool]
    owner_person: Mapped[str | None]
    created_at: Mapped[datetime]


class WaitingOffer(Base):
    """A visit that is held for a waiting class until it decides."""

    __tablename__ = "waiting_offer"
    __table_args__ = (
        Index(
            "ix_waiting_offer_one_open",
            "waiting",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    waiting: Mapped[str] = mapped_column(ForeignKey(WaitingClass.id), index=True)
    visit: Mapped[str] = mapped_column(ForeignKey(Visit.id), unique=True)
    day: Mapped[date]
    state: Mapped[OfferState]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class WaitingChoice(Base):
    """Why an offer was made to whom: all candidates with their reasons; never rewritten.

    `candidates` are objects with ``waiting school pupils visits created_at verdict``.
    """

    __tablename__ = "waiting_choice"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    offer: Mapped[str] = mapped_column(ForeignKey(WaitingOffer.id), unique=True)
    day: Mapped[date] = mapped_column(index=True)
    pupils_free: Mapped[int]
    candidates: Mapped[list[object]]
    rule: Mapped[str]
    at: Mapped[datetime]


class WaitingDay(Base):
    """How full a day was when the list last looked at it: people times cells of the hall."""

    __tablename__ = "waiting_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[int]
    looked_at: Mapped[datetime]
