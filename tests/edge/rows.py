"""Payloads of a device of the contract, for the edge's tests."""

import json


def record_payload(*seqs: int, boot: str = "B") -> bytes:
    """One ``up/d`` with a press for each seq; without a clock, so any date will do."""
    rows = [[seq, seq, "ev", {"e": "press"}] for seq in seqs]
    return json.dumps({"v": 1, "boot": boot, "mono": 10_000, "r": rows}).encode()
