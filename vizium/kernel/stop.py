"""Stop on Ctrl-C or SIGTERM, without a deadlock.

Python runs a signal's handler in the main thread, between two of its bytecodes, so perhaps while
that thread is inside `Event.wait` with the Event's lock in hand: a handler that calls `Event.set`
would then wait for itself for ever. So the handler only writes a byte into a pipe, and a thread
that waits at its other end sets the Event.
"""

import os
import signal
from threading import Event, Thread


def stop_on_signals() -> Event:
    """An Event that SIGTERM and Ctrl-C set; call it once, in the main thread."""
    stop = Event()
    told, tell = os.pipe()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.write(tell, b"."))
    Thread(target=_set_when_told, args=(told, stop), name="stop", daemon=True).start()
    return stop


def _set_when_told(told: int, stop: Event) -> None:
    os.read(told, 1)
    stop.set()
