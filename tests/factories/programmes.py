"""A small catalogue, for tests."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bookings.programmes.queries import ActivityRow, MaterialRow, OutcomeRow, TitleRow
from bookings.programmes.rules import ActivityKind, MaterialStage
from bookings.programmes.service import load_activity, load_area, load_outcome, load_subject
from vizium.kernel.money import Cents

# The first school day of the school year in which most tests play.
LOADED_AT = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
AREAS = [
    TitleRow("science", "science", "Dabaszinātnes", "Science"),
    TitleRow("technology", "technology", "Tehnoloģijas", "Technology"),
]
SUBJECTS = [
    TitleRow("chemistry", "science", "Ķīmija", "Chemistry"),
    TitleRow("computing", "technology", "Datorika", "Computing"),
]
OUTCOME = OutcomeRow(
    "P.TEH.6.01",
    "technology",
    "computing",
    4,
    6,
    "Veido programmu ar sensoru datiem",
    "Builds a program with data of sensors",
)
ROBOT = ActivityRow(
    code="T-07",
    kind=ActivityKind.PROGRAMME,
    title_lv="Robots, kas redz un dzird",
    title_en="A Robot That Sees and Hears",
    summary_lv="Skolēni pievieno robotam sensorus.",
    summary_en="Pupils fit a robot with sensors.",
    outcomes_lv=("Veido programmu ar nosacījumiem",),
    outcomes_en=("Builds a program with conditions",),
    needs_lv="Datori ir uz vietas.",
    needs_en="Computers are provided.",
    grades=(4, 5, 6),
    areas=("technology", "science"),
    subjects=("computing",),
    languages=("lv", "en"),
    duration_min=75,
    seats_min=10,
    seats_max=32,
    price_cents=Cents(400),
    room_kind="classroom",
    skill="coding",
    exhibits=("ex-026",),
    exhibits_lv=("Robota roka",),
    exhibits_en=("Robot arm",),
    age_group="basic",
    outcome_codes=("P.TEH.6.01",),
    galleries=("g-smart",),
    materials=(
        MaterialRow(
            MaterialStage.BEFORE,
            title_lv="Kā robots jūt?",
            title_en="How does a robot feel?",
            text_lv="Nosauciet piecas maņas.",
            text_en="Name five senses.",
        ),
    ),
)
CHEMISTRY = replace(
    ROBOT,
    code="T-03",
    title_lv="Virtuves ķīmija",
    title_en="Kitchen Chemistry",
    summary_lv="Sarkanie kāposti kļūst par indikatoru.",
    summary_en="Red cabbage becomes an indicator.",
    outcomes_lv=("Nosaka šķīduma pH",),
    outcomes_en=("Determines the pH",),
    outcome_codes=(),
    galleries=("g-body",),
    materials=(),
    grades=(7, 8, 9),
    areas=("science",),
    subjects=("chemistry",),
    seats_max=24,
    exhibits=("ex-010",),
    exhibits_lv=("Molekulu siena",),
    exhibits_en=("Wall of molecules",),
)
SHOW = replace(
    ROBOT,
    code="S-01",
    kind=ActivityKind.SHOW,
    title_lv="Zibens šovs",
    title_en="Lightning Show",
    summary_lv="Dzirksteles un pērkons.",
    summary_en="Sparks and thunder.",
    outcomes_lv=(),
    outcomes_en=(),
    outcome_codes=(),
    galleries=(),
    materials=(),
    grades=(0, 1, 2, 3, 4, 5),
    areas=("science",),
    subjects=(),
    exhibits=(),
    exhibits_lv=(),
    exhibits_en=(),
    languages=("lv",),
    seats_max=120,
    duration_min=30,
)
EDUCATORS = replace(
    ROBOT,
    code="E-01",
    kind=ActivityKind.EDUCATOR,
    title_lv="Sensori stundā",
    title_en="Sensors in Class",
    grades=(),
    subjects=(),
    outcome_codes=(),
    materials=(),
    price_cents=Cents(0),
)
CATALOGUE = [ROBOT, CHEMISTRY, SHOW, EDUCATORS]


def given_activity(session: Session, row: ActivityRow = ROBOT, *, position: int = 1) -> ActivityRow:
    """One activity with its areas, subjects and outcome."""
    for number, area in enumerate(AREAS):
        load_area(session, area, position=number)
    for number, subject in enumerate(SUBJECTS):
        load_subject(session, subject, position=number)
    load_outcome(session, OUTCOME, position=1)
    load_activity(session, row, position=position, now=LOADED_AT)
    return row


def given_catalogue(session: Session) -> None:
    """A programme about robots, one about chemistry, a show and a session for educators."""
    for position, row in enumerate(CATALOGUE):
        given_activity(session, row, position=position)
