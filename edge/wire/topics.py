"""The contract's topic tree, built and parsed in one place.

vizium/1/<site>/<device>/up/...   what a device says
vizium/1/<site>/<device>/dn/...   what the hub tells it
vizium/1/<site>/hub/...           what the hub tells all
vizium/1/sim/<device>/<order>     heard by the simulator only, never by the hub
"""

import re
from dataclasses import dataclass

ROOT = "vizium/1"
SITE = "main"
HUB = "hub"
# A site name of its own keeps orders to pretend exhibits out of every real subscription.
SIMULATOR_SITE = "sim"

_DEVICE = re.compile(r"[a-z0-9-]{2,40}")
_SITE = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Place:
    """A parsed topic of ours."""

    site: str
    device: str
    """``hub`` when the hub itself speaks."""
    channel: str
    """What follows the device, e.g. ``up/alert/fan-stall``."""


def is_device_id(text: str) -> bool:
    """Whether the text may name a device: ``[a-z0-9-]{2,40}`` and not the hub's own name."""
    return _DEVICE.fullmatch(text) is not None and text != HUB


def parse_topic(topic: str) -> Place | None:
    """Take one of our topics apart; None if it is not of this tree and version.

    The device is not checked: ``is_device_id`` tells a foreign topic from a wrong name.
    """
    parts = topic.split("/", 4)
    if len(parts) != 5 or f"{parts[0]}/{parts[1]}" != ROOT:
        return None
    site, device, channel = parts[2:]
    if _SITE.fullmatch(site) is None or not channel:
        return None
    return Place(site, device, channel)


def up(device: str, channel: str, site: str = SITE) -> str:
    """Where a device speaks, e.g. ``vizium/1/main/ex-041/up/hb``."""
    return f"{ROOT}/{site}/{device}/up/{channel}"


def down(device: str, channel: str, site: str = SITE) -> str:
    """Where a device is spoken to, e.g. ``vizium/1/main/ex-041/dn/ack``."""
    return f"{ROOT}/{site}/{device}/dn/{channel}"


def hub(channel: str, site: str = SITE) -> str:
    """Where the hub speaks to all, e.g. ``vizium/1/main/hub/state``."""
    return f"{ROOT}/{site}/{HUB}/{channel}"


def every_up(site: str = SITE) -> str:
    """The filter that hears every device of a site."""
    return f"{ROOT}/{site}/+/up/#"


def simulator_order(device: str, order: str) -> str:
    """Where a running simulator takes an order for one pretend exhibit."""
    return f"{ROOT}/{SIMULATOR_SITE}/{device}/{order}"
