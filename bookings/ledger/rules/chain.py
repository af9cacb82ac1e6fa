"""The seal that binds each transfer of a fund to all before it, and the anchors that pin it down.

Whoever can write to the database but has not the key cannot make a seal. Whoever has the key too
can make a whole new chain: against that stands an anchor, one line of text that is kept elsewhere.

```
2027-02-01 fund-2026 1234 9f86d081884c7d65…   day, fund, number of the transfer, its seal
```
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

_ANCHOR = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d) (?P<fund>[^\s:]+) (?P<seq>\d{1,18}) (?P<seal>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Line:
    """What the seal of one transfer covers; `seq` counts from 1 in each fund.

    `once` names what may happen a single time in the life of the ledger.
    """

    fund: str
    seq: int
    id: str
    at: datetime
    event: str
    subject: str
    debit: str
    credit: str
    amount: int
    reverses: str | None
    once: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Anchor:
    """On this day the chain of a fund passed through this seal."""

    day: date
    fund: str
    seq: int
    seal: str


class AnchorError(ValueError):
    """A line that is no anchor; its text says which."""


def first_seal(secret_key: str, fund: str) -> str:
    """Where a fund's chain begins."""
    return _mac(secret_key, "ledger", fund)


def seal(secret_key: str, previous: str, line: Line) -> str:
    """The hex HMAC-SHA-256 that binds a transfer to all before it."""
    fields: list[object] = [
        line.fund,
        line.seq,
        line.id,
        line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        line.event,
        line.subject,
        line.debit,
        line.credit,
        line.amount,
        line.reverses,
    ]
    if line.once is not None:
        fields.append(line.once)
    return _mac(secret_key, previous, json.dumps(fields, separators=(",", ":")))


def anchor_text(anchor: Anchor) -> str:
    """An anchor as the line that is kept elsewhere."""
    return f"{anchor.day.isoformat()} {anchor.fund} {anchor.seq} {anchor.seal}"


def parse_anchors(lines: Iterable[str]) -> list[Anchor]:
    """Read kept anchors; empty lines and comments (``#``) are passed over.

    Raises:
        AnchorError: a line that says something else.
    """
    anchors = []
    for number, text in enumerate(lines, start=1):
        if not text.strip() or text.startswith("#"):
            continue
        match = _ANCHOR.fullmatch(text.strip())
        if match is None:
            raise AnchorError(f"line {number} is no anchor")
        day = date.fromisoformat(match["day"])
        anchors.append(Anchor(day, match["fund"], int(match["seq"]), match["seal"]))
    return anchors


def _mac(secret_key: str, previous: str, text: str) -> str:
    return hmac.digest(secret_key.encode(), f"{previous}\0{text}".encode(), hashlib.sha256).hex()
