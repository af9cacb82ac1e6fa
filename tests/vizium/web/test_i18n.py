import logging

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from vizium.web.i18n import LANGUAGES, choose_language, fill, translator

# CLDR's categories in the order in which our catalogues write the forms.
FORMS = {"lv": ["zero", "one", "other"], "en": ["one", "other"]}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plural_forms_are_those_of_cldr(lang: str) -> None:
    catalogue = translator(lang).catalogue
    category = Locale(lang).plural_form
    counts = [*range(130), 1000, 1001, 1011, 1_000_000]

    chosen = {count: FORMS[lang][catalogue.plural(count)] for count in counts}  # type: ignore[attr-defined]

    assert chosen == {count: category(count) for count in counts}


@pytest.mark.parametrize(
    ("count", "form"),
    [
        (0, 0),
        (1, 1),
        (2, 2),
        (10, 0),
        (11, 0),
        (19, 0),
        (20, 0),
        (21, 1),
        (100, 0),
        (101, 1),
        (111, 0),
    ],
)
def test_latvian_plural_of_the_counts_that_gettext_gets_wrong(count: int, form: int) -> None:
    assert translator("lv").catalogue.plural(count) == form  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("", "lv"),
        ("*", "lv"),
        ("lv", "lv"),
        ("en", "en"),
        ("EN-gb", "en"),
        ("en-GB,en;q=0.9,lv;q=0.5", "en"),
        ("en;q=0.5,lv;q=0.9", "lv"),
        ("ru,en;q=0.8", "en"),
        ("en; q=0.9, lv; q=0.1", "en"),
        ("en ;q=0.9 , lv;q=0.1", "en"),
        ("lv;q=0,en", "en"),
        ("en;q=0", "lv"),
        ("de,fr", "lv"),
        ("en;q=nan,lv;q=inf", "lv"),
        ("en;q=", "lv"),
        (",,;;q=1,", "lv"),
        ("zh-Hant-TW;q=1.0,en-US;q=0.001", "en"),
        ("x" * 100_000 + ",en", "lv"),
    ],
)
def test_language_is_the_first_of_ours_that_the_browser_wants(accepted: str, lang: str) -> None:
    assert choose_language(accepted) == lang


@given(st.text(max_size=100))
def test_language_of_any_header_is_one_of_ours(accepted: str) -> None:
    assert choose_language(accepted) in LANGUAGES


def test_fact_that_is_missing_shows_as_its_name() -> None:
    assert fill("%(used)s of %(free)s, 100 %%", {"used": 3}) == "3 of free, 100 %"


def test_sentence_without_facts_is_left_alone() -> None:
    assert fill("Nothing here", {"used": 3}) == "Nothing here"


def test_facts_may_have_the_names_of_our_parameters() -> None:
    words = translator("en")

    assert words.code("field", "out_of_bounds", least=1, most=2, code="x", group="y") == (
        "Write a number from 1 to 2"
    )
    assert words.t("%(msgid)s!", msgid="Hello") == "Hello!"


def test_empty_field_may_have_its_own_words() -> None:
    words = translator("en")

    assert words.problem("email", "missing") == "Write the e-mail address"
    assert words.problem("a_new_field", "missing") == words.code("field", "missing")
    assert words.problem("email", "too_long", most=9) == words.code("field", "too_long", most=9)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("lv", "Šo nodarbību nepiedāvā šādām klasēm: pirmsskola; tā ir klasēm: 1, 2"),
        ("en", "The activity does not take grades preschool; it takes 1, 2"),
    ],
)
def test_several_codes_are_said_one_by_one_in_words_where_there_are_some(
    lang: str, said: str
) -> None:
    words = translator(lang)

    assert words.code("field", "grade_not_taken", grades=(0,), taken=(1, 2)) == said


def test_code_without_a_sentence_is_shown_in_words_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        assert translator("lv").code("error", "never_heard_of") == "never heard of"

    assert "error.never_heard_of" in caplog.text


def test_count_is_named_in_its_sentence() -> None:
    words = translator("en")

    assert words.n("%(num)s pupil", "%(num)s pupils", 1) == "1 pupil"
    assert words.n("%(num)s pupil", "%(num)s pupils", 21) == "21 pupils"
