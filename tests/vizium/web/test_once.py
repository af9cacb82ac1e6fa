from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from vizium.db.session import Database
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form, Upload
from vizium.web.once import once

KEY = "a-key-of-the-page"


def form(*, key: str = KEY, token: str = "t1", pupils: str = "24", receipt: bytes = b"r") -> Form:
    fields = {"key": [key], "_csrf_token": [token], "pupils": [pupils]}
    return Form(fields, {"receipt": Upload("r.pdf", receipt)})


class Desk:
    """Counts how often it acted."""

    def __init__(self) -> None:
        self.acts = 0

    def act(self, _: Session) -> str:
        self.acts += 1
        return f"/visits/{self.acts}"


def test_form_sent_again_acts_once_and_goes_to_the_same_page(
    database: Database, now: datetime
) -> None:
    desk = Desk()

    paths = {
        once(database, form(token=token), scope="hold", now=now, act=desk.act)
        for token in ("t1", "t2", "t3")
    }

    assert (paths, desk.acts) == ({"/visits/1"}, 1)


def test_other_key_or_other_scope_acts_again(database: Database, now: datetime) -> None:
    desk = Desk()

    once(database, form(), scope="hold", now=now, act=desk.act)
    once(database, form(key="another-key"), scope="hold", now=now, act=desk.act)
    once(database, form(), scope="confirm:VZ-7K3QM9", now=now, act=desk.act)

    assert desk.acts == 3


@pytest.mark.parametrize("changed", [{"pupils": "25"}, {"receipt": b"other"}])
def test_same_key_with_other_content_is_refused(
    database: Database, now: datetime, changed: dict[str, str]
) -> None:
    desk = Desk()
    once(database, form(), scope="hold", now=now, act=desk.act)

    with pytest.raises(InvalidInput) as refused:
        once(database, form(**changed), scope="hold", now=now, act=desk.act)  # type: ignore[arg-type]

    assert [error.code for error in refused.value.errors] == ["key_reused"]
    assert desk.acts == 1


def test_key_that_no_page_of_ours_minted_is_refused(database: Database, now: datetime) -> None:
    desk = Desk()

    for key in ("", "short", "x" * 3000 + "/long-enough", "nul\0nul/long-enough", "ā" * 20):
        with pytest.raises(InvalidInput) as refused:
            once(database, form(key=key), scope="hold", now=now, act=desk.act)
        assert [error.code for error in refused.value.errors] == ["key_form"]

    assert desk.acts == 0


def test_form_that_was_refused_may_be_sent_again_with_its_key(
    database: Database, now: datetime
) -> None:
    def refuse(_: Session) -> str:
        raise InvalidInput([])

    with pytest.raises(InvalidInput):
        once(database, form(), scope="hold", now=now, act=refuse)

    assert once(database, form(pupils="20"), scope="hold", now=now, act=Desk().act) == "/visits/1"
