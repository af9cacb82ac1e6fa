"""What the people of a visit are told by mail: to whom, once, and when it may leave.

```
confirmed changed cancelled approved reminder follow_up   every school of the visit
requested declined expired missed waived                  the leading school
joined left                                               a school that comes or goes, alone
asked                                                     the head who approves
```
The key of the outbox is the guard: a letter is written once for a version of the visit, whoever
asks for it how often, also after a crash. What it says stands in `wording`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bookings.resources.rules import is_public_holiday
from bookings.visits.queries import PartyRow, VisitRow
from bookings.visits.rules import VisitPolicy, VisitState
from bookings.visits.service.papers import calendar_file
from bookings.visits.service.policy import get_policy
from bookings.visits.service.schools import joined, left
from bookings.visits.service.wording import Letter, News, letter_text, subject_of, transport_words
from vizium.kernel.clock import local_date
from vizium.mail.quiet import QuietHours, loud_from
from vizium.mail.service import Mail, send
from vizium.settings import Settings
from vizium.web.i18n import translator

__all__ = ["Letter", "News", "letter_key", "loud_at", "send_letter", "transport_words"]

_TO_ALL = frozenset(
    {
        *(Letter.CONFIRMED, Letter.CHANGED, Letter.CANCELLED),
        *(Letter.APPROVED, Letter.REMINDER, Letter.FOLLOW_UP),
    }
)
_OF_THE_DAY = frozenset({Letter.REMINDER, Letter.FOLLOW_UP, Letter.MISSED})
# They answer what the reader has just done, who looks for them now.
_ANSWERS = frozenset({Letter.CONFIRMED, Letter.REQUESTED})
_WITH_CALENDAR = frozenset(
    {
        *(Letter.CONFIRMED, Letter.CHANGED, Letter.CANCELLED, Letter.APPROVED, Letter.REMINDER),
        *(Letter.JOINED, Letter.LEFT),
    }
)
# Who comes so soon has to know now, at whatever hour.
_URGENT_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who gets a letter; `party` is another school than the leading one."""

    email: str
    party: PartyRow | None = None


def send_letter(
    session: Session,
    letter: Letter,
    visit: VisitRow,
    *,
    settings: Settings,
    now: datetime,
    news: News | None = None,
) -> None:
    """Put a letter into the outbox of everybody whom it concerns; once for each version.

    Args:
        visit: as it stands after what the letter tells.
        news: what the visit does not say itself: how it was before, what the head wrote.
    """
    told = news or News()
    words = translator(visit.page_language)
    leaves = now
    if not _is_urgent(letter, visit, now):
        leaves = loud_at(now, get_policy(session, local_date(now)))
    for reader in _readers(letter, visit, told.before):
        mail = Mail(
            key=_key(letter, visit, told, reader),
            recipient=reader.email,
            subject=subject_of(letter, visit, told, words),
            text=letter_text(letter, visit, told, party=reader.party, settings=settings),
            language=words.lang,
            calendar=_calendar(letter, visit, reader, settings=settings, now=now),
            not_before=leaves,
        )
        send(session, mail, now=now)


def letter_key(letter: Letter, visit_id: str, *, version: int, day: date, mark: str = "") -> str:
    """The key under which a letter stands in the outbox.

    What time brings is written once for a day of the visit, whatever is changed about it meanwhile.
    """
    since = day.isoformat() if letter in _OF_THE_DAY else version
    return f"visit:{visit_id}:{since}:{letter.value}" + (f":{mark}" if mark else "")


def loud_at(now: datetime, policy: VisitPolicy) -> datetime:
    """When a letter that can wait leaves: now, or when the quiet hours are over."""
    quiet = QuietHours(policy.quiet_from, policy.quiet_until, frozenset(policy.quiet_weekdays))
    return loud_from(now, quiet, is_rest_day=is_public_holiday)


def _calendar(
    letter: Letter, visit: VisitRow, reader: _Reader, *, settings: Settings, now: datetime
) -> bytes | None:
    """The visit for the reader's calendar; the leading school alone gets its link."""
    if letter not in _WITH_CALENDAR:
        return None
    return calendar_file(
        replace(visit, state=VisitState.CANCELLED) if letter is Letter.LEFT else visit,
        lang=translator(visit.page_language).lang,
        settings=settings,
        now=now,
        with_link=reader.party is None,
    )


def _key(letter: Letter, visit: VisitRow, news: News, reader: _Reader) -> str:
    key = letter_key(letter, visit.id, version=visit.version, day=visit.local_date, mark=news.mark)
    return f"{key}:{reader.party.school}" if reader.party else key


def _is_urgent(letter: Letter, visit: VisitRow, now: datetime) -> bool:
    if letter in _ANSWERS:
        return True
    return letter not in _OF_THE_DAY and visit.local_date - local_date(now) <= _URGENT_WITHIN


def _readers(letter: Letter, visit: VisitRow, before: VisitRow | None) -> Iterator[_Reader]:
    came = joined(before, visit) if before else ()
    if letter in {Letter.JOINED, Letter.LEFT}:
        assert before is not None
        yield from _others(came if letter is Letter.JOINED else left(before, visit))
        return
    if letter is Letter.ASKED:
        assert visit.approver_email is not None
        yield _Reader(visit.approver_email)
        return
    # Who booked by telephone may have no e-mail, and took the pass from the desk.
    if visit.contact.email:
        yield _Reader(visit.contact.email)
    if letter in _TO_ALL:
        # Who has only just come knows nothing of how it was before; who answers for several
        # schools has the leading one's letter.
        along = (party for party in visit.parties[1:] if party not in came)
        yield from _others(one for one in along if one.contact.email != visit.contact.email)


def _others(parties: Iterable[PartyRow]) -> Iterator[_Reader]:
    for party in parties:
        if party.contact.email:
            yield _Reader(party.contact.email, party)
