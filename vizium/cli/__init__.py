"""The command line: `vizium COMMAND`, each command in a module that is imported when it is called.

Exit codes: 0 done, 1 refused or failed (one sentence on stderr), 2 wrong words.
"""

import importlib
import sys

import click

from vizium.cli.environment import without_collecting
from vizium.kernel.errors import SettingsError, VizError

# Keyed by the command: its module in this package, and its line in the help.
COMMANDS = {
    "run": ("run", "Run the whole centre on this machine: web, jobs, ingest, broker."),
    "demo": ("run", "Run a sample centre with simulated exhibits."),
    "serve": ("serve", "Serve pages and API only."),
    "worker": ("backstage", "Run background jobs only."),
    "ingest": ("backstage", "Take in the exhibits' messages only."),
    "simulate": ("edge_commands", "Pretend to be the exhibits, or make one fail."),
    "decode": ("edge_commands", "Say what recorded MQTT messages mean."),
    "migrate": ("data", "Bring the database to this version."),
    "sample": ("data", "Load the sample centre."),
    "import": ("data", "Import a register of schools."),
    "export": ("data", "Write visits, claims or transfers as CSV."),
    "ledger": ("ledger", "Anchor, close or export the fund's ledger."),
    "check": ("care", "Recompute balances, chain and capacity from the rows alone."),
    "token": ("people", "Make or revoke tokens for the API."),
    "settings": ("care", "List every setting, its meaning and its default."),
    "doctor": ("care", "Say what is wrong with this installation."),
    "backup": ("care", "Write database and files into one archive."),
    "restore": ("care", "Bring a backup back."),
}


class _Commands(click.Group):
    """Lists all commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        _ = ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        _ = ctx
        if cmd_name not in COMMANDS:
            return None
        with without_collecting():
            module = importlib.import_module(f"vizium.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands."""
        _ = ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """The platform on which a science centre is booked, reimbursed and kept running."""


def main() -> None:
    """Entry point: every refusal is one sentence, never a trace."""
    try:
        group.main(prog_name="vizium")
    except SettingsError as error:
        sys.exit(_fail(str(error)))
    except VizError as error:
        from vizium.cli.start import say  # noqa: PLC0415 - the catalogues are read only to refuse

        sys.exit(_fail(say(error)))
    except BrokenPipeError:
        sys.exit(1)


def _fail(sentence: str) -> int:
    click.echo(f"vizium: {sentence}", err=True)
    return 1
