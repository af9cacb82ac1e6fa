"""The schools of a planned day: the leading one, and those that come along with their own numbers.

```
search -> (alone: the next question)
       -> (joint) list of schools <-> search for one more -> its numbers
```
"""

from litestar import Response

from bookings.schools.queries import find_school, search_schools
from bookings.visits.forms import GRADES
from bookings.visits.forms.day import PARTIES, parse_parties, parties_named
from bookings.visits.pages.plan_journey import Journey
from vizium.kernel.errors import FieldError
from vizium.web.forms import Form

_SCHOOLS_SHOWN = 12


def check_schools(journey: Journey) -> None:
    """Note in the form what is wrong with the schools and their numbers."""
    form = journey.form
    with journey.database.reading() as session:
        for name in ("school", *parties_named(form)):
            school = find_school(session, form.raw(name)[:20])
            if school is None or not school.active:
                form.fail("school" if name == "school" else "schools", "school_unknown")
    if not form.errors:
        parse_parties(form, journey.rules())


def ask_schools(journey: Journey) -> Response[bytes]:
    """The school, or the schools of a joint group one by one."""
    form = journey.form
    party = form.raw("party")
    party = party if party in PARTIES else ""
    if party and form.raw(party):
        return _ask_party(journey, party)
    other = bool(party) or form.raw("party") == "school" or not form.raw("school")
    unknown = any(error.field == "school" for error in form.errors)
    if form.flag("joint") and not other and not unknown:
        return _list_schools(journey)
    return _search_school(journey, party)


def _search_school(journey: Journey, party: str) -> Response[bytes]:
    q = journey.form.text("q", missing=None)
    mine = journey.visitor.school if journey.visitor else None
    with journey.database.reading() as session:
        found = search_schools(session, q, most=_SCHOOLS_SHOWN) if q else []
        if not q and mine and not party:
            found = [row for row in [find_school(session, mine)] if row]
    return journey.show(
        "school",
        q=q,
        found=found,
        name=party or "school",
        hidden=_hidden_of_search(journey, party),
    )


def _hidden_of_search(journey: Journey, party: str) -> list[tuple[str, str]]:
    """A lone leading school ends the question; a joint group goes on to its list of schools."""
    name = party or "school"
    if not journey.form.flag("joint"):
        return journey.carried(name, upto="school")
    stay = ("party", party) if party else ("step", "school")
    return [*journey.carried(name), stay]


def _ask_party(journey: Journey, party: str) -> Response[bytes]:
    """The numbers of one further school; when they are good, the list of schools again."""
    form = journey.form
    if form.raw("numbers") == party:
        form.errors += _errors_of_party(form, party)
        if not form.errors:
            return _list_schools(journey)
    own = {f"{party}adults", *(f"{party}g{grade}" for grade in GRADES)}
    with journey.database.reading() as session:
        school = find_school(session, form.raw(party)[:20])
    hidden = [*journey.carried(*own), ("party", party), ("numbers", party)]
    return journey.show("party", prefix=party, school=school, grades=GRADES, hidden=hidden)


def _errors_of_party(form: Form, party: str) -> list[FieldError]:
    silent = Form(form.fields)
    parse_parties(silent)
    return [
        error
        for error in silent.errors
        if error.field.startswith(party) or error.code == "school_twice"
    ]


def _list_schools(journey: Journey) -> Response[bytes]:
    """All schools of a joint group with their numbers, and room for one more."""
    form = journey.form
    silent = Form(form.fields)
    parties = parse_parties(silent)
    names = ["school", *parties_named(form)]
    with journey.database.reading() as session:
        rows = [
            (name, find_school(session, party.school[:20]), party)
            for name, party in zip(names, parties, strict=True)
        ]
    free = next((name for name in PARTIES if name not in names), None)
    return journey.show("schools", rows=rows, free=free, hidden=journey.carried(upto="school"))
