"""Whether a certificate is genuine, said in words to everybody who holds the paper.

The page repeats what stands on the paper and nothing else. Numbers cannot be guessed (729 million
of them), and who tries is slowed down.
"""

from datetime import timedelta

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.courses.queries import find_completion
from vizium.db.session import Database
from vizium.kernel.ids import parse_reference
from vizium.web.forms import Form
from vizium.web.limits import use_once
from vizium.web.page import Page

_CHECKS_PER_PEER = 30
_CHECKS_WINDOW = timedelta(minutes=15)


@get("/certificates", sync_to_thread=True)
def ask_certificate(page: NamedDependency[Page], asked: NamedDependency[Form]) -> Response[bytes]:
    """Type the number that stands on the paper."""
    typed = asked.raw("number")[:40]
    number = parse_reference(typed)
    if number is not None:
        return page.go(f"/certificates/{number}")
    return page.show("bookings/courses/certificate_ask.html", typed=typed)


@get("/certificates/{number:str}", sync_to_thread=True)
def check_certificate(
    number: FromPath[str], page: NamedDependency[Page], database: NamedDependency[Database]
) -> Response[bytes]:
    """Genuine, with what the paper says; or not known here, with what to do."""
    with database.transaction() as session:
        use_once(
            session,
            f"certificate:{page.peer}",
            most=_CHECKS_PER_PEER,
            window=_CHECKS_WINDOW,
            now=page.now,
        )
    with database.reading() as session:
        found = find_completion(session, parse_reference(number[:40]) or "")
    status = 200 if found else 404
    template = "bookings/courses/certificate.html"
    return page.show(template, status=status, found=found, number=number[:40])
