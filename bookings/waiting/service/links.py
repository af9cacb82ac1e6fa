"""The signed link to a class on the waiting list."""

from bookings.waiting.queries import WaitingRow
from vizium.kernel.ids import is_signed, sign
from vizium.settings import Settings

_MANAGE = "manage-waiting"


def waiting_path(reference: str, settings: Settings) -> str:
    """The path, without language, under which a class sees where it stands."""
    return f"/waiting/{reference}/{sign(settings.secret_key, _MANAGE, reference)}"


def opens_waiting(reference: str, key: str, settings: Settings) -> bool:
    """Whether this is the key of the link to a class on the list."""
    return is_signed(settings.secret_key, _MANAGE, reference, signature=key)


def waiting_url(row: WaitingRow, settings: Settings) -> str:
    """The whole link, in the language of the teacher."""
    return f"{settings.base_url}/{row.page_language}{waiting_path(row.reference, settings)}"
