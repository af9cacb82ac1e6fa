"""When no day fits: the changes with which one would, in words, each with the button that makes it.

Every way was tried by the planner itself; taking it changes the answers and shows the plans again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from bookings.visits.forms import GRADES
from bookings.visits.forms.day import pairs_of
from bookings.visits.pages.plan_journey import Journey
from bookings.visits.pages.plan_view import Names, wall_in_words
from bookings.visits.planner.relax import Relaxation
from bookings.visits.planner.request import Need, PlanRequest
from vizium.web.i18n import Translator
from vizium.web.templating import long_day

# What a group of several schools decides among themselves: whose pupils stay at home.
_OF_PEOPLE = frozenset({"pupils", "adults", "visits"})
_ANSWERED = "hours"
_DAY_FIELDS = frozenset({"w", "gal", "need", "d", "language", "arrive", "depart"})
_PEOPLE_FIELDS = frozenset({"adults", "school", *(f"g{grade}" for grade in GRADES)})


@dataclass(frozen=True, slots=True)
class Way:
    """One change in words, and the buttons that make it: word and hidden fields."""

    words: str
    buttons: list[tuple[str, list[tuple[str, str]]]]


def ways_of(journey: Journey, relaxations: Sequence[Relaxation], names: Names) -> list[Way]:
    """The ways out of a refusal."""
    words = journey.page.words
    return [
        Way(relaxation_in_words(one, names, words), _buttons(journey, one, words))
        for one in relaxations
    ]


def relaxation_in_words(one: Relaxation, names: Names, words: Translator) -> str:
    """A change as one sentence."""
    before, after = (_said(one.change, text, names, words) for text in (one.before, one.after))
    return words.code("way", one.change, before=before, after=after)


def _buttons(
    journey: Journey, one: Relaxation, words: Translator
) -> list[tuple[str, list[tuple[str, str]]]]:
    if journey.form.flag("joint") and one.change in _OF_PEOPLE:
        return [(words.t("Change the numbers"), [*journey.carried(), ("step", "school")])]
    if one.also is None:
        return [(words.t("Show the plans with this change"), _answers(journey, one.request))]
    return [
        (words.t("Plan the first visit"), _answers(journey, one.request)),
        (words.t("Plan the second visit"), _answers(journey, one.also[0])),
    ]


def _answers(journey: Journey, request: PlanRequest) -> list[tuple[str, str]]:
    """The answers with what the change changes; who comes from which school stays."""
    whole = not journey.form.flag("joint")
    told = _DAY_FIELDS | (_PEOPLE_FIELDS if whole else frozenset())
    changed = [pair for pair in pairs_of(request) if pair[0] in told]
    kept = journey.carried(*told, "plan", upto=_ANSWERED)
    return [*changed, *kept]


def _said(change: str, text: str, names: Names, words: Translator) -> str:
    """What a change names, as people call it."""
    if change in {"arrive", "depart"}:
        return wall_in_words(time.fromisoformat(text), words.lang)
    if change == "date":
        return long_day(words.lang, date.fromisoformat(text))
    if change == "language":
        return words.code("language", text)
    if change == "need":
        return words.code("need", text) if text in set(Need) else ""
    if change in {"instead", "without"} and text in {"programme", "workshop", "show"}:
        return words.code("any_kind", text)
    return names.titles.get(text, text)
