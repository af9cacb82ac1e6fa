"""What a floor that speaks costs: 84 exhibits x 1 message/s through broker, wire and ingest.

    .venv/bin/python -m benchmarks.telemetry [SECONDS]

Budget: simulator and ingest together under 15 % of a core. The sink only counts, so the figure is
the edge's own. Beside it, in the same run and over the same messages, a bare paho subscriber that
stores nothing and acknowledges on arrival: what hearing alone costs.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from edge.broker.embedded import EmbeddedBroker
from edge.ingest.loop import Ingest, IngestOptions
from edge.wire.address import parse_address
from edge.wire.messages import BatchResult, DeadLetter, Message
from edge.wire.topics import every_up

EXHIBITS = 84
BUDGET_PERCENT = 15.0
ROOT = Path(__file__).parent.parent
WARM_UP_S = 5
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def count_only(batch: Sequence[Message], _received_at: datetime, /) -> BatchResult:
    """The sink that costs nothing."""
    letters = sum(isinstance(message, DeadLetter) for message in batch)
    return BatchResult(len(batch) - letters, 0, letters)


def listen_with_ingest(url: str, report: Path) -> None:
    """A process of its own, so that its cost is its own."""
    ingest = Ingest(IngestOptions(parse_address(url)), count_only)
    ingest.start()
    while True:
        time.sleep(0.5)
        report.write_text(str(ingest.stats().received))


def listen_bare(url: str, report: Path) -> None:
    """The baseline."""
    address = parse_address(url)
    heard = 0

    def count(*_: object) -> None:
        nonlocal heard
        heard += 1

    client = Client(CallbackAPIVersion.VERSION2, client_id="bare")
    client.on_message = count
    client.connect(address.host, address.port)
    client.subscribe(every_up(), 1)
    client.loop_start()
    while True:
        time.sleep(0.5)
        report.write_text(str(heard))


def free_port() -> int:
    """A port on loopback that nothing uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_s(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Resident memory."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


Processes = dict[str, subprocess.Popen[bytes]]


def measure(seconds: int) -> int:
    """Print the table; 1 if the budget is broken."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        reports = {kind: folder / kind for kind in LISTENERS}
        for report in reports.values():
            report.write_text("0")
        processes = start_all(stack, reports)
        time.sleep(WARM_UP_S)
        before = look(processes, reports)
        began_s = time.monotonic()
        time.sleep(seconds)
        lasted_s = time.monotonic() - began_s
        after = look(processes, reports)
        memory = {kind: memory_mb(process) for kind, process in processes.items()}
    percent = {kind: 100 * (after[0][kind] - before[0][kind]) / lasted_s for kind in after[0]}
    rates = {kind: (after[1][kind] - before[1][kind]) / lasted_s for kind in after[1]}

    print(f"{EXHIBITS} exhibits, {lasted_s:.0f} s, embedded broker on loopback")
    for kind, share in percent.items():
        rate = f"{rates[kind]:6.1f} messages/s" if kind in rates else ""
        print(f"  {kind:10}{share:6.1f} % of a core{memory[kind]:5.0f} MB {rate}")
    total = percent["simulator"] + percent["ingest"]
    verdict = "within" if total < BUDGET_PERCENT else "OVER"
    print(f"  simulator + ingest {total:.1f} %: {verdict} the budget of {BUDGET_PERCENT:.0f} %")
    return int(total >= BUDGET_PERCENT)


def start_all(stack: ExitStack, reports: dict[str, Path]) -> Processes:
    """The broker, both listeners and the simulator; the stack ends them."""
    broker = EmbeddedBroker("127.0.0.1", free_port())
    broker.start()
    stack.callback(broker.stop)
    url = f"mqtt://127.0.0.1:{broker.port}"
    arguments = {kind: ["benchmarks.telemetry", kind, url, str(reports[kind])] for kind in reports}
    floor = ["--exhibits", str(EXHIBITS), "--rate", "1", "--always-open"]
    arguments["simulator"] = ["edge.simulator", "--url", url, *floor]
    processes = {}
    for kind, words in arguments.items():
        processes[kind] = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT)
        stack.callback(processes[kind].wait)
        stack.callback(processes[kind].terminate)
    return processes


def look(processes: Processes, reports: dict[str, Path]) -> tuple[dict[str, float], dict[str, int]]:
    """Processor seconds of each process, and messages of each listener, so far."""
    used_s = {kind: cpu_s(process) for kind, process in processes.items()}
    return used_s, {kind: int(path.read_text()) for kind, path in reports.items()}


LISTENERS = {"ingest": listen_with_ingest, "bare": listen_bare}

if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in LISTENERS:
        LISTENERS[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
    sys.exit(measure(int(sys.argv[1]) if sys.argv[1:] else 20))
