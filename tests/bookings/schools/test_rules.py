import pytest

from bookings.schools.rules import (
    Address,
    Gazetteer,
    Placement,
    SchoolKind,
    genitives,
    kind_of,
    parse_address,
)
from tests.factories.schools import MUNICIPALITIES, PLACES

BY_NAME = {place.name: place for place in PLACES}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "ČIEKURU IELA 1, KAPSĒDE, MEDZES PAGASTS, GROBIŅAS NOVADS, LV-3461",
            Address("Kapsēde", "Medzes", "Grobiņas novads"),
        ),
        (
            "Skolas iela 5, Vaidava, Vaidavas pag., Valmieras nov., LV-4228",
            Address("Vaidava", "Vaidavas", "Valmieras novads"),
        ),
        ("VĀRNU IELA 13a, LATGALES PRIEKŠPILSĒTA, RĪGA, LV-1009", Address("Rīga", "", "")),
        ("TĀRGALES IELA 5, VENTSPILS, LV 3602", Address("Ventspils", "", "")),
        (
            '"Namejs", PŪRES PAGASTS, TUKUMA NOVADS, LV-3124',
            Address("", "Pūres", "Tukuma novads"),
        ),
        (
            "Parauga iela 1, Jelgava, Jelgavas valstspilsēta",
            Address("Jelgava", "", "Jelgavas valstspilsēta"),
        ),
        ("Skolas iela 1", Address("", "", "")),
        ("", Address("", "", "")),
    ],
)
def test_address_is_split(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("address", "place", "municipality"),
    [
        (Address("Skrunda", "", "Kuldīgas novads"), "Skrunda", "LV-050"),
        (Address("Rudbārži", "Skrundas", "Kuldīgas novads"), "Skrunda", "LV-050"),
        # The seat of a municipality that has merged into another.
        (Address("Rudbārži", "Rudbāržu", "Skrundas novads"), "Skrunda", "LV-050"),
        # Another Sala, 130 km from the one that we know.
        (Address("Sala", "Salas", "Babītes novads"), "Mārupe", "LV-062"),
        (Address("Sala", "Salas", "Jēkabpils novads"), "Sala", "LV-042"),
        (Address("Ventspils", "", ""), "Ventspils", "LV-VEN"),
    ],
)
def test_address_is_found(address: Address, place: str, municipality: str) -> None:
    found = Gazetteer(PLACES, MUNICIPALITIES).locate(address)

    assert found == Placement(BY_NAME[place], municipality)


@pytest.mark.parametrize(
    "address",
    [Address("Tartu", "", ""), Address("Skrunda", "", "Tartu novads"), Address("", "", "")],
)
def test_address_elsewhere_is_not_found(address: Address) -> None:
    assert Gazetteer(PLACES, MUNICIPALITIES).locate(address) == Placement(None, None)


@pytest.mark.parametrize(
    ("name", "genitive"),
    [
        ("Skrunda", "skrundas"),
        ("Ogre", "ogres"),
        ("Tukums", "tukuma"),
        ("Talsi", "talsu"),
        ("Cēsis", "cesu"),
        ("Saldus", "saldus"),
        ("Ventspils", "ventspils"),
    ],
)
def test_genitives_hold_the_latvian_one(name: str, genitive: str) -> None:
    assert genitive in genitives(name)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Pirmsskolas izglītības iestāde", SchoolKind.PRESCHOOL),
        ("Speciālā pamatskola Speciālās izglītības iestāde", SchoolKind.SPECIAL),
        ("Valsts ģimnāzija Vispārējās izglītības iestāde", SchoolKind.GYMNASIUM),
        ("Vispārizglītojošā vidusskola", SchoolKind.SECONDARY),
        ("Vispārizglītojošā pamatskola", SchoolKind.BASIC),
        ("Vispārizglītojošā sākumskola", SchoolKind.PRIMARY),
        ("Profesionālās izglītības kompetences centrs", SchoolKind.VOCATIONAL),
        ("Interešu izglītības iestāde", SchoolKind.OTHER),
    ],
)
def test_kind_is_told_from_the_registers_words(words: str, kind: SchoolKind) -> None:
    assert kind_of(words) is kind
