import pytest

from edge.wire.address import BrokerAddress, parse_address
from edge.wire.topics import Place, down, every_up, hub, is_device_id, parse_topic, up
from vizium.kernel.errors import SettingsError


@pytest.mark.parametrize(
    ("topic", "place"),
    [
        ("vizium/1/main/ex-041/up/hb", Place("main", "ex-041", "up/hb")),
        ("vizium/1/main/ex-041/up/alert/fan", Place("main", "ex-041", "up/alert/fan")),
        ("vizium/1/main/hub/time", Place("main", "hub", "time")),
        ("vizium/2/main/ex-041/up/hb", None),
        ("vizium/1/main/ex-041", None),
        ("vizium/1/main/ex-041/", None),
        ("vizium/1/Main/ex-041/up/hb", None),
        ("", None),
    ],
)
def test_topic_is_taken_apart(topic: str, place: Place | None) -> None:
    assert parse_topic(topic) == place


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        ("ex-041", True),
        ("ab", True),
        ("a" * 40, True),
        ("a", False),
        ("a" * 41, False),
        ("Ex-041", False),
        ("ex_041", False),
        ("ex-041\n", False),
        ("ēka", False),
        ("hub", False),
    ],
)
def test_device_id_keeps_to_the_contract(text: str, *, is_good: bool) -> None:
    assert is_device_id(text) is is_good


def test_built_topics_are_the_contract() -> None:
    built = (up("ex-041", "hb"), down("ex-041", "ack"), hub("state"), every_up())

    assert built == (
        "vizium/1/main/ex-041/up/hb",
        "vizium/1/main/ex-041/dn/ack",
        "vizium/1/main/hub/state",
        "vizium/1/main/+/up/#",
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtt://127.0.0.1", BrokerAddress("127.0.0.1", 1883)),
        ("mqtts://b.example", BrokerAddress("b.example", 8883, is_tls=True)),
        (
            "mqtt://hub:p%40ss@127.0.0.1:2000",
            BrokerAddress("127.0.0.1", 2000, user="hub", password="p@ss"),
        ),
    ],
)
def test_address_is_read_from_a_url(url: str, address: BrokerAddress) -> None:
    assert parse_address(url) == address


@pytest.mark.parametrize("url", ["", "127.0.0.1:1883", "http://a", "mqtt://", "mqtt://a:99999"])
def test_wrong_address_names_the_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="VIZIUM_MQTT_URL"):
        parse_address(url)


def test_wrong_address_keeps_its_password_to_itself() -> None:
    with pytest.raises(SettingsError) as refusal:
        parse_address("mqqt://hub:secret@broker.example")

    assert "secret" not in str(refusal.value)
