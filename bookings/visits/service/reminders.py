"""Letters that time brings: reminders, the head's second letter, what comes after the day.

Of not coming the school hears the day after: by then the desk has put right what was a slip.

The sweep decides by the state of the visits and by the keys of the outbox, so it may run twice, in
two processes, or after a day's standstill, and nobody hears anything twice or far too late.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.visits.models import Visit
from bookings.visits.queries import get_visit_by_id
from bookings.visits.rules import VisitState
from bookings.visits.rules.reminders import reminded_days, reminder_due
from bookings.visits.service.letters import Letter, News, letter_key, loud_at, send_letter
from bookings.visits.service.policy import get_policy
from vizium.kernel.clock import local_date
from vizium.mail.service import find_written
from vizium.settings import Settings

# One transaction writes so many letters; the next run writes the next ones.
_LETTERS_AT_ONCE = 20
_LOOKED_AT = 500
_FOLLOWED_WITHIN = timedelta(days=3)
_HEAD_AGAIN_BEFORE = timedelta(days=3)
_NEWS_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class _Due:
    """A letter that is due, if it does not stand in the outbox yet."""

    letter: Letter
    visit: str
    key: str
    news: News


def sweep_letters(session: Session, *, settings: Settings, now: datetime) -> int:
    """Write the letters that are due, outside the quiet hours.

    Returns:
        How many were written.
    """
    policy = get_policy(session, local_date(now))
    if loud_at(now, policy) > now:
        return 0
    due = [
        *_reminders(session, policy.reminder_days, now),
        *_follow_ups(session, now),
        *_approvals(session, now),
    ]
    written = find_written(session, [one.key for one in due])
    missing = [one for one in due if one.key not in written][:_LETTERS_AT_ONCE]
    for one in missing:
        visit = get_visit_by_id(session, one.visit)
        send_letter(session, one.letter, visit, settings=settings, now=now, news=one.news)
    return len(missing)


def _reminders(session: Session, marks: tuple[int, ...], now: datetime) -> Iterable[_Due]:
    today = local_date(now)
    days = reminded_days(today, marks)
    wanted = (Visit.state == VisitState.CONFIRMED) & Visit.local_date.in_(days)
    query = select(Visit.id, Visit.version, Visit.local_date, Visit.created_at).where(wanted)
    for visit_id, version, day, created_at in session.execute(query):
        booked = local_date(created_at)
        mark = reminder_due(day, booked=booked, today=today, marks=marks)
        if mark is not None:
            news = News(days_before=(day - today).days, mark=str(mark))
            yield _due(Letter.REMINDER, visit_id, version, day, news)


def _follow_ups(session: Session, now: datetime) -> Iterable[_Due]:
    today = local_date(now)
    over = Visit.local_date.between(today - _FOLLOWED_WITHIN, today - timedelta(days=1))
    query = select(Visit.id, Visit.version, Visit.local_date).where(over).limit(_LOOKED_AT)
    for row in session.execute(query.where(Visit.state == VisitState.COMPLETED)):
        yield _due(Letter.FOLLOW_UP, *row, News())
    for row in session.execute(query.where(Visit.state == VisitState.NO_SHOW)):
        yield _due(Letter.MISSED, *row, News())


def _approvals(session: Session, now: datetime) -> Iterable[_Due]:
    """The head is asked anew after a change and once more before the end; then the teacher hears.

    What the head was asked stands under the version of the visit, so a change is a new question.
    """
    query = select(Visit.id, Visit.version, Visit.local_date).limit(_LOOKED_AT)
    has_approver = Visit.approver_email.is_not(None)
    asked = query.where(Visit.state == VisitState.PROVISIONAL, has_approver)
    for row in session.execute(asked.where(Visit.expires_at > now)):
        yield _due(Letter.ASKED, *row, News())
    ending = Visit.expires_at.between(now, now + _HEAD_AGAIN_BEFORE)
    long_ago = Visit.created_at < now - _HEAD_AGAIN_BEFORE
    for row in session.execute(asked.where(ending, long_ago)):
        yield _due(Letter.ASKED, *row, News(mark="again"))
    lately = Visit.expires_at.between(now - _NEWS_FOR, now)
    ended = query.where(Visit.state == VisitState.EXPIRED, has_approver, lately)
    for row in session.execute(ended):
        yield _due(Letter.EXPIRED, *row, News())


def _due(letter: Letter, visit_id: str, version: int, day: date, news: News) -> _Due:
    key = letter_key(letter, visit_id, version=version, day=day, mark=news.mark)
    return _Due(letter, visit_id, key, news)
