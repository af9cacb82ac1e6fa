from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.messages import (
    AppState,
    Heartbeat,
    Presence,
    PresenceState,
    Severity,
    TimeQuality,
)
from exhibits.health.rules import (
    Pulse,
    Signal,
    Step,
    changes_since,
    hear,
    next_change_at,
    signal_at,
    steps,
    with_schedule,
)
from tests.factories.exhibits import BOOT, LATER_BOOT, birth, heartbeat, lost, online, use
from vizium.kernel.clock import to_epoch_ms

NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ONLINE = Pulse(
    boot=BOOT,
    n=3,
    boot_started_ms=to_epoch_ms(NOW) - 10_000,
    mono_ms=10_000,
    presence=PresenceState.ONLINE,
    presence_at=NOW,
    heard_at=NOW,
)


def pulse(state: PresenceState, *, retained: bool = False, comes_back: bool = False) -> Pulse:
    return Pulse(presence=state, presence_at=NOW, presence_retained=retained, comes_back=comes_back)


@pytest.mark.parametrize(
    ("known", "after_s", "expected"),
    [
        (Pulse(), 0, Signal.UNKNOWN),
        (ONLINE, 0, Signal.ONLINE),
        (ONLINE, 74, Signal.ONLINE),
        (ONLINE, 75, Signal.STALE),
        (ONLINE, 149, Signal.STALE),
        (ONLINE, 150, Signal.OFFLINE),
        (pulse(PresenceState.LOST), 19, Signal.WAITING),
        (pulse(PresenceState.LOST), 20, Signal.OFFLINE),
        (pulse(PresenceState.BYE), 0, Signal.OFFLINE),
        (pulse(PresenceState.BYE, comes_back=True), 119, Signal.WAITING),
        (pulse(PresenceState.BYE, comes_back=True), 120, Signal.OFFLINE),
        (pulse(PresenceState.STARTING), 0, Signal.WAITING),
        (pulse(PresenceState.STARTING), 120, Signal.OFFLINE),
        (pulse(PresenceState.REMOVED), 0, Signal.UNKNOWN),
        (pulse(PresenceState.REMOVED, retained=True), 0, Signal.UNKNOWN),
        (pulse(PresenceState.ONLINE, retained=True), 0, Signal.WAITING),
        (pulse(PresenceState.ONLINE, retained=True), 75, Signal.OFFLINE),
        (pulse(PresenceState.LOST, retained=True), 74, Signal.WAITING),
    ],
)
def test_signal_follows_from_presence_and_silence(
    known: Pulse, after_s: int, expected: Signal
) -> None:
    assert signal_at(known, None, NOW + after_s * SECOND) is expected


@pytest.mark.parametrize(
    ("app", "worst", "after_s", "expected"),
    [
        (AppState.OK, Severity.WARN, 0, Signal.ONLINE),
        (AppState.OK, Severity.FAULT, 0, Signal.FAULTY),
        (AppState.FAULT, None, 0, Signal.FAULTY),
        (AppState.DEGRADED, None, 0, Signal.ONLINE),
        (AppState.FAULT, None, 150, Signal.OFFLINE),
        (AppState.OK, Severity.FAULT, 100, Signal.FAULTY),
        (AppState.OK, Severity.FAULT, 150, Signal.OFFLINE),
        (AppState.OK, Severity.SAFETY, 150, Signal.FAULTY),
    ],
)
def test_fault_lies_over_a_connected_signal(
    app: AppState, worst: Severity | None, after_s: int, expected: Signal
) -> None:
    known = Pulse(presence=PresenceState.ONLINE, presence_at=NOW, heard_at=NOW, app=app)

    assert signal_at(known, worst, NOW + after_s * SECOND) is expected


@pytest.mark.parametrize(
    ("signal", "asleep"),
    [
        (Signal.OFFLINE, True),
        (Signal.STALE, True),
        (Signal.WAITING, True),
        (Signal.ONLINE, False),
        (Signal.FAULTY, False),
        (Signal.UNKNOWN, False),
    ],
)
def test_silence_while_closed_is_sleep(signal: Signal, *, asleep: bool) -> None:
    assert with_schedule(signal, is_open=True) is signal
    assert with_schedule(signal, is_open=False) is (Signal.ASLEEP if asleep else signal)


