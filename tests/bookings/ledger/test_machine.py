"""Any order of events keeps the books; and every planted mistake is found by the same machine.

Compared after each step with an oracle that shares no code with the product.
"""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import DBAPIError

from tests.bookings.ledger.machine import machine_for
from tests.bookings.ledger.planted import BUGS
from vizium.db.session import Database

_PLAY = settings(
    max_examples=20,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# A bug needs no smallest example: that it is found is all that is asked.
_HUNT = settings(_PLAY, max_examples=400, phases=[Phase.generate], derandomize=True, database=None)


def test_books_agree_with_the_oracle_after_every_step(database: Database, now: datetime) -> None:
    run_state_machine_as_test(machine_for(database, now), settings=_PLAY)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", BUGS)
def test_planted_bug_is_found(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bug = BUGS[name]
    monkeypatch.setattr(bug.module, bug.function, bug.wrong)

    with pytest.raises((AssertionError, DBAPIError)):
        run_state_machine_as_test(machine_for(database, now), settings=_HUNT)
