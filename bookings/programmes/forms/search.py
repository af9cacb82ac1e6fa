"""A search as it stands in an address."""

from collections.abc import Sequence

from bookings.programmes.queries import TitleRow
from bookings.programmes.rules import GRADES, LANGUAGES, ActivityKind, ActivitySearch
from vizium.kernel.schoolyear import SchoolYear
from vizium.web.forms import Form

SEATS_MAX = 500
PAGE_MAX = 200
_CODE_LENGTH_MAX = 40
# The fields of a search, the same on the page and in the API.
FIELDS = ("q", "grade", "area", "subject", "outcome", "language", "kind", "seats", "year")
# What staff may look for besides, and what each means for `ActivitySearch.offered`.
STATES: dict[str, bool | None] = {"": True, "archived": False, "all": None}


def parse_search(
    form: Form, *, areas: Sequence[TitleRow], subjects: Sequence[TitleRow], offered: bool = True
) -> ActivitySearch:
    """Read a search; a field that is empty or missing lets anything pass.

    Args:
        offered: False for staff, who may also look for what is archived.

    Raises:
        InvalidInput: every field that names no option.
    """
    grade = form.choice("grade", ["", *map(str, GRADES)])
    kind = form.choice("kind", ["", *ActivityKind])
    state = "" if offered else form.choice("state", list(STATES))
    wanted = ActivitySearch(
        q=form.text("q", missing=None),
        grade=int(grade) if grade else None,
        area=form.choice("area", ["", *(area.code for area in areas)]),
        subject=form.choice("subject", ["", *(subject.code for subject in subjects)]),
        outcome=form.text("outcome", missing=None, length_max=_CODE_LENGTH_MAX),
        language=form.choice("language", ["", *LANGUAGES]),
        kind=ActivityKind(kind) if kind else None,
        seats=form.whole("seats", least=1, most=SEATS_MAX, empty=0) or None,
        offered=STATES[state],
    )
    form.check()
    return wanted


def parse_year(form: Form, years: Sequence[SchoolYear]) -> SchoolYear:
    """The school year whose catalogue is asked for, by the year in which it begins.

    Args:
        years: those that may be read, the present one first; it stands where none is named.

    Raises:
        InvalidInput: ``year``: it is none of them.
    """
    begins = form.choice("year", ["", *(str(year.start_year) for year in years)])
    form.check()
    return SchoolYear(int(begins)) if begins else years[0]


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
