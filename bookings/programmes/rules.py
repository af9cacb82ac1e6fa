"""Searching the catalogue; pure.

A word that was asked for is cut to its stem and found where a word of an activity begins with it;
only if it begins none, one typing slip (a letter too many, too few, wrong, or two swapped) is
forgiven. Every word must be found. All in memory: a catalogue has tens of activities, at most
`CATALOGUE_MAX`.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vizium.kernel.text import words

CATALOGUE_MAX = 5_000
WORDS_MAX = 8
PRESCHOOL = 0
GRADES = range(13)
LANGUAGES = ("lv", "en", "ru")
# A shorter word has too many neighbours one slip away.
_SLIP_LENGTH_MIN = 4
# Endings of nouns and adjectives, folded; the longest that leaves four letters is cut.
_ENDING = re.compile(
    r"(?<=[a-z0-9]{4})"
    r"(?:iem|aj(?:am|ai|as|os)|ais|am|as|ai|ei|em|es|ie|is|os|us|um|ij|ju|[uaeiosy])$"
)


class ActivityKind(StrEnum):
    """What kind of thing an activity is."""

    PROGRAMME = "programme"
    WORKSHOP = "workshop"
    SHOW = "show"
    EDUCATOR = "educator"


@dataclass(frozen=True, slots=True)
class ActivitySearch:
    """What is looked for; empty or None where anything will do."""

    q: str = ""
    grade: int | None = None
    area: str = ""
    subject: str = ""
    language: str = ""
    kind: ActivityKind | None = None
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class Searchable:
    """What the search knows of an activity; words are folded."""

    code: str
    kind: ActivityKind
    grades: Collection[int]
    areas: Collection[str]
    subjects: Collection[str]
    languages: Collection[str]
    seats_max: int
    title_words: Sequence[str]
    other_words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Found:
    """Codes in order, and how many there would be for each option of each filter.

    `facets` is keyed by the filter's name, then by the option; a filter's own choice does not
    count against its other options.
    """

    codes: tuple[str, ...]
    facets: dict[str, dict[str, int]]


def search(items: Sequence[Searchable], wanted: ActivitySearch) -> Found:
    """Find activities: best match first, else in the order of `items`."""
    scores = match_words(items, wanted.q)
    facets: dict[str, Counter[str]] = {name: Counter() for name in _OPTIONS}
    codes: list[str] = []
    for item in items:
        if item.code not in scores:
            continue
        missed = [name for name, passes in _FILTERS.items() if not passes(item, wanted)]
        if not missed:
            codes.append(item.code)
        for name, options in _OPTIONS.items():
            if not missed or missed == [name]:
                facets[name].update(options(item))
    codes.sort(key=lambda code: -scores[code])
    return Found(tuple(codes), {name: dict(counter) for name, counter in facets.items()})


def match_words(items: Sequence[Searchable], q: str) -> dict[str, int]:
    """The score of each activity that has every word of `q`, keyed by code."""
    scores = {item.code: 0 for item in items}
    for word in words(q)[:WORDS_MAX]:
        found = _match_word(items, word)
        scores = {code: score + found[code] for code, score in scores.items() if code in found}
    return scores


def stem(word: str) -> str:
    """A folded word without its ending: ``kimijas`` and ``kimija`` give ``kimij``."""
    return _ENDING.sub("", word)


def is_one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter added, missing, wrong, or two neighbours swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    a, b = one[same:], other[same:]
    swapped = a[:2] == b[1::-1] and a[2:] == b[2:]
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]


def spans(grades: Collection[int]) -> list[tuple[int, int]]:
    """Grades as spans (first, last), ascending; preschool stands alone."""
    found: list[tuple[int, int]] = []
    for grade in sorted(grades):
        if found and found[-1][1] == grade - 1 and grade - 1 != PRESCHOOL:
            found[-1] = (found[-1][0], grade)
        else:
            found.append((grade, grade))
    return found


def _match_word(items: Sequence[Searchable], word: str) -> dict[str, int]:
    """Scores keyed by code: 2 for a word of the title, 1 for any other."""
    root = stem(word)
    found = _score(items, lambda other: other.startswith(root))
    if not found and len(root) >= _SLIP_LENGTH_MIN:
        near = {
            other
            for other in {w for item in items for w in (*item.title_words, *item.other_words)}
            if is_one_slip(root, stem(other))
        }
        found = _score(items, near.__contains__)
    return found


def _score(items: Sequence[Searchable], is_meant: Callable[[str], bool]) -> dict[str, int]:
    scores: dict[str, int] = {}
    for item in items:
        if any(map(is_meant, item.title_words)):
            scores[item.code] = 2
        elif any(map(is_meant, item.other_words)):
            scores[item.code] = 1
    return scores


# Keyed by the filter's name in a query.
_FILTERS: dict[str, Callable[[Searchable, ActivitySearch], bool]] = {
    "grade": lambda item, wanted: wanted.grade is None or wanted.grade in item.grades,
    "area": lambda item, wanted: not wanted.area or wanted.area in item.areas,
    "subject": lambda item, wanted: not wanted.subject or wanted.subject in item.subjects,
    "language": lambda item, wanted: not wanted.language or wanted.language in item.languages,
    "kind": lambda item, wanted: wanted.kind is None or wanted.kind is item.kind,
    "seats": lambda item, wanted: wanted.seats is None or wanted.seats <= item.seats_max,
}
# The options of an activity, keyed by the filter that offers them.
_OPTIONS: dict[str, Callable[[Searchable], Collection[str]]] = {
    "grade": lambda item: [str(grade) for grade in item.grades],
    "area": lambda item: item.areas,
    "subject": lambda item: item.subjects,
    "language": lambda item: item.languages,
    "kind": lambda item: [item.kind.value],
}
