"""The contracts of pyproject.toml hold, and each of them catches what it is there to catch.

The second half plants one forbidden import or one homeless file of every kind into a copy of the
packages, runs the linter there once, and looks for each plant under the contract it must break.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT

# (contract, importer, imported): all of them planted, each must be found.
PLANTED_IMPORTS = [
    ("house", "vizium.kernel.money", "vizium.settings"),
    ("house", "vizium.kernel.text", "vizium.db.session"),
    ("house", "edge.ingest.planted", "vizium.db.session"),
    ("house", "vizium.db.audit", "vizium.jobs.service"),
    ("house", "vizium.auth.queries", "bookings.visits.queries"),
    ("house", "bookings.visits.queries", "exhibits.registry.queries"),
    ("house", "exhibits.registry.queries", "bookings.schools.queries"),
    ("house", "bookings.visits.pages", "vizium.pages.home"),
    ("vizium-complete", "vizium.mail.service", "vizium.auth.queries"),
    ("bookings", "bookings.ledger.queries", "bookings.visits.queries"),
    ("bookings", "bookings.schools.queries", "bookings.resources.queries"),
    ("bookings", "bookings.visits.queries", "bookings.waiting.queries"),
    ("bookings", "bookings.courses.queries", "bookings.visits.queries"),
    ("exhibits", "exhibits.registry.models", "exhibits.health.models"),
    ("edge", "edge.wire.planted", "edge.ingest.planted"),
    ("edge", "edge.gateway.planted", "edge.simulator.planted"),
    ("feature", "bookings.visits.rules", "bookings.visits.queries"),
    ("feature", "bookings.visits.queries", "bookings.visits.service"),
    ("pure", "bookings.visits.rules", "sqlalchemy"),
    ("pure", "vizium.kernel.ids", "click"),
    ("small-box", "edge.gateway.planted", "jinja2"),
    ("http-in-pages", "bookings.visits.service", "litestar"),
    ("sql-below-pages", "bookings.visits.pages", "sqlalchemy"),
    ("one-door-stripe", "bookings.visits.service", "stripe"),
    ("one-door-mqtt", "exhibits.telemetry.service", "paho"),
    ("wire-readers", "bookings.visits.queries", "edge.wire"),
]
PLANTED_FILES = [
    ("vizium-complete", "vizium.utils"),
    ("bookings", "bookings.common"),
    ("exhibits", "exhibits.helpers"),
    ("edge", "edge.misc"),
    ("feature", "bookings.visits.manager"),
]
PLANTED_CYCLE = ("vizium.kernel.registers", "vizium.kernel.schoolyear")


def test_all_contracts_are_kept() -> None:
    result = _lint(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the linter says of the planted copy, per name of the contract."""
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=_all_but_python)
    for _, importer, imported in PLANTED_IMPORTS:
        _plant(copy, importer, imported)
    for _, module in PLANTED_FILES:
        _plant(copy, module)
    _plant(copy, *PLANTED_CYCLE)
    _plant(copy, *reversed(PLANTED_CYCLE))
    report = _lint(copy).stdout
    assert "Broken contracts" in report, report
    broken = report.partition("Broken contracts")[2]
    sections = re.split(r"^(.+)\n-{3,}$", broken, flags=re.MULTILINE)
    return dict(zip(sections[1::2], sections[2::2], strict=True))


@pytest.mark.parametrize(("contract", "importer", "imported"), PLANTED_IMPORTS)
def test_planted_import_breaks_its_contract(
    broken: dict[str, str], contract: str, importer: str, imported: str
) -> None:
    words = broken.get(_contract_names()[contract], "the contract is kept")

    assert re.search(rf"{re.escape(importer)} -> {re.escape(imported)} \(l", words), words


@pytest.mark.parametrize(("contract", "module"), PLANTED_FILES)
def test_planted_file_without_a_floor_breaks_its_contract(
    broken: dict[str, str], contract: str, module: str
) -> None:
    assert module.rpartition(".")[2] in broken.get(_contract_names()[contract], "")


def test_planted_cycle_breaks_its_contract(broken: dict[str, str]) -> None:
    words = broken.get(_contract_names()["acyclic"], "")

    assert all(module.rpartition(".")[2] in words for module in PLANTED_CYCLE), words


def test_every_contract_has_something_planted() -> None:
    planted = {contract for contract, *_ in [*PLANTED_IMPORTS, *PLANTED_FILES]} | {"acyclic"}

    assert planted == set(_contract_names())


def _contract_names() -> dict[str, str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["id"]: contract["name"] for contract in settings["contracts"]}


def _plant(root: Path, module: str, imported: str | None = None) -> None:
    with _file(root, module).open("a") as file:
        file.write(f"\nimport {imported}\n" if imported else '"""Planted."""\n')
    if (
        imported
        and imported.startswith(PACKAGES)
        and not _file(root, imported).with_suffix("").is_dir()
    ):
        _file(root, imported).touch()


def _file(root: Path, module: str) -> Path:
    return root / Path(*module.split(".")).with_suffix(".py")


def _all_but_python(folder: str, names: list[str]) -> list[str]:
    return [n for n in names if not n.endswith(".py") and not Path(folder, n).is_dir()]


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=root,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
