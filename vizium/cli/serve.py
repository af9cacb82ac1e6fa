"""`vizium serve`: pages and API."""

import asyncio
import signal

import click
from granian.constants import Interfaces
from granian.server.embed import Server

from vizium.app import create_app
from vizium.cli.children import follow_parent
from vizium.cli.start import load_settings, open_database, refuse_busy_port
from vizium.db.session import Database
from vizium.settings import Settings
from vizium.web.live import close_live_pages


@click.command()
def serve() -> None:
    """Serve pages and API."""
    follow_parent()
    settings = load_settings()
    refuse_busy_port(settings.host, settings.port, "VIZIUM_PORT")
    asyncio.run(_serve(settings, open_database(settings)))


async def _serve(settings: Settings, database: Database) -> None:
    app = create_app(settings, database)
    server = Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )

    def stop() -> None:
        # An open stream would otherwise keep the server waiting for its reader.
        close_live_pages(app.state)
        server.stop()  # type: ignore[no-untyped-call]  # granian does not type it

    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
    await server.serve()


COMMANDS = {"serve": serve}
