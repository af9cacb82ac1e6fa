"""`vizium simulate` and `decode`: exhibits without hardware, messages without a broker."""

import json
import os
import sys
from pathlib import Path
from typing import IO

import click

from edge.simulator.__main__ import run as run_simulator
from edge.simulator.__main__ import send_order
from edge.simulator.crowd import Crowd
from edge.simulator.options import make_options
from edge.simulator.orders import Answer, Order
from edge.wire.address import parse_address
from edge.wire.meaning import BadLine, Memory, decode_line
from vizium.cli.children import follow_parent
from vizium.kernel.clock import system_now, to_epoch_ms
from vizium.kernel.errors import SettingsError
from vizium.kernel.stop import stop_on_signals
from vizium.settings import broker_url

_SAMPLE_EXHIBITS = Path(__file__).parent / "sample_data" / "exhibits.csv"


@click.command()
@click.option("--url", help="The broker; by default the one of the settings.")
@click.option("--exhibits", default=str(_SAMPLE_EXHIBITS), help="A CSV file or a count.")
@click.option("--seed", default=1, show_default=True, help="The same seed, the same visitors.")
@click.option("--speed", default=1.0, show_default=True, help="Times faster than life.")
@click.option("--rate", default=0.0, show_default=True, help="Extra readings a second per exhibit.")
@click.option("--always-open", is_flag=True, help="Visitors at any hour.")
@click.option("--fail", metavar="EXHIBIT", help="Make an exhibit of a running simulator fail.")
@click.option("--silence", metavar="EXHIBIT", help="Make one fall silent (plug pulled).")
@click.option("--heal", metavar="EXHIBIT", help="Make one work again.")
def simulate(url: str | None, **options: object) -> None:
    """Pretend to be the exhibits until Ctrl-C, or tell a running simulator to make one fail."""
    url = url or broker_url(_with_short_port())[0]
    orders = {Order(name): options[name] for name in Order if options[name]}
    if orders:
        for order, device in orders.items():
            _order(url, str(device), order)
        return
    follow_parent()
    crowd = Crowd(int(str(options["seed"])), bool(options["always_open"]))
    made = make_options(
        url,
        str(options["exhibits"]),
        crowd=crowd,
        speed=float(str(options["speed"])),
        rate_per_s=float(str(options["rate"])),
    )
    run_simulator(made, stop_on_signals())


def _with_short_port() -> dict[str, str]:
    """`MQTT_PORT=1884 make demo` and then `MQTT_PORT=1884 vizium simulate --fail …`."""
    short = os.environ.get("MQTT_PORT", "")
    return {"VIZIUM_MQTT_PORT": short, **os.environ} if short else dict(os.environ)


def _order(url: str, device: str, order: Order) -> None:
    try:
        answer = send_order(parse_address(url), device, order)
    except OSError as error:
        raise SettingsError(
            f"No broker answers at {url.rpartition('@')[2]} ({error.strerror}); "
            "start the demo first, or name its broker with --url."
        ) from error
    if answer is None:
        raise SettingsError("No simulator answers at this broker; start `vizium simulate` first.")
    if answer is Answer.UNKNOWN:
        raise SettingsError(f"The simulator has no exhibit {device}; codes look like ex-041.")
    click.echo(f"{device}: {order.value}")


@click.command()
@click.argument("file", type=click.File("rb"), help="JSON lines, one publish each; - for stdin.")
def decode(file: IO[bytes]) -> None:
    """Say what each recorded message in FILE (JSON lines, - for stdin) means."""
    memory, bad = Memory(), 0
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            meaning = decode_line(line, memory, received_at_ms=to_epoch_ms(system_now()))
        except BadLine as error:
            bad += 1
            click.echo(f"line {number}: {error}", err=True)
            continue
        click.echo(json.dumps(meaning, ensure_ascii=False))
    sys.exit(1 if bad else 0)


COMMANDS = {"simulate": simulate, "decode": decode}
