"""The certificate says what it must and no more; the calendar has every session."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

from icalendar import Calendar
from pypdf import PdfReader

from bookings.courses.certificate import (
    CalendarDay,
    CertificateSheet,
    make_calendar,
    make_pdf,
)
from vizium.files.qr import qr_svg

NOW = datetime(2027, 3, 10, 8, 0, tzinfo=UTC)
URL = "https://vizium.example/lv/certificates/AP-7K3QM9"
SHEET = CertificateSheet(
    language="lv",
    issuer="Zinātnes centrs VIZIUM",
    title="Apliecība par 8 stundu programmas apguvi",
    number="AP-7K3QM9",
    name="Ķīmijas #panic() *Parauga* [x]",
    sentence="apguva izglītības programmu pedagogiem",
    programme="Programmēšana bez ekrāna",
    lines=(("Apjoms", "8 akadēmiskās stundas"), ("Izsniegta", "10.03.2027")),
    outcomes_title="Sasniegtie rezultāti",
    outcomes=("Vada uzdevumus bez #datora",),
    signed="Programmas apguvi apstiprināja: Evija Paraugupe",
    check="Apliecības īstumu var pārbaudīt šeit:",
    check_url=URL,
    code_label="QR kods apliecības AP-7K3QM9 pārbaudei",
)
DAY = CalendarDay(
    uid="PI-7K3QM9.1@vizium",
    sequence=1,
    start=datetime(2027, 3, 23, 13, 30, tzinfo=UTC),
    end=datetime(2027, 3, 23, 15, 0, tzinfo=UTC),
    summary="VIZIUM: Programmēšana bez ekrāna",
    description="Numurs: PI-7K3QM9",
    location="Nodarbību telpa A",
    url=URL,
    cancelled=False,
)


def test_certificate_is_one_tagged_page_that_says_the_words_as_they_are() -> None:
    reader = PdfReader(BytesIO(make_pdf(SHEET, qr=qr_svg(URL), made_at=NOW)))

    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    assert reader.root_object["/Lang"] == "lv"
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Apliecība par 8 stundu programmas apguvi AP-7K3QM9"
    for words in (SHEET.name, SHEET.programme, SHEET.outcomes[0], SHEET.check_url, SHEET.signed):
        assert words in text


def test_certificate_without_outcomes_and_with_the_longest_name_is_one_page() -> None:
    long = CertificateSheet(
        **{name: getattr(SHEET, name) for name in CertificateSheet.__slots__}
        | {"outcomes": (), "name": "Garvārde " * 13, "programme": "Nosaukums " * 20}
    )

    reader = PdfReader(BytesIO(make_pdf(long, qr=qr_svg(URL), made_at=NOW)))

    assert len(reader.pages) == 1


def test_certificate_of_the_same_facts_is_the_same_bytes() -> None:
    qr = qr_svg(URL)

    assert make_pdf(SHEET, qr=qr, made_at=NOW) == make_pdf(SHEET, qr=qr, made_at=NOW)


def test_calendar_has_every_session_in_riga_time_across_the_change_of_clocks() -> None:
    # The clocks go forward on 28 March: the second session is an hour earlier in UTC.
    later = CalendarDay(
        **{name: getattr(DAY, name) for name in CalendarDay.__slots__}
        | {
            "uid": "PI-7K3QM9.2@vizium",
            "start": DAY.start + timedelta(days=7, hours=-1),
            "end": DAY.end + timedelta(days=7, hours=-1),
            "cancelled": True,
        }
    )

    calendar = Calendar.from_ical(make_calendar([DAY, later], made_at=NOW))

    events = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH"
    assert [event["DTSTART"].to_ical() for event in events] == [
        b"20270323T153000",
        b"20270330T153000",
    ]
    assert [event["STATUS"] for event in events] == ["CONFIRMED", "CANCELLED"]
    assert [len(event.walk("VALARM")) for event in events] == [1, 0]


def test_calendar_of_a_withdrawn_enrolment_cancels_everything() -> None:
    gone = CalendarDay(
        **{name: getattr(DAY, name) for name in CalendarDay.__slots__} | {"cancelled": True}
    )

    assert Calendar.from_ical(make_calendar([gone], made_at=NOW))["METHOD"] == "CANCEL"
