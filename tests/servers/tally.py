"""Which real thing each test ran on, counted for the last lines of a run."""

from collections import Counter

import pytest

_MARKS = {"mosquitto": "Mosquitto", "browser": "Chromium"}
_DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def servers_of(item: pytest.Item) -> set[str]:
    """The real things that a test uses: told by its marks, its fixtures and its parameters."""
    fixtures = set(getattr(item, "fixturenames", ()))
    found = {
        server
        for mark, server in _MARKS.items()
        if mark in fixtures or item.get_closest_marker(mark)
    }
    callspec = getattr(item, "callspec", None)
    if callspec and (kind := callspec.params.get("database_kind")):
        found.add(_DATABASES[kind])
    return found


class Tally:
    """Counts of one run, from the reports of its tests: those come from all worker processes."""

    def __init__(self) -> None:
        self._ran: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()

    def count(self, report: pytest.TestReport) -> None:
        """Take in what a test says of itself: the servers it ran on, or the one it missed."""
        said = dict(report.user_properties)
        if report.when == "call" and not report.skipped:
            self._ran.update(str(said.get("servers", "")).split())
        if report.skipped and "missing" in said:
            self._missing[str(said["missing"])] += 1

    def lines(self) -> list[str]:
        """What to print: the counts, then each reason with the number of tests that it kept out."""
        servers = [*_DATABASES.values(), *_MARKS.values()]
        counts = ", ".join(f"{self._ran[server]} with {server}" for server in servers)
        return [
            f"tests that ran: {counts}",
            *(f"not run: {number} tests, {why}" for why, number in self._missing.items()),
        ]
