import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.programmes.rules import core, is_one_slip, spans, stem

WORD = st.text("abcdefghij", min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("kimija", "kimij"),
        ("kimijas", "kimij"),
        ("robots", "robot"),
        ("robotiem", "robot"),
        ("robotu", "robot"),
        ("programmas", "programm"),
        ("bridges", "bridg"),
        ("dns", "dns"),
        ("uz", "uz"),
        ("sovs", "sovs"),
    ],
)
def test_stem_cuts_the_ending(word: str, root: str) -> None:
    assert stem(word) == root


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("robots", "robts"),
        ("robots", "robotts"),
        ("robots", "rebots"),
        ("robots", "robtos"),
        ("robots", "orbots"),
        ("robots", "robotsa"),
        ("robots", "robots"),
    ],
)
def test_one_slip_is_forgiven(one: str, other: str) -> None:
    assert is_one_slip(one, other)
    assert is_one_slip(other, one)


@pytest.mark.parametrize("other", ["robt", "roboti x", "rabats", "stobor", "trobos"])
def test_two_slips_are_another_word(other: str) -> None:
    assert not is_one_slip("robots", other)


@given(word=WORD, letter=st.sampled_from("xyz"), data=st.data())
def test_any_single_slip_is_found(word: str, letter: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))

    assert is_one_slip(word, word[:at] + letter + word[at:])
    assert is_one_slip(word, word[:at] + word[at + 1 :])
    assert is_one_slip(word, word[:at] + letter + word[at + 1 :])
    assert is_one_slip(word, word[:at] + word[at : at + 2][::-1] + word[at + 2 :])


@given(word=WORD, data=st.data())
def test_two_foreign_letters_are_no_single_slip(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word)))

    assert not is_one_slip(word, word[:at] + "xy" + word[at:])


@pytest.mark.parametrize(
    ("grades", "found"),
    [
        ((), []),
        ((0,), [(0, 0)]),
        ((3, 1, 2), [(1, 3)]),
        ((0, 1, 2), [(0, 0), (1, 2)]),
        ((1, 2, 5, 7, 8), [(1, 2), (5, 5), (7, 8)]),
    ],
)
def test_grades_are_told_as_spans(grades: tuple[int, ...], found: list[tuple[int, int]]) -> None:
    assert spans(grades) == found


@pytest.mark.parametrize(
    "family",
    [
        ("kimija", "kimijas", "kimisks", "kimiskas"),
        ("merit", "mera", "merijums", "merijumi", "merisana"),
        ("programmet", "programmesana", "programma"),
        ("robots", "robotika", "robotu"),
        ("geometrija", "geometriskas", "geometrisku"),
        ("elektriba", "elektriska", "elektribas"),
        ("kustiba", "kustibas", "kustibu"),
        ("eksperimentet", "eksperiments", "eksperimentu"),
        ("zeme", "zemes", "zemju"),
        ("buvet", "buves", "buvnieks", "buvnieciba"),
        ("building", "build", "builds"),
    ],
)
def test_words_of_a_family_share_their_core(family: tuple[str, ...]) -> None:
    assert len({core(word) for word in family}) == 1
