"""`vizium serve`: pages and API."""

import asyncio
import signal

import click
from granian.constants import Interfaces
from granian.server.embed import Server

from vizium.app import create_app
from vizium.cli.children import follow_parent
from vizium.cli.environment import load_settings, refuse_busy_port, without_collecting
from vizium.cli.start import open_database, wait_for_database
from vizium.db.session import Database
from vizium.settings import Settings
from vizium.web.head import answer_head
from vizium.web.live import close_live_pages


@click.command()
@click.option("--wait", is_flag=True, help="Wait while another process migrates the database.")
def serve(wait: bool) -> None:
    """Serve pages and API."""
    follow_parent()
    settings = load_settings()
    refuse_busy_port(settings.host, settings.port, "VIZIUM_PORT")
    if not wait:
        open_database(settings).close()
    asyncio.run(_serve(settings, wait=wait))


async def _serve(settings: Settings, *, wait: bool) -> None:
    # Some hundred routes take their time, which goes by while the database is being prepared.
    with without_collecting():
        app = create_app(settings, Database(settings.database_url))
    if wait:
        wait_for_database(settings).close()
    server = Server(
        answer_head(app),
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
