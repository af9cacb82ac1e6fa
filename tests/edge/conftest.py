"""Real brokers for the edge: the embedded one, and Mosquitto with our generated configuration."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.broker.embedded import EmbeddedBroker
from edge.broker.mosquitto import MosquittoFiles, acl_text, mosquitto_conf, passwords_text
from edge.wire.address import BrokerAddress
from tests.servers.mosquitto import Mosquitto
from tests.servers.process import free_port

PASSWORD = "a-long-sample-password"
USERS = ("vizium-hub", "vizium-sim", *(f"ex-{number:03d}" for number in range(1, 90)))


@pytest.fixture
def mosquitto() -> Iterator[Mosquitto]:
    """A broker of this test alone, with passwords and ACL as a centre would run it."""
    files = MosquittoFiles(Path("{folder}"))
    configuration = mosquitto_conf(files, port=0).replace("listener 0", "listener {port}")
    passwords = passwords_text(
        dict.fromkeys(USERS, PASSWORD), salt_by_user=dict.fromkeys(USERS, b"sample-salt!")
    )
    texts = {files.acl.name: acl_text(), files.passwords.name: passwords}
    broker = Mosquitto(configuration, texts)
    yield broker
    broker.close()


@pytest.fixture
def embedded() -> Iterator[EmbeddedBroker]:
    """The embedded broker on a free port."""
    broker = EmbeddedBroker("127.0.0.1", free_port())
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def address(request: pytest.FixtureRequest) -> BrokerAddress:
    """Each broker that we run on, as the hub knows it."""
    broker = request.getfixturevalue(request.param)
    return BrokerAddress("127.0.0.1", broker.port, user="vizium-hub", password=PASSWORD)
