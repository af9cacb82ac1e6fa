"""A pretend exhibit's device, without a socket: what it says when."""

import pytest

from edge.simulator.crowd import Crowd
from edge.simulator.device import ALERT_CODE, Device, Publish
from edge.simulator.orders import Order, parse_order
from edge.simulator.roster import PretendExhibit
from edge.simulator.spool import Spool
from edge.simulator.visitors import Visitors
from edge.wire.decode import decode
from edge.wire.encode import Ack, encode_ack, encode_hub_state
from edge.wire.messages import (
    Alert,
    AppState,
    Birth,
    DeadLetter,
    Event,
    Heartbeat,
    Message,
    Metrics,
    Presence,
    PresenceState,
    Record,
)
from edge.wire.packets import Packet

START_MS = 1_795_000_000_000
EXHIBIT = PretendExhibit("ex-041", "g-physics", 4.0, 120.0)


def new_device(*, rate_per_s: float = 0) -> Device:
    visitors = Visitors(EXHIBIT, Crowd(7, always_open=True), start_ms=START_MS)
    return Device(EXHIBIT, visitors, now_ms=START_MS, rate_per_s=rate_per_s)


def understood(publishes: list[Publish]) -> list[Message]:
    return [
        message
        for publish in publishes
        for message in decode(Packet(publish.topic, publish.payload, START_MS + 10**8))
    ]


def said(device: Device, from_s: int, to_s: int) -> list[Message]:
    """What the device says in the seconds given, asked four times a second."""
    publishes: list[Publish] = []
    for quarter in range(from_s * 4, to_s * 4):
        publishes += device.turn(START_MS + quarter * 250)
    return understood(publishes)


def of_type(messages: list[Message], kind: type) -> list[Message]:
    return [message for message in messages if isinstance(message, kind)]


def test_connected_device_introduces_itself() -> None:
    device = new_device()
    device.connected(START_MS)

    first = said(device, 0, 1)

    assert [type(message) for message in first[:4]] == [Presence, Birth, Alert, Heartbeat]
    assert first[0].state is PresenceState.ONLINE


def test_will_belongs_to_the_connection_that_it_is_for() -> None:
    device = new_device()
    [will] = understood([device.will()])
    device.connected(START_MS)

    presence = said(device, 0, 1)[0]

    assert isinstance(will, Presence)
    assert isinstance(presence, Presence)
    assert (will.state, will.boot, will.n) == (PresenceState.LOST, presence.boot, presence.n)


def test_device_at_rest_gives_a_sign_of_life_every_half_minute() -> None:
    device = new_device()
    device.connected(START_MS)

    heartbeats = of_type(said(device, 0, 600), Heartbeat)

    assert 17 <= len(heartbeats) <= 26


def test_records_are_sent_once_and_kept_until_the_hub_stored_them() -> None:
    device = new_device()
    device.connected(START_MS)
    records = of_type(said(device, 0, 300), Record)
    keys = [record.seq for record in records]
    device.dropped()
    device.connected(START_MS + 300_000)

    again = of_type(said(device, 300, 301), Record)

    assert keys[:5] == [1, 2, 3, 4, 5]
    assert {record.seq for record in again} >= set(range(1, 10))
    assert all(record.historical for record in again if record.seq in keys)


def test_acknowledged_records_are_forgotten_and_missed_ones_come_again() -> None:
    device = new_device()
    device.connected(START_MS)
    records = of_type(said(device, 0, 300), Record)
    boot, last = records[0].boot, records[-1].seq

    device.hear(
        "vizium/1/main/ex-041/dn/ack", encode_ack(Ack(boot, last, ((2, 3),))), START_MS + 300_000
    )

    again = [one.seq for one in of_type(said(device, 300, 301), Record)]

    assert [seq for seq in again if seq <= last] == [2, 3]


