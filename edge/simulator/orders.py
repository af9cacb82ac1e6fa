"""Faults on demand, told to a running simulator by one MQTT message.

``vizium/1/sim/<device>/<order>`` with ``fail``, ``silence`` or ``heal`` and an empty
payload, never retained. The simulator answers on ``vizium/1/sim/<device>/done`` with
``ok`` or ``unknown``. No real device and no hub listens there.
"""

from enum import StrEnum

from edge.wire.topics import SIMULATOR_SITE, parse_topic, simulator_order

EVERY_ORDER = simulator_order("+", "+")


class Order(StrEnum):
    """What a pretend exhibit is told to do."""

    FAIL = "fail"
    """Raise an alert and report app=fault."""
    SILENCE = "silence"
    """Say nothing more; the line drops without a goodbye, so the broker publishes the will."""
    HEAL = "heal"
    """Work again; a silenced one starts with a new boot."""


class Answer(StrEnum):
    """What the simulator says to an order."""

    OK = "ok"
    UNKNOWN = "unknown"


def parse_order(topic: str) -> tuple[str, Order] | None:
    """The device and the order of a topic, or None if it is no order."""
    place = parse_topic(topic)
    if place is None or place.site != SIMULATOR_SITE or place.channel not in set(Order):
        return None
    return place.device, Order(place.channel)


def answer_topic(device: str) -> str:
    """Where the simulator answers."""
    return simulator_order(device, "done")
