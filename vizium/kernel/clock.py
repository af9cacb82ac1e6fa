"""The only module that reads the clock, and the walls between UTC instants and Riga time.

Everything inside is an aware UTC instant and a parameter; visits also keep the local date, because
"Tuesday at ten" stays at ten when the clocks change.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

RIGA = ZoneInfo("Europe/Riga")
# The grid on which capacity is sold: fine enough for a 30-minute show, coarse enough for speed.
CELL = timedelta(minutes=15)


def system_now() -> datetime:
    """The present instant, aware, UTC."""
    return datetime.now(UTC)


def to_riga(instant: datetime) -> datetime:
    """The same instant on a wall clock in Latvia."""
    assert instant.tzinfo is not None
    return instant.astimezone(RIGA)


def local_date(instant: datetime) -> date:
    """The calendar day in Latvia at this instant."""
    return to_riga(instant).date()


def days_after(day: date, days: int) -> date:
    """So many days later; the calendar's last day where it ends before."""
    return min(day, date.max - timedelta(days=days)) + timedelta(days=days)


def from_wall(day: date, at: time) -> datetime:
    """The UTC instant of a wall time in Latvia.

    In the hour that the clocks repeat the first one is meant; a time that the clocks skip is moved
    forward by the hour that is missing.
    """
    return datetime.combine(day, at, tzinfo=RIGA).astimezone(UTC)


def cells(start: datetime, end: datetime) -> list[datetime]:
    """The cell starts that [start, end) touches, ascending, aware UTC.

    Raises:
        AssertionError: the interval is empty or its start is not on the grid.
    """
    assert start < end
    assert start.timestamp() % CELL.total_seconds() == 0
    count = -((start - end) // CELL)
    return [start + CELL * index for index in range(count)]


def from_epoch_ms(at_ms: int) -> datetime:
    """The aware UTC instant of a count of milliseconds since 1970."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def to_epoch_ms(instant: datetime) -> int:
    """Whole milliseconds since 1970 of an aware instant."""
    assert instant.tzinfo is not None
    return round(instant.timestamp() * 1000)
