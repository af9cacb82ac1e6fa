"""A memory that stands for the database behind the ingest."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from edge.wire.messages import BatchResult, DeadLetter, Message, Presence, PresenceState, Record

Kind = TypeVar("Kind")


class Store:
    """A sink that keeps all messages and knows record keys."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.keys: set[tuple[str, int]] = set()

    def __call__(self, batch: Sequence[Message], _received_at: datetime, /) -> BatchResult:
        letters = sum(isinstance(one, DeadLetter) for one in batch)
        keys = {(one.boot, one.seq) for one in batch if isinstance(one, Record)}
        records = sum(isinstance(one, Record) for one in batch)
        fresh = len(keys - self.keys)
        self.keys |= keys
        self.messages += batch
        return BatchResult(len(batch) - letters - (records - fresh), records - fresh, letters)

    def seqs(self) -> set[int]:
        return {seq for _, seq in self.keys}

    def of_type(self, kind: type[Kind]) -> list[Kind]:
        return [message for message in tuple(self.messages) if isinstance(message, kind)]

    def presences(self) -> list[tuple[str, PresenceState]]:
        return [(one.device, one.state) for one in self.of_type(Presence)]
