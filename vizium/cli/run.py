"""`vizium run` and `vizium demo`: the whole centre from one command.

```
parent: embedded broker, ingest and jobs (threads)
├── vizium serve       pages and API
└── vizium simulate    demo only: 84 pretend exhibits
```
"""

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from multiprocessing.process import BaseProcess
from urllib.parse import urlsplit

import click

from edge.broker.embedded import EmbeddedBroker
from vizium.cli.children import Children
from vizium.cli.environment import (
    load_settings,
    prepare_demo,
    refuse_busy_port,
    without_collecting,
)
from vizium.kernel.clock import system_now
from vizium.kernel.errors import SettingsError
from vizium.kernel.stop import stop_on_signals
from vizium.settings import Settings

_READY_TIMEOUT_S = 60.0
_LOOK_EVERY_S = 0.2


@click.command()
def run() -> None:
    """Run the whole centre on this machine until Ctrl-C."""
    settings = load_settings()
    _refuse_busy_ports(settings)
    _run(settings, _Errand(lambda: _migrate(settings)))


@click.command()
@click.option("--fresh", is_flag=True, help="Forget the demo's earlier bookings and start anew.")
def demo(fresh: bool) -> None:
    """Run a sample centre with simulated exhibits until Ctrl-C."""
    prepare_demo(os.environ, fresh=fresh)
    settings = load_settings(demo=True)
    _refuse_busy_ports(settings)
    _run(settings, _Errand(lambda: _prepare_demo(settings), partial(_publish_ahead, settings)))


def _migrate(settings: Settings) -> None:
    from vizium.cli.start import migrate_database  # noqa: PLC0415 - see `_run`

    migrate_database(settings)


def _prepare_demo(settings: Settings) -> None:
    from vizium.cli import demo as sample_centre  # noqa: PLC0415 - only the fork needs it

    _migrate(settings)
    sample_centre.load(settings)
    for line in sample_centre.welcome(settings, now=system_now()):
        click.echo(line)


def _publish_ahead(settings: Settings, stop: threading.Event) -> None:
    from vizium.cli import demo as sample_centre  # noqa: PLC0415 - only the fork needs it

    sample_centre.publish_ahead(settings, stop)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What a start needs done: some of it before anything serves, the rest while it serves."""

    first: Callable[[], None]
    later: Callable[[threading.Event], None] = lambda _stop: None


def _run_errand(errand: _Errand, children: Children) -> BaseProcess:
    """Do it in a fork that ends: migrating and loading fill 40 MB that nobody needs again.

    Returns when the first part is done; the fork goes on with the rest.
    """
    context = multiprocessing.get_context("fork")
    done = context.Event()

    def work() -> None:
        children.let_go()
        stop = stop_on_signals()
        try:
            errand.first()
        except SettingsError as error:
            sys.exit(f"vizium: {error}")
        done.set()
        errand.later(stop)

    process = context.Process(target=work)
    process.start()
    while not done.wait(_LOOK_EVERY_S):
        if not process.is_alive() and not done.is_set():
            sys.exit(1)
    return process


def _refuse_busy_ports(settings: Settings) -> None:
    refuse_busy_port(settings.host, settings.port, "PORT or VIZIUM_PORT")
    if settings.mqtt_embedded:
        port = urlsplit(settings.mqtt_url).port or 1883
        if port == settings.port:
            raise SettingsError(
                f"Web server and broker cannot both have port {port}; change PORT or MQTT_PORT."
            )
        refuse_busy_port("127.0.0.1", port, "MQTT_PORT or VIZIUM_MQTT_PORT")


def _run(settings: Settings, errand: _Errand) -> None:
    stop = stop_on_signals()
    with ExitStack() as stack:
        children = Children(_child_environment(settings))
        # The web server, the slowest to wake, begins before this process imports its own 40 MB;
        # then it waits while the database is being prepared.
        children.start("serve", ["serve", "--wait"])
        stack.callback(children.stop)
        with without_collecting():
            from vizium.cli.backstage import run_worker, start_ingest  # noqa: PLC0415 - see above
            from vizium.cli.start import open_database  # noqa: PLC0415 - see above
        fork = _run_errand(errand, children)
        stack.callback(fork.join)
        stack.callback(fork.terminate)
        if settings.mqtt_embedded:
            _start_broker(settings, stack)
        database = open_database(settings)
        stack.callback(database.close)
        running = start_ingest(settings, database)
        stack.callback(running.stop)
        jobs = threading.Thread(target=run_worker, args=(settings, database, stop), name="jobs")
        jobs.start()
        stack.callback(jobs.join)
        stack.callback(stop.set)
        stack.callback(children.stop)
        if settings.demo:
            children.start("simulate", ["simulate", "--always-open"])
        _wait_ready(settings, children, stop)
        while not stop.wait(_LOOK_EVERY_S):
            _refuse_ended(children)
            fork.join(0)
        click.echo("vizium: ending …", err=True)


def _start_broker(settings: Settings, stack: ExitStack) -> None:
    parts = urlsplit(settings.mqtt_url)
    broker = EmbeddedBroker(parts.hostname or "127.0.0.1", parts.port or 1883)
    broker.start()
    stack.callback(broker.stop)


def _child_environment(settings: Settings) -> dict[str, str]:
    """Children read the settings that the parent has decided on."""
    return {
        # glibc gives each thread an arena of its own; two do, and save 10 MB a process.
        "MALLOC_ARENA_MAX": "2",
        **os.environ,
        "VIZIUM_DATA_DIR": str(settings.data_dir),
        "VIZIUM_DATABASE_URL": settings.database_url,
        "VIZIUM_MQTT_URL": settings.mqtt_url,
        "VIZIUM_DEMO": "1" if settings.demo else "0",
    }


def _wait_ready(settings: Settings, children: Children, stop: threading.Event) -> None:
    deadline_s = time.monotonic() + _READY_TIMEOUT_S
    while not stop.is_set():
        if _is_ready(settings):
            click.echo(f"ready {settings.base_url}")
            return
        _refuse_ended(children)
        if time.monotonic() > deadline_s:
            raise SettingsError("The web server did not become ready; see its lines above.")
        stop.wait(_LOOK_EVERY_S)


def _is_ready(settings: Settings) -> bool:
    connection = HTTPConnection(settings.host, settings.port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _refuse_ended(children: Children) -> None:
    ended = children.find_ended()
    if ended is not None:
        name, code = ended
        raise SettingsError(
            f"The part `{name}` ended by itself (exit code {code}); see its lines above."
        )


COMMANDS = {"run": run, "demo": demo}
