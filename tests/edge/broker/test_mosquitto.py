"""Our generated configuration against a real Mosquitto."""

from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from edge.broker.mosquitto import MosquittoFiles, mosquitto_conf
from edge.wire.address import BrokerAddress
from tests.edge.conftest import PASSWORD
from tests.edge.devices import connected_device, wait_until
from tests.servers.mosquitto import Mosquitto
from vizium.kernel.errors import SettingsError

pytestmark = pytest.mark.mosquitto


def address_of(broker: Mosquitto) -> BrokerAddress:
    return BrokerAddress("127.0.0.1", broker.port, password=PASSWORD)


@pytest.mark.parametrize(("user", "password"), [(None, None), ("ex-041", "guess"), ("nobody", "x")])
def test_stranger_is_not_let_in(
    mosquitto: Mosquitto, user: str | None, password: str | None
) -> None:
    client = Client(CallbackAPIVersion.VERSION2)
    if user is not None:
        client.username_pw_set(user, password)
    answers: list[bool] = []
    client.on_connect = lambda _client, _data, _flags, reason, _p: answers.append(reason.is_failure)
    client.connect("127.0.0.1", mosquitto.port)

    client.loop_start()
    wait_until(lambda: bool(answers))
    client.loop_stop()

    assert answers[0] is True


def test_device_writes_as_itself_and_reads_its_own_alone(mosquitto: Mosquitto) -> None:
    address = address_of(mosquitto)
    everything = ("vizium/#",)
    with (
        connected_device(address, "vizium-hub", filters=everything) as hub,
        connected_device(address, "ex-041", filters=everything) as mine,
        connected_device(address, "ex-042", filters=everything) as other,
    ):
        mine.say("vizium/1/main/ex-041/up/hb", b"mine")
        hub.say("vizium/1/main/ex-041/dn/cmd", b"for 041")
        hub.say("vizium/1/main/hub/time", b"for all")
        wait_until(lambda: all(b"for all" in dict(each.heard).values() for each in (mine, other)))

    assert [payload for _, payload in hub.heard] == [b"mine", b"for 041", b"for all"]
    assert [payload for _, payload in mine.heard] == [b"for 041", b"for all"]
    assert [payload for _, payload in other.heard] == [b"for all"]


@pytest.mark.parametrize(
    "topic",
    [
        "vizium/1/main/ex-041/up/hb",
        "vizium/1/main/ex-042/dn/cmd",
        "vizium/1/main/hub/state",
        "vizium/1/sim/ex-041/fail",
        "elsewhere",
    ],
)
def test_forged_publish_reaches_nobody_and_is_hung_up_on(mosquitto: Mosquitto, topic: str) -> None:
    address = address_of(mosquitto)
    with connected_device(address, "vizium-hub", filters=("vizium/1/main/#",)) as hub:
        with connected_device(address, "ex-042") as forger:
            forger.say(topic, b"forged", qos=0)
            wait_until(lambda: not forger.is_connected)
        with connected_device(address, "ex-041") as mine:
            mine.say("vizium/1/main/ex-041/up/hb", b"mine")
        wait_until(lambda: bool(hub.heard))

    assert [payload for _, payload in hub.heard] == [b"mine"]


def test_retained_presence_survives_a_stop(mosquitto: Mosquitto) -> None:
    topic = "vizium/1/main/ex-041/up/presence"
    with connected_device(address_of(mosquitto), "ex-041") as device:
        device.say(topic, b"here", retain=True)
    mosquitto.stop()
    mosquitto.start()

    with connected_device(address_of(mosquitto), "vizium-hub", filters=(topic,)) as hub:
        wait_until(lambda: bool(hub.heard))

    assert hub.heard == [(topic, b"here")]


def test_folder_that_would_add_a_directive_is_refused() -> None:
    files = MosquittoFiles(Path("/srv/broker\nallow_anonymous true"))

    with pytest.raises(SettingsError, match="plain path"):
        mosquitto_conf(files, port=1883)
