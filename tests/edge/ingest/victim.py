"""An ingest process to be killed: ``python -m tests.edge.ingest.victim URL FILE KIND``.

Committed seqs are lines of FILE. ``stuck`` says ``asked`` and the seqs on its output when its sink
has a batch, and never commits it; ``working`` commits. With ``naive-`` before it the process does
what must not be done: paho acknowledges on arrival, the store comes later.
"""

import os
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.ingest.loop import Ingest, IngestOptions
from edge.wire.address import parse_address
from edge.wire.decode import decode
from edge.wire.messages import BatchResult, Message, Record
from edge.wire.packets import Packet


class FileSink:
    """Appends to a file and forces it to the disk, or gets stuck just before."""

    def __init__(self, path: Path, *, is_stuck: bool) -> None:
        self._path = path
        self._is_stuck = is_stuck

    def __call__(self, batch: Sequence[Message], _received_at: datetime, /) -> BatchResult:
        seqs = " ".join(str(one.seq) for one in batch if isinstance(one, Record))
        if self._is_stuck:
            # One system call, because threads print at the same time.
            os.write(1, f"asked {seqs}\n".encode())
            time.sleep(3600)
        with self._path.open("a") as file:
            file.write(f"{seqs}\n")
            file.flush()
            os.fsync(file.fileno())
        return BatchResult(len(batch), 0, 0)


def run_careful(url: str, sink: FileSink) -> None:
    """Our ingest."""
    Ingest(IngestOptions(parse_address(url)), sink).start()


def run_naive(url: str, sink: FileSink) -> None:
    """The negative control: the broker is told "taken" before anything is stored."""
    address = parse_address(url)
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id="vizium-hub",
        clean_session=False,
        protocol=MQTTProtocolVersion.MQTTv311,
    )
    client.username_pw_set(address.user or "", address.password)
    client.on_connect = lambda *_: client.subscribe("vizium/1/main/+/up/#", 1)

    def store_later(_client: Client, _data: object, message: MQTTMessage) -> None:
        packet = Packet(message.topic, bytes(message.payload), 1_795_000_000_000)
        batch = decode(packet)
        threading.Thread(target=sink, args=(batch, datetime.now(UTC)), daemon=True).start()

    client.on_message = store_later
    client.connect(address.host, address.port)
    client.loop_start()


def main(url: str, path: str, kind: str) -> None:
    """Run until killed."""
    sink = FileSink(Path(path), is_stuck=kind.endswith("stuck"))
    (run_naive if kind.startswith("naive") else run_careful)(url, sink)
    time.sleep(3600)


if __name__ == "__main__":
    main(*sys.argv[1:])
