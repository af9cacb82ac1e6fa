from datetime import UTC, datetime, timedelta

import pytest

from edge.wire.messages import Event, Gap, Metrics, Severity, State, UsageEnd, Use
from exhibits.health.rules import OpenSpan, Signal, Step
from exhibits.registry.rules import Verdict
from exhibits.telemetry.rules import (
    Availability,
    Condition,
    Standing,
    VerdictStep,
    age_words,
    availability,
    body_as_json,
    count_standings,
    signals_by_quarter,
    standing_of,
)

OPENS = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = OpenSpan(OPENS, OPENS + 10 * HOUR)


@pytest.mark.parametrize(
    ("signal", "verdict", "worst", "has_fault", "expected"),
    [
        (Signal.ONLINE, Verdict.WORKS, None, False, Standing.WORKING),
        (Signal.ONLINE, Verdict.WORKS, Severity.INFO, False, Standing.WORKING),
        (Signal.ONLINE, Verdict.WORKS, Severity.WARN, False, Standing.WARNING),
        (Signal.ONLINE, Verdict.WORKS, None, True, Standing.WARNING),
        (Signal.ONLINE, Verdict.WORKS_PARTLY, None, False, Standing.WARNING),
        (Signal.STALE, Verdict.WORKS, None, False, Standing.WARNING),
        (Signal.WAITING, Verdict.WORKS, None, False, Standing.WAITING),
        (Signal.OFFLINE, Verdict.WORKS, None, True, Standing.SILENT),
        (Signal.UNKNOWN, Verdict.WORKS, None, False, Standing.SILENT),
        (Signal.ASLEEP, Verdict.WORKS, None, False, Standing.ASLEEP),
        (Signal.FAULTY, Verdict.WORKS, Severity.FAULT, False, Standing.BROKEN),
        (Signal.ONLINE, Verdict.BROKEN, None, False, Standing.BROKEN),
        (Signal.FAULTY, Verdict.OFF_FLOOR, Severity.SAFETY, True, Standing.OFF_FLOOR),
    ],
)
def test_standing_is_the_worse_of_both_axes(
    signal: Signal,
    verdict: Verdict,
    worst: Severity | None,
    expected: Standing,
    *,
    has_fault: bool,
) -> None:
    assert standing_of(Condition(signal, verdict, worst, has_fault)) is expected


def test_every_condition_has_exactly_one_standing() -> None:
    conditions = [
        Condition(signal, verdict, worst, has_fault)
        for signal in Signal
        for verdict in Verdict
        for worst in (None, *Severity)
        for has_fault in (True, False)
    ]

    counts = count_standings(standing_of(condition) for condition in conditions)

    assert sum(counts.values()) == len(conditions)
    assert list(counts) == list(Standing)


@pytest.mark.parametrize(
    ("age_s", "words"),
    [(None, ""), (-3, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (172_800, "2 d")],
)
def test_age_is_told_shortly(age_s: int | None, words: str) -> None:
    assert age_words(age_s) == words


def test_availability_weighs_by_duration_within_opening_hours() -> None:
    steps = [
        Step(OPENS - HOUR, Signal.ONLINE),
        Step(OPENS + 2 * HOUR, Signal.OFFLINE),
        Step(OPENS + 3 * HOUR, Signal.ONLINE),
        Step(OPENS + 20 * HOUR, Signal.OFFLINE),
    ]

    found = availability(steps, [], [DAY])

    assert found == Availability(9 * 3600, 3600, 0, 1)
    assert (found.share_bp, found.mtbf_h, found.mttr_h) == (9000, 9.0, 1.0)


def test_time_off_the_floor_and_unknown_time_count_as_nothing() -> None:
    steps = [Step(OPENS, Signal.UNKNOWN), Step(OPENS + HOUR, Signal.ONLINE)]
    verdicts = [
        VerdictStep(OPENS + 2 * HOUR, Verdict.OFF_FLOOR),
        VerdictStep(OPENS + 6 * HOUR, Verdict.WORKS),
    ]

    assert availability(steps, verdicts, [DAY]) == Availability(5 * 3600, 0, 3600, 0)


def test_broken_by_verdict_is_down_whatever_the_device_says() -> None:
    verdicts = [VerdictStep(OPENS + 5 * HOUR, Verdict.BROKEN)]

    found = availability([Step(OPENS, Signal.ONLINE)], verdicts, [DAY])

    assert (found.share_bp, found.failures) == (5000, 1)


def test_failure_over_night_is_one_failure() -> None:
    steps = [Step(OPENS, Signal.ONLINE), Step(OPENS + 9 * HOUR, Signal.OFFLINE)]
    tomorrow = OpenSpan(OPENS + 24 * HOUR, OPENS + 34 * HOUR)

    found = availability(steps, [], [DAY, tomorrow])

    assert (found.down_s, found.failures) == (11 * 3600, 1)


def test_quarter_shows_the_signal_to_worry_about_and_sleep_while_closed() -> None:
    steps = [
        Step(OPENS - HOUR, Signal.OFFLINE),
        Step(OPENS + timedelta(minutes=5), Signal.ONLINE),
        Step(OPENS + timedelta(minutes=20), Signal.FAULTY),
        Step(OPENS + timedelta(minutes=21), Signal.ONLINE),
    ]
    since = OPENS - timedelta(minutes=15)

    found = signals_by_quarter(steps, since, quarters=4, spans=[DAY])

    assert found == [Signal.ASLEEP, Signal.OFFLINE, Signal.FAULTY, Signal.ONLINE]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (Metrics({"power_w": 4.5}), {"power_w": 4.5}),
        (State({"door": "open"}), {"door": "open"}),
        (Event("press", "start"), {"e": "press", "k": "start"}),
        (Gap(3, 9), {"gap": [3, 9]}),
        (
            Use("u1", 10, 20, 2, UsageEnd.IDLE, "lv"),
            {"id": "u1", "t0": 10, "t1": 20, "acts": 2, "end": "idle", "lang": "lv"},
        ),
    ],
)
def test_body_keeps_the_words_of_the_wire(
    body: Metrics | State | Event | Gap | Use, expected: dict[str, object]
) -> None:
    assert body_as_json(body) == expected
