from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bookings.resources.rules import Take, demand, runs
from vizium.kernel.clock import CELL, from_wall

START = datetime(2027, 3, 16, 8, 0, tzinfo=UTC)
TAKES = st.lists(
    st.builds(
        lambda resource, first, length, amount: Take(
            resource, START + first * CELL, START + (first + length) * CELL, amount
        ),
        st.sampled_from(["hall", "lunch", "room-a"]),
        st.integers(0, 20),
        st.integers(1, 8),
        st.integers(1, 40),
    )
)


@given(takes=TAKES)
def test_demand_names_each_cell_once_in_order_and_loses_nothing(takes: list[Take]) -> None:
    wanted = demand(takes)

    keys = [key for key, _ in wanted]
    assert keys == sorted(set(keys))
    assert sum(amount for _, amount in wanted) == sum(
        take.amount * ((take.end - take.start) // CELL) for take in takes
    )


@given(takes=TAKES)
def test_runs_of_a_demand_ask_for_the_same_cells(takes: list[Take]) -> None:
    wanted = demand(takes)

    found = runs(dict(wanted))

    assert demand(found) == wanted
    assert len({(run.resource, run.start) for run in found}) == len(found)


def test_runs_leave_out_what_is_full_and_part_where_the_amount_changes() -> None:
    free = {("hall", START + n * CELL): amount for n, amount in enumerate([5, 5, 0, 5, 3])}

    assert runs(free) == [
        Take("hall", START, START + 2 * CELL, 5),
        Take("hall", START + 3 * CELL, START + 4 * CELL, 5),
        Take("hall", START + 4 * CELL, START + 5 * CELL, 3),
    ]


def test_demand_over_the_night_of_summer_time_counts_real_quarters() -> None:
    day = date(2027, 3, 28)
    take = Take("hall", from_wall(day, time(2)), from_wall(day, time(5)), 1)

    assert len(demand([take])) == 2 * 4


def test_part_of_a_cell_takes_the_cell() -> None:
    take = Take("hall", START, START + timedelta(minutes=20), 3)

    assert demand([take]) == [(("hall", START), 3), (("hall", START + CELL), 3)]
