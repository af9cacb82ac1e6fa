"""The sample centre's files as rows of the features.

Every function here takes one row and gives one value; nothing touches the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from bookings.programmes.queries import ActivityRow, MaterialRow, OutcomeRow, TitleRow
from bookings.programmes.rules import ActivityKind, MaterialStage
from bookings.resources.queries import GalleryRow, HostRow, RoomRow
from bookings.resources.rules import (
    BreakKind,
    BreakStatus,
    OpeningRule,
    SchoolBreak,
    Shift,
    parse_grades,
)
from bookings.schools.rules import MunicipalityRow, PlaceRow, RegisterRow, SchoolKind
from bookings.visits.rules import TimetableRow
from vizium.auth.rules import Role
from vizium.auth.service import NewPerson
from vizium.cli.sample_cells import Cells
from vizium.kernel.money import Cents
from vizium.kernel.registers import parse_phone


def municipality(cells: Cells) -> MunicipalityRow:
    """A row of ``municipalities.csv`` or ``former_municipalities.csv``."""
    return MunicipalityRow(
        iso_code=cells.text("iso_code"),
        name=cells.text("name_lv"),
        valid_to=cells.maybe("valid_to", date.fromisoformat, "a date or empty"),
        merged_into=cells.text("merged_into") or None,
    )


def place(cells: Cells) -> PlaceRow:
    """A row of ``places.csv``."""
    return PlaceRow(
        geonameid=cells.whole("geonameid"),
        name=cells.text("name"),
        lat=cells.read("lat", float, "degrees"),
        lon=cells.read("lon", float, "degrees"),
        population=cells.whole("population"),
        municipality=cells.text("iso_current"),
        road_m=cells.whole("km_road_est") * 1000,
    )


def school(cells: Cells) -> RegisterRow:
    """A row of ``schools.csv``; its street is as made up as the school."""
    return RegisterRow(
        row=cells.row,
        register_no=cells.text("register_no"),
        name=cells.text("name"),
        kind=cells.read("kind", SchoolKind, "a kind of school"),
        address=f"Parauga iela 1, {cells.text('place')}, {cells.text('municipality')}",
        email=cells.text("email") or None,
        phone=cells.maybe("phone", parse_phone, "a telephone number or empty"),
    )


def title(cells: Cells) -> TitleRow:
    """A row of ``learning_areas.csv`` or ``subjects.csv``."""
    area = cells.text("area") if "area" in cells.texts else cells.text("code")
    return TitleRow(cells.text("code"), area, cells.text("title_lv"), cells.text("title_en"))


def outcome(cells: Cells) -> OutcomeRow:
    """A row of ``outcomes.csv``."""
    return OutcomeRow(
        code=cells.text("code"),
        area=cells.text("area"),
        subject=cells.text("subject"),
        first_grade=cells.whole("first_grade"),
        last_grade=cells.whole("last_grade"),
        title_lv=cells.text("title_lv"),
        title_en=cells.text("title_en"),
    )


def material(cells: Cells) -> MaterialRow:
    """A row of ``materials.csv``."""
    return MaterialRow(
        stage=cells.read("stage", MaterialStage, "before or after"),
        title_lv=cells.text("title_lv"),
        title_en=cells.text("title_en"),
        text_lv=cells.text("text_lv"),
        text_en=cells.text("text_en"),
        link=cells.text("link"),
    )


@dataclass(frozen=True, slots=True)
class ExhibitCells:
    """What the catalogue copies of an exhibit."""

    title_lv: str
    title_en: str
    gallery: str


def activity(
    cells: Cells,
    exhibits: Mapping[str, ExhibitCells],
    materials: Mapping[str, Sequence[MaterialRow]],
) -> ActivityRow:
    """A row of ``activities.csv``.

    Args:
        exhibits: keyed by code.
        materials: keyed by the activity's code.
    """
    codes = cells.items("exhibits")
    used = cells.read(
        "exhibits", lambda _: [exhibits[code] for code in codes], "codes of exhibits.csv"
    )
    return ActivityRow(
        code=cells.text("code"),
        kind=cells.read("kind", ActivityKind, "programme, workshop, show or educator"),
        title_lv=cells.text("title_lv"),
        title_en=cells.text("title_en"),
        summary_lv=cells.text("summary_lv"),
        summary_en=cells.text("summary_en"),
        outcomes_lv=cells.items("outcomes_lv"),
        outcomes_en=cells.items("outcomes_en"),
        needs_lv=cells.text("needs_lv"),
        needs_en=cells.text("needs_en"),
        grades=cells.wholes("grades"),
        areas=cells.items("areas"),
        subjects=cells.items("subjects"),
        languages=cells.items("languages"),
        duration_min=cells.whole("duration_min"),
        seats_min=cells.whole("seats_min"),
        seats_max=cells.whole("seats_max"),
        price_cents=Cents(cells.whole("price_cents")),
        room_kind=cells.text("room_kind"),
        skill=cells.text("skill"),
        exhibits=codes,
        exhibits_lv=tuple(each.title_lv for each in used),
        exhibits_en=tuple(each.title_en for each in used),
        age_group=cells.text("age_group"),
        outcome_codes=cells.items("outcome_codes"),
        galleries=tuple(dict.fromkeys(each.gallery for each in used)),
        machines=cells.items("machines"),
        materials=tuple(materials.get(cells.text("code"), ())),
        on_request=cells.flag("on_request"),
        sessions_count=cells.whole("sessions_count"),
    )


def room(cells: Cells) -> RoomRow:
    """A row of ``rooms.csv``."""
    return RoomRow(
        code=cells.text("code"),
        kind=cells.text("kind"),
        title_lv=cells.text("title_lv"),
        title_en=cells.text("title_en"),
        seats=cells.whole("seats"),
        position=cells.maybe("position", int, "a whole number or empty"),
        setup_min=cells.whole("setup_min"),
        step_free=cells.flag("step_free"),
        quiet=cells.flag("quiet"),
    )


def gallery(cells: Cells) -> GalleryRow:
    """A row of ``galleries.csv`` as a head count limit."""
    return GalleryRow(
        code=cells.text("code"),
        title_lv=cells.text("title_lv"),
        title_en=cells.text("title_en"),
        capacity=cells.whole("capacity"),
        alone=cells.flag("alone"),
        step_free=cells.flag("step_free"),
        quiet=cells.flag("quiet"),
    )


def shifts(cells: Cells) -> list[Shift]:
    """A row of ``shifts.csv``: one shift for each of its weekdays."""
    wants = "a time such as 09:00"
    return [
        Shift(
            host=cells.text("host"),
            weekday=weekday,
            valid_from=cells.day("valid_from"),
            valid_to=cells.day("valid_to"),
            starts=cells.read("starts", time.fromisoformat, wants),
            ends=cells.read("ends", time.fromisoformat, wants),
            break_starts=cells.maybe("break_starts", time.fromisoformat, f"{wants}, or empty"),
            break_ends=cells.maybe("break_ends", time.fromisoformat, f"{wants}, or empty"),
        )
        for weekday in cells.wholes("weekdays")
    ]


def school_break(cells: Cells) -> SchoolBreak | None:
    """A row of ``school_calendar.csv``, if it is a break and not a year or a semester."""
    kind, _, what = cells.text("kind").partition("_")
    if what != "break":
        return None
    return SchoolBreak(
        kind=cells.read("kind", lambda _: BreakKind(kind), "a break such as autumn_break"),
        first_day=cells.day("start"),
        last_day=cells.day("end"),
        grades=cells.read("grades", parse_grades, "grades such as 1-8,10-11, or all"),
        status=cells.read("status", BreakStatus, "official or assumption"),
        source=cells.text("source"),
    )


def host(cells: Cells) -> HostRow:
    """A row of ``hosts.csv``."""
    return HostRow(
        code=cells.text("code"),
        name=cells.text("name"),
        skills=cells.items("skills"),
        languages=cells.items("languages"),
        minutes_a_day_max=cells.whole("max_minutes_day"),
        email=cells.text("email"),
    )


def opening_rule(cells: Cells) -> OpeningRule:
    """A row of ``opening_hours.csv``."""
    wants = "a time such as 09:00, or empty"
    return OpeningRule(
        weekday=cells.whole("weekday"),
        valid_from=cells.day("valid_from"),
        valid_to=cells.day("valid_to"),
        opens=cells.maybe("opens", time.fromisoformat, wants),
        closes=cells.maybe("closes", time.fromisoformat, wants),
        schools_from=cells.maybe("school_opens", time.fromisoformat, wants),
    )


def timetable_row(cells: Cells) -> TimetableRow:
    """A row of ``timetable.csv``."""
    return TimetableRow(
        activity=cells.text("activity"),
        weekdays=cells.wholes("weekdays"),
        start=cells.read("start", time.fromisoformat, "a time such as 09:00").strftime("%H:%M"),
        rooms=cells.items("room"),
        host=cells.text("host") or None,
        shared=cells.flag("shared"),
    )


def person(cells: Cells) -> NewPerson:
    """A row of ``people.csv``."""
    return NewPerson(
        email=cells.text("email"),
        name=cells.text("name"),
        roles=frozenset({cells.read("role", Role, "a role")}),
        language=cells.text("language"),
        school=cells.text("school") or None,
    )
