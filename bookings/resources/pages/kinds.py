"""The five kinds of things: how each is read from the database and from a form.

Templates are named after the kind: ``_rooms.html`` holds the fields of a room.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bookings.resources.forms import (
    LANGUAGES,
    parse_gallery,
    parse_host,
    parse_machine,
    parse_pool,
    parse_room,
)
from bookings.resources.queries import (
    GalleryRow,
    HostRow,
    MachineRow,
    RoomRow,
    get_gallery,
    get_host,
    get_machine,
    get_resource,
    get_room,
    list_rooms,
    list_terms,
    standing,
)
from bookings.resources.rules import TermKind
from vizium.db.session import Session
from vizium.kernel.errors import NotFound
from vizium.web.forms import Form

Row = Any
"""A row of the kind that a form is about."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of thing is shown, read from a form and added.

    `blank` is what a new one begins as, None where none can be added; `after` is where adding it
    leads.
    """

    get_row: Callable[[Session, str], Row]
    parse: Callable[[Session, Form, Row, date], Row]
    blank: Row = None
    after: str = ""
    is_counted: bool = False


class Kinds(dict[str, Kind]):
    """The kinds by the word in an address."""

    def of(self, word: str) -> Kind:
        """The kind of a word.

        Raises:
            NotFound: ``resource``.
        """
        if word not in self:
            raise NotFound("resource", resource=word[:40])
        return self[word]


def known(session: Session, today: date) -> dict[str, Any]:
    """What forms of things choose from, in words."""
    terms = list_terms(session)
    return {
        "skills": terms[TermKind.SKILL],
        "room_kinds": terms[TermKind.ROOM_KIND],
        "rooms_in_use": standing(list_rooms(session), today),
        "languages": LANGUAGES,
    }


def may_be_added(word: str) -> Kind:
    """A kind of which another can be added.

    Raises:
        NotFound: ``resource``: the planner knows pools by their codes, so there are no new ones.
    """
    kind = KINDS.of(word)
    if kind.blank is None:
        raise NotFound("resource", resource=word[:40])
    return kind


def _codes(session: Session, kind: TermKind) -> list[str]:
    return [term.code for term in list_terms(session)[kind]]


def _read_room(session: Session, form: Form, row: Row, _today: date) -> RoomRow:
    return parse_room(form, row, _codes(session, TermKind.ROOM_KIND))


def _read_gallery(_session: Session, form: Form, row: Row, _today: date) -> GalleryRow:
    return parse_gallery(form, row)


def _read_machine(session: Session, form: Form, row: Row, today: date) -> MachineRow:
    rooms = [room.code for room in list_rooms(session)]
    in_use = [room.code for room in standing(list_rooms(session), today)]
    # Where it stands already it may stay.
    return parse_machine(form, row, [code for code in rooms if code in {*in_use, row.room}])


def _read_host(session: Session, form: Form, row: Row, _today: date) -> HostRow:
    return parse_host(form, row, _codes(session, TermKind.SKILL))


KINDS = Kinds(
    rooms=Kind(get_room, _read_room, RoomRow("", "", "", "", 20, None, 15), "/staff/resources"),
    galleries=Kind(
        get_gallery, _read_gallery, GalleryRow("", "", "", 60), "/staff/resources", is_counted=True
    ),
    pools=Kind(
        get_resource, lambda _session, form, row, _today: parse_pool(form, row), is_counted=True
    ),
    machines=Kind(get_machine, _read_machine, MachineRow("", "", "", ""), "/staff/resources"),
    hosts=Kind(
        get_host, _read_host, HostRow("", "", (), (), 300), "/staff/resources/shifts/{code}"
    ),
)
