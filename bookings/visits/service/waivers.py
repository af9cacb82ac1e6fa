"""Let a school off the fee for not coming: by a person of the desk, who says why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.visits.queries import VisitRow
from bookings.visits.service.history import note_word
from bookings.visits.service.letters import Letter, letter_key, send_letter
from bookings.visits.service.moves import VisitCommand, change_row, load_visit, note
from vizium.kernel.errors import Conflict
from vizium.kernel.money import Cents
from vizium.mail.service import find_written
from vizium.settings import Settings


@dataclass(frozen=True, slots=True)
class WaiveFee(VisitCommand):
    """Take the fee for not coming back; the reason stays in the visit's history."""

    reason: str = ""


def waive_no_show_fee(
    session: Session, command: WaiveFee, *, settings: Settings, by: str, now: datetime
) -> VisitRow:
    """Let the school off; what late changes cost before stays owed.

    The school hears of it if it was written to that it owes the fee.

    Raises:
        Conflict: ``no_fee_to_waive``, or somebody else changed the visit.
    """
    visit = load_visit(session, command, now=now)
    if not visit.no_show_fee_cents:
        raise Conflict("no_fee_to_waive", state=visit.state.value)
    rest = Cents(visit.fee_cents - visit.no_show_fee_cents)
    waived = change_row(session, visit, fee_cents=rest, no_show_fee_cents=Cents(0))
    note(session, waived, "waive_fee", by=by, now=now)
    note_word(session, waived, command.reason, by=by, now=now)
    was_asked = letter_key(Letter.MISSED, visit.id, version=visit.version, day=visit.local_date)
    if find_written(session, [was_asked]):
        send_letter(session, Letter.WAIVED, waived, settings=settings, now=now)
    return waived
