"""The real servers start, answer, come back after a kill, and leave nothing behind."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from paho.mqtt import publish, subscribe
from playwright.sync_api import Page

from tests.servers.chromium import DESKTOP
from tests.servers.mosquitto import Mosquitto
from tests.servers.postgres import Postgres
from tests.servers.process import MissingSoftwareError, find_program

_ROOT = Path(__file__).parents[2]
_GONE_S_MAX = 20


def test_new_database_is_gone_after_its_block(postgres: Postgres) -> None:
    with postgres.new_database() as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE pupil (name text)")

    with psycopg.connect(postgres.url()) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()

    assert (url.rpartition("/")[2],) not in names


@pytest.mark.mosquitto
def test_mosquitto_remembers_after_a_restart_what_its_configuration_says() -> None:
    config = "listener {port} 127.0.0.1\nacl_file {folder}/acl\nallow_anonymous true\n"
    config += "persistence true\npersistence_location {folder}/\n"
    broker = Mosquitto(config, files={"acl": "topic readwrite ex/#\n"})

    publish.single("ex/041", b"hello", qos=1, retain=True, port=broker.port)
    broker.stop()
    broker.start()
    message = subscribe.simple("ex/041", port=broker.port)  # type: ignore[no-untyped-call]  # untyped in paho
    broker.close()

    assert message.payload == b"hello"
    assert not broker.folder.exists()


@pytest.mark.mosquitto
def test_mosquitto_with_a_wrong_configuration_says_its_own_words() -> None:
    with pytest.raises(RuntimeError, match="Unknown configuration variable"):
        Mosquitto("listener {port} 127.0.0.1\nno_such_word true\n")


@pytest.mark.parametrize(("options", "width"), [({}, 360), ({"viewport": DESKTOP}, 1280)])
def test_browser_page_has_the_width_asked_for(
    browser_page: Callable[..., Page], options: dict[str, object], width: int
) -> None:
    page = browser_page(**options)

    page.set_content("<h1>Sveiki!</h1>")

    assert page.evaluate("innerWidth") == width


@pytest.mark.mosquitto
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_server_ends_when_the_tests_are_killed() -> None:
    program = (
        "from tests.servers.mosquitto import Mosquitto; broker = Mosquitto();"
        "print(broker.port, broker.folder, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        assert tests.stdout
        port, folder = tests.stdout.readline().split()
        accepted = _accepts(int(port))

        tests.kill()

    assert accepted
    assert _refuses_soon(int(port))
    shutil.rmtree(folder)


def test_find_program_names_the_package_of_what_is_missing() -> None:
    with pytest.raises(MissingSoftwareError, match="apt-get install the-package"):
        find_program("vizium-no-such-program", package="the-package")


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _refuses_soon(port: int) -> bool:
    deadline = time.monotonic() + _GONE_S_MAX
    while _accepts(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _accepts(port)
