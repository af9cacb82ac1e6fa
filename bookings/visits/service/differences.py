"""What is different about a visit, in words: what a letter says before it says how all stands."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bookings.visits.queries import StopRow, VisitRow
from bookings.visits.service.papers import day_and_time, group_words, stop_time, stop_words
from vizium.web.i18n import Translator
from vizium.web.templating import euro

_Key = tuple[str, tuple[int, ...], int]


def difference_lines(before: VisitRow, after: VisitRow, words: Translator) -> list[str]:
    """One line for each thing that is not as it was; empty when nothing is."""
    return [
        *_people_and_price(before, after, words),
        *_stops(before.stops, after.stops, words),
    ]


def _people_and_price(before: VisitRow, after: VisitRow, words: Translator) -> list[str]:
    lang = words.lang
    pairs = [
        (words.t("When"), day_and_time(before, lang), day_and_time(after, lang)),
        (words.t("Schools"), _schools(before), _schools(after)),
        (words.t("Pupils"), group_words(before.groups, words), group_words(after.groups, words)),
        (words.t("Adults"), str(before.adults), str(after.adults)),
        (words.t("Price"), euro(lang, before.price_cents), euro(lang, after.price_cents)),
        (words.t("Contact"), _contact(before), _contact(after)),
    ]
    return [_was_and_is(what, was, now, words) for what, was, now in pairs if was != now]


def _stops(before: Sequence[StopRow], after: Sequence[StopRow], words: Translator) -> Iterator[str]:
    several = _several(before, after)
    was, now = _by_key(before, several), _by_key(after, several)
    for key, stop in now.items():
        if key in was:
            yield from _same_stop(was[key], stop, words)
        else:
            yield words.t("New: %(stop)s", stop=stop_words(stop, words.lang))
    for key, stop in was.items():
        if key not in now:
            yield words.t("No longer: %(stop)s", stop=stop_words(stop, words.lang))


def _same_stop(before: StopRow, after: StopRow, words: Translator) -> Iterator[str]:
    lang = words.lang
    title = after.title(lang)
    was, now = stop_time(before, lang), stop_time(after, lang)
    if was != now:
        yield _was_and_is(title, was, now, words)
    if before.places[lang] != after.places[lang]:
        yield _was_and_is(title, before.places[lang] or "–", after.places[lang] or "–", words)
    if before.host_code != after.host_code and after.host:
        yield words.t("%(title)s: led by %(host)s", title=title, host=after.host)


def _several(*days: Sequence[StopRow]) -> set[str]:
    """The activities that stand more than once in one of these days."""
    counted = [Counter(stop.code for stop in stops) for stops in days]
    return {code for count in counted for code, times in count.items() if times > 1}


def _by_key(stops: Sequence[StopRow], several: set[str]) -> dict[_Key, StopRow]:
    """Keyed by activity, subgroups, and the how manieth of these it is."""
    seen: Counter[tuple[str, tuple[int, ...]]] = Counter()
    keyed: dict[_Key, StopRow] = {}
    for stop in stops:
        # An activity that stands once is the same when the class is divided otherwise.
        who = stop.who if stop.code in several else ()
        keyed[stop.code, who, seen[stop.code, who]] = stop
        seen[stop.code, who] += 1
    return keyed


def _schools(visit: VisitRow) -> str:
    return ", ".join(party.school_name for party in visit.parties) or visit.school_name


def _contact(visit: VisitRow) -> str:
    return ", ".join(part for part in (visit.contact.name, visit.contact.phone) if part)


def _was_and_is(what: str, was: str, now: str, words: Translator) -> str:
    return words.t("%(what)s: was %(was)s, now %(now)s", what=what, was=was, now=now)
