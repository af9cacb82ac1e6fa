"""The simulator over real brokers: a second process tells it what to break."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.ingest.loop import Ingest, IngestOptions
from edge.simulator.__main__ import send_order
from edge.simulator.options import parse_arguments
from edge.simulator.orders import Answer, Order
from edge.wire.address import BrokerAddress
from edge.wire.messages import Alert, Birth, Presence, PresenceState, Record
from tests.edge.devices import wait_until
from tests.edge.stores import Store
from vizium.kernel.errors import SettingsError

ROOT = Path(__file__).parents[3]


def url_of(address: BrokerAddress, user: str) -> str:
    return f"mqtt://{user}:{address.password}@{address.host}:{address.port}"


@contextmanager
def pretending(address: BrokerAddress, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    arguments = ["--url", url_of(address, "vizium-sim"), "--always-open", *more]
    process = subprocess.Popen([sys.executable, "-m", "edge.simulator", *arguments], cwd=ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        finally:
            process.kill()
            process.wait()


def test_floor_comes_up_is_used_breaks_and_leaves(address: BrokerAddress) -> None:
    store = Store()
    ingest = Ingest(IngestOptions(address), store)
    ingest.start()
    wait_until(lambda: ingest.is_connected)
    orders = BrokerAddress(address.host, address.port, user="vizium-sim", password=address.password)
    with pretending(address, "--exhibits", "12", "--speed", "60") as process:
        wait_until(lambda: len({one.device for one in store.of_type(Birth)}) == 12)
        wait_until(lambda: {"m", "ev", "use"} <= {one.kind for one in store.of_type(Record)})

        assert send_order(orders, "ex-004", Order.FAIL) is Answer.OK
        wait_until(lambda: any(one.is_raised for one in store.of_type(Alert)))
        assert send_order(orders, "ex-005", Order.SILENCE) is Answer.OK
        wait_until(lambda: ("ex-005", PresenceState.LOST) in store.presences())
        assert send_order(orders, "ex-099", Order.FAIL) is Answer.UNKNOWN
    wait_until(lambda: len([one for one in store.presences() if one[1] is PresenceState.BYE]) == 11)
    ingest.stop()

    assert process.returncode == 0
    assert {one.device for one in store.of_type(Alert) if one.is_raised} == {"ex-004"}
    lost = {one.device for one in store.of_type(Presence) if one.state is PresenceState.LOST}
    assert lost == {"ex-005"}
    assert ingest.stats().dead_letters == 0


def test_unacknowledged_records_come_again_with_the_same_keys(address: BrokerAddress) -> None:
    store = Store()
    with pretending(address, "--exhibits", "2", "--rate", "20"):
        first = Ingest(IngestOptions(address), store)
        first.start()
        wait_until(lambda: len(store.of_type(Record)) > 40)
        first.stop()
        second = Ingest(IngestOptions(address), store)
        second.start()
        wait_until(lambda: len(store.of_type(Record)) > 200)
        # Live records overtake the spool, so the early ones may be the last to come.
        wait_until(lambda: all(set(range(1, 101)) <= seqs for seqs in seqs_by_boot(store)))
        second.stop()

    assert len(seqs_by_boot(store)) == 2


def seqs_by_boot(store: Store) -> list[set[int]]:
    by_boot: dict[str, set[int]] = {}
    for boot, seq in tuple(store.keys):
        by_boot.setdefault(boot, set()).add(seq)
    return list(by_boot.values())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--url", "http://x"], "VIZIUM_MQTT_URL"),
        (["--exhibits", "0"], "1 to 1000"),
        (["--exhibits", "/no/such/list.csv"], "cannot be read"),
        (["--exhibits", __file__], "columns code and gallery"),
        (["--speed", "0"], "speed"),
        (["--rate", "1e9"], "rate"),
    ],
)
def test_wrong_option_is_one_sentence(arguments: list[str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        parse_arguments(arguments)


def test_exhibits_are_read_from_the_centres_list(tmp_path: Path) -> None:
    path = tmp_path / "exhibits.csv"
    path.write_text("\ufeffcode,gallery,title_lv\nex-007,g-sim,Šāvējs\nex-008,g-sim,Otrs\n")

    options = parse_arguments(["--exhibits", str(path)])

    assert [(one.code, one.gallery) for one in options.roster] == [
        ("ex-007", "g-sim"),
        ("ex-008", "g-sim"),
    ]


def test_order_without_a_simulator_has_no_answer(address: BrokerAddress) -> None:
    orders = BrokerAddress(address.host, address.port, user="vizium-sim", password=address.password)

    assert send_order(orders, "ex-041", Order.FAIL) is None
