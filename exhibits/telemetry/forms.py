"""What is asked of usage and of the floor: periods and filters."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from exhibits.health.rules import Signal
from exhibits.usage.rules import Span
from vizium.kernel.clock import from_wall
from vizium.web.forms import Form

_DAYS_BY_DEFAULT = 7
_DAYS_MAX = 400


@dataclass(frozen=True, slots=True)
class Period:
    """From one instant up to another."""

    since: datetime
    until: datetime


def parse_period(asked: Form, *, now: datetime) -> Period:
    """``from`` and ``to``: days or instants with their offset; the last 7 days by default.

    Raises:
        InvalidInput: not an instant, an empty period or one of more than 400 days.
    """
    until = _instant(asked, "to", now)
    since = _instant(asked, "from", until - timedelta(days=_DAYS_BY_DEFAULT))
    if since >= until:
        asked.fail("to", "before_from")
    elif until - since > timedelta(days=_DAYS_MAX):
        asked.fail("from", "period_too_long", most=_DAYS_MAX)
    asked.check()
    return Period(since, until)


def parse_span(asked: Form) -> Span:
    """``by=hour|day``; by day unless told."""
    span = asked.choice("by", list(Span)) if asked.raw("by") else Span.DAY
    asked.check()
    return Span(span)


def parse_health(asked: Form) -> Signal | None:
    """``health=offline``: one signal, or none asked for."""
    signal = asked.choice("health", list(Signal)) if asked.raw("health") else None
    asked.check()
    return None if signal is None else Signal(signal)


def _instant(asked: Form, name: str, otherwise: datetime) -> datetime:
    text = asked.raw(name).strip()
    if not text:
        return otherwise
    try:
        # A plus sign arrives as a space where a client did not escape it.
        found = datetime.fromisoformat(text.replace(" ", "+"))
        if len(text) == len("2027-01-01"):
            return from_wall(date.fromisoformat(text), time(0))
        if found.tzinfo is None:
            asked.fail(name, "offset_missing")
            return otherwise
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        asked.fail(name, "not_an_instant")
        return otherwise
