"""Searching the catalogue by words and filters; pure.

Every word and every filter must be met. Words count by where they stand: in the title (or the
activity's code), in a subject, area or outcome of the standard, or in the rest. With no words the
catalogue's own order stands.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_

from bookings.programmes.rules.activity import ActivityKind
from bookings.programmes.rules.index import Hit, Mask, WordIndex
from vizium.kernel.text import words

CATALOGUE_MAX = 5_000
WORDS_MAX = 8
# One place outweighs any number of words in the places after it.
_WEIGHTS = (100, 10, 1)
# The filters whose options are counted, in the order in which a page shows them.
FACETS = ("grade", "kind", "area", "subject", "language", "outcome")
_FILTERS = (*FACETS, "seats")


@dataclass(frozen=True, slots=True)
class ActivitySearch:
    """What is looked for; empty or None where anything will do.

    `outcome` is a code of the standard or its beginning. `offered` is False for what is archived,
    None for both.
    """

    q: str = ""
    grade: int | None = None
    area: str = ""
    subject: str = ""
    language: str = ""
    kind: ActivityKind | None = None
    seats: int | None = None
    outcome: str = ""
    offered: bool | None = True


@dataclass(frozen=True, slots=True)
class Searchable:
    """What the search knows of an activity; texts are as they stand."""

    code: str
    kind: ActivityKind
    grades: Collection[int]
    areas: Collection[str]
    subjects: Collection[str]
    languages: Collection[str]
    outcomes: Collection[str]
    seats_max: int
    title: str
    curriculum: str
    rest: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Loosening:
    """What would be found if one filter (or one word of ``q``) were taken off."""

    name: str
    word: str
    total: int


@dataclass(frozen=True, slots=True)
class Found:
    """Numbers of activities in order, and what else there is to say.

    `facets` is keyed by the filter's name, then by the option; a filter's own choice does not count
    against its other options. `guessed` are the words in which a slip was forgiven. `loosenings`
    come when nothing was found, the most fruitful first.
    """

    numbers: tuple[int, ...]
    total: int
    facets: dict[str, dict[str, int]]
    guessed: tuple[str, ...] = ()
    loosenings: tuple[Loosening, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """A catalogue made ready; `options` is keyed by the filter's name, then by the option.

    `seats` are pairs of the most seats and the activities that have so many.
    """

    offered: Mask
    archived: Mask
    words: WordIndex
    options: Mapping[str, Mapping[str, Mask]]
    seats: Sequence[tuple[int, Mask]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search as masks: the words with where they stand, and each filter that was set."""

    words: tuple[tuple[str, Hit], ...]
    filters: Mapping[str, Mask] = field(default_factory=dict)


def make_index(items: Sequence[Searchable]) -> SearchIndex:
    """Make a catalogue ready to be searched; done once for each version of it."""
    options: dict[str, dict[str, Mask]] = {name: {} for name in FACETS}
    seats: dict[int, Mask] = {}
    archived = 0
    for number, item in enumerate(items):
        archived |= item.archived << number
        seats[item.seats_max] = seats.get(item.seats_max, 0) | 1 << number
        for name, chosen in _options(item).items():
            for option in chosen:
                options[name][option] = options[name].get(option, 0) | 1 << number
    return SearchIndex(
        offered=((1 << len(items)) - 1) & ~archived,
        archived=archived,
        words=WordIndex(map(_places, items)),
        options=options,
        seats=sorted(seats.items()),
    )


def search(index: SearchIndex, wanted: ActivitySearch, *, first: int = 0, most: int) -> Found:
    """Find activities: best match first, else in the catalogue's order.

    Args:
        first: how many of the found to pass over.
        most: how many to give.
    """
    asked = _Asked(_words_of(index, wanted.q), _filters_of(index, wanted))
    everything = _state(index, offered=wanted.offered)
    held = _all([everything, *(hit.anywhere for _, hit in asked.words)])
    found = _all([held, *asked.filters.values()])
    return Found(
        numbers=_ordered(found, asked.words)[first : first + most],
        total=found.bit_count(),
        facets=_count_options(index, held, asked.filters),
        guessed=tuple(word for word, hit in asked.words if hit.guessed),
        loosenings=() if found else _loosen(everything, asked, held),
    )


def code_key(code: str) -> str:
    """A code as it is compared: ``P.DAB.9.01`` and ``p dab 9 01`` are one."""
    return "".join(words(code))


