"""What an activity may be given of the house: rooms, skills, machines, exhibits; pure.

Rooms and machines belong to resources and exhibits to another context; the roof gathers them and
hands them to the pages of the catalogue.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose; `group` is an exhibit's gallery, a machine's room."""

    code: str
    title_lv: str
    title_en: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything that may be chosen."""

    room_kinds: tuple[Choice, ...] = ()
    skills: tuple[Choice, ...] = ()
    machines: tuple[Choice, ...] = ()
    exhibits: tuple[Choice, ...] = ()
