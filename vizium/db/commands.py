"""A command happens once: the client makes its key, we keep the answer beside its effects.

The row is written in the transaction of the effects. A second request with the same key waits at
the UNIQUE constraint until the first has ended, then gets the same answer byte for byte; a worker
that is killed halfway leaves no row and so no locked key.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from vizium.db.base import Base
from vizium.db.inserts import insert_new
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.ids import KEY

# A phone that was out of signal for a holiday still gets its own answer back.
ANSWER_KEPT = timedelta(days=30)


class Command(Base):
    """One command that took effect, and what was answered."""

    __tablename__ = "command"

    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int]
    answer: Mapped[bytes] = mapped_column(LargeBinary)


_COMMAND = Base.metadata.tables[Command.__tablename__]
_EARLIER = select(_COMMAND.c.fingerprint, _COMMAND.c.status, _COMMAND.c.answer).where(
    _COMMAND.c.key == bindparam("of")
)
_END = update(_COMMAND).where(_COMMAND.c.key == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: a status (HTTP's numbers) and the body's bytes."""

    status: int
    body: bytes


def begin_command(session: Session, key: str, *, fingerprint: str, now: datetime) -> Answer | None:
    """Claim a key for this transaction, or give back the earlier answer.

    Args:
        key: scope and client key, e.g. ``form:hold/client-key``; the client's part, after the
            only slash, is 8..80 of letters, digits and ``_.:-``.
        fingerprint: of everything that makes the request what it is.

    Returns:
        None if the command is new (finish it with `end_command` in the same transaction), else the
        earlier answer.

    Raises:
        InvalidInput: the key was used for another content (``key_reused``) or is malformed.
    """
    if not KEY.fullmatch(key.partition("/")[2]):
        raise InvalidInput([FieldError("Idempotency-Key", "key_form")])
    values = {"key": key, "fingerprint": fingerprint, "at": now, "status": 0, "answer": b""}
    if insert_new(session, _COMMAND, values, unless="key", returning="key") is not None:
        return None
    earlier = session.execute(_EARLIER, {"of": key}).one()
    if earlier.fingerprint != fingerprint:
        raise InvalidInput([FieldError("Idempotency-Key", "key_reused")])
    return Answer(earlier.status, earlier.answer)


def find_answer(session: Session, key: str) -> Answer | None:
    """What was answered to a command, or None if it never took effect."""
    row = session.get(Command, key)
    return None if row is None else Answer(row.status, row.answer)


def end_command(session: Session, key: str, answer: Answer) -> None:
    """Keep the answer of a command begun in this transaction."""
    session.execute(_END, {"of": key, "status": answer.status, "answer": answer.body})


def sweep_commands(session: Session, *, now: datetime) -> None:
    """Forget answers older than `ANSWER_KEPT`."""
    session.execute(delete(Command).where(Command.at < now - ANSWER_KEPT))
