"""Tables of places, municipalities and schools."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bookings.schools.rules import DistanceSource, SchoolKind
from vizium.db.base import Base


class Municipality(Base):
    """A territory of local government; one that ended names the one that it went into."""

    __tablename__ = "schools_municipality"
    __table_args__ = (CheckConstraint("merged_into <> iso_code", name="merged_into_another"),)

    iso_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    valid_to: Mapped[date | None]
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("schools_municipality.iso_code"))


class Place(Base):
    """A town or village of GeoNames with its way to the centre by road."""

    __tablename__ = "schools_place"
    __table_args__ = (CheckConstraint("road_m >= 0", name="road_not_negative"),)

    geonameid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    population: Mapped[int]
    municipality: Mapped[str] = mapped_column(ForeignKey(Municipality.iso_code))
    road_m: Mapped[int]


class School(Base):
    """A row of the institution register, as of its last import.

    `settlement` is what the address says; `place` is the known place that gave the distance, which
    may be the next town.
    """

    __tablename__ = "schools_school"
    __table_args__ = (
        CheckConstraint("distance_m >= 0", name="distance_not_negative"),
        CheckConstraint(
            "(distance_m IS NULL) = (distance_source IS NULL)", name="distance_with_source"
        ),
    )

    register_no: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[SchoolKind]
    address: Mapped[str]
    settlement: Mapped[str]
    place: Mapped[int | None] = mapped_column(ForeignKey(Place.geonameid))
    municipality: Mapped[str | None] = mapped_column(ForeignKey(Municipality.iso_code))
    distance_m: Mapped[int | None]
    distance_source: Mapped[DistanceSource | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    active: Mapped[bool]
    search: Mapped[str]
    changed_at: Mapped[datetime]
