"""Calendars that others subscribe to: of a school, a person, a host, a room.

The address is the right to read, so it shows what its reader may see and nothing else: hosts and
rooms see the school, how many come and what they need, never a teacher's telephone. A link that
went astray is made anew; the old one then opens nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from bookings.resources.queries import get_resource
from bookings.schools.queries import get_school
from bookings.visits.passes import FeedEvent, make_feed
from bookings.visits.queries import StopRow, VisitRow
from bookings.visits.queries.feeds import (
    list_person_visits,
    list_school_visits,
    list_visits_using,
)
from bookings.visits.rules import VisitState
from bookings.visits.service.papers import ADDRESS, group_words, stop_lines
from vizium.auth.service import is_link_key, link_key, revoke_link
from vizium.kernel.clock import local_date
from vizium.kernel.errors import NotFound
from vizium.settings import Settings
from vizium.web.i18n import Translator, translator

_PURPOSE = "calendar"
_BACK, _AHEAD = timedelta(days=31), timedelta(days=366)
_UNSURE = frozenset({VisitState.HELD, VisitState.PROVISIONAL})


class FeedKind(StrEnum):
    """Whose calendar it is; the code is a register number, a person's id or a resource's code."""

    SCHOOL = "school"
    PERSON = "person"
    HOST = "host"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Feed:
    """One calendar."""

    kind: FeedKind
    code: str

    @property
    def subject(self) -> str:
        """What its address is signed for."""
        return f"{self.kind.value}:{self.code}"


CourseEvents = Callable[[Session, str, tuple[date, date], str], list[FeedEvent]]
"""The sessions of courses that take a host or a room, between two days, in a language's words."""

_Lister = Callable[..., list[VisitRow]]
_LISTERS: dict[FeedKind, _Lister] = {
    FeedKind.SCHOOL: list_school_visits,
    FeedKind.PERSON: list_person_visits,
    FeedKind.HOST: list_visits_using,
    FeedKind.ROOM: list_visits_using,
}


def feed_url(session: Session, feed: Feed, *, lang: str, settings: Settings) -> str:
    """The address to subscribe to."""
    key = link_key(session, _PURPOSE, feed.subject, secret_key=settings.secret_key)
    return f"{settings.base_url}/{lang}/calendar/{feed.kind.value}/{feed.code}/{key}.ics"


def renew_feed(session: Session, feed: Feed, *, by: str, now: datetime) -> None:
    """Let the address given out so far open nothing."""
    revoke_link(session, _PURPOSE, feed.subject, by=by, now=now)


def refuse_key(session: Session, feed: Feed, key: str, settings: Settings) -> None:
    """Refuse an address that opens nothing.

    Raises:
        NotFound: ``calendar``: it never was one, or it was made anew.
    """
    is_ours = is_link_key(
        session,
        _PURPOSE,
        feed.subject,
        signature=key,
        secret_key=settings.secret_key,
    )
    if not is_ours:
        raise NotFound("calendar")


def read_feed(
    session: Session, feed: Feed, *, lang: str, now: datetime, courses: CourseEvents
) -> bytes:
    """A calendar.

    Args:
        courses: visits know nothing of courses; hosts and rooms are taken by both.
    """
    today = local_date(now)
    first, last = today - _BACK, today + _AHEAD
    visits = _LISTERS[feed.kind](session, feed.code, first=first, last=last, now=now)
    words = translator(lang)
    events = [event for visit in visits for event in _events(feed, visit, words)]
    if feed.kind in {FeedKind.HOST, FeedKind.ROOM}:
        events += courses(session, feed.code, (first, last), lang)
    return make_feed(_title(session, feed, words), events, language=lang)


def _title(session: Session, feed: Feed, words: Translator) -> str:
    if feed.kind is FeedKind.PERSON:
        return words.t("VIZIUM: your visits")
    if feed.kind is FeedKind.SCHOOL:
        return f"VIZIUM: {get_school(session, feed.code).name}"
    return f"VIZIUM: {get_resource(session, feed.code).title(words.lang)}"


def _events(feed: Feed, visit: VisitRow, words: Translator) -> Iterator[FeedEvent]:
    if feed.kind in {FeedKind.SCHOOL, FeedKind.PERSON}:
        yield _of_school(visit, words)
        return
    for position, stop in enumerate(visit.stops):
        if feed.code == stop.host_code or feed.code in stop.rooms:
            yield _of_staff(visit, stop, position, words)


def _of_school(visit: VisitRow, words: Translator) -> FeedEvent:
    titles = dict.fromkeys(stop.title(words.lang) for stop in visit.stops if stop.is_activity)
    lines = [
        words.t("Reference: %(reference)s", reference=visit.reference),
        words.t("Pupils: %(pupils)s", pupils=group_words(visit.groups, words)),
        *stop_lines(visit, words.lang),
    ]
    return FeedEvent(
        # As in the letters: who subscribes and opens a letter's entry sees one visit.
        uid=f"{visit.reference}@vizium",
        sequence=visit.version,
        stamp=visit.created_at,
        start=visit.start,
        end=visit.end,
        summary="VIZIUM: " + ", ".join(titles or [visit.reference]),
        description="\n".join(lines),
        location=ADDRESS,
        is_sure=visit.state not in _UNSURE,
    )


def _of_staff(visit: VisitRow, stop: StopRow, position: int, words: Translator) -> FeedEvent:
    lines = [
        words.t("Reference: %(reference)s", reference=visit.reference),
        words.t("School: %(school)s", school=visit.school_name),
        words.t("Pupils: %(pupils)s", pupils=group_words(visit.groups, words)),
        words.t("Adults: %(count)s", count=stop.adults),
        words.t("Language: %(language)s", language=words.code("language", visit.language)),
        *(words.code("need", need.value) for need in sorted(visit.needs)),
    ]
    return FeedEvent(
        uid=f"{visit.reference}-{position}@vizium",
        sequence=visit.version,
        stamp=visit.created_at,
        start=stop.start,
        end=stop.end,
        summary=f"{stop.title(words.lang)}: {stop.pupils}, {visit.school_name}",
        description="\n".join(lines),
        location=stop.places[words.lang],
        is_sure=visit.state not in _UNSURE,
    )
