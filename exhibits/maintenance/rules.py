"""Faults that people report: many reports, one open fault an exhibit, one end.

open ──work done──> resolved
  ^ further reports are merged into it
"""

from enum import StrEnum


class FaultState(StrEnum):
    """Where a fault stands."""

    OPEN = "open"
    RESOLVED = "resolved"


class Symptom(StrEnum):
    """What a visitor can tell without knowing how an exhibit works."""

    DEAD = "dead"
    WRONG = "wrong"
    NO_SOUND = "no_sound"
    DAMAGED = "damaged"
    DIRTY = "dirty"
    UNSAFE = "unsafe"
    OTHER = "other"


class ReportSource(StrEnum):
    """Who reported."""

    VISITOR = "visitor"
    STAFF = "staff"


def is_urgent(symptom: Symptom) -> bool:
    """Whether somebody should go at once."""
    return symptom is Symptom.UNSAFE
