"""`vizium import schools` and `vizium export`: registers in, lists out, as files for people."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from bookings.compensation.queries import ClaimWish, list_claims, list_funds
from bookings.ledger.queries import list_transfers
from bookings.schools import service as schools
from bookings.schools.forms import read_register
from bookings.schools.rules import ImportReport, RowProblem
from bookings.visits.queries import VisitWish, list_visits
from vizium.cli.sample import SampleReport, load_reference
from vizium.db.session import Database, Session
from vizium.web.i18n import translator

# More than a centre has in its life: the bound is against a mistake, not against use.
_ROWS_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class SchoolsReport(ImportReport):
    """An import's report that a terminal can show."""

    def as_text(self) -> str:
        """Counts, then a line for each row that was not placed or not taken."""
        counts = (
            f"{self.read} rows read: {self.added} added, {self.changed} changed, "
            f"{self.unchanged} unchanged, {len(self.rejected)} rejected; "
            f"{len(self.unplaced)} stored without a distance."
        )
        return "\n".join([counts, *map(_line, self.rejected), *map(_line, self.unplaced)])


def import_schools(database: Database, path: Path, *, now: datetime) -> SchoolsReport:
    """Take a register of institutions; everything or, when the file is unreadable, nothing.

    Municipalities and places are loaded first, so that distances are known in a new centre too.

    Raises:
        InvalidInput: what is wrong with the file as a whole.
    """
    with path.open("rb") as file, database.transaction() as session:
        load_reference(session, report=SampleReport())
        report = schools.import_schools(session, read_register(file), now=now)
    return SchoolsReport(
        read=report.read,
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        unplaced=report.unplaced,
        rejected=report.rejected,
    )


def write_export(database: Database, what: str, file: IO[str]) -> None:
    """Write a list as CSV with a header; `what` is a key of `EXPORTS`."""
    header, read = EXPORTS[what]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    with database.reading() as session:
        writer.writerows(read(session))


def _line(problem: RowProblem) -> str:
    return f"row {problem.row}: {translator('en').code('row', problem.code, **problem.facts)}"


def _visits(session: Session) -> Iterable[Sequence[object]]:
    for visit in list_visits(session, VisitWish(), most=_ROWS_MAX):
        yield (
            visit.reference,
            visit.state.value,
            visit.local_date,
            visit.school,
            visit.school_name,
            visit.pupils,
            visit.adults,
            " ".join(stop.code for stop in visit.stops),
            visit.price_cents,
        )


def _claims(session: Session) -> Iterable[Sequence[object]]:
    for claim in list_claims(session, ClaimWish(), most=_ROWS_MAX):
        yield (
            claim.id,
            claim.state.value,
            claim.reference,
            claim.visited_on,
            claim.school,
            claim.school_name,
            claim.award_cents,
            claim.decided_cents,
        )


def _transfers(session: Session) -> Iterable[Sequence[object]]:
    subjects = [f"fund:{fund.code}" for fund in list_funds(session)]
    claims = list_claims(session, ClaimWish(), most=_ROWS_MAX)
    subjects += [f"claim:{claim.id}" for claim in claims]
    subjects += sorted({f"school:{claim.school}" for claim in claims})
    for subject in subjects:
        for row in list_transfers(session, subject):
            yield (
                row.id,
                row.at.isoformat(),
                row.event,
                row.subject,
                row.debit,
                row.credit,
                row.amount,
                row.reverses,
            )


# Keyed by what is exported: the header and the rows; money is whole cents.
EXPORTS: dict[str, tuple[Sequence[str], Callable[[Session], Iterable[Sequence[object]]]]] = {
    "visits": (
        (
            "reference",
            "state",
            "date",
            "school",
            "school_name",
            "pupils",
            "adults",
            "stops",
            "price_cents",
        ),
        _visits,
    ),
    "claims": (
        (
            "id",
            "state",
            "visit",
            "visited_on",
            "school",
            "school_name",
            "award_cents",
            "decided_cents",
        ),
        _claims,
    ),
    "transfers": (
        ("id", "at", "event", "subject", "debit", "credit", "amount_cents", "reverses"),
        _transfers,
    ),
}
