"""How a row of the catalogue is said in words."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from bookings.programmes.forms import FIELDS
from bookings.programmes.queries import ActivityRow, OutcomeRow, TitleRow
from bookings.programmes.rules import PRESCHOOL, ActivityKind, ActivitySearch
from vizium.web.i18n import Translator
from vizium.web.templating import euro


def grades_in_words(row: ActivityRow, words: Translator) -> str:
    """For whom it is: ``Pirmsskola, 1.–3. klase``."""
    if not row.grades:
        return words.t("For educators")
    return ", ".join(span_in_words(first, last, words) for first, last in row.spans)


def span_in_words(first: int, last: int, words: Translator) -> str:
    """Some grades that follow each other: ``7.–9. klase``."""
    if last == PRESCHOOL:
        return words.t("Preschool")
    if first == last:
        return words.t("Grade %(grade)s", grade=first)
    return words.t("Grades %(first)s–%(last)s", first=first, last=last)


def price_in_words(row: ActivityRow, words: Translator) -> str:
    """What it costs: ``4,00 € no skolēna``."""
    if row.price_cents == 0:
        return words.t("free of charge")
    price = euro(words.lang, row.price_cents)
    if row.kind is ActivityKind.EDUCATOR:
        return words.t("%(price)s per person", price=price)
    return words.t("%(price)s per pupil", price=price)


def facts_in_words(row: ActivityRow, words: Translator) -> str:
    """One line below the title in a list."""
    return " · ".join(
        (
            words.code("activity_kind", row.kind.value),
            grades_in_words(row, words),
            words.t("%(count)s min", count=row.duration_min),
            price_in_words(row, words),
        )
    )


def filters_in_words(
    wanted: ActivitySearch, titles: Mapping[str, Sequence[TitleRow]], words: Translator
) -> dict[str, str]:
    """What was asked for, said shortly; keyed by the field, in the order of the form.

    Args:
        titles: areas and subjects, keyed by the field.
    """
    said = {
        "q": words.t("“%(words)s”", words=wanted.q) if wanted.q else "",
        "grade": "" if wanted.grade is None else span_in_words(wanted.grade, wanted.grade, words),
        "area": _title(titles["area"], wanted.area, words),
        "subject": _title(titles["subject"], wanted.subject, words),
        "outcome": wanted.outcome,
        "language": words.code("language", wanted.language) if wanted.language else "",
        "kind": words.code("activity_kind", wanted.kind.value) if wanted.kind else "",
        "seats": "" if wanted.seats is None else words.t("Pupils: %(count)s", count=wanted.seats),
    }
    return {name: said[name] for name in FIELDS if said.get(name)}


def query_without(fields: Mapping[str, str], name: str) -> str:
    """An address' query with one field taken off; empty when nothing is left."""
    left = {other: value for other, value in fields.items() if other != name}
    return f"?{urlencode(left)}" if left else ""


def outcomes_by_span(
    row: ActivityRow, standard: Mapping[str, OutcomeRow], words: Translator
) -> list[tuple[str, list[tuple[str, OutcomeRow | None]]]]:
    """The outcomes by the grades for which the standard sets them, the youngest first.

    Those that the standard does not name come first, under an empty heading.
    """
    groups: dict[tuple[int, int], list[tuple[str, OutcomeRow | None]]] = {}
    for code, latvian, english in row.coded_outcomes:
        found = standard.get(code)
        span = (found.first_grade, found.last_grade) if found else (-1, -1)
        text = latvian if words.lang == "lv" else english
        groups.setdefault(span, []).append((text, found))
    return [
        ("" if span[0] < 0 else span_in_words(*span, words), groups[span])
        for span in sorted(groups)
    ]


def _title(rows: Sequence[TitleRow], code: str, words: Translator) -> str:
    return next((row.title(words.lang) for row in rows if row.code == code), "")
