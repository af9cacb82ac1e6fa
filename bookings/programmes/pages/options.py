"""What the forms of the catalogue offer to choose, as pairs of value and label."""

from bookings.programmes.forms import AGE_GROUPS, Edited
from bookings.programmes.queries import TitleRow
from bookings.programmes.rules import GRADES, LANGUAGES
from bookings.programmes.rules.choices import Choice
from vizium.web.i18n import Translator

Options = list[tuple[str, str]]


def activity_options(known: Edited, words: Translator) -> dict[str, Options]:
    """Everything that the form of an activity offers, keyed as its template names it."""
    choices = known.choices
    return {
        "grade_options": grade_options(words),
        "age_options": [(each, words.code("age_group", each)) for each in AGE_GROUPS],
        "area_options": title_options(known.areas, words),
        "subject_options": title_options(known.subjects, words),
        "language_options": [(each, words.code("language", each)) for each in LANGUAGES],
        "room_options": _choice_options(choices.room_kinds, words),
        "skill_options": _choice_options(choices.skills, words),
        "exhibit_options": _choice_options(choices.exhibits, words),
        "machine_options": _choice_options(choices.machines, words),
    }


def grade_options(words: Translator) -> Options:
    """Preschool and the grades."""
    return [(str(grade), str(grade) if grade else words.t("Preschool")) for grade in GRADES]


def title_options(rows: tuple[TitleRow, ...], words: Translator) -> Options:
    """Learning areas or subjects."""
    return [(row.code, row.title(words.lang)) for row in rows]


def _choice_options(choices: tuple[Choice, ...], words: Translator) -> Options:
    latvian = words.lang == "lv"
    return [(each.code, each.title_lv if latvian else each.title_en) for each in choices]
