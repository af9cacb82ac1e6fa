"""The staff's overview: where each kind of work waits."""

from litestar import Response, get
from litestar.di import NamedDependency

from vizium.auth.guards import staff_only
from vizium.auth.rules import Person
from vizium.web.page import Page


@get("/staff", sync_to_thread=True, guards=[staff_only])
def show_dashboard(page: NamedDependency[Page], person: NamedDependency[Person]) -> Response[bytes]:
    """Links to the desks of this person's roles."""
    return page.show("dashboard.html", person=person)


PAGES = [show_dashboard]
