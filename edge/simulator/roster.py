"""Which exhibits to pretend: read from the centre's own list, or made up by number."""

import csv
import random
from dataclasses import dataclass
from pathlib import Path

from edge.wire.topics import is_device_id
from vizium.kernel.errors import SettingsError

_GALLERIES = ("g-body", "g-earth", "g-energy", "g-light", "g-mind", "g-sound", "g-water")
# Broker and file limits of one machine; also what one process can pretend with a straight face.
EXHIBITS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class PretendExhibit:
    """One exhibit of the simulation."""

    code: str
    """Also the device: user name, client id and topic."""
    gallery: str
    popularity: float
    """Its share of the gallery's visitors against an average exhibit's 1.0."""
    power_w: float
    """While somebody uses it."""


def make_roster(count: int, *, seed: int) -> list[PretendExhibit]:
    """Made-up exhibits ``ex-001`` to ``ex-<count>``, spread over seven galleries."""
    assert 1 <= count <= EXHIBITS_MAX
    return [
        _pretend(f"ex-{number:03d}", _GALLERIES[number % len(_GALLERIES)], seed)
        for number in range(1, count + 1)
    ]


def read_roster(path: Path, *, seed: int) -> list[PretendExhibit]:
    """The exhibits of a CSV file with the columns ``code`` and ``gallery``.

    Raises:
        SettingsError: no such file, no such columns, or a code that cannot name a device.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The list of exhibits {path} cannot be read: {error}.") from error
    if not rows or not {"code", "gallery"} <= rows[0].keys():
        raise SettingsError(f"{path} must be CSV with the columns code and gallery, and a row.")
    for row in rows:
        if not is_device_id(row["code"] or ""):
            raise SettingsError(
                f"{path}: the code {row['code']!r} cannot name a device; use 2 to 40 of a-z 0-9 -."
            )
    return [_pretend(row["code"], row["gallery"] or "", seed) for row in rows[:EXHIBITS_MAX]]


def _pretend(code: str, gallery: str, seed: int) -> PretendExhibit:
    """A few exhibits draw the crowd, most are average, some are passed by."""
    chance = random.Random(f"{seed}|{code}")  # noqa: S311 - a simulation, repeatable by its seed
    popularity = min(4.0, chance.paretovariate(2.5)) * 0.6
    return PretendExhibit(code, gallery, round(popularity, 3), round(chance.uniform(25, 240), 1))
