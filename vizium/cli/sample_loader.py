"""One run over the sample's files: what was read and written, and each row that was not taken.

A bad row is named with its file and number and keeps nobody else out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from vizium.cli.sample_cells import CellError, Cells, read_rows
from vizium.cli.start import say
from vizium.db.session import DatabaseError, Session
from vizium.kernel.errors import VizError


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was not taken, and why; row 0 is the file as a whole."""

    file: str
    row: int
    sentence: str


@dataclass(slots=True)
class SampleReport:
    """What a run did: rows read and things written, keyed by file; and every bad row."""

    read: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def count(self, file: str, *, read: int = 0, written: int = 0) -> None:
        """Add to the counts of a file."""
        self.read[file] = self.read.get(file, 0) + read
        self.written[file] = self.written.get(file, 0) + written

    def as_text(self) -> str:
        """The report for a terminal."""
        lines = [
            f"{file}: {read} rows, {self.written[file]} written" for file, read in self.read.items()
        ]
        lines += [f"{each.file}, row {each.row}: {each.sentence}" for each in self.problems]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Loader:
    """One run over the files of a folder."""

    session: Session
    folder: Path
    now: datetime
    report: SampleReport = field(default_factory=SampleReport)
    overwrite: bool = False

    def each(self, file: str, act: Callable[[Cells], int]) -> None:
        """Do something with every row of a file; it returns how much it wrote."""
        load_each(self.session, self.report, self.folder / file, act)

    def texts(self, file: str) -> Iterator[dict[str, str]]:
        """The rows of a file as they stand."""
        return (dict(cells.texts) for cells in read_rows(file, folder=self.folder))


def load_each(
    session: Session, report: SampleReport, path: Path, act: Callable[[Cells], int]
) -> None:
    """Do something with every row of a file, each in a savepoint of its own."""
    report.count(path.name)
    for cells in read_rows(path.name, folder=path.parent):
        report.count(path.name, read=1)
        try:
            with session.begin_nested():
                report.count(path.name, written=int(act(cells)))
        except (CellError, VizError, DatabaseError) as error:
            report.problems.append(Problem(path.name, cells.row, sentence_of(error)))


def sentence_of(error: Exception) -> str:
    """What went wrong, for a person."""
    if isinstance(error, VizError):
        return say(error).replace("\n  ", " ")
    return str(getattr(error, "orig", error)).splitlines()[0]
