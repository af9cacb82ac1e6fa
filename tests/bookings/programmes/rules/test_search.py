"""What teachers type finds what they mean, over the sample catalogue; no database."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.programmes.rules import (
    ActivitySearch,
    Loosening,
    Searchable,
    SearchIndex,
    make_index,
    search,
)
from bookings.programmes.rules.activity import ActivityKind
from tests.bookings.programmes.catalogue import codes, find, sample_activities, sample_index
from vizium.kernel.text import words

LETTERS = "abdegiklmnoprstuz"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        # As it stands, in another case, without diacritics, in capitals.
        ("Virtuves ķīmija", "T-03"),
        ("virtuves kimija", "T-03"),
        ("VIRTUVES ĶĪMIJA", "T-03"),
        ("ķīmiju", "T-03"),
        # Adjectives and nouns in other cases and numbers.
        ("ķīmijas eksperimenti", "T-03"),
        ("ķīmiskās reakcijas", "T-03"),
        ("ķīmiska reakcija", "T-03"),
        ("robotu", "T-07"),
        ("robotiem", "T-07"),
        ("robots ar sensoriem", "T-07"),
        ("sensoru dati", "W-06"),
        ("simetrisks", "T-14"),
        ("simetriskām figūrām", "T-14"),
        ("simetrijas noslēpumi", "T-14"),
        ("enerģija", "W-05"),
        ("enerģijas pārvēršanās", "W-05"),
        ("zemestrīce", "T-17"),
        ("zemes iekšējie procesi", "T-17"),
        ("vulkāns", "T-17"),
        ("ģeogrāfija", "T-17"),
        ("karte", "T-17"),
        ("klimata pārmaiņa", "T-17"),
        ("elektriskā ķēde", "W-01"),
        ("elektriskas ķēdes", "W-01"),
        ("ziepe", "W-04"),
        ("burbulis", "S-04"),
        ("zibeņi", "S-02"),
        ("skaņas svārstība", "S-03"),
        ("tilti", "T-09"),
        ("sirdij", "T-18"),
        ("pulss", "T-18"),
        ("vēja turbīnas", "T-12"),
        ("mākslīgā intelekta", "T-08"),
        ("varbūtība", "T-15"),
        ("atvasinājumu", "T-16"),
        # A verb finds its nouns, and the other way round.
        ("mērīt pulsu", "T-18"),
        ("mērījums", "W-05"),
        ("programmēt", "T-06"),
        ("lodēt", "W-01"),
        ("būvēt tiltus", "T-09"),
        # While it is being typed.
        ("robo", "T-07"),
        ("zemestr", "T-17"),
        ("mākslīg", "T-08"),
        ("kata", "W-05"),
        # One slip: a letter wrong, missing, too many, or two swapped.
        ("kimjia", "T-03"),
        ("robtos", "T-07"),
        ("varbutba", "T-15"),
        ("simmetrija", "T-14"),
        ("turbina", "T-12"),
        ("vulkāms", "T-17"),
        # English.
        ("kitchen chemistry", "T-03"),
        ("robots with sensors", "T-07"),
        ("earthquakes", "T-17"),
        ("probabilities", "T-15"),
        ("coding", "T-06"),
        ("bubble", "S-04"),
        ("building bridges", "T-09"),
        # Codes of ours and of the standard.
        ("t-07", "T-07"),
        ("T07", "T-07"),
        ("P.DAB.9.01", "T-03"),
        ("p.dab.9.01", "T-03"),
    ],
)
def test_words_of_a_teacher_find_the_programme(typed: str, code: str) -> None:
    assert code in codes(find(q=typed))[:5]


@pytest.mark.parametrize("typed", ["dinozauri", "qqqq", "virtuves robots", "viduslaiki"])
def test_what_is_not_there_is_not_found(typed: str) -> None:
    assert codes(find(q=typed)) == []


@pytest.mark.parametrize("typed", ["", "  ", "!?", "„”"])
def test_no_words_let_everything_pass_in_its_order(typed: str) -> None:
    assert codes(find(q=typed)) == [row.code for row in sample_activities()]


def test_title_comes_before_subject_and_subject_before_the_rest() -> None:
    items = [
        _item("R-01", rest="Vējš"),
        _item("C-01", curriculum="vēja enerģija"),
        _item("N-01"),
        _item("T-01", title="Vējā"),
        _item("C-02", curriculum="vējš", rest="vējš vējš"),
    ]

    found = search(make_index(items), ActivitySearch(q="vējš"), most=10)

    assert [items[number].code for number in found.numbers] == ["T-01", "C-01", "C-02", "R-01"]


def test_only_what_was_a_slip_is_called_a_guess() -> None:
    assert find(q="kimija").guessed == ()
    assert find(q="kimjia virtuve").guessed == ("kimjia",)
    assert find(q="dinozauri").guessed == ()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"outcome": "P.DAB.9.01"}, ["T-03"]),
        ({"outcome": "p dab 9 01"}, ["T-03"]),
        ({"outcome": "P.MAT.12"}, ["T-16"]),
        ({"outcome": "P.XYZ"}, []),
        ({"outcome": "!"}, []),
        ({"grade": 0, "kind": ActivityKind.SHOW}, ["S-03", "S-04"]),
        ({"subject": "chemistry", "grade": 12, "kind": ActivityKind.PROGRAMME}, ["T-04"]),
        ({"seats": 101}, ["S-01", "S-02", "S-03", "S-05", "S-06"]),
        ({"seats": 500}, []),
        ({"q": "sensori", "outcome": "P.TEH.6.01"}, ["T-07"]),
    ],
)
def test_filters_find(wanted: dict[str, object], found: list[str]) -> None:
    assert codes(find(**wanted)) == found


def test_facets_count_what_each_option_would_find() -> None:
    facets = find(grade=5, kind=ActivityKind.WORKSHOP).facets

    for option, count in facets["area"].items():
        assert find(grade=5, kind=ActivityKind.WORKSHOP, area=option).total == count
    for option, count in facets["kind"].items():
        assert find(grade=5, kind=ActivityKind(option)).total == count
    for option, count in facets["outcome"].items():
        assert find(grade=5, kind=ActivityKind.WORKSHOP, outcome=option).total == count


def test_empty_result_says_what_to_take_off_and_what_that_gives() -> None:
    found = find(q="virtuves robots")

    assert found.total == 0
    assert found.loosenings == (
        Loosening("q", "", 34),
        Loosening("q", "virtuves", find(q="robots").total),
        Loosening("q", "robots", find(q="virtuves").total),
    )


def test_filter_that_keeps_all_out_is_named() -> None:
    found = find(q="ķīmija", grade=0, language="lv")

    assert Loosening("grade", "", find(q="ķīmija", language="lv").total) in found.loosenings
    assert all(each.total for each in found.loosenings)


def test_archived_is_found_only_when_it_is_asked_for() -> None:
    items = [_item("A-01", title="Robots"), replace(_item("A-02", title="Robots"), archived=True)]
    index = make_index(items)

    found = {
        offered: search(index, ActivitySearch(q="robots", offered=offered), most=10).numbers
        for offered in (True, False, None)
    }

    assert found == {True: (0,), False: (1,), None: (0, 1)}


def test_results_come_in_pages_with_the_whole_count() -> None:
    first = search(sample_index(), ActivitySearch(), first=0, most=20)
    second = search(sample_index(), ActivitySearch(), first=20, most=20)

    assert (first.total, second.total) == (34, 34)
    assert (*first.numbers, *second.numbers) == tuple(range(34))


@settings(max_examples=60)
@given(data=st.data())
def test_any_word_is_found_in_spite_of_any_one_slip(data: st.DataObject) -> None:
    long = [(row, w) for row in sample_activities() for w in words(row.title_lv) if len(w) > 6]
    row, word = data.draw(st.sampled_from(long))
    at = data.draw(st.integers(0, len(word) - 3))
    letter = data.draw(st.sampled_from(LETTERS))
    slip = data.draw(
        st.sampled_from(
            [
                word[:at] + letter + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
            ]
        )
    )

    found = find(q=slip)

    # A slip may make another word of the catalogue; then that one is meant.
    assert row.code in codes(found) or (found.total and not found.guessed)


@settings(max_examples=60)
@given(q=st.text("abcāķ 12.-\"'<>\0", max_size=40), seats=st.integers(1, 500))
def test_nothing_that_is_typed_breaks_the_search(q: str, seats: int) -> None:
    found = find(q=q, seats=seats)

    assert len(found.numbers) == found.total
    assert len(set(found.numbers)) == found.total


def test_empty_catalogue_finds_nothing() -> None:
    nothing: SearchIndex = make_index([])

    found = search(nothing, ActivitySearch(q="robots", grade=5), most=10)

    assert (found.numbers, found.total, found.loosenings) == ((), 0, ())


def _item(code: str, *, title: str = "", curriculum: str = "", rest: str = "") -> Searchable:
    return Searchable(
        code=code,
        kind=ActivityKind.PROGRAMME,
        grades=(5,),
        areas=(),
        subjects=(),
        languages=("lv",),
        outcomes=(),
        seats_max=30,
        title=title,
        curriculum=curriculum,
        rest=rest,
    )
