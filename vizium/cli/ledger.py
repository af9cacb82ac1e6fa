"""`vizium ledger`: what an accountant and an auditor need of the fund's ledger."""

import json
from pathlib import Path
from typing import IO

import click

from bookings.compensation.queries import get_period
from bookings.compensation.service import CloseFund, close_fund
from bookings.ledger.queries import stream_journal
from bookings.ledger.rules import anchor_text
from bookings.ledger.service import make_anchors
from vizium.cli.environment import load_settings
from vizium.cli.start import open_database
from vizium.kernel.clock import system_now
from vizium.kernel.money import format_euro


@click.group()
def ledger() -> None:
    """Anchor, close or export the fund's ledger."""


@ledger.command()
@click.option(
    "--file",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append the lines that it does not have yet.",
)
def anchor(file: Path | None) -> None:
    """Print where every chain stands today: day, fund, number, seal.

    Keep the lines outside of this machine; `vizium check --anchor FILE` proves with them that
    nothing was rewritten.
    """
    database = open_database(load_settings())
    with database.transaction() as session:
        lines = [anchor_text(anchor) for anchor in make_anchors(session, now=system_now())]
    click.echo("\n".join(lines))
    if file is not None:
        kept = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        with file.open("a", encoding="utf-8") as end:
            end.writelines(f"{line}\n" for line in lines if line not in kept)


@ledger.command()
@click.argument("fund", help="The fund's code.")
@click.argument("year", type=int, help="The year in which the period begins.")
@click.option("--carry-to", default=None, help="The fund that gets what is left.")
@click.option("--key", default=None, help="Names this command; made of fund and year by default.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def close(fund: str, year: int, carry_to: str | None, key: str | None, as_json: bool) -> None:
    """Close a period for ever: take back what is left, and shut its books.

    Refused while claims of the period hang; said again, it changes nothing.
    """
    settings = load_settings()
    database = open_database(settings)
    command = CloseFund(key or f"close.{fund}.{year}", fund, year, carry_to)
    with database.transaction() as session:
        closing = close_fund(
            session, command, secret_key=settings.secret_key, by="system", now=system_now()
        )
    found = {
        "fund": fund,
        "year": year,
        "last_day": closing.period.last_day.isoformat(),
        "left_cents": closing.left_cents,
        "seq": closing.seq,
        "seal": closing.seal,
    }
    click.echo(
        json.dumps(found)
        if as_json
        else f"{fund} is closed up to {found['last_day']}; {format_euro(closing.left_cents)} left; "
        f"{closing.seq} transfers, seal {closing.seal}"
    )


@ledger.command()
@click.option(
    "--hledger", "form", flag_value="hledger", default="hledger", help="As hledger's journal."
)
@click.argument("fund", help="The fund's code.")
@click.argument("year", type=int, help="The year in which the period begins.")
@click.argument(
    "file",
    type=click.File("w", encoding="utf-8"),
    default="-",
    help="Where to; the terminal by default.",
)
def export(form: str, fund: str, year: int, file: IO[str]) -> None:
    """Write a period's transfers for another bookkeeping program, with the balances around them."""
    assert form == "hledger"
    database = open_database(load_settings())
    with database.reading() as session:
        lines = stream_journal(session, get_period(session, fund, year))
        file.writelines(f"{line}\n" for line in lines)


COMMANDS = {"ledger": ledger}
