"""Words as they are asked for and as they stand in texts, in Latvian and English; pure.

All words here are folded (`vizium.kernel.text.fold`), which already makes ``š`` and ``s``, ``ķ``
and ``k`` one. Two cuts follow:

```
            ķīmiskās     programmēšana   mērīt    robotiem
stem        kimisk       programmesan    merit    robot      the ending of a noun or adjective
core        kim          programm        mer      robot      what a family of words shares
```
A stem is long enough to be looked up as the beginning of words; a core may have three letters, and
is only compared with cores.
"""

import re

# Endings of nouns and adjectives, the longest first; a stem keeps four letters, a core three.
_ENDING = r"(?:aj(?:iem|am|ai|as|os|a)|iem|ais|am|as|ai|ei|em|es|ie|im|is|os|us|um|[uaeiosy])$"
_STEM = re.compile(r"(?<=[a-z0-9]{4})(?:ij|ju|" + _ENDING.removeprefix("(?:"))
_CORE = re.compile(r"(?<=[a-z0-9]{3})" + _ENDING)
# The letter that comes between b, m, p, v and an ending: zeme, zemju.
_SOFT = re.compile(r"(?<=[a-z]{2}[bmpv])j$")
# The infinitive: programmēt, mērīt, krāsot, kustēties.
_INFINITIVE = re.compile(r"(?<=[a-z]{3})[aeio](?:t|ties)$")
# What makes a noun or adjective of a verb or noun: -šana, -jums, -tājs, -nieks, -niecība, -ība,
# -isks, -ika, -ija; English -ing.
_FAMILY = re.compile(
    r"(?<=[a-z]{3})"
    r"(?:[aeio]?(?:san|jum|taj|jot)|niec(?:ib)?|niek|ib|isk|ik|ij|ing)$"
)


def stem(word: str) -> str:
    """A folded word without its ending: ``kimijas`` and ``kimija`` give ``kimij``."""
    return _STEM.sub("", word)


def core(word: str) -> str:
    """What a folded word shares with its family: ``merit`` and ``merijums`` give ``mer``."""
    infinitive = _INFINITIVE.sub("", word)
    if infinitive != word:
        return infinitive
    return _FAMILY.sub("", _SOFT.sub("", _CORE.sub("", word)))


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
