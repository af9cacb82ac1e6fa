"""What people and programs may ask of the catalogue."""

from collections.abc import Sequence

from bookings.programmes.queries import TitleRow
from bookings.programmes.rules import GRADES, LANGUAGES, ActivityKind, ActivitySearch
from vizium.web.forms import Form

SEATS_MAX = 500
PAGE_MAX = 200
# The fields of a search, the same on the page and in the API.
FIELDS = ("q", "grade", "area", "subject", "language", "kind", "seats")


def parse_search(
    form: Form, *, areas: Sequence[TitleRow], subjects: Sequence[TitleRow]
) -> ActivitySearch:
    """Read a search; a field that is empty or missing lets anything pass.

    Raises:
        InvalidInput: every field that names no option.
    """
    grade = form.choice("grade", ["", *map(str, GRADES)])
    kind = form.choice("kind", ["", *ActivityKind])
    wanted = ActivitySearch(
        q=form.text("q", missing=None),
        grade=int(grade) if grade else None,
        area=form.choice("area", ["", *(area.code for area in areas)]),
        subject=form.choice("subject", ["", *(subject.code for subject in subjects)]),
        language=form.choice("language", ["", *LANGUAGES]),
        kind=ActivityKind(kind) if kind else None,
        seats=form.whole("seats", least=1, most=SEATS_MAX, empty=0) or None,
    )
    form.check()
    return wanted


def parse_page(form: Form) -> int:
    """The number of a page of results, from 1."""
    number = form.whole("page", least=1, most=PAGE_MAX, empty=1)
    form.check()
    return number


def parse_cursor(form: Form) -> int:
    """Where a list goes on; our own cursors are how many items came before."""
    before = form.whole("cursor", least=0, most=100_000, empty=0)
    form.check()
    return before
