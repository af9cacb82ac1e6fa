"""How the simulator is run, and its command line."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from edge.simulator.crowd import Crowd
from edge.simulator.roster import EXHIBITS_MAX, PretendExhibit, make_roster, read_roster
from edge.wire.address import BrokerAddress, parse_address
from vizium.kernel.errors import SettingsError

_EXHIBITS = "84"


@dataclass(frozen=True, slots=True)
class SimulatorOptions:
    """A floor of pretend exhibits."""

    address: BrokerAddress
    roster: tuple[PretendExhibit, ...]
    crowd: Crowd
    speed: float = 1.0
    """How much faster than life the visitors come and go; clocks stay true."""
    rate_per_s: float = 0.0
    """Readings that each exhibit sends beyond what its visitors cause; for benchmarks."""


def parse_arguments(arguments: list[str]) -> SimulatorOptions:
    """Read the command line.

    Raises:
        SettingsError: a wrong URL, list of exhibits or number.
        SystemExit: ``--help``, or an option that does not exist.
    """
    parser = argparse.ArgumentParser(prog="python -m edge.simulator", description=__doc__)
    parser.add_argument("--url", default="mqtt://127.0.0.1:1883", help="the broker")
    parser.add_argument(
        "--exhibits", default=_EXHIBITS, help="a CSV file (code, gallery) or a count"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same visitors")
    parser.add_argument("--speed", type=float, default=1.0, help="times faster than life")
    parser.add_argument("--rate", type=float, default=0.0, help="extra readings/s an exhibit")
    parser.add_argument("--always-open", action="store_true", help="visitors at any hour")
    given = parser.parse_args(arguments)
    return make_options(
        given.url,
        given.exhibits,
        crowd=Crowd(given.seed, given.always_open),
        speed=given.speed,
        rate_per_s=given.rate,
    )


def make_options(
    url: str, exhibits: str, *, crowd: Crowd, speed: float = 1.0, rate_per_s: float = 0.0
) -> SimulatorOptions:
    """Check what was asked for.

    Raises:
        SettingsError: what is wrong, in one sentence.
    """
    if not 0.01 <= speed <= 1000:
        raise SettingsError(f"The speed is {speed} but must lie between 0.01 and 1000.")
    if not 0 <= rate_per_s <= 100:
        raise SettingsError(f"The rate is {rate_per_s} but must lie between 0 and 100 a second.")
    roster = tuple(_roster(exhibits, crowd.seed))
    return SimulatorOptions(parse_address(url), roster, crowd, speed, rate_per_s)


def _roster(exhibits: str, seed: int) -> list[PretendExhibit]:
    if not exhibits.isdecimal():
        return read_roster(Path(exhibits), seed=seed)
    count = int(exhibits)
    if not 1 <= count <= EXHIBITS_MAX:
        raise SettingsError(
            f"{count} exhibits were asked for; 1 to {EXHIBITS_MAX} can be pretended."
        )
    return make_roster(count, seed=seed)
