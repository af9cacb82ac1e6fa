"""A host hears what is new in a near day: in one letter for all that changed together, once.

Nobody who changes a visit, a session or a course has to remember to tell: the sweep compares each
near day with what its host was told last. A day that comes near is taken as told, for until then
the calendar has shown it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.orm import Session

from bookings.hosts.models import HostDay
from bookings.hosts.queries import ToldRow, list_duties, list_told
from bookings.hosts.rules import Duty, face_of, is_due, news_of, packed
from bookings.hosts.service.letters import DayLetter, send_news
from bookings.resources.queries import HostRow, list_hosts
from bookings.visits.rules import VisitPolicy
from bookings.visits.service.letters import loud_at
from bookings.visits.service.policy import get_policy
from vizium.db.inserts import insert_for
from vizium.kernel.clock import days_after, local_date
from vizium.settings import Settings


@dataclass(frozen=True, slots=True)
class _NearDay:
    """A host's day as it is, and as it was told; None where it has just come near."""

    host: HostRow
    day: date
    duties: list[Duty]
    told: ToldRow | None


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at the near days."""

    now: datetime
    today: date
    policy: VisitPolicy
    is_quiet: bool
    settings: Settings


def sweep_host_days(session: Session, *, settings: Settings, now: datetime) -> int:
    """Write to the hosts whose near days are not as they were told.

    In quiet hours only what is new today leaves; the morning's sweep finds the rest.

    Returns:
        How many letters were written.
    """
    today = local_date(now)
    session.execute(delete(HostDay).where(HostDay.day < today))
    hosts = [host for host in list_hosts(session) if host.email]
    if not hosts:
        return 0
    policy = get_policy(session, today)
    look = _Look(now, today, policy, loud_at(now, policy) > now, settings)
    days = [days_after(today, number) for number in range(policy.host_news_days + 1)]
    duties = list_duties(session, days[0], days[-1])
    told = list_told(session, days[0], days[-1])
    near = [
        _NearDay(host, day, duties.get((host.code, day), []), told.get((host.code, day)))
        for host in hosts
        for day in days
    ]
    return sum(_look_at(session, one, look) for one in near)


def _look_at(session: Session, one: _NearDay, look: _Look) -> bool:
    if one.told is None:
        _take_as_told(session, one, look.now)
        return False
    told, face = one.told, face_of(one.duties)
    news = news_of(told.told, one.duties, now=look.now)
    is_new_face = face != told.seen
    stands_since = look.now if is_new_face else told.seen_at
    settle = look.policy.host_news_settle
    waits = look.is_quiet and one.day > look.today
    if waits or not is_due(news, stands_since=stands_since, settle=settle, now=look.now):
        if is_new_face:
            _change(session, told, seen=face, seen_at=look.now)
        return False
    kept = [packed(duty) for duty in one.duties]
    version = told.version + 1
    if not _change(session, told, version=version, told=kept, seen=face, seen_at=look.now):
        # Another process was first, and has written.
        return False
    letter = DayLetter(one.host, told, one.duties, news)
    send_news(session, letter, settings=look.settings, now=look.now)
    return True


def _take_as_told(session: Session, one: _NearDay, now: datetime) -> None:
    values = {
        "host": one.host.code,
        "day": one.day,
        "version": 0,
        "told": [packed(duty) for duty in one.duties],
        "seen": face_of(one.duties),
        "seen_at": now,
    }
    session.execute(insert_for(session, HostDay).values(values).on_conflict_do_nothing())


def _change(session: Session, row: ToldRow, **values: object) -> bool:
    """Write values if nobody has written to this host of this day meanwhile."""
    mine = (HostDay.host == row.host) & (HostDay.day == row.day)
    changed = session.execute(
        update(HostDay)
        .where(mine, HostDay.version == row.version)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", changed).rowcount > 0
