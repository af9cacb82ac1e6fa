"""Keep usage sessions and add them to their roll-ups; late ones repair the past by being added."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.orm import Session

from edge.wire.messages import Record, Use
from exhibits.usage import rules
from exhibits.usage.models import UsageRollUp, UsageSession
from vizium.db.inserts import insert_for
from vizium.kernel.clock import from_epoch_ms


@dataclass(frozen=True, slots=True)
class NewUse:
    """A use that no batch has told of before."""

    record: Record
    use: Use


def store_uses(session: Session, uses: Sequence[NewUse]) -> None:
    """Store sessions and raise the hours and days they touch.

    The caller has locked the exhibits and knows the records as new, so nothing counts twice.
    """
    if not uses:
        return
    session.execute(insert(UsageSession), [_row(use) for use in uses])
    table = insert_for(session, UsageRollUp)
    raising = table.on_conflict_do_update(
        index_elements=["exhibit", "span", "start_at"],
        set_={
            "uses": UsageRollUp.uses + table.excluded.uses,
            "busy_ms": UsageRollUp.busy_ms + table.excluded.busy_ms,
        },
    )
    session.execute(raising, _roll_ups(uses))


def _row(new: NewUse) -> dict[str, object]:
    return {
        "exhibit": new.record.device,
        "boot": new.record.boot,
        "seq": new.record.seq,
        "session_id": new.use.id,
        "started_at": from_epoch_ms(new.use.started_ms),
        "dwell_ms": new.use.ended_ms - new.use.started_ms,
        "acts": new.use.acts,
        "ending": new.use.end,
        "language": new.use.language,
    }


def _roll_ups(uses: Sequence[NewUse]) -> list[dict[str, object]]:
    sessions = [
        rules.Session(
            new.record.device,
            from_epoch_ms(new.use.started_ms),
            new.use.ended_ms - new.use.started_ms,
        )
        for new in uses
    ]
    totals = sorted(
        rules.roll_up(sessions).items(),
        key=lambda item: (item[0].exhibit, item[0].span, item[0].start_at),
    )
    return [
        {
            "exhibit": bucket.exhibit,
            "span": bucket.span,
            "start_at": bucket.start_at,
            "uses": amount.uses,
            "busy_ms": amount.busy_ms,
        }
        for bucket, amount in totals
    ]
