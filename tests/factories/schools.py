"""Places and schools of a small Latvia, for tests."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings.schools.queries import SchoolRow, get_school
from bookings.schools.rules import MunicipalityRow, PlaceRow, RegisterRow, SchoolKind
from bookings.schools.service import import_schools, load_municipalities, load_places

MUNICIPALITIES = [
    MunicipalityRow("LV-VEN", "Ventspils valstspilsēta"),
    MunicipalityRow("LV-050", "Kuldīgas novads"),
    MunicipalityRow("LV-042", "Jēkabpils novads"),
    MunicipalityRow("LV-062", "Mārupes novads"),
    MunicipalityRow("LV-093", "Skrundas novads", merged_into="LV-050"),
    MunicipalityRow("LV-012", "Babītes novads", merged_into="LV-062"),
]
PLACES = [
    PlaceRow(454310, "Ventspils", 57.39485, 21.56121, 32723, "LV-VEN", 0),
    PlaceRow(458460, "Kuldīga", 56.97399, 21.95721, 9863, "LV-050", 62_000),
    PlaceRow(455520, "Skrunda", 56.67749, 22.01649, 1767, "LV-050", 100_000),
    PlaceRow(455915, "Sala", 56.50675, 25.76423, 0, "LV-042", 322_000),
    PlaceRow(459283, "Jēkabpils", 56.49903, 25.85735, 21014, "LV-042", 329_000),
    PlaceRow(864723, "Mārupe", 56.90544, 24.05113, 19096, "LV-062", 188_000),
]


def given_map(session: Session) -> None:
    """A few municipalities, two of them merged into others, and places."""
    load_municipalities(session, MUNICIPALITIES)
    load_places(session, PLACES)


def given_school(
    session: Session,
    register_no: str = "3213900123",
    *,
    now: datetime,
    name: str = "Kuldīgas Ventas krasta vidusskola (paraugs)",
    address: str = "Parauga iela 1, Kuldīga, Kuldīgas novads",
) -> SchoolRow:
    """One school, by default in Kuldīga, 62 km from the centre."""
    given_map(session)
    row = RegisterRow(2, register_no, name, SchoolKind.SECONDARY, address, "skola@kuldiga.example")
    import_schools(session, [row], now=now)
    return get_school(session, register_no)
