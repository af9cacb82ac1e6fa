"""A signal that finds the Event's lock taken by the main thread stops the process all the same."""

import subprocess
import sys

import pytest

HOLDS_THE_LOCK = """
import signal
from vizium.kernel.stop import stop_on_signals
stop = stop_on_signals()
with stop._cond:
    signal.raise_signal(signal.{name})
print(stop.wait(20))
"""

# What stood here first; it waits for its own lock for ever.
SETS_IN_THE_HANDLER = """
import signal, threading
stop = threading.Event()
signal.signal(signal.{name}, lambda *_: stop.set())
with stop._cond:
    signal.raise_signal(signal.{name})
print(stop.wait(20))
"""


def say(program: str, name: str, timeout_s: float) -> str:
    command = [sys.executable, "-c", program.format(name=name)]
    return subprocess.run(
        command, capture_output=True, check=True, text=True, timeout=timeout_s
    ).stdout


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_signal_that_finds_the_lock_taken_stops_the_process(name: str) -> None:
    assert say(HOLDS_THE_LOCK, name, 60) == "True\n"


def test_handler_that_sets_the_event_itself_hangs() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        say(SETS_IN_THE_HANDLER, "SIGTERM", 2)
