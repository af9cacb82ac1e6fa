"""The day of a class, question by question: what the answers so far say, and which comes next.

```
class -> school -> wishes -> extras -> days -> hours -> plan -> contact -> money -> (check)
```
`upto` is the furthest question that was answered once; whoever changes an earlier answer comes back
to the furthest question whose answer still holds. Nothing is kept on the server until the hold.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time

from bookings.visits.forms.clock import parse_wall
from bookings.visits.forms.contact import CONTACT_FIELDS
from bookings.visits.forms.people import GRADES, check_supervision, parse_adults, parse_groups
from bookings.visits.planner.request import DATES_MOST, WISHES_MOST, Need, PlanRequest, Wish
from bookings.visits.rules import POLICY, Contact, Funding, Party, VisitPolicy, merge_groups
from bookings.visits.service.planning import Wanted
from vizium.web.forms import Form

STEPS = (
    *("class", "school", "wishes", "extras", "days", "hours"),
    *("plan", "contact", "money"),
)
# Schools that come along with the leading one; more share no bus.
PARTIES = ("p2", "p3", "p4")
GALLERIES_MOST = 7
_LANGUAGE_LENGTH_MAX = 10
# Fields of one value and of several; `travelling_day` carries them in this order.
_SINGLE = ("upto", "adults", "joint", "language", "school", "arrive", "depart", "plan")
_SEVERAL = ("w", "gal", "need", "d")
# Who answers for the group is asked later, once for all schools.
_NOBODY = Contact("", "", "")
_PRIVATE = (*CONTACT_FIELDS, "transport", "funding")


@dataclass(frozen=True, slots=True)
class DayAnswers:
    """What all questions up to the hours say together."""

    parties: tuple[Party, ...]
    language: str
    wishes: tuple[Wish, ...]
    galleries: tuple[str, ...]
    needs: frozenset[Need]
    dates: tuple[date, ...]
    arrive: time | None
    depart: time | None

    def request(self) -> PlanRequest:
        """The day to be planned: all schools as one group."""
        return PlanRequest(
            schools=tuple(party.school for party in self.parties),
            dates=self.dates,
            groups=merge_groups(self.parties),
            adults=sum(party.adults for party in self.parties),
            language=self.language,
            wishes=self.wishes,
            galleries=self.galleries,
            needs=self.needs,
            arrive=self.arrive,
            depart=self.depart,
        )


def travelling_day(form: Form, *, private: bool = False) -> list[tuple[str, str]]:
    """The answers given so far, for a query or hidden fields; names and telephones only if asked.

    The date that was typed travels as one more day, so that it is not asked again.
    """
    names = [*_SINGLE, *_people_fields(""), *(_PRIVATE if private else ())]
    if form.flag("joint"):
        for party in parties_named(form):
            names += [party, f"{party}adults", *_people_fields(party)]
    pairs = [(name, form.raw(name)) for name in names if form.raw(name).strip()]
    days = [day.isoformat() for day in days_named(form)]
    values = {"w": wishes_named(form), "gal": _named(form, "gal"), "need": _named(form, "need")}
    pairs += [(name, value) for name in _SEVERAL for value in (values | {"d": days})[name]]
    return pairs


def pairs_of(request: PlanRequest) -> list[tuple[str, str]]:
    """A request as the answers that ask for it; for a lone school."""
    pairs = [(f"g{group.grade}", str(group.pupils)) for group in request.groups]
    pairs += [("adults", str(request.adults)), ("language", request.language)]
    pairs += [("school", school) for school in request.schools[:1]]
    pairs += [("w", write_wish(wish)) for wish in request.wishes]
    pairs += [("gal", gallery) for gallery in request.galleries]
    pairs += [("need", need.value) for need in sorted(request.needs)]
    pairs += [("d", day.isoformat()) for day in request.dates]
    hours = (("arrive", request.arrive), ("depart", request.depart))
    return pairs + [(name, f"{at:%H:%M}") for name, at in hours if at]


def has_private(form: Form) -> bool:
    """Whether the form carries what must not stand in an address."""
    return any(form.raw(name).strip() for name in _PRIVATE)


def furthest(form: Form) -> int:
    """How many questions were answered once."""
    upto = form.raw("upto")
    return STEPS.index(upto) + 1 if upto in STEPS else 0


def parties_named(form: Form) -> list[str]:
    """The further schools that are named, by the prefix of their fields."""
    named = [name for name in PARTIES if form.flag("joint") and form.raw(name).strip()]
    return [name for name in named if name != form.raw("drop")]


def wishes_named(form: Form) -> list[str]:
    """What was ticked or chosen, each once."""
    return _named(form, "w")


def days_named(form: Form) -> list[date]:
    """The days that were ticked and the one that was typed, ascending; a wrong one is noted."""
    days = {day for day in map(_iso_day, form.all("d")) if day}
    if any(form.raw(f"date_{part}").strip() for part in ("day", "month", "year")):
        typed = form.date("date", stand_in=date.min)
        days |= {typed} - {date.min}
    return sorted(days)


def parse_class(form: Form, policy: VisitPolicy = POLICY) -> Party:
    """The pupils and adults of the leading school; errors are noted in the form."""
    groups, adults = parse_groups(form), parse_adults(form)
    form.text("language", length_max=_LANGUAGE_LENGTH_MAX)
    if not form.errors and not form.flag("joint"):
        check_supervision(form, groups, adults, policy)
    return Party(form.raw("school"), groups, adults, _NOBODY)


def parse_parties(form: Form, policy: VisitPolicy = POLICY) -> tuple[Party, ...]:
    """All schools, the leading one first; adults are counted together. Errors are noted."""
    others = [
        Party(form.raw(name), parse_groups(form, name), parse_adults(form, name), _NOBODY)
        for name in parties_named(form)
    ]
    leading = Party(form.raw("school"), parse_groups(form), parse_adults(form), _NOBODY)
    parties = (leading, *others)
    if len({party.school for party in parties}) < len(parties):
        form.fail("schools", "school_twice")
    if not form.errors and form.flag("joint"):
        adults = sum(party.adults for party in parties)
        check_supervision(form, merge_groups(parties), adults, policy)
    return parties


def parse_wishes(form: Form, known: Mapping[str, Collection[int]], grades: Collection[int]) -> None:
    """Note in the form what cannot be wished.

    Args:
        known: the grades of every activity, keyed by code.
    """
    named = wishes_named(form)
    if not named:
        form.fail("w", "wishes_missing")
    if len(named) > WISHES_MOST:
        form.fail("w", "wishes_too_many", most=WISHES_MOST)
    for word in named:
        wish = read_wish(word)
        if wish.code is None:
            continue
        if wish.code not in known:
            form.fail("w", "wish_unknown", activity=wish.code)
        elif not set(grades) <= set(known[wish.code]):
            form.fail("w", "wish_other_grade", activity=wish.code)


def parse_days(form: Form, *, today: date) -> tuple[date, ...]:
    """The days that would suit; errors are noted in the form."""
    days = days_named(form)
    if not days:
        form.fail("date", "days_missing")
    elif len(days) > DATES_MOST:
        form.fail("date", "dates_count", most=DATES_MOST)
    elif days[0] < today:
        form.fail("date", "day_is_past_one", date=f"{days[0]:%d.%m.%Y}")
    return tuple(days)


def parse_hours(form: Form) -> tuple[time | None, time | None]:
    """When the bus comes and goes, where it is known; errors are noted in the form."""
    arrive, depart = parse_wall(form, "arrive"), parse_wall(form, "depart")
    if arrive and depart and depart <= arrive:
        form.fail("depart", "leaves_before_coming")
    return arrive, depart


def parse_other_day(form: Form, *, today: date) -> Wanted:
    """The day that a visit shall have instead; errors are noted in the form."""
    day = form.date("date", stand_in=today)
    if day < today and not form.errors:
        form.fail("date", "day_is_past_one", date=f"{day:%d.%m.%Y}")
    wishes = tuple(map(read_wish, wishes_named(form)))
    if not wishes:
        form.fail("w", "wishes_missing")
    if len(wishes) > WISHES_MOST:
        form.fail("w", "wishes_too_many", most=WISHES_MOST)
    arrive, depart = parse_hours(form)
    return {
        "dates": (day,),
        "wishes": wishes,
        "needs": _needs(form),
        "arrive": arrive,
        "depart": depart,
    }


def parse_funding(form: Form) -> Funding:
    """Who pays; an error is noted in the form."""
    return Funding(form.choice("funding", [one.value for one in Funding]))


def parse_money(form: Form) -> tuple[Funding, bool]:
    """Who pays and whether bus money is wanted; errors are noted in the form."""
    return parse_funding(form), form.choice("transport", ("yes", "no")) == "yes"


def parse_day(form: Form) -> DayAnswers:
    """All answers up to the hours, of a form whose steps were checked one by one."""
    arrive, depart = parse_hours(form)
    return DayAnswers(
        parties=parse_parties(Form(form.fields)),
        language=form.raw("language"),
        wishes=tuple(map(read_wish, wishes_named(form))),
        galleries=tuple(_named(form, "gal")[:GALLERIES_MOST]),
        needs=_needs(form),
        dates=tuple(days_named(form)),
        arrive=arrive,
        depart=depart,
    )


def read_wish(word: str) -> Wish:
    """``T-07``, ``kind:show`` or ``subject:physics`` (of a programme, which teaches it)."""
    what, _, name = word.partition(":")
    if not name:
        return Wish(code=word)
    if what == "kind":
        return Wish(kind=name)
    if what == "subject":
        return Wish(subject=name)
    return Wish(area=name) if what == "area" else Wish(code=word)


def write_wish(wish: Wish) -> str:
    """A wish as the word that `read_wish` reads."""
    said = (("kind", wish.kind), ("subject", wish.subject), ("area", wish.area))
    return wish.code or next((f"{name}:{value}" for name, value in said if value), "")


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _named(form: Form, name: str) -> list[str]:
    """The values of a field that may come several times: each once, none empty."""
    return [value for value in dict.fromkeys(form.all(name)) if value]


def _needs(form: Form) -> frozenset[Need]:
    return frozenset(need for need in Need if need.value in form.all("need"))


def _people_fields(prefix: str) -> Iterator[str]:
    return (f"{prefix}g{grade}" for grade in GRADES)
