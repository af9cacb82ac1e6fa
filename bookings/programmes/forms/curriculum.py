"""Learning areas, subjects and outcomes as forms."""

import re
from collections.abc import Sequence
from dataclasses import asdict

from bookings.programmes.queries import OutcomeRow, TitleRow
from bookings.programmes.rules import GRADES
from vizium.web.forms import Form

_TITLE_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
_OUTCOME_CODE = re.compile(r"[A-Z0-9ĀČĒĢĪĶĻŅŠŪŽ][A-Z0-9ĀČĒĢĪĶĻŅŠŪŽ.-]{1,39}")


def parse_title(
    form: Form, *, areas: Sequence[TitleRow] | None, before: TitleRow | None
) -> TitleRow:
    """Read a learning area (`areas` None) or a subject in one of the areas.

    Raises:
        InvalidInput: every field's error.
    """
    code = before.code if before else _code(form, _TITLE_CODE, "title_code_form", lower=True)
    area = code if areas is None else form.choice("area", [each.code for each in areas])
    row = TitleRow(code, area, form.text("title_lv"), form.text("title_en"))
    form.check()
    return row


def parse_outcome(
    form: Form,
    *,
    areas: Sequence[TitleRow],
    subjects: Sequence[TitleRow],
    before: OutcomeRow | None,
) -> OutcomeRow:
    """Read an outcome of the standard.

    Raises:
        InvalidInput: every field's error.
    """
    grades = [str(grade) for grade in GRADES]
    first, last = (int(form.choice(name, grades)) for name in ("first_grade", "last_grade"))
    if first > last:
        form.fail("last_grade", "grades_order")
    row = OutcomeRow(
        code=before.code if before else _code(form, _OUTCOME_CODE, "outcome_code_form"),
        area=form.choice("area", [each.code for each in areas]),
        subject=form.choice("subject", ["", *(each.code for each in subjects)]),
        first_grade=first,
        last_grade=last,
        title_lv=form.text("title_lv"),
        title_en=form.text("title_en"),
    )
    form.check()
    return row


def form_of_row(row: TitleRow | OutcomeRow) -> Form:
    """A form filled with a row."""
    return Form({name: [str(value)] for name, value in asdict(row).items()})


def _code(form: Form, allowed: re.Pattern[str], wrong: str, *, lower: bool = False) -> str:
    code = form.text("code")
    code = code.lower() if lower else code.upper()
    if code and not allowed.fullmatch(code):
        form.fail("code", wrong)
    return code
