"""`vizium sample`: the sample centre, loaded from readable files through the features' services.

Each bad row is reported with its file and number and keeps nobody else out; a second run writes
nothing that stands already. One transaction: a reader sees the whole centre or none of it.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bookings.compensation.service import load_fund
from bookings.compensation.tariff import PolicyError
from bookings.programmes.queries import MaterialRow, get_activity
from bookings.programmes.service import load_activity, load_area, load_outcome, load_subject
from bookings.resources.queries import get_resource, list_edited
from bookings.resources.rules import ResourceKind
from bookings.resources.service import (
    close_day,
    ensure_resource,
    load_galleries,
    load_hosts,
    load_machine,
    load_opening_rules,
    load_rooms,
    load_school_breaks,
    load_shifts,
    load_walk,
)
from bookings.schools.service import import_schools, load_municipalities, load_places
from bookings.visits.rules import TimetableRow
from bookings.visits.service import publish_sessions
from exhibits.registry.rules import LoadReport
from exhibits.registry.service import load_exhibits
from exhibits.registry.service import load_galleries as load_gallery_places
from vizium.auth.service import save_person
from vizium.cli import sample_rows as rows
from vizium.cli.sample_courses import DatedSession, dated_session, load_course
from vizium.cli.sample_rows import FOLDER, CellError, Cells, read_rows
from vizium.cli.start import say
from vizium.db.session import Database, DatabaseError, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import VizError

# How far ahead classes may book in the sample centre.
PUBLISHED_AHEAD = timedelta(days=84)
_FUND_FILE, _TIMETABLE_FILE = "fund.toml", "timetable.csv"


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


def load_sample(
    database: Database,
    *,
    now: datetime,
    secret_key: str,
    folder: Path = FOLDER,
    published: timedelta = PUBLISHED_AHEAD,
    overwrite: bool = False,
) -> SampleReport:
    """Load every file of the sample centre.

    Args:
        secret_key: the centre's key; it signs the ledger's chain.
        published: how far ahead the timetable becomes sessions.
        overwrite: whether the files win over what staff changed in the catalogue and in
            the resources.
    """
    with database.transaction() as session:
        loader = _Loader(session, folder, now, overwrite=overwrite)
        load_reference(session, report=loader.report, folder=folder)
        loader.each("schools.csv", lambda cells: _import_school(session, cells, now))
        _load_exhibition(loader)
        _load_resources(loader)
        _load_catalogue(loader)
        _publish(loader, timedelta(), published)
        _load_courses(loader)
        _load_fund(loader, secret_key)
        loader.each("people.csv", lambda cells: save_person(session, rows.person(cells), now=now))
    return loader.report


def publish_more(
    database: Database, *, now: datetime, first: timedelta, last: timedelta, folder: Path = FOLDER
) -> None:
    """Publish the sessions between two distances from today, in a transaction of its own."""
    with database.transaction() as session:
        _publish(_Loader(session, folder, now), first, last)


def load_reference(session: Session, *, report: SampleReport, folder: Path = FOLDER) -> None:
    """Load the facts of Latvia that every centre needs: municipalities and places."""
    for file in ("municipalities.csv", "former_municipalities.csv"):
        _load_each(
            session,
            report,
            folder / file,
            lambda cells: load_municipalities(session, [rows.municipality(cells)]),
        )
    _load_each(
        session,
        report,
        folder / "places.csv",
        lambda cells: load_places(session, [rows.place(cells)]),
    )


@dataclass(frozen=True, slots=True)
class _Loader:
    """One run over the files of a folder."""

    session: Session
    folder: Path
    now: datetime
    report: SampleReport = field(default_factory=SampleReport)
    overwrite: bool = False

    def each(self, file: str, act: Callable[[Cells], int]) -> None:
        """Do something with every row of a file; it returns how much it wrote."""
        _load_each(self.session, self.report, self.folder / file, act)

    def texts(self, file: str) -> Iterator[dict[str, str]]:
        """The rows of a file as they stand."""
        return (dict(cells.texts) for cells in read_rows(file, folder=self.folder))


def _load_each(
    session: Session, report: SampleReport, path: Path, act: Callable[[Cells], int]
) -> None:
    report.count(path.name)
    for cells in read_rows(path.name, folder=path.parent):
        report.count(path.name, read=1)
        try:
            with session.begin_nested():
                report.count(path.name, written=int(act(cells)))
        except (CellError, VizError, DatabaseError) as error:
            report.problems.append(Problem(path.name, cells.row, _sentence(error)))


def _sentence(error: Exception) -> str:
    if isinstance(error, VizError):
        return say(error).replace("\n  ", " ")
    return str(getattr(error, "orig", error)).splitlines()[0]


def _import_school(session: Session, cells: Cells, now: datetime) -> int:
    report = import_schools(session, [rows.school(cells)], now=now)
    return report.added + report.changed


def _load_exhibition(loader: _Loader) -> None:
    session = loader.session
    _take_over(loader, "galleries.csv", load_gallery_places(session, loader.texts("galleries.csv")))
    _take_over(loader, "exhibits.csv", load_exhibits(session, loader.texts("exhibits.csv")))


def _take_over(loader: _Loader, file: str, loaded: LoadReport) -> None:
    loader.report.count(file, read=loaded.read, written=loaded.added + loaded.changed)
    for problem in loaded.rejected:
        sentence = say(VizError(problem.code, **problem.facts))
        loader.report.problems.append(Problem(file, problem.row, sentence))


def _load_resources(loader: _Loader) -> None:
    session = loader.session
    edited = frozenset() if loader.overwrite else list_edited(session)

    def each(file: str, subject: Callable[[Cells], str], act: Callable[[Cells], int]) -> None:
        loader.each(file, lambda cells: 0 if subject(cells) in edited else act(cells))

    def resource(cells: Cells) -> str:
        return f"resource:{cells.texts.get('host') or cells.text('code')}"

    # A gallery is a place for exhibits there and a head count limit here.
    each("galleries.csv", resource, lambda cells: load_galleries(session, [rows.gallery(cells)]))
    each("pools.csv", resource, lambda cells: _load_pool(session, cells))
    each("rooms.csv", resource, lambda cells: load_rooms(session, [rows.room(cells)]))
    each("machines.csv", resource, lambda cells: _load_machine(session, cells))
    each("hosts.csv", resource, lambda cells: load_hosts(session, [rows.host(cells)]))
    each("shifts.csv", resource, lambda cells: load_shifts(session, rows.shifts(cells)))
    loader.each("walks.csv", lambda cells: _load_walk(session, cells))
    each(
        "opening_hours.csv",
        lambda cells: f"hours:{cells.text('valid_from')}",
        lambda cells: load_opening_rules(session, [rows.opening_rule(cells)]),
    )
    each(
        "closures.csv",
        lambda cells: f"day:{cells.text('date')}",
        lambda cells: _close_day(session, cells),
    )
    each(
        "school_calendar.csv",
        lambda cells: f"break:{cells.text('kind').partition('_')[0]}.{cells.text('start')}",
        lambda cells: _load_school_break(session, cells),
    )


def _load_pool(session: Session, cells: Cells) -> bool:
    return ensure_resource(
        session,
        cells.text("code"),
        kind=ResourceKind.POOL,
        capacity=cells.whole("capacity"),
        title_lv=cells.text("title_lv"),
        title_en=cells.text("title_en"),
    )


def _load_machine(session: Session, cells: Cells) -> bool:
    return load_machine(
        session,
        cells.text("code"),
        room=cells.text("room"),
        title_lv=cells.text("title_lv"),
        title_en=cells.text("title_en"),
    )


def _load_walk(session: Session, cells: Cells) -> bool:
    return load_walk(session, cells.text("one"), cells.text("other"), cells.whole("minutes"))


def _load_school_break(session: Session, cells: Cells) -> int:
    found = rows.school_break(cells)
    return load_school_breaks(session, [found]) if found else 0


def _close_day(session: Session, cells: Cells) -> bool:
    return close_day(
        session,
        cells.day("date"),
        reason_lv=cells.text("reason_lv"),
        reason_en=cells.text("reason_en"),
    )


def _load_catalogue(loader: _Loader) -> None:
    session, overwrite = loader.session, loader.overwrite
    loader.each(
        "learning_areas.csv",
        lambda cells: load_area(
            session, rows.title(cells), position=cells.row, overwrite=overwrite
        ),
    )
    loader.each(
        "subjects.csv",
        lambda cells: load_subject(
            session, rows.title(cells), position=cells.row, overwrite=overwrite
        ),
    )
    loader.each(
        "outcomes.csv",
        lambda cells: load_outcome(
            session, rows.outcome(cells), position=cells.row, overwrite=overwrite
        ),
    )
    exhibits = {
        row.get("code", ""): rows.ExhibitCells(
            row.get("title_lv", ""), row.get("title_en", ""), row.get("gallery", "")
        )
        for row in loader.texts("exhibits.csv")
    }
    materials: dict[str, list[MaterialRow]] = {}
    loader.each("materials.csv", lambda cells: _gather_material(materials, cells))

    def load(cells: Cells) -> int:
        row = rows.activity(cells, exhibits, materials)
        written = load_activity(
            session, row, position=cells.row, now=loader.now, overwrite=overwrite
        )
        loader.report.count("materials.csv", written=len(row.materials) * written)
        return written

    loader.each("activities.csv", load)


def _gather_material(materials: dict[str, list[MaterialRow]], cells: Cells) -> int:
    """Keep a material for its activity; it is written with that."""
    materials.setdefault(cells.text("activity"), []).append(rows.material(cells))
    return 0


def _publish(loader: _Loader, first: timedelta, last: timedelta) -> None:
    """Publish the sessions of the weekly timetable, all rows at once: a day is looked at once."""
    timetable: dict[int, TimetableRow] = {}

    def gather(cells: Cells) -> int:
        row = rows.timetable_row(cells)
        get_activity(loader.session, row.activity)
        for code in (*row.rooms, *([row.host] if row.host else [])):
            get_resource(loader.session, code)
        timetable[cells.row] = row
        return 0

    loader.each(_TIMETABLE_FILE, gather)
    today = local_date(loader.now)
    published = publish_sessions(
        loader.session,
        list(timetable.values()),
        first_day=today + first,
        last_day=today + last,
        now=loader.now,
    )
    loader.report.count(_TIMETABLE_FILE, written=published.published)
    for session_id, resource in published.clashes:
        code, _, start = session_id.split(".")
        row = next(
            number
            for number, row in timetable.items()
            if (row.activity, row.start.replace(":", "")) == (code, start)
        )
        sentence = f"session {session_id} needs {resource}, which is taken"
        loader.report.problems.append(Problem(_TIMETABLE_FILE, row, sentence))


def _load_courses(loader: _Loader) -> None:
    dated: dict[str, list[DatedSession]] = {}

    def gather(cells: Cells) -> int:
        dated.setdefault(cells.text("course"), []).append(dated_session(cells))
        return 0

    def load(cells: Cells) -> int:
        sessions = dated.get(cells.text("code"), [])
        made = load_course(loader.session, cells, sessions, now=loader.now)
        loader.report.count("course_sessions.csv", written=made)
        return bool(made)

    loader.each("course_sessions.csv", gather)
    loader.each("courses.csv", load)


def _load_fund(loader: _Loader, secret_key: str) -> None:
    loader.report.count(_FUND_FILE, read=1)
    data = tomllib.loads((loader.folder / _FUND_FILE).read_text(encoding="utf-8"))
    try:
        with loader.session.begin_nested():
            written = load_fund(
                loader.session, data, secret_key=secret_key, by="system", now=loader.now
            )
    except (PolicyError, VizError, DatabaseError) as error:
        loader.report.problems.append(Problem(_FUND_FILE, 0, _sentence(error)))
    else:
        loader.report.count(_FUND_FILE, written=int(written))
