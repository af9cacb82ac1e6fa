import socket
import subprocess
import sys
from pathlib import Path

import pytest

from edge.broker.embedded import EmbeddedBroker
from edge.wire.address import BrokerAddress
from tests.edge.devices import connected_device, wait_until
from tests.servers.process import free_port
from vizium.kernel.errors import SettingsError

ROOT = Path(__file__).parents[3]


def test_embedded_broker_delivers_and_frees_its_port() -> None:
    broker = EmbeddedBroker("127.0.0.1", free_port())
    broker.start()
    address = BrokerAddress("127.0.0.1", broker.port, password="any")
    with connected_device(address, "ex-041") as device:
        device.say("vizium/1/main/ex-041/dn/cmd", b"{}")
        wait_until(lambda: bool(device.heard))

    broker.stop()
    broker.stop()

    assert device.heard == [("vizium/1/main/ex-041/dn/cmd", b"{}")]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", broker.port)) != 0


def test_busy_port_names_the_settings() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]

        with pytest.raises(SettingsError, match=rf"Port {port} is taken.*VIZIUM_MQTT_URL"):
            EmbeddedBroker("127.0.0.1", port).start()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "localhost", ""])
def test_embedded_broker_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(SettingsError, match="VIZIUM_MQTT_URL"):
        EmbeddedBroker(host, free_port()).start()


def test_missing_wheel_is_one_sentence() -> None:
    # A None in sys.modules is Python's own way to say "not installed".
    program = (
        "import sys; sys.modules['iotcore'] = None\n"
        "from edge.broker.embedded import EmbeddedBroker\n"
        "from vizium.kernel.errors import SettingsError\n"
        "try:\n"
        "    EmbeddedBroker('127.0.0.1', 1).start()\n"
        "except SettingsError as error:\n"
        "    print(error)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.count("\n") == 1
    assert "VIZIUM_MQTT_URL" in done.stdout
