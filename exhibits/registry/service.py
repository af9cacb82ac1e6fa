"""Load the centre's own lists, again and again; give a verdict; tell that the floor changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exhibits.registry.models import Exhibit, FloorVersion, Gallery, VerdictChange
from exhibits.registry.rules import (
    ExhibitData,
    GalleryData,
    LoadReport,
    Parsed,
    RowProblem,
    Verdict,
    parse_exhibits,
    parse_galleries,
)
from vizium.db import audit
from vizium.kernel.errors import NotFound
from vizium.kernel.ids import new_id


def load_galleries(session: Session, rows: Iterable[Mapping[str, str]]) -> LoadReport:
    """Add or change galleries from the rows of a list; a row that is not in it stays.

    Args:
        rows: keyed by ``code title_lv title_en capacity color polygon``; polygon is ``x,y,w,h``.
    """
    return _load(session, parse_galleries(rows), Gallery)


def load_exhibits(session: Session, rows: Iterable[Mapping[str, str]]) -> LoadReport:
    """Add or change exhibits from the rows of a list; verdicts and history stay.

    Args:
        rows: keyed by ``code gallery title_lv title_en what_lv what_en kind x y signals
            idle_gap_s``; signals are separated by semicolons.
    """
    galleries = frozenset(session.scalars(select(Gallery.code)))
    return _load(session, parse_exhibits(rows, galleries=galleries), Exhibit)


def set_verdict(
    session: Session, code: str, verdict: Verdict, *, note: str, by: str, now: datetime
) -> None:
    """Keep what a person says of an exhibit; the same verdict with the same note changes nothing.

    Raises:
        NotFound: no such exhibit.
    """
    exhibit = session.get(Exhibit, code, with_for_update=True)
    if exhibit is None:
        raise NotFound("exhibit")
    if (exhibit.verdict, exhibit.verdict_note) == (verdict, note):
        return
    before = exhibit.verdict
    exhibit.verdict, exhibit.verdict_note, exhibit.verdict_at = verdict, note, now
    change = VerdictChange(id=new_id(now), exhibit=code, at=now, verdict=verdict, note=note, by=by)
    session.add(change)
    audit.record(
        session,
        by=by,
        action="registry.set_verdict",
        subject=f"exhibit:{code}",
        facts={"from": before.value, "to": verdict.value},
        now=now,
    )
    bump_floor_version(session)


def bump_floor_version(session: Session) -> None:
    """Tell every live page that it is out of date; the last write of a transaction.

    Last, because all writers meet at this one row and wait for each other's commit.
    """
    session.flush()
    session.execute(update(FloorVersion).values(number=FloorVersion.number + 1))


def _load(
    session: Session,
    parsed: Parsed[GalleryData] | Parsed[ExhibitData],
    model: type[Gallery] | type[Exhibit],
) -> LoadReport:
    standing: dict[str, Gallery | Exhibit] = {}
    for row in session.scalars(select(model)):
        assert isinstance(row, Gallery | Exhibit)
        standing[row.code] = row
    added = changed = 0
    for _, item in parsed.items:
        values = asdict(item)
        found = standing.get(item.code)
        if found is None:
            session.add(model(**values))
            added += 1
        elif any(getattr(found, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(found, name, value)
            changed += 1
    if added or changed:
        bump_floor_version(session)
    rejected = _rejected_rows(parsed.problems)
    return LoadReport(
        read=len(parsed.items) + rejected,
        added=added,
        changed=changed,
        unchanged=len(parsed.items) - added - changed,
        rejected=parsed.problems,
    )


def _rejected_rows(problems: Sequence[RowProblem]) -> int:
    return len({problem.row for problem in problems})