@pytest.mark.parametrize(
    "late",
    [
        lost("ex-001", n=2),
        lost("ex-001", boot=LATER_BOOT, n=9),
        lost("ex-001", n=2, retained=True),
        online("ex-001", NOW, n=2),
        online("ex-001", NOW, n=3, retained=True),
        heartbeat("ex-001", NOW, n=2, mono_ms=20_000),
        heartbeat("ex-001", NOW, n=3, mono_ms=9_000),
        birth("ex-001", NOW - timedelta(hours=1), boot="an-older-boot", n=40),
        use("ex-001", 1, NOW, historical=True),
    ],
)
def test_late_news_is_no_news(late: Presence | Heartbeat) -> None:
    assert hear(ONLINE, late, NOW + SECOND) is None


@pytest.mark.parametrize(
    "news",
    [
        lost("ex-001", n=3),
        lost("ex-001", n=4),
        online("ex-001", NOW, n=4),
        online("ex-001", NOW + SECOND, boot=LATER_BOOT, n=1),
        heartbeat("ex-001", NOW, n=3, mono_ms=11_000),
        birth("ex-001", NOW + SECOND, boot=LATER_BOOT, n=1, mono_ms=10),
        use("ex-001", 1, NOW),
    ],
)
def test_news_of_the_session_or_of_a_later_one_is_heard(news: Presence | Heartbeat) -> None:
    assert hear(ONLINE, news, NOW + SECOND) is not None


def test_counter_that_wrapped_is_not_an_older_message() -> None:
    wrapped = heartbeat("ex-001", NOW, n=3, mono_ms=5)
    before_wrap = Pulse(boot=BOOT, n=3, mono_ms=2**32 - 1, presence=PresenceState.ONLINE)

    assert hear(before_wrap, wrapped, NOW) is not None


def test_device_without_a_clock_is_heard_after_its_reboot() -> None:
    clockless = Heartbeat(
        "ex-001", LATER_BOOT, 1, to_epoch_ms(NOW), 50, at_quality=TimeQuality.ESTIMATED
    )

    heard = hear(ONLINE, clockless, NOW + SECOND)

    assert heard is not None
    assert (heard.boot, heard.boot_started_ms) == (LATER_BOOT, to_epoch_ms(NOW + SECOND) - 50)


def test_replay_after_an_outage_of_ours_waits_instead_of_calling_it_offline() -> None:
    later = NOW + timedelta(hours=1)

    heard = hear(ONLINE, online("ex-001", NOW, n=3, retained=True), later)

    assert heard is not None
    assert signal_at(heard, None, later) is Signal.WAITING


instants = st.integers(0, 400).map(lambda s: NOW + s * SECOND)
pulses = st.builds(
    Pulse,
    presence=st.none() | st.sampled_from(PresenceState),
    presence_at=instants,
    presence_retained=st.booleans(),
    comes_back=st.booleans(),
    heard_at=st.none() | instants,
    heartbeat_s=st.integers(1, 120),
    app=st.sampled_from(AppState),
)
worsts = st.none() | st.sampled_from(Severity)


@given(pulses, worsts, instants)
def test_signal_changes_only_at_the_foretold_instants(
    known: Pulse, worst: Severity | None, at: datetime
) -> None:
    change_at = next_change_at(known, worst, at)
    before = signal_at(known, worst, at)

    if change_at is None:
        assert signal_at(known, worst, at + timedelta(days=9)) is before
    else:
        assert signal_at(known, worst, change_at - timedelta(microseconds=1)) is before
        assert signal_at(known, worst, change_at) is not before


@given(pulses, worsts)
def test_steps_rise_and_differ(known: Pulse, worst: Severity | None) -> None:
    found = steps(known, worst)

    assert [step.at for step in found] == sorted({step.at for step in found})
    assert all(a.signal != b.signal for a, b in pairwise(found))


@given(pulses, worsts, instants, instants)
def test_settling_twice_tells_each_change_once(
    known: Pulse, worst: Severity | None, one: datetime, two: datetime
) -> None:
    first, last = sorted((one, two))
    at_once = list(changes_since(known, worst, None, last))

    early = list(changes_since(known, worst, None, first))
    settled: Step | None = early[-1] if early else None
    late = list(changes_since(known, worst, settled, last))

    assert early + late == at_once
