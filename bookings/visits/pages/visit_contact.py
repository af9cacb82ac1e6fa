"""Who answers for a visit and who pays: that changes nothing else, so nothing is previewed."""

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.visits.forms import parse_contact
from bookings.visits.forms.day import parse_funding
from bookings.visits.pages.visit_link import ASKED, BY_LINK_PATH, SENT, Link, version_of
from bookings.visits.rules import Funding
from bookings.visits.service import ChangeVisit, change_visit
from bookings.visits.service.access import BY_LINK


@get(BY_LINK_PATH + "/contact", dependencies=ASKED, sync_to_thread=True)
def new_contact(link: NamedDependency[Link]) -> Response[bytes]:
    """Who answers for the class from now on."""
    return _ask_contact(link) if link.is_open else link.refuse_closed()


@post(BY_LINK_PATH + "/contact", dependencies=SENT, sync_to_thread=True)
def create_contact(link: NamedDependency[Link]) -> Response[bytes]:
    """Write to somebody else from now on."""
    contact = parse_contact(link.form)
    if link.form.errors:
        return _ask_contact(link)
    version = version_of(link.form)
    return _change(link, ChangeVisit(link.visit.reference, version=version, contact=contact))


@get(BY_LINK_PATH + "/funding", dependencies=ASKED, sync_to_thread=True)
def new_funding(link: NamedDependency[Link]) -> Response[bytes]:
    """Who pays for the visit."""
    return _ask_funding(link) if link.is_open else link.refuse_closed()


@post(BY_LINK_PATH + "/funding", dependencies=SENT, sync_to_thread=True)
def create_funding(link: NamedDependency[Link]) -> Response[bytes]:
    """Somebody else pays."""
    funding = parse_funding(link.form)
    if link.form.errors:
        return _ask_funding(link)
    version = version_of(link.form)
    return _change(link, ChangeVisit(link.visit.reference, version=version, funding=funding))


def _ask_contact(link: Link) -> Response[bytes]:
    return link.show("visit_contact", version=link.visit.version)


def _ask_funding(link: Link) -> Response[bytes]:
    words = link.page.words
    fundings = [(one.value, words.code("funding", one.value)) for one in Funding]
    return link.show("visit_funding", version=link.visit.version, fundings=fundings)


def _change(link: Link, command: ChangeVisit) -> Response[bytes]:
    return link.act(
        "change",
        lambda session: change_visit(
            session,
            command,
            transport=link.transport,
            settings=link.page.settings,
            by=BY_LINK,
            now=link.page.now,
        ),
    )
