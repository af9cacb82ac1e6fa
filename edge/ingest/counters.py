"""Counters of one ingest process; at rest they add up.

received = stored + repeated + dead_letters + unclaimed + waiting
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The counters at one moment; all since the process started."""

    is_connected: bool = False
    packets: int = 0
    """MQTT publishes taken in; one may carry many messages."""
    received: int = 0
    """Messages decoded from them, dead letters included, our own echoes not."""
    stored: int = 0
    repeated: int = 0
    dead_letters: int = 0
    unclaimed: int = 0
    """From devices that no exhibit has claimed."""
    waiting: int = 0
    """Decoded, and in a batch that is not yet committed."""
    let_go: int = 0
    """Packets that found the inbox full (QoS 0) or closing (they come again); not ``received``."""
    queued_packets: int = 0
    batches: int = 0
    sink_failures: int = 0
    connects: int = 0
    errors: int = 0
    """Exceptions that would have killed a thread and did not."""
