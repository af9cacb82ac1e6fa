"""`vizium migrate`, `sample`, `import`, `export`: what goes in, and what comes out."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import IO

import click

from vizium.cli.environment import load_settings
from vizium.cli.import_export import EXPORTS, import_schools, write_export
from vizium.cli.sample import load_sample
from vizium.cli.start import find_revision, migrate_database, open_database
from vizium.db import revision
from vizium.kernel.clock import system_now


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def migrate(as_json: bool) -> None:
    """Bring the database to this version; everything or nothing."""
    settings = load_settings()
    before = find_revision(settings)
    migrate_database(settings)
    found = {"from": before, "to": revision.head()}
    click.echo(json.dumps(found) if as_json else f"{before or 'empty'} -> {found['to']}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.option("--overwrite", is_flag=True, help="Also undo what staff changed in pages.")
def sample(as_json: bool, overwrite: bool) -> None:
    """Load the sample centre; what staff changed in pages stays as they left it."""
    settings = load_settings()
    database = open_database(settings)
    report = load_sample(
        database, now=system_now(), secret_key=settings.secret_key, overwrite=overwrite
    )
    found = dataclasses.asdict(report)
    click.echo(json.dumps(found, default=str) if as_json else report.as_text())
    sys.exit(1 if report.problems else 0)


@click.group("import")
def import_() -> None:
    """Import registers."""


@import_.command("schools")
@click.argument(
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The register, `|` or comma separated, UTF-8.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def schools(file: Path, as_json: bool) -> None:
    """Take the register of institutions: `|` or comma separated, UTF-8.

    Rows that cannot be read are reported with their number; rows whose place is not known are
    stored without a distance. A second run changes only what changed in the register, and keeps
    distances that people set by hand.
    """
    database = open_database(load_settings())
    report = import_schools(database, file, now=system_now())
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(report), default=str, ensure_ascii=False))
    else:
        click.echo(report.as_text())
    sys.exit(1 if report.rejected else 0)


@click.command()
@click.argument("what", type=click.Choice(list(EXPORTS)), help="What to write.")
@click.argument(
    "file",
    type=click.File("w", encoding="utf-8"),
    default="-",
    help="Where to; the terminal by default.",
)
def export(what: str, file: IO[str]) -> None:
    """Write visits, claims or transfers as CSV to FILE (or to the terminal)."""
    database = open_database(load_settings())
    write_export(database, what, file)


COMMANDS = {"migrate": migrate, "sample": sample, "import": import_, "export": export}
