"""The sample centre's house and catalogue: rooms, people and hours; areas, outcomes, activities.

What staff changed in pages wins over the files, unless the run says otherwise.
"""

from collections.abc import Callable

from bookings.programmes.queries import MaterialRow
from bookings.programmes.service import load_activity, load_area, load_outcome, load_subject
from bookings.resources.queries import list_edited
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
from vizium.cli import sample_rows as rows
from vizium.cli.sample_cells import Cells
from vizium.cli.sample_loader import Loader
from vizium.db.session import Session


def load_resources(loader: Loader) -> None:
    """Rooms, galleries, pools, machines, hosts with their shifts; walks, hours, closed days."""
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
    each("walks.csv", _pair, lambda cells: _load_walk(session, cells))
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


def _pair(cells: Cells) -> str:
    """A walk as the audit of its edits names it."""
    return f"walk:{'.'.join(sorted((cells.text('one'), cells.text('other'))))}"


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


def load_catalogue(loader: Loader) -> None:
    """Learning areas, subjects, outcomes, and the activities with their materials."""
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
