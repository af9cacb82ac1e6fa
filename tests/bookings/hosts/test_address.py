"""A host's address is asked for in the form of the host, and may be left empty."""

import pytest

from bookings.resources.forms import parse_host
from bookings.resources.queries import HostRow
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form

_HOST = {
    "name": ["Elīna Prizma"],
    "skills": ["show"],
    "languages": ["lv"],
    "minutes_a_day_max": ["300"],
}
_ROW = HostRow("h-01", "", (), ("lv",), 300)


@pytest.mark.parametrize(
    ("typed", "kept"), [("elina@vizium.example", "elina@vizium.example"), (" ", "")]
)
def test_address_is_kept_or_left_empty(typed: str, kept: str) -> None:
    assert parse_host(Form(_HOST | {"email": [typed]}), _ROW, ["show"]).email == kept


def test_address_that_is_none_is_said() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_host(Form(_HOST | {"email": ["elina"]}), _ROW, ["show"])

    assert [error.field for error in refused.value.errors] == ["email"]
