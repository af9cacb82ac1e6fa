"""Letters: complete as plain text, in the reader's language, leading with the fact."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bookings.visits.planner.plan import Subgroup
from bookings.visits.queries import VisitRow
from bookings.visits.rules import Contact, Group, TransportAward, TransportState, VisitState
from bookings.visits.service.differences import difference_lines
from bookings.visits.service.wording import Letter, News, letter_text, subject_of
from tests.bookings.visits.rows import START, party_row, stop_row, visit_row
from vizium.kernel.money import Cents
from vizium.settings import Settings, load
from vizium.web.i18n import LANGUAGES, translator

ASKED = visit_row(
    state=VisitState.PROVISIONAL,
    expires_at=datetime(2027, 2, 15, 8, 0, tzinfo=UTC),
    approver_email="direktore@example.lv",
)


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("data")
    return load({"VIZIUM_DATA_DIR": str(folder), "VIZIUM_BASE_URL": "https://vizium.example"})


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("letter", Letter)
def test_letter_says_who_what_and_where_in_plain_text(
    letter: Letter, lang: str, settings: Settings
) -> None:
    visit = replace(ASKED, page_language=lang)

    subject = subject_of(letter, visit, News(days_before=7), translator(lang))
    text = letter_text(letter, visit, News(days_before=7), party=None, settings=settings)

    assert "VZ-7K3QM9, " in subject
    assert "%(" not in subject + text
    assert text.splitlines()[0].endswith("!")
    assert text.rstrip().endswith("VIZIUM, Rūpniecības iela 2, Ventspils")
    assert "\n\n\n" not in text


@pytest.mark.parametrize(
    ("days", "lang", "subject"),
    [
        (7, "lv", "Pēc 7 dienām: VZ-7K3QM9"),
        (21, "lv", "Pēc 21 dienas: VZ-7K3QM9"),
        (11, "lv", "Pēc 11 dienām: VZ-7K3QM9"),
        (1, "lv", "Rīt: VZ-7K3QM9"),
        (2, "en", "In 2 days: VZ-7K3QM9"),
        (0, "en", "Today: VZ-7K3QM9"),
    ],
)
def test_reminder_says_how_soon(days: int, lang: str, subject: str) -> None:
    words = translator(lang)

    said = subject_of(Letter.REMINDER, visit_row(), News(days_before=days), words)

    assert said.startswith(subject + ", ")


def test_reminder_links_to_what_to_do_when_plans_have_changed(settings: Settings) -> None:
    text = letter_text(
        Letter.REMINDER, visit_row(), News(days_before=7), party=None, settings=settings
    )

    assert "Mūsu plāni mainījušies" in text
    assert "https://vizium.example/lv/visits/VZ-7K3QM9/" in text
    assert "/excursion.pdf" in text


def test_letter_to_the_head_has_the_link_to_answer_and_no_link_to_change(
    settings: Settings,
) -> None:
    text = letter_text(Letter.ASKED, ASKED, News(), party=None, settings=settings)

    links = [word for word in text.split() if word.startswith("https://")]
    assert len(links) == 1
    assert "/visits/VZ-7K3QM9/approval/" in links[0]
    assert "15.02.2027 plkst. 10.00" in text


def test_other_school_of_a_joint_group_gets_no_link_but_the_name_of_who_arranges(
    settings: Settings,
) -> None:
    other = party_row()
    visit = visit_row(parties=(replace(other, school_name="Ventspils paraugskola"), other))

    text = letter_text(Letter.CONFIRMED, visit, News(), party=other, settings=settings)

    assert "Juris Paraugs!" in text.splitlines()[0]
    assert "https://" not in text
    assert "Apmeklējumu kārto Anna Parauga, Ventspils paraugskola: anna@example.lv" in text
    assert "Ventspils paraugskola, Kolkas paraugskola" in text


@pytest.mark.parametrize(
    ("fee", "sentence"),
    [(0, "Jums nekas nav jāmaksā."), (3_500, "Par tik vēlu atcelšanu jāmaksā 35,00")],
)
def test_cancellation_says_what_it_costs(fee: int, sentence: str, settings: Settings) -> None:
    visit = visit_row(state=VisitState.CANCELLED, fee_cents=Cents(fee))

    text = letter_text(Letter.CANCELLED, visit, News(), party=None, settings=settings)

    assert sentence in text


@pytest.mark.parametrize(
    ("state", "has_link"), [(TransportState.RESERVED, True), (TransportState.INELIGIBLE, False)]
)
def test_follow_up_links_to_materials_and_to_the_claim_where_there_is_one(
    state: TransportState, *, has_link: bool, settings: Settings
) -> None:
    visit = visit_row(transport=TransportAward(state, Cents(9_000), ()))

    text = letter_text(Letter.FOLLOW_UP, visit, News(), party=None, settings=settings)

    assert "Nodarbība T-07: https://vizium.example/lv/programmes/T-07" in text
    assert text.count("/claim") == has_link


def test_change_says_the_difference_before_it_says_how_all_stands(settings: Settings) -> None:
    before = visit_row()
    later = stop_row(start=START + timedelta(minutes=30))
    after = visit_row(later, version=3, groups=(Group(5, 18),), pupils=18)

    text = letter_text(Letter.CHANGED, after, News(before=before), party=None, settings=settings)

    assert (
        "Kas mainījies:\n"
        "Kad: bija otrdien, 2027. gada 16. martā, plkst. 10.00, "
        "tagad otrdien, 2027. gada 16. martā, plkst. 10.30\n"
        "Skolēni: bija 5. klase: 20, tagad 5. klase: 18\n"
        "Nodarbība T-07: bija 10.00–11.00, tagad 10.30–11.30\n"
    ) in text


@pytest.mark.parametrize(
    ("after", "lines"),
    [
        (visit_row(), []),
        (
            visit_row(stop_row(places={"lv": "B telpa", "en": "Room B"})),
            ["Activity T-07: was Room A, now Room B"],
        ),
        (
            visit_row(stop_row(host="Oto Paraugs", host_code="host-2")),
            ["Activity T-07: led by Oto Paraugs"],
        ),
        (
            visit_row(stop_row(), stop_row("S-01", start=START + timedelta(hours=2))),
            ["New: 12:00–13:00 Activity S-01, Room A"],
        ),
        # Divided in two, the class still takes the same activity.
        (visit_row(stop_row(who=(0, 1)), subgroups=(Subgroup(10, 1), Subgroup(10, 1))), []),
        (
            visit_row(contact=Contact("Zane Parauga", "zane@example.lv", "+37120000003")),
            ["Contact: was Anna Parauga, +37120000001, now Zane Parauga, +37120000003"],
        ),
    ],
)
def test_difference_names_each_thing_that_is_not_as_it_was(
    after: VisitRow, lines: list[str]
) -> None:
    assert difference_lines(visit_row(), after, translator("en")) == lines


def test_difference_of_a_rotation_is_told_by_subgroup() -> None:
    halves = (Subgroup(10, 1), Subgroup(10, 1))
    first, second = START, START + timedelta(hours=1)
    before = visit_row(
        stop_row(who=(0,), start=first), stop_row(who=(1,), start=second), subgroups=halves
    )
    after = visit_row(stop_row(who=(0,), start=first), subgroups=halves)

    lines = difference_lines(before, after, translator("en"))

    assert lines == ["No longer: 11:00–12:00 Activity T-07, Room A"]
