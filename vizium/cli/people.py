"""`vizium token`: tokens with which programs use the API."""

import json
from contextlib import closing

import click

from vizium.auth.queries import find_by_email
from vizium.auth.service import make_token, revoke_tokens
from vizium.cli.environment import load_settings
from vizium.cli.start import open_database
from vizium.kernel.clock import system_now
from vizium.kernel.errors import NotFound


@click.group()
def token() -> None:
    """Make or revoke tokens for the API."""


@token.command()
@click.argument("email", help="The person's mail address.")
@click.option("--name", default="cli", show_default=True, help="What the token is for.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def create(email: str, name: str, as_json: bool) -> None:
    """Make a token for the person with this mail address; it is shown once."""
    with (
        closing(open_database(load_settings())) as database,
        database.transaction() as session,
    ):
        person = find_by_email(session, email)
        if person is None:
            raise NotFound("person", email=email)
        secret = make_token(session, person, name=name, by="system", now=system_now())
    click.echo(json.dumps({"email": email, "token": secret}) if as_json else secret)


@token.command()
@click.argument("email", help="The person's mail address.")
def revoke(email: str) -> None:
    """Revoke all tokens of the person with this mail address."""
    with (
        closing(open_database(load_settings())) as database,
        database.transaction() as session,
    ):
        person = find_by_email(session, email)
        if person is None:
            raise NotFound("person", email=email)
        revoke_tokens(session, person, by="system", now=system_now())


COMMANDS = {"token": token}
