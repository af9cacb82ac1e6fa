import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizium.kernel.text import clean_text, fold, one_line, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ķīmijas  šovs", "kimijas sovs"),
        ("ĀČĒĢĪĶĻŅŠŪŽ", "acegiklnsuz"),
        ("āčēģīķļņšūž", "acegiklnsuz"),
        ("Čiekurkalna pamatskola Nr. 3", "ciekurkalna pamatskola nr. 3"),
        ("s\u030covs", "sovs"),
        ("STRASSE Straße", "strasse strasse"),
        ("\u00a0a\tb\n", "a b"),
    ],
)
def test_fold_drops_diacritics_case_and_spaces(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_fold_of_folded_text_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_words_are_folded_and_in_order() -> None:
    assert words("Ķīmija, fizika & 5.–6. klase") == ["kimija", "fizika", "5", "6", "klase"]


@given(st.text())
def test_one_line_leaves_nothing_that_could_split_a_header(text: str) -> None:
    line = one_line(text)

    assert line.isprintable()
    assert line == line.strip()
    assert "  " not in line


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("a\n\n\nb", "a\n\n\nb"),
        ("10\u00a0km\tun tālāk", "10 km un tālāk"),
        ("a\0b\x1b[31mc", "ab[31mc"),
        ("a\u202eb", "ab"),
        ("  \n a \n  ", "a"),
        ("\ud800x", "x"),
    ],
)
def test_clean_text_keeps_lines_and_drops_control_characters(text: str, kept: str) -> None:
    assert clean_text(text) == kept


@given(st.text())
def test_clean_text_holds_nothing_unprintable_but_line_breaks(text: str) -> None:
    assert clean_text(text).replace("\n", "").isprintable()
