from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from vizium.db.session import Database
from vizium.kernel.errors import TooMany
from vizium.web.limits import RateCount, sweep_rate_counts, use_once

WINDOW = timedelta(minutes=15)
SECOND = timedelta(seconds=1)


def use(database: Database, now: datetime, *, key: str = "peer") -> bool:
    try:
        with database.transaction() as session:
            use_once(session, key, most=5, window=WINDOW, now=now)
    except TooMany:
        return False
    return True


def test_limit_lets_as_many_through_as_it_says(database: Database, now: datetime) -> None:
    assert [use(database, now) for _ in range(7)] == [True] * 5 + [False] * 2


def test_limit_is_of_one_key(database: Database, now: datetime) -> None:
    assert all(use(database, now) for _ in range(5))

    assert use(database, now, key="another peer")


def test_limit_begins_anew_with_the_next_window_and_says_when(
    database: Database, now: datetime
) -> None:
    asked = now + timedelta(minutes=4, milliseconds=300)
    for _ in range(5):
        use(database, asked)

    with pytest.raises(TooMany) as refused, database.transaction() as session:
        use_once(session, "peer", most=5, window=WINDOW, now=asked)

    wait = timedelta(seconds=refused.value.retry_after_s)
    assert refused.value.facts == {"retry_after_s": 660}
    assert not use(database, asked + wait - SECOND)
    assert use(database, asked + wait)


@pytest.mark.race
def test_sixteen_at_once_do_not_slip_through(database: Database, now: datetime) -> None:
    with ThreadPoolExecutor(16) as pool:
        passed = list(pool.map(lambda _: use(database, now), range(32)))

    assert sum(passed) == 5


def test_sweep_forgets_windows_of_days_ago(database: Database, now: datetime) -> None:
    use(database, now)
    use(database, now + timedelta(days=1))

    with database.transaction() as session:
        sweep_rate_counts(session, now=now + timedelta(days=2) + SECOND)
        left = session.scalar(select(func.count()).select_from(RateCount))

    assert left == 1