def _state(index: SearchIndex, *, offered: bool | None) -> Mask:
    if offered is None:
        return index.offered | index.archived
    return index.offered if offered else index.archived


def _words_of(index: SearchIndex, q: str) -> tuple[tuple[str, Hit], ...]:
    """The words of a question; what is written as one code is looked up whole first."""
    found: list[tuple[str, Hit]] = []
    for token in q.split():
        parts = words(token)
        if len(parts) > 1 and any(part.isdigit() for part in parts):
            whole = index.words.find_code("".join(parts))
            if whole.anywhere:
                found.append((token, whole))
                continue
        found += [(part, index.words.find(part)) for part in parts]
    return tuple(found[:WORDS_MAX])


def _filters_of(index: SearchIndex, wanted: ActivitySearch) -> dict[str, Mask]:
    filters: dict[str, Mask] = {}
    for name in FACETS[:-1]:
        value = getattr(wanted, name)
        if value not in ("", None):
            filters[name] = index.options[name].get(str(value), 0)
    if wanted.outcome:
        key = code_key(wanted.outcome)
        outcomes = index.options["outcome"].items()
        meant = (mask for code, mask in outcomes if key and code_key(code).startswith(key))
        filters["outcome"] = _any(meant)
    if wanted.seats is not None:
        least = wanted.seats
        filters["seats"] = _any(mask for seats, mask in index.seats if seats >= least)
    return filters


def _count_options(
    index: SearchIndex, held: Mask, filters: Mapping[str, Mask]
) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for name in FACETS:
        base = _all([held, *(mask for other, mask in filters.items() if other != name)])
        each = {option: (base & mask).bit_count() for option, mask in index.options[name].items()}
        counts[name] = {option: count for option, count in each.items() if count}
    return counts


def _loosen(everything: Mask, asked: _Asked, held: Mask) -> tuple[Loosening, ...]:
    """What each filter, the words together and each word alone keep out."""
    filtered = _all([everything, *asked.filters.values()])
    tried = [Loosening(name, "", _without(name, asked.filters, held)) for name in asked.filters]
    if asked.words:
        tried.append(Loosening("q", "", filtered.bit_count()))
    if len(asked.words) > 1:
        for left_out, (word, _) in enumerate(asked.words):
            others = [hit.anywhere for n, (_, hit) in enumerate(asked.words) if n != left_out]
            tried.append(Loosening("q", word, _all([filtered, *others]).bit_count()))
    return tuple(
        sorted((each for each in tried if each.total), key=lambda each: (-each.total, each.name))
    )


def _without(name: str, filters: Mapping[str, Mask], held: Mask) -> int:
    return _all([held, *(mask for other, mask in filters.items() if other != name)]).bit_count()


def _ordered(found: Mask, asked: Sequence[tuple[str, Hit]]) -> tuple[int, ...]:
    """The activities of a mask: the highest sum of weights first."""
    by_score: dict[int, Mask] = {0: found}
    for _, hit in asked:
        scored: dict[int, Mask] = {}
        for score, mask in by_score.items():
            rest = mask
            for weight, place in zip(_WEIGHTS, hit.places, strict=True):
                if here := rest & place:
                    scored[score + weight] = scored.get(score + weight, 0) | here
                    rest &= ~place
        by_score = scored
    return tuple(
        number for score in sorted(by_score, reverse=True) for number in _bits(by_score[score])
    )


def _bits(mask: Mask) -> Iterable[int]:
    """The numbers in a mask, ascending."""
    digits = bin(mask)[:1:-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def _all(masks: Iterable[Mask]) -> Mask:
    return reduce(and_, masks)


def _any(masks: Iterable[Mask]) -> Mask:
    return reduce(or_, masks, 0)


def _places(item: Searchable) -> tuple[list[str], list[str], list[str]]:
    """The words of the title and code, of the curriculum, and of the rest."""
    codes = [code_key(code) for code in item.outcomes]
    return (
        [*words(item.title), *words(item.code), code_key(item.code)],
        [*words(item.curriculum), *codes],
        words(item.rest),
    )


def _options(item: Searchable) -> dict[str, Collection[str]]:
    return {
        "grade": [str(grade) for grade in item.grades],
        "kind": [item.kind.value],
        "area": item.areas,
        "subject": item.subjects,
        "language": item.languages,
        "outcome": item.outcomes,
    }
