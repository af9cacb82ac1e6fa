"""Passes: signed, readable, printable, and an entry that calendars understand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from PIL import Image
from pypdf import PdfReader

from bookings.visits.passes import (
    CalendarEntry,
    PassFacts,
    PassSheet,
    make_calendar,
    make_pdf,
    read_pass,
    sign_pass,
)
from vizium.files.qr import _code, qr_png, qr_svg
from vizium.kernel.ids import _SPOKEN

NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
SECRET = "a secret key of a centre, long enough"
FACTS = PassFacts("VZ-7K3QM9", 3, date(2027, 3, 16), 27)
SHEET = PassSheet(
    language="lv",
    title="Apmeklējuma caurlaide",
    code="VZ-7K3QM9",
    code_label="QR kods apmeklējumam VZ-7K3QM9",
    lines=(("Skola", "Ķīmijas #panic() *vidusskola* [x]"), ("Skolēni", "5. klase: 27")),
    stops_title="Jūsu diena",
    stops=(("10.00–11.00", "Gravitācija"),),
    notes=("Uzrādiet šo kodu.",),
)
ENTRY = CalendarEntry(
    reference="VZ-7K3QM9",
    version=3,
    start=datetime(2027, 3, 28, 7, 0, tzinfo=UTC),
    end=datetime(2027, 3, 28, 8, 0, tzinfo=UTC),
    summary="VIZIUM: Gravitācija",
    description="Atsauce: VZ-7K3QM9\nSkola; komats, un vēl",
    location="Rūpniecības iela 2, Ventspils",
    url="https://vizium.example/lv/visits/VZ-7K3QM9/key",
    cancelled=False,
    made_at=NOW,
)


@given(
    st.text(_SPOKEN, min_size=6, max_size=6),
    st.integers(1, 60_000),
    st.dates(date(2020, 1, 1), date(2150, 1, 1)),
    st.integers(1, 500),
)
def test_pass_says_what_was_signed(reference: str, version: int, day: date, pupils: int) -> None:
    facts = PassFacts(f"VZ-{reference}", version, day, pupils)

    assert read_pass(sign_pass(facts, secret_key=SECRET), secret_key=SECRET) == facts


def test_pass_with_any_character_changed_says_nothing() -> None:
    token = sign_pass(FACTS, secret_key=SECRET)

    changed = [
        token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        for place, letter in enumerate(token)
    ]

    assert {read_pass(one, secret_key=SECRET) for one in changed} == {None}


@pytest.mark.parametrize("token", ["", "x", "ā" * 104, "=" * 104, "A" * 104, "A" * 10_000])
def test_pass_that_is_none_says_nothing(token: str) -> None:
    assert read_pass(token, secret_key=SECRET) is None


def test_pass_of_another_centre_says_nothing() -> None:
    token = sign_pass(FACTS, secret_key="another secret key of another centre")

    assert read_pass(token, secret_key=SECRET) is None


def test_qr_keeps_four_modules_of_quiet_and_modules_of_half_a_millimetre() -> None:
    url = "https://vizium.example/lv/visits/check-in/" + sign_pass(FACTS, secret_key=SECRET)
    modules = _code(url).modules_count + 2 * 4

    picture = Image.open(BytesIO(qr_png(url, module_px=1)))

    assert picture.size == (modules, modules)
    assert picture.convert("L").crop((0, 0, modules, 4)).getextrema() == (255, 255)
    assert 50 / modules > 0.5


def test_pdf_is_tagged_titled_in_its_language_and_says_the_code() -> None:
    pdf = make_pdf(SHEET, qr=qr_svg("https://vizium.example/lv"), made_at=NOW)

    reader = PdfReader(BytesIO(pdf))
    text = reader.pages[0].extract_text()
    root = reader.root_object
    assert len(reader.pages) == 1
    assert root["/Lang"] == "lv"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Apmeklējuma caurlaide VZ-7K3QM9"
    assert "VZ-7K3QM9" in text
    assert "Ķīmijas #panic() *vidusskola* [x]" in text
    assert "10.00–11.00" in text


def test_pdf_of_the_same_pass_is_the_same_bytes() -> None:
    qr = qr_svg("https://vizium.example/lv")

    assert make_pdf(SHEET, qr=qr, made_at=NOW) == make_pdf(SHEET, qr=qr, made_at=NOW)


def test_calendar_names_riga_with_its_rules_and_warns_a_day_before() -> None:
    calendar = Calendar.from_ical(make_calendar(ENTRY))

    event = calendar.walk("VEVENT")[0]
    assert calendar["METHOD"] == "PUBLISH"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Riga"]
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (
        "VZ-7K3QM9@vizium",
        3,
        "CONFIRMED",
    )
    # 28 March 2027 is the Sunday on which the clocks go forward: 07:00 UTC is 10:00.
    assert event["DTSTART"].to_ical() == b"20270328T100000"
    assert event["DTSTART"].params["TZID"] == "Europe/Riga"
    assert event["DESCRIPTION"] == "Atsauce: VZ-7K3QM9\nSkola; komats, un vēl"
    assert calendar.walk("VALARM")[0]["TRIGGER"].dt == timedelta(days=-1)


def test_cancelled_calendar_strikes_the_same_entry_out() -> None:
    cancelled = replace(ENTRY, version=4, cancelled=True)

    calendar = Calendar.from_ical(make_calendar(cancelled))

    event = calendar.walk("VEVENT")[0]
    assert calendar["METHOD"] == "CANCEL"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (
        "VZ-7K3QM9@vizium",
        4,
        "CANCELLED",
    )
    assert calendar.walk("VALARM") == []
