"""Forms of the staff about things: rooms, galleries, pools, machines, hosts; walks and words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bookings.resources.queries import (
    GalleryRow,
    HostRow,
    MachineRow,
    Planned,
    ResourceRow,
    RoomRow,
    TermRow,
)
from vizium.kernel.clock import days_after
from vizium.kernel.registers import parse_email
from vizium.web.forms import Form

# More than the whole building takes, in any room or pool.
PEOPLE_MAX = 2000
LANGUAGES = ("lv", "en", "ru")
_SETUP_MIN_MAX = 240
_POSITION_MAX = 50
_WALK_MIN_MAX = 60
_MINUTES_A_DAY_MAX = 600
# Two school years: nobody plans the house further ahead.
_AHEAD_DAYS_MAX = 800


def parse_room(form: Form, row: RoomRow, kinds: Sequence[str]) -> RoomRow:
    """A room as it shall be; without a place in the row it combines with no other.

    Raises:
        InvalidInput: every field's error.
    """
    title_lv, title_en = _titles(form)
    position = form.whole("position", least=1, most=_POSITION_MAX, empty=0)
    changed = replace(
        row,
        kind=form.choice("kind", kinds),
        position=position or None,
        title_lv=title_lv,
        title_en=title_en,
        seats=form.whole("seats", least=1, most=PEOPLE_MAX),
        setup_min=form.whole("setup_min", least=0, most=_SETUP_MIN_MAX),
        step_free=form.flag("step_free"),
        quiet=form.flag("quiet"),
    )
    form.check()
    return changed


def parse_gallery(form: Form, row: GalleryRow) -> GalleryRow:
    """A gallery as it shall be.

    Raises:
        InvalidInput: every field's error.
    """
    title_lv, title_en = _titles(form)
    changed = replace(
        row,
        title_lv=title_lv,
        title_en=title_en,
        capacity=form.whole("capacity", least=1, most=PEOPLE_MAX),
        alone=form.flag("alone"),
        step_free=form.flag("step_free"),
        quiet=form.flag("quiet"),
    )
    form.check()
    return changed


def parse_pool(form: Form, row: ResourceRow) -> ResourceRow:
    """A pool as it shall be.

    Raises:
        InvalidInput: every field's error.
    """
    title_lv, title_en = _titles(form)
    capacity = form.whole("capacity", least=1, most=PEOPLE_MAX)
    form.check()
    return replace(row, title_lv=title_lv, title_en=title_en, capacity=capacity)


def parse_machine(form: Form, row: MachineRow, rooms: Sequence[str]) -> MachineRow:
    """A machine as it shall be.

    Raises:
        InvalidInput: every field's error.
    """
    title_lv, title_en = _titles(form)
    room = form.choice("room", rooms)
    form.check()
    return replace(row, title_lv=title_lv, title_en=title_en, room=room)


def parse_host(form: Form, row: HostRow, skills: Sequence[str]) -> HostRow:
    """A host as he or she shall be known.

    Raises:
        InvalidInput: every field's error.
    """
    languages = tuple(lang for lang in LANGUAGES if lang in form.all("languages"))
    if not languages:
        form.fail("languages", "choose")
    host = replace(
        row,
        name=form.text("name"),
        skills=tuple(skill for skill in skills if skill in form.all("skills")),
        languages=languages,
        minutes_a_day_max=form.whole("minutes_a_day_max", least=15, most=_MINUTES_A_DAY_MAX),
        email=form.number("email", parse_email, "") if form.raw("email").strip() else "",
    )
    form.check()
    return host


def parse_planned(form: Form, *, today: date) -> Planned:
    """Another capacity from a day to come on.

    Raises:
        InvalidInput: every field's error.
    """
    day = _day_ahead(form, "from", today)
    capacity = form.whole("new_capacity", least=1, most=PEOPLE_MAX)
    form.check()
    return Planned(day, capacity)


def parse_retirement(form: Form, *, today: date) -> Planned:
    """The first day on which a thing is not in use any more.

    Raises:
        InvalidInput: every field's error.
    """
    day = _day_ahead(form, "from", today)
    form.check()
    return Planned(day, 0)


def parse_walk(form: Form, places: Sequence[str]) -> tuple[tuple[str, str], int | None]:
    """Two places and the minutes between them; none: as long as it usually takes.

    Raises:
        InvalidInput: every field's error.
    """
    one, other = form.choice("one", places), form.choice("other", places)
    minutes = form.whole("minutes", least=1, most=_WALK_MIN_MAX, empty=0)
    form.check()
    return (one, other), minutes or None


def parse_term(form: Form, row: TermRow) -> TermRow:
    """A word in both languages.

    Raises:
        InvalidInput: every field's error.
    """
    title_lv, title_en = _titles(form)
    form.check()
    return replace(row, title_lv=title_lv, title_en=title_en)


def _day_ahead(form: Form, name: str, today: date) -> date:
    day = form.date(name, stand_in=today)
    if day < today:
        form.fail(name, "day_is_over")
    if day > days_after(today, _AHEAD_DAYS_MAX):
        form.fail(name, "too_far_ahead", most=_AHEAD_DAYS_MAX)
    return day


def _titles(form: Form) -> tuple[str, str]:
    return form.text("title_lv"), form.text("title_en")
