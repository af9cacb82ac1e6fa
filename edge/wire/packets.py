"""One MQTT publish as it came in, before anybody understood it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Packet:
    """Bytes, where they were published and when they reached us."""

    topic: str
    payload: bytes
    received_at_ms: int
    """Milliseconds since 1970 on the server's clock."""
    retained: bool = False
    """Replayed by the broker on subscribe: the past, never a visitor's press."""
