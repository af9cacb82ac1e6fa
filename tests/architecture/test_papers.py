"""Papers do not die quietly: what they point to exists, and every decision has its form."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

_PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")])
_LINK = re.compile(r'(?:\]\(|src=")(?!http)([^)#"]+)')
_TOP = "vizium|bookings|exhibits|edge|tests|docs|deploy|benchmarks|requirements"
_PLACE = re.compile(rf"`((?:{_TOP})/[\w./-]*\w/?)`(?: `(\w+)`)?")
# A file that each machine writes for itself, and a name with a blank in it.
_NOT_OURS = {"deploy/.env", "docs/decisions/NNNN-words.md"}
_SECTIONS = ["## Context", "## Decision", "## Consequences", "## Alternatives considered"]
_DECISIONS = sorted(ROOT.glob("docs/decisions/[0-9]*.md"))


@pytest.mark.parametrize("paper", _PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_paper_points_to_what_exists(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")

    dead = [link for link in _LINK.findall(text) if not (paper.parent / link).exists()]
    dead += [f"{place} {name}" for place, name in _PLACE.findall(text) if not _holds(place, name)]

    assert dead == []


@pytest.mark.parametrize("decision", _DECISIONS, ids=lambda decision: decision.stem)
def test_decision_has_its_form_and_stands_in_the_index(decision: Path) -> None:
    lines = decision.read_text(encoding="utf-8").splitlines()
    index = (decision.parent / "README.md").read_text(encoding="utf-8")

    assert lines[0].startswith(
        f"# {'NNNN' if decision.stem.startswith('0000') else decision.stem[:4]}: "
    )
    assert lines[2].startswith("Status: ")
    assert [line for line in lines if line.startswith("## ")] == _SECTIONS
    assert decision.name in index


def _holds(place: str, name: str) -> bool:
    path = ROOT / place
    if place in _NOT_OURS:
        return True
    if not name or path.is_dir():
        return path.exists()
    return path.is_file() and name in path.read_text(encoding="utf-8")
