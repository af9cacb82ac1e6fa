"""Calendars to subscribe to, and the pages on which their addresses stand."""

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter

from bookings.resources.queries import list_hosts, list_rooms
from bookings.visits.service.access import CHANGING_ROLES
from bookings.visits.service.feeds import (
    CourseEvents,
    Feed,
    FeedKind,
    feed_url,
    read_feed,
    refuse_key,
    renew_feed,
)
from vizium.auth.guards import requires, signed_in, staff_only
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.kernel.errors import NotFound
from vizium.kernel.ids import fingerprint
from vizium.web.forms import Form
from vizium.web.page import Page

_SUFFIX = ".ics"
_STAFF_KINDS = frozenset({FeedKind.HOST, FeedKind.ROOM})


@get("/calendar/{kind:str}/{code:str}/{file:str}", sync_to_thread=True)
def show_feed(  # noqa: PLR0913 - a handler names all that it asks for
    kind: FromPath[str],
    code: FromPath[str],
    file: FromPath[str],
    *,
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    course_events: NamedDependency[CourseEvents],
    known: Annotated[str | None, HeaderParameter(name="if-none-match")] = None,
) -> Response[bytes]:
    """A calendar; one that has not changed travels as a few bytes."""
    if kind not in set(FeedKind) or not file.endswith(_SUFFIX):
        raise NotFound("calendar")
    with database.reading() as session:
        feed = Feed(FeedKind(kind), code)
        refuse_key(session, feed, file.removesuffix(_SUFFIX), page.settings)
        calendar = read_feed(session, feed, lang=page.lang, now=page.now, courses=course_events)
    etag = f'"{fingerprint(calendar)[:32]}"'
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    if known is not None and etag in known:
        return Response(b"", status_code=304, headers=headers)
    return Response(calendar, media_type="text/calendar", headers=headers)


@get("/visits/calendar", guards=[signed_in], sync_to_thread=True)
def show_my_feed(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The address of the calendar of a person's school, or of the person."""
    feed = _mine(person)
    with database.reading() as session:
        url = feed_url(session, feed, lang=page.lang, settings=page.settings)
    return page.show("bookings/visits/my_calendar.html", url=url, kind=feed.kind.value)


@post("/visits/calendar", guards=[signed_in], sync_to_thread=True)
def renew_my_feed(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Make the address anew."""
    with database.transaction() as session:
        renew_feed(session, _mine(person), by=person.id, now=page.now)
    return page.go("/visits/calendar")


@get("/staff/calendars", guards=[staff_only], sync_to_thread=True)
def list_feeds(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The addresses of the calendars of all hosts and rooms."""
    with database.reading() as session:
        hosts = [(Feed(FeedKind.HOST, host.code), host.name) for host in list_hosts(session)]
        rooms = [
            (Feed(FeedKind.ROOM, room.code), room.title(page.lang)) for room in list_rooms(session)
        ]
        feeds = [
            (feed, name, feed_url(session, feed, lang=page.lang, settings=page.settings))
            for feed, name in [*hosts, *rooms]
        ]
    may_renew = not person.roles.isdisjoint(CHANGING_ROLES)
    return page.show("bookings/visits/calendars.html", feeds=feeds, may_renew=may_renew)


@post("/staff/calendars", guards=[requires(*CHANGING_ROLES)], sync_to_thread=True)
def renew_staff_feed(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Make the address of a host's or a room's calendar anew."""
    kind, code = form.raw("kind"), form.raw("code")
    if kind not in _STAFF_KINDS:
        raise NotFound("calendar")
    with database.transaction() as session:
        rows = list_hosts(session) if kind == FeedKind.HOST else list_rooms(session)
        if code not in {row.code for row in rows}:
            raise NotFound("calendar")
        renew_feed(session, Feed(FeedKind(kind), code), by=person.id, now=page.now)
    return page.go("/staff/calendars")


def _mine(person: Person) -> Feed:
    if person.school:
        return Feed(FeedKind.SCHOOL, person.school)
    return Feed(FeedKind.PERSON, person.id)
