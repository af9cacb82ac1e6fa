"""An activity as a form: what staff typed becomes a row, and a row becomes what they see.

Outcomes and materials are numbered rows (``outcome_lv_1``, ``outcome_lv_2``, …) with some empty
ones to add; a row that is emptied is taken away.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bookings.programmes.queries import ActivityRow, MaterialRow, OutcomeRow, TitleRow
from bookings.programmes.rules import GRADES, LANGUAGES, ActivityKind, MaterialStage
from bookings.programmes.rules.choices import Choice, Choices
from vizium.web.forms import Form

OUTCOMES_MAX, MATERIALS_MAX = 12, 10
# Empty rows that a form offers for more.
_ROWS_TO_ADD = 2
AGE_GROUPS = ("preschool", "primary", "basic", "secondary", "mixed", "educators")
_CODE = re.compile(r"[A-Z]{1,3}-[0-9]{2,4}")
_DURATION_MAX_MIN, _CELL_MIN = 480, 15
_SEATS_MAX, _SESSIONS_MAX = 500, 40
# A page of ours: a path, never another server.
_OUR_PAGE = re.compile(r"/(?!/)[^\s\\]*")


@dataclass(frozen=True, slots=True)
class Edited:
    """What a form needs to know of the centre."""

    areas: tuple[TitleRow, ...]
    subjects: tuple[TitleRow, ...]
    outcomes: tuple[OutcomeRow, ...]
    choices: Choices


def parse_activity(form: Form, known: Edited, *, before: ActivityRow | None) -> ActivityRow:
    """Read an activity.

    Args:
        before: what stands; it gives the code, and what a form cannot change.

    Raises:
        InvalidInput: every field's error.
    """
    outcomes = _parse_outcomes(form, {outcome.code for outcome in known.outcomes})
    exhibits = _chosen(form, "exhibits", known.choices.exhibits, before.exhibits if before else ())
    machines = _chosen(form, "machines", known.choices.machines, before.machines if before else ())
    kind = ActivityKind(form.choice("kind", list(ActivityKind)))
    row = ActivityRow(
        code=before.code if before else _parse_code(form),
        kind=kind,
        title_lv=form.text("title_lv"),
        title_en=form.text("title_en"),
        summary_lv=form.prose("summary_lv", missing="missing"),
        summary_en=form.prose("summary_en", missing="missing"),
        outcomes_lv=tuple(latvian for _, latvian, _ in outcomes),
        outcomes_en=tuple(english for _, _, english in outcomes),
        outcome_codes=tuple(code for code, _, _ in outcomes) if any(o[0] for o in outcomes) else (),
        needs_lv=form.prose("needs_lv"),
        needs_en=form.prose("needs_en"),
        grades=_parse_grades(form, kind),
        areas=_codes(form, "areas", [a.code for a in known.areas], before.areas if before else ()),
        subjects=_codes(
            form, "subjects", [s.code for s in known.subjects], before.subjects if before else ()
        ),
        languages=_parse_languages(form),
        duration_min=_parse_duration(form),
        seats_min=form.whole("seats_min", least=1, most=_SEATS_MAX),
        seats_max=_parse_seats_max(form),
        price_cents=form.euro("price"),
        room_kind=form.choice("room_kind", _offered(known.choices.room_kinds)),
        skill=form.choice("skill", _offered(known.choices.skills)),
        exhibits=tuple(each.code for each in exhibits),
        exhibits_lv=tuple(each.title_lv for each in exhibits),
        exhibits_en=tuple(each.title_en for each in exhibits),
        galleries=tuple(dict.fromkeys(each.group for each in exhibits if each.group)),
        machines=tuple(each.code for each in machines),
        age_group=form.choice("age_group", AGE_GROUPS),
        materials=_parse_materials(form),
        on_request=form.flag("on_request"),
        sessions_count=form.whole("sessions_count", least=1, most=_SESSIONS_MAX),
        archived=before.archived if before else False,
    )
    form.check()
    return row


def _offered(choices: Sequence[Choice]) -> Sequence[str]:
    """Codes that may be chosen; a house without any leaves the field empty."""
    return [each.code for each in choices] or [""]


def form_of(row: ActivityRow) -> Form:
    """A form filled with a row."""
    euro, cent = divmod(row.price_cents, 100)
    fields: dict[str, Sequence[str]] = {
        name: [str(getattr(row, name))]
        for name in (
            *("code", "kind", "title_lv", "title_en", "summary_lv", "summary_en"),
            *("needs_lv", "needs_en", "duration_min", "seats_min", "seats_max"),
            *("room_kind", "skill", "age_group", "sessions_count"),
        )
    }
    fields |= {"price": [f"{euro},{cent:02d}"], "on_request": ["1"] if row.on_request else []}
    fields |= {
        name: [str(code) for code in getattr(row, name)]
        for name in ("grades", "areas", "subjects", "languages", "exhibits", "machines")
    }
    for number, (code, latvian, english) in enumerate(row.coded_outcomes, start=1):
        fields[f"outcome_code_{number}"] = [code]
        fields[f"outcome_lv_{number}"] = [latvian]
        fields[f"outcome_en_{number}"] = [english]
    for number, each in enumerate(row.materials, start=1):
        fields[f"material_stage_{number}"] = [each.stage.value]
        for name in _MATERIAL_TEXTS:
            fields[f"material_{name}_{number}"] = [getattr(each, name)]
    return Form(fields)


def rows_of(form: Form, name: str, most: int) -> range:
    """The numbers of the rows to show: those that were filled and some to add.

    Args:
        name: of a field that every filled row has, e.g. ``outcome_lv``.
    """
    filled = [number for number in range(1, most + 1) if form.raw(f"{name}_{number}").strip()]
    last = max(filled, default=0)
    return range(1, min(last + _ROWS_TO_ADD, most) + 1)


_MATERIAL_TEXTS = ("title_lv", "title_en", "text_lv", "text_en", "link")
_OUTCOME_TEXTS = ("lv", "en", "code")


def _parse_code(form: Form) -> str:
    code = form.text("code").upper()
    if code and not _CODE.fullmatch(code):
        form.fail("code", "activity_code_form")
    return code


def _parse_grades(form: Form, kind: ActivityKind) -> tuple[int, ...]:
    """Grades, ascending; only what is for educators has none."""
    codes = _codes(form, "grades", [str(grade) for grade in GRADES])
    if not codes and kind is not ActivityKind.EDUCATOR:
        form.fail("grades", "choose")
    return tuple(sorted(int(code) for code in codes))


def _parse_languages(form: Form) -> tuple[str, ...]:
    languages = _codes(form, "languages", LANGUAGES)
    if not languages:
        form.fail("languages", "choose")
    return languages


def _parse_duration(form: Form) -> int:
    minutes = form.whole("duration_min", least=_CELL_MIN, most=_DURATION_MAX_MIN)
    if minutes % _CELL_MIN:
        form.fail("duration_min", "not_quarters")
    return minutes


def _parse_seats_max(form: Form) -> int:
    most = form.whole("seats_max", least=1, most=_SEATS_MAX)
    least = form.raw("seats_min").strip()
    if least.isdecimal() and most < int(least[:6]):
        form.fail("seats_max", "seats_order")
    return most


def _parse_outcomes(form: Form, known: set[str]) -> list[tuple[str, str, str]]:
    found = []
    for number in _filled(form, "outcome", _OUTCOME_TEXTS, OUTCOMES_MAX):
        code = form.text(f"outcome_code_{number}", missing=None).upper()
        if code and code not in known:
            form.fail(f"outcome_code_{number}", "unknown_outcome", codes=code)
        latvian = form.text(f"outcome_lv_{number}", missing="both_languages")
        english = form.text(f"outcome_en_{number}", missing="both_languages")
        found.append((code, latvian, english))
    return found


def _parse_materials(form: Form) -> tuple[MaterialRow, ...]:
    return tuple(
        _parse_material(form, number)
        for number in _filled(form, "material", _MATERIAL_TEXTS, MATERIALS_MAX)
    )


def _parse_material(form: Form, number: int) -> MaterialRow:
    link = form.text(f"material_link_{number}", missing=None)
    if link and not _OUR_PAGE.fullmatch(link):
        form.fail(f"material_link_{number}", "link_not_ours")
    stage = form.choice(f"material_stage_{number}", list(MaterialStage))
    material = MaterialRow(
        stage=MaterialStage(stage),
        title_lv=form.text(f"material_title_lv_{number}", missing="both_languages"),
        title_en=form.text(f"material_title_en_{number}", missing="both_languages"),
        text_lv=form.prose(f"material_text_lv_{number}"),
        text_en=form.prose(f"material_text_en_{number}"),
        link=link,
    )
    if not link and not (material.text_lv and material.text_en):
        form.fail(f"material_text_lv_{number}", "text_or_link")
    return material


def _filled(form: Form, prefix: str, names: Sequence[str], most: int) -> list[int]:
    """The numbers of the rows in which anything stands."""
    return [
        number
        for number in range(1, most + 1)
        if any(form.raw(f"{prefix}_{name}_{number}").strip() for name in names)
    ]


def _codes(
    form: Form, name: str, options: Sequence[str], standing: Sequence[str] = ()
) -> tuple[str, ...]:
    """The ticked options: those that stood in their order (the first leads), then the new ones."""
    ticked = form.all(name)
    if set(ticked) - set(options):
        form.fail(name, "choose")
    kept = [option for option in standing if option in ticked and option in options]
    return (*kept, *(option for option in options if option in ticked and option not in kept))


def _chosen(
    form: Form, name: str, options: Sequence[Choice], standing: Sequence[str]
) -> list[Choice]:
    by_code = {option.code: option for option in options}
    return [by_code[code] for code in _codes(form, name, list(by_code), standing)]
