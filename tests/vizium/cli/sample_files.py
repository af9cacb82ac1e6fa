"""How the tests read the files of the sample centre: with csv alone, no loader involved."""

import csv
from pathlib import Path

import vizium.cli

FOLDER = Path(vizium.cli.__file__).parent / "sample_data"
CELL_MIN = 15
# What stands where a row has more cells than the header, or fewer.
EXTRA, MISSING = "<extra>", "<missing>"

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, restkey=EXTRA, restval=MISSING, strict=True))


def by_code(name: str) -> dict[str, Row]:
    return {row["code"]: row for row in rows(name)}


def items(cell: str) -> list[str]:
    return cell.split(";") if cell else []
