"""Forms about faults and verdicts."""

from exhibits.maintenance.rules import Symptom
from exhibits.maintenance.service import ReportFault, ResolveFault
from exhibits.registry.rules import Verdict
from vizium.web.forms import Form


def parse_report(form: Form, exhibit: str, *, by: str | None) -> ReportFault:
    """What somebody saw.

    Raises:
        InvalidInput: no symptom chosen, or a note that is too long.
    """
    symptom = form.choice("symptom", list(Symptom))
    note = form.prose("note")
    form.check()
    return ReportFault(exhibit, Symptom(symptom), note, by)


def parse_resolution(form: Form, fault: str) -> ResolveFault:
    """What was done, and how the exhibit does now.

    Raises:
        InvalidInput: every field's error.
    """
    work_done = form.prose("work_done", missing="missing")
    verdict = form.choice("verdict", list(Verdict))
    form.check()
    return ResolveFault(fault, work_done, Verdict(verdict))


def parse_verdict(form: Form) -> tuple[Verdict, str]:
    """What a person says of an exhibit, and why.

    Raises:
        InvalidInput: every field's error.
    """
    verdict = form.choice("verdict", list(Verdict))
    note = form.prose("note")
    form.check()
    return Verdict(verdict), note