def test_device_spools_while_the_hub_is_away_and_rebirths_under_a_new_epoch() -> None:
    device = new_device()
    device.connected(START_MS)
    topic = "vizium/1/main/hub/state"
    device.hear(topic, encode_hub_state(online=True, epoch="E1", at_ms=START_MS), START_MS)
    said(device, 0, 10)
    device.hear(topic, encode_hub_state(online=False, epoch="E1", at_ms=START_MS), START_MS)
    while_away = said(device, 10, 120)
    now_ms = START_MS + 120_000
    device.hear(topic, encode_hub_state(online=True, epoch="E2", at_ms=now_ms), now_ms)

    afterwards = said(device, 120, 135)

    assert of_type(while_away, Record) == []
    assert of_type(while_away, Heartbeat) != []
    assert len(of_type(afterwards, Birth)) == 1
    assert of_type(afterwards, Record)[0].seq == 1


def test_failed_device_alerts_and_is_not_used() -> None:
    device = new_device()
    device.connected(START_MS)
    said(device, 0, 60)

    alerts = understood(device.obey(Order.FAIL, START_MS + 60_000))
    failed = said(device, 60, 400)
    cleared = understood(device.obey(Order.HEAL, START_MS + 400_000))
    healed = said(device, 400, 1000)

    assert [(one.code, one.is_raised) for one in alerts + cleared] == [
        (ALERT_CODE, True),
        (ALERT_CODE, False),
    ]
    assert {one.app for one in of_type(failed, Heartbeat)} == {AppState.FAULT}
    assert {one.app for one in of_type(healed, Heartbeat)} == {AppState.OK}
    assert [one for one in of_type(failed, Record) if one.at_ms > START_MS + 60_000] == []
    assert of_type(healed, Record) != []


def test_silenced_device_says_nothing_and_comes_back_with_a_new_boot() -> None:
    device = new_device()
    device.connected(START_MS)
    [first] = of_type(said(device, 0, 60), Birth)
    device.obey(Order.SILENCE, START_MS + 60_000)
    silence = said(device, 60, 300)
    device.dropped()
    device.obey(Order.HEAL, START_MS + 300_000)
    device.connected(START_MS + 300_000)

    [second] = of_type(said(device, 300, 360), Birth)

    assert silence == []
    assert second.boot != first.boot
    assert (second.n, device.is_silenced) == (1, False)


def test_rate_is_readings_a_second() -> None:
    device = new_device(rate_per_s=1)
    device.connected(START_MS)

    messages = said(device, 0, 100)

    readings = [one for one in of_type(messages, Record) if isinstance(one.body, Metrics)]
    assert 98 <= len(readings) <= 130
    assert of_type(messages, DeadLetter) == []


def test_history_is_not_starved_by_what_happens_now() -> None:
    device = new_device(rate_per_s=20)
    said(device, 0, 10)
    device.connected(START_MS + 10_000)

    records = of_type(said(device, 10, 20), Record)

    historical = {record.seq for record in records if record.historical}
    assert records[0].historical is False
    assert historical >= set(range(1, 40))


def test_full_spool_lets_go_of_metrics_before_presses() -> None:
    spool = Spool()
    for seq in range(1, 3001):
        body = Event("press") if seq % 2 else Metrics({"power_w": 1})
        spool.add(Record("ex-041", "B", seq, body, at_ms=seq, mono_ms=seq))

    kept = []
    while records := spool.take_live(0):
        kept += records

    assert len(kept) == len(spool) == 2000
    assert sum(isinstance(one.body, Event) for one in kept) == 1500


@pytest.mark.parametrize(
    ("topic", "order"),
    [
        ("vizium/1/sim/ex-041/fail", ("ex-041", Order.FAIL)),
        ("vizium/1/sim/ex-041/heal", ("ex-041", Order.HEAL)),
        ("vizium/1/sim/ex-041/done", None),
        ("vizium/1/main/ex-041/fail", None),
        ("nonsense", None),
    ],
)
def test_order_is_read_from_its_topic(topic: str, order: tuple[str, Order] | None) -> None:
    assert parse_order(topic) == order
