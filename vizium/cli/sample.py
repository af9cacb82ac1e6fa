"""`vizium sample`: the sample centre, loaded from readable files through the features' services.

Each bad row is reported with its file and number and keeps nobody else out; a second run writes
nothing that stands already. One transaction: a reader sees the whole centre or none of it.
"""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

from bookings.compensation.service import load_fund
from bookings.compensation.tariff import PolicyError
from bookings.programmes.queries import get_activity
from bookings.resources.queries import get_resource
from bookings.schools.service import import_schools, load_municipalities, load_places
from bookings.visits.rules import TimetableRow
from bookings.visits.service import publish_sessions
from exhibits.registry.rules import LoadReport
from exhibits.registry.service import load_exhibits
from exhibits.registry.service import load_galleries as load_gallery_places
from vizium.auth.service import save_person
from vizium.cli import sample_rows as rows
from vizium.cli.sample_cells import FOLDER, Cells
from vizium.cli.sample_centre import load_catalogue, load_resources
from vizium.cli.sample_courses import DatedSession, dated_session, load_course
from vizium.cli.sample_loader import Loader, Problem, SampleReport, load_each, sentence_of
from vizium.cli.sample_waiting import load_waiting
from vizium.cli.start import say
from vizium.db.session import Database, DatabaseError, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import VizError

# How far ahead classes may book in the sample centre.
PUBLISHED_AHEAD = timedelta(days=84)
_FUND_FILE, _TIMETABLE_FILE = "fund.toml", "timetable.csv"

__all__ = [
    "PUBLISHED_AHEAD",
    "Problem",
    "SampleReport",
    "load_reference",
    "load_sample",
    "publish_more",
]


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
        loader = Loader(session, folder, now, overwrite=overwrite)
        load_reference(session, report=loader.report, folder=folder)
        loader.each("schools.csv", lambda cells: _import_school(session, cells, now))
        _load_exhibition(loader)
        load_resources(loader)
        load_catalogue(loader)
        _publish(loader, timedelta(), published)
        _load_courses(loader)
        loader.each("waiting.csv", lambda cells: load_waiting(session, cells, now=now))
        _load_fund(loader, secret_key)
        loader.each("people.csv", lambda cells: save_person(session, rows.person(cells), now=now))
    return loader.report


def publish_more(
    database: Database, *, now: datetime, first: timedelta, last: timedelta, folder: Path = FOLDER
) -> None:
    """Publish the sessions between two distances from today, in a transaction of its own."""
    with database.transaction() as session:
        _publish(Loader(session, folder, now), first, last)


def load_reference(session: Session, *, report: SampleReport, folder: Path = FOLDER) -> None:
    """Load the facts of Latvia that every centre needs: municipalities and places."""
    for file in ("municipalities.csv", "former_municipalities.csv"):
        load_each(
            session,
            report,
            folder / file,
            lambda cells: load_municipalities(session, [rows.municipality(cells)]),
        )
    load_each(
        session,
        report,
        folder / "places.csv",
        lambda cells: load_places(session, [rows.place(cells)]),
    )


def _import_school(session: Session, cells: Cells, now: datetime) -> int:
    report = import_schools(session, [rows.school(cells)], now=now)
    return report.added + report.changed


def _load_exhibition(loader: Loader) -> None:
    session = loader.session
    _take_over(loader, "galleries.csv", load_gallery_places(session, loader.texts("galleries.csv")))
    _take_over(loader, "exhibits.csv", load_exhibits(session, loader.texts("exhibits.csv")))


def _take_over(loader: Loader, file: str, loaded: LoadReport) -> None:
    loader.report.count(file, read=loaded.read, written=loaded.added + loaded.changed)
    for problem in loaded.rejected:
        sentence = say(VizError(problem.code, **problem.facts))
        loader.report.problems.append(Problem(file, problem.row, sentence))


def _publish(loader: Loader, first: timedelta, last: timedelta) -> None:
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


def _load_courses(loader: Loader) -> None:
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


def _load_fund(loader: Loader, secret_key: str) -> None:
    loader.report.count(_FUND_FILE, read=1)
    data = tomllib.loads((loader.folder / _FUND_FILE).read_text(encoding="utf-8"))
    try:
        with loader.session.begin_nested():
            written = load_fund(
                loader.session, data, secret_key=secret_key, by="system", now=loader.now
            )
    except (PolicyError, VizError, DatabaseError) as error:
        loader.report.problems.append(Problem(_FUND_FILE, 0, sentence_of(error)))
    else:
        loader.report.count(_FUND_FILE, written=int(written))
