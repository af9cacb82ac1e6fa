"""Where a school is, told from its address in the register; pure.

The ladder, first rung that holds: the village or town that the address names; the parish's village;
the seat of the municipality that the address names, even if it has since merged into another or
is a city beside it; the largest town of the municipality of today. The first two rungs stay inside
the municipality of today, so that one of two villages with the same name is not taken for the
other.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from vizium.kernel.text import fold

# Chains of mergers in Latvia have two steps at most (2021, 2025).
_MERGERS_MAX = 5
_POSTCODE = re.compile(r"LV-?\s?\d{4}", re.IGNORECASE)
_PARISH = re.compile(r"(?P<name>.+) (pagasts|pag\.)", re.IGNORECASE)
_MUNICIPALITY = re.compile(r"(?P<name>.+) (?P<word>novads|nov\.|valstspilsēta)", re.IGNORECASE)


class SchoolKind(StrEnum):
    """What a school teaches, by the type in the register."""

    PRESCHOOL = "preschool"
    PRIMARY = "primary"
    BASIC = "basic"
    SECONDARY = "secondary"
    GYMNASIUM = "gymnasium"
    SPECIAL = "special"
    VOCATIONAL = "vocational"
    OTHER = "other"


class DistanceSource(StrEnum):
    """Where a distance comes from; only an estimate is replaced by an import."""

    ESTIMATE = "estimate"
    MANUAL = "manual"
    ROUTE_PLAN = "route-plan"


@dataclass(frozen=True, slots=True)
class MunicipalityRow:
    """A municipality of today, or one that ended and what it went into."""

    iso_code: str
    name: str
    valid_to: date | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A town or village with the way from it to the centre by road."""

    geonameid: int
    name: str
    lat: float
    lon: float
    population: int
    municipality: str
    road_m: int


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One institution of the register; `row` is its line in the file."""

    row: int
    register_no: str
    name: str
    kind: SchoolKind
    address: str
    email: str | None = None
    phone: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row of a file; `code` names a sentence, `facts` fill it."""

    row: int
    code: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: read = added + changed + unchanged + len(rejected).

    `unplaced` rows are stored, without a distance.
    """

    read: int
    added: int
    changed: int
    unchanged: int
    unplaced: tuple[RowProblem, ...]
    rejected: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address that say where it is; empty where it does not say.

    `parish` is a name in the genitive, ``Ošupes``; `municipality` a full name, ``Madonas novads``.
    """

    settlement: str
    parish: str
    municipality: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an address was found; neither: nowhere."""

    place: PlaceRow | None
    municipality: str | None


def parse_address(text: str) -> Address:
    """Split an address of the register.

    Reads ``Skolas iela 5, Vaidava, Vaidavas pagasts, Valmieras novads, LV-4228``, the same in
    capitals, with ``pag.`` and ``nov.``, and a town without a municipality.
    """
    parts = [part.strip() for part in text.split(",")]
    parts = [part for part in parts if part and not _POSTCODE.fullmatch(part)]
    municipality = parish = ""
    if parts and (match := _MUNICIPALITY.fullmatch(parts[-1])):
        word = "novads" if match["word"].lower().startswith("nov") else "valstspilsēta"
        municipality = f"{_title_case(match['name'])} {word}"
        parts.pop()
    while parts and (match := _PARISH.fullmatch(parts[-1])):
        parish = match["name"]
        parts.pop()
    # The first part is the street or the house's name.
    settlement = parts[-1] if len(parts) > 1 else ""
    return Address(_title_case(settlement), _title_case(parish), municipality)


def kind_of(type_of_school: str) -> SchoolKind:
    """The kind that the register's words (``Veids`` and ``Tips``) come to."""
    words = fold(type_of_school)
    for stem, kind in _KIND_STEMS:
        if stem in words:
            return kind
    return SchoolKind.OTHER


# First match counts: "speciala pamatskola" is special, "valsts gimnazija" no secondary school.
_KIND_STEMS: Sequence[tuple[str, SchoolKind]] = (
    ("pirmsskol", SchoolKind.PRESCHOOL),
    ("special", SchoolKind.SPECIAL),
    ("attistibas centr", SchoolKind.SPECIAL),
    ("profesional", SchoolKind.VOCATIONAL),
    ("arodizglitib", SchoolKind.VOCATIONAL),
    ("tehnikum", SchoolKind.VOCATIONAL),
    ("gimnazij", SchoolKind.GYMNASIUM),
    ("vidusskol", SchoolKind.SECONDARY),
    ("pamatskol", SchoolKind.BASIC),
    ("sakumskol", SchoolKind.PRIMARY),
)


class Gazetteer:
    """All known places and municipalities, ready to be asked."""

    def __init__(
        self, places: Iterable[PlaceRow], municipalities: Iterable[MunicipalityRow]
    ) -> None:
        self._by_iso = {row.iso_code: row for row in municipalities}
        self._by_name = {fold(row.name): row for row in self._by_iso.values()}
        self._named: dict[str, list[PlaceRow]] = defaultdict(list)
        self._in_genitive: dict[str, list[PlaceRow]] = defaultdict(list)
        self._within: dict[str, list[PlaceRow]] = defaultdict(list)
        for place in sorted(places, key=lambda place: (-place.population, place.geonameid)):
            self._named[fold(place.name)].append(place)
            self._within[place.municipality].append(place)
            for genitive in genitives(place.name):
                self._in_genitive[genitive].append(place)

    def locate(self, address: Address) -> Placement:
        """Climb down the ladder of this module."""
        territory = self._territory(address.municipality)
        if address.municipality and territory is None:
            return Placement(None, None)
        for place in (
            *self._named.get(fold(address.settlement), ()),
            *self._in_genitive.get(fold(address.parish), ()),
        ):
            if territory is None or place.municipality == territory:
                return Placement(place, place.municipality)
        for seat in self._in_genitive.get(fold(address.municipality).rpartition(" ")[0], ()):
            return Placement(seat, territory)
        largest = self._within.get(territory or "", [None])[0]
        return Placement(largest, territory)

    def name_of(self, iso_code: str | None) -> str:
        """A municipality's name; empty for none."""
        return self._by_iso[iso_code].name if iso_code is not None else ""

    def _territory(self, name: str) -> str | None:
        """The municipality of today that a name, perhaps of an earlier day, stands for."""
        row = self._by_name.get(fold(name))
        for _ in range(_MERGERS_MAX):
            if row is None or row.merged_into is None:
                break
            row = self._by_iso.get(row.merged_into)
        return row.iso_code if row is not None else None


def genitives(name: str) -> set[str]:
    """The folded genitives that a Latvian place name may have: ``Skrunda`` gives ``skrundas``.

    Some are not Latvian (``Ventspils`` also gives ``ventspila``); they match nothing.
    """
    folded = fold(name)
    forms = {folded}
    if folded.endswith(("a", "e")):
        forms.add(folded + "s")
    if folded.endswith("s"):
        forms.add(folded[:-1] + "a")
    if folded.endswith("i"):
        forms.add(folded[:-1] + "u")
    if folded.endswith("is"):
        forms.add(folded[:-2] + "u")
    return forms


def _title_case(text: str) -> str:
    """``LIELIE DZĒRVEĻI`` as people write it; a text in mixed case stays as it is."""
    return text.title() if text.isupper() else text
