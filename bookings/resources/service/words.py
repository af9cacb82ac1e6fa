"""What the staff change of walks between places and of the centre's own words.

Both are small tables of their own: a walk is a pair of places and its minutes, a word names a skill
or a kind of room in both languages. Who saves says what stood there when they looked.
"""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.resources.models import Term, Walk
from bookings.resources.queries import TermRow, list_terms
from bookings.resources.service.centre import load_walk
from vizium.db.audit import record
from vizium.kernel.errors import Conflict, FieldError, InvalidInput, NotFound
from vizium.kernel.text import fold


def save_walk(
    session: Session,
    pair: tuple[str, str],
    minutes: int | None,
    *,
    seen: int | None,
    by: str,
    now: datetime,
) -> bool:
    """A class walks so many minutes between two places; None: as long as it usually does.

    Args:
        seen: the minutes that stood there when somebody looked.

    Returns:
        Whether anything changed.

    Raises:
        Conflict: ``resource_changed``.
        InvalidInput: both places are the same.
        NotFound: ``resource``.
    """
    one, other = sorted(pair)
    if one == other:
        raise InvalidInput([FieldError("other", "same_place")])
    walk = session.get(Walk, (one, other), with_for_update=True)
    before = walk.minutes if walk else None
    if before != seen:
        raise Conflict("resource_changed", resource=f"{one} {other}")
    if minutes == before:
        return False
    if minutes is None:
        session.delete(walk)
        session.flush()
    else:
        load_walk(session, one, other, minutes)
    facts = {"before": before, "after": minutes}
    subject = f"walk:{one}.{other}"
    record(session, by=by, action="resources.save_walk", subject=subject, facts=facts, now=now)
    return True


def add_term(session: Session, row: TermRow, *, by: str, now: datetime) -> TermRow:
    """Add a skill or a kind of room; its code is made of its English words.

    Raises:
        InvalidInput: the centre has this word already.
    """
    code = re.sub(r"[^a-z0-9]+", "-", fold(row.title_en)).strip("-")[:40] or "x"
    for other in list_terms(session)[row.kind]:
        same = {fold(other.title_lv), fold(other.title_en)} & {
            fold(row.title_lv),
            fold(row.title_en),
        }
        if same or other.code == code:
            raise InvalidInput([FieldError("title_lv", "word_known", {"word": other.title_lv})])
    session.add(Term(kind=row.kind, code=code, title_lv=row.title_lv, title_en=row.title_en))
    session.flush()
    added = TermRow(row.kind, code, row.title_lv, row.title_en)
    _note_term(session, "add_word", added, {}, by=by, now=now)
    return added


def save_term(session: Session, row: TermRow, *, by: str, now: datetime) -> None:
    """Say a word otherwise; everything that has it says it so from then on.

    Raises:
        NotFound: ``resource``.
    """
    term = session.get(Term, (row.kind, row.code), with_for_update=True)
    if term is None:
        raise NotFound("resource", resource=row.code)
    before = {"title_lv": term.title_lv, "title_en": term.title_en}
    term.title_lv, term.title_en = row.title_lv, row.title_en
    session.flush()
    _note_term(session, "save_word", row, {"before": before}, by=by, now=now)


def _note_term(
    session: Session,
    verb: str,
    row: TermRow,
    facts: dict[str, object],
    *,
    by: str,
    now: datetime,
) -> None:
    facts = facts | {"after": {"title_lv": row.title_lv, "title_en": row.title_en}}
    subject = f"word:{row.kind.value}.{row.code}"
    record(session, by=by, action=f"resources.{verb}", subject=subject, facts=facts, now=now)
