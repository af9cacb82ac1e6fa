"""`vizium check`, `settings`, `doctor`, `backup`, `restore`: keeping the centre well."""

import json
import sys
from pathlib import Path

import click

from bookings.compensation.queries import check_claims
from bookings.ledger.queries import check_ledger
from bookings.ledger.rules import Anchor, AnchorError, parse_anchors
from bookings.resources.service import check_cells
from vizium.cli import archive
from vizium.cli.environment import load_settings
from vizium.cli.start import find_revision, migrate_database, open_database
from vizium.db import revision
from vizium.kernel.errors import SettingsError
from vizium.settings import DOCUMENTED


@click.command()
@click.option(
    "--anchor",
    "anchor_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lines kept elsewhere through which the ledger must still pass.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def check(anchor_file: Path | None, as_json: bool) -> None:
    """Recompute balances, chain, claims and capacity cells from the rows alone."""
    settings = load_settings()
    anchors = [] if anchor_file is None else _read_anchors(anchor_file)
    database = open_database(settings)
    with database.reading() as session:
        ledger = check_ledger(session, settings.secret_key, anchors=anchors)
        claims = check_claims(session)
        cells = check_cells(session)
    problems = [str(problem) for problem in (*ledger.problems, *claims, *cells)]
    found = {
        "ok": not problems,
        "transfers": ledger.transfers,
        "anchors": len(anchors),
        "head": ledger.head,
        "problems": problems,
    }
    if as_json:
        click.echo(json.dumps(found))
    else:
        click.echo(f"{ledger.transfers} transfers, head {ledger.head}")
        click.echo("\n".join(problems) or "Balances, chain and capacity agree with the rows.")
        if anchors and not problems:
            click.echo(f"The chain passes through all {len(anchors)} anchors.")
    sys.exit(1 if problems else 0)


def _read_anchors(file: Path) -> list[Anchor]:
    try:
        return parse_anchors(file.read_text(encoding="utf-8").splitlines())
    except (AnchorError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from error


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def list_settings(as_json: bool) -> None:
    """List every setting with its meaning and default."""
    rows = [{"name": s.name, "does": s.does, "default": s.default} for s in DOCUMENTED]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['name']}\n    {row['does']}\n    Default: {row['default']}\n")


@click.command()
def doctor() -> None:
    """Say what is wrong with this installation, and what to do."""
    settings = load_settings()
    found = find_revision(settings)
    at_head = found == revision.head()
    secure = settings.secure_cookies
    findings = {
        "data folder": str(settings.data_dir),
        "database": f"revision {found or 'empty'}" + ("" if at_head else "; run `vizium migrate`"),
        "broker": "embedded, loopback only" if settings.mqtt_embedded else "your own",
        "mail": "by SMTP" if settings.smtp_url else "kept in the outbox; set VIZIUM_SMTP_URL",
        "cookies": "secure" if secure else "without TLS; set VIZIUM_BASE_URL to https://…",
    }
    for name, finding in findings.items():
        click.echo(f"{name:12} {finding}")
    sys.exit(0 if at_head else 1)


@click.command()
@click.argument(
    "file", type=click.Path(dir_okay=False, path_type=Path), help="The archive (.tar.gz)."
)
def backup(file: Path) -> None:
    """Write database and evidence files into FILE (.tar.gz) while the centre runs."""
    settings = load_settings()
    open_database(settings).close()
    size = archive.write_backup(settings, file)
    click.echo(f"{file}: {size} bytes")


@click.command()
@click.argument(
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The archive (.tar.gz).",
)
@click.option("--yes", is_flag=True, help="Overwrite what stands in the data folder.")
def restore(file: Path, yes: bool) -> None:
    """Bring a backup back into an empty data folder (or over one, with --yes)."""
    settings = load_settings()
    if find_revision(settings) is not None and not yes:
        raise SettingsError("The database is not empty; say --yes to replace it by the backup.")
    archive.read_backup(settings, file)
    migrate_database(settings)
    click.echo(f"restored from {file}")


COMMANDS = {
    "check": check,
    "settings": list_settings,
    "doctor": doctor,
    "backup": backup,
    "restore": restore,
}
