"""An index of words: which activities hold a word, in which of three places; pure.

A set of activities is a bit mask: bit ``n`` is activity ``n`` in the catalogue's order. Sets are
then joined and counted by one machine instruction for each 64 activities, so that 5,000 of them are
searched in the time in which a page is drawn.

A word that was asked for is met by words that begin with it or with its stem, and by words of its
family (`words.core`). Only when there are none, one typing slip is forgiven: a word one slip away
has the same first half or the same last half, so two sorted lists find all candidates; a swap over
the middle is tried by itself.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bookings.programmes.rules.words import core, is_one_slip, stem

PLACES = 3
# A shorter word has too many neighbours one slip away.
_SLIP_LENGTH_MIN = 4
_AFTER_ALL_LETTERS = "\x7f"

Mask = int
"""Bit ``n`` is set when activity ``n`` is meant."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a word stands: a mask for each place, the weightiest first; `guessed` after a slip."""

    places: tuple[Mask, ...]
    guessed: bool = False

    @property
    def anywhere(self) -> Mask:
        """The activities that hold the word."""
        return self.places[0] | self.places[1] | self.places[2]


class WordIndex:
    """The words of a catalogue; never changed once it is made."""

    def __init__(self, texts: Iterable[Sequence[Iterable[str]]]) -> None:
        """Index the folded words of each activity's three places, in the catalogue's order."""
        found: dict[str, list[Mask]] = {}
        for number, places in enumerate(texts):
            bit = 1 << number
            for place, words in enumerate(places):
                for word in words:
                    found.setdefault(word, [0] * PLACES)[place] |= bit
        self._words = sorted(found)
        self._places = {word: tuple(masks) for word, masks in found.items()}
        self._families = _grouped((core(word), word) for word in self._words)
        # A slip may be in the ending: words are compared whole and as stems.
        self._forms = _grouped((form, word) for word in self._words for form in {word, stem(word)})
        self._forward = sorted(self._forms)
        self._backward = sorted(form[::-1] for form in self._forms)

    def __len__(self) -> int:
        return len(self._words)

    def find(self, word: str) -> Hit:
        """Where a folded word stands, in any form; after one slip if it stands nowhere."""
        met = set(_beginning_with(self._words, stem(word)))
        met.update(self._families.get(core(word), ()))
        if met:
            return self._hit(met)
        return self._hit(self._near(word) | self._near(stem(word)), guessed=True)

    def find_code(self, code: str) -> Hit:
        """Where a word stands that begins with exactly this; codes have no endings."""
        return self._hit(_beginning_with(self._words, code))

    def _hit(self, words: Iterable[str], *, guessed: bool = False) -> Hit:
        masks = [0] * PLACES
        for word in words:
            for place, mask in enumerate(self._places[word]):
                masks[place] |= mask
        return Hit(tuple(masks), guessed and any(masks))

    def _near(self, form: str) -> set[str]:
        """The words of which a form is one slip away."""
        if len(form) < _SLIP_LENGTH_MIN:
            return set()
        half = len(form) // 2
        swapped = form[: half - 1] + form[half] + form[half - 1] + form[half + 1 :]
        backward = _beginning_with(self._backward, form[half:][::-1])
        candidates = {
            *_beginning_with(self._forward, form[:half]),
            *(back[::-1] for back in backward),
            *({swapped} & self._forms.keys()),
        }
        return {
            word for other in candidates if is_one_slip(form, other) for word in self._forms[other]
        }


def _beginning_with(ordered: Sequence[str], start: str) -> Iterator[str]:
    first = bisect_left(ordered, start)
    end = bisect_left(ordered, start + _AFTER_ALL_LETTERS, lo=first)
    yield from ordered[first:end]


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for key, word in pairs:
        groups[key] = (*groups.get(key, ()), word)
    return groups
