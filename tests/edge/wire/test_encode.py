from hypothesis import given
from hypothesis import strategies as st

from edge.wire.decode import decode
from edge.wire.downlink import read_ack, read_hub_state, read_hub_time_ms
from edge.wire.encode import (
    Ack,
    encode_ack,
    encode_alert,
    encode_birth,
    encode_heartbeat,
    encode_hub_state,
    encode_hub_time,
    encode_presence,
    encode_records,
)
from edge.wire.messages import (
    Alert,
    AppState,
    Birth,
    Capabilities,
    Event,
    Gap,
    Heartbeat,
    Message,
    Metrics,
    MetricSpec,
    Presence,
    PresenceState,
    Record,
    Severity,
    State,
    UsageEnd,
    Use,
)
from edge.wire.packets import Packet

NOW_MS = 1_795_000_000_000
DEVICE = "ex-041"

keys = st.text("ABCDEFGHJKMNPQRSTVWXYZ0123456789", min_size=1, max_size=26)
names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20)
texts = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=60
)
counts = st.integers(0, 2**40)
instants = st.integers(NOW_MS - 10**9, NOW_MS)
numbers = st.floats(-1e15, 1e15) | st.integers(-(10**15), 10**15) | st.booleans()
values = st.dictionaries(names.filter(lambda name: name != "gap"), numbers | texts, max_size=8)
optional = st.none() | texts


def heard(channel: str, payload: bytes) -> list[Message]:
    return decode(Packet(f"vizium/1/main/{DEVICE}/up/{channel}", payload, NOW_MS))


uses = st.builds(
    lambda key, ended_ms, lasted_ms, acts, end: Use(key, ended_ms - lasted_ms, ended_ms, acts, end),
    keys,
    instants,
    st.integers(0, 3_600_000),
    counts,
    st.sampled_from(UsageEnd),
)
bodies = (
    st.builds(Metrics, values)
    | st.builds(State, values)
    | st.builds(Event, names, st.none() | names)
    | st.builds(lambda first, more: Gap(first, first + more), counts, counts)
    | uses
)


@given(
    st.lists(st.tuples(counts, st.integers(0, 10**6), bodies), min_size=1, max_size=20),
    keys,
    st.booleans(),
)
def test_records_come_back_as_they_were_sent(
    rows: list[tuple[int, int, Metrics]], boot: str, historical: bool
) -> None:
    records = [
        Record(DEVICE, boot, seq, body, NOW_MS - 10**6 + mono_ms, mono_ms, historical=historical)
        for seq, mono_ms, body in rows
    ]

    assert heard("d", encode_records(records)) == records


presences = st.builds(
    Presence,
    st.just(DEVICE),
    st.sampled_from([PresenceState.ONLINE, PresenceState.LOST, PresenceState.BYE]),
    keys,
    counts,
    st.none() | instants,
    optional,
)


@given(presences)
def test_presence_comes_back(presence: Presence) -> None:
    assert heard("presence", encode_presence(presence)) == [presence]


capabilities = st.builds(
    Capabilities,
    st.lists(
        st.builds(MetricSpec, names, optional, st.none() | st.floats(-1e9, 1e9)),
        unique_by=lambda metric: metric.name,
        max_size=5,
    ).map(tuple),
    st.lists(names, max_size=4).map(tuple),
    st.booleans(),
    st.lists(names, max_size=4).map(tuple),
)
births = st.builds(
    Birth,
    device=st.just(DEVICE),
    boot=keys,
    n=counts,
    at_ms=instants,
    mono_ms=counts,
    clock=st.sampled_from(["ntp", "hub", "none"]),
    model=optional,
    firmware=optional,
    mac=optional,
    uplink=optional,
    heartbeat_s=st.integers(1, 3600),
    config_revision=st.none() | counts,
    spool_records=counts,
    spool_oldest_ms=st.none() | instants,
    capabilities=capabilities,
)


@given(births)
def test_birth_comes_back(birth: Birth) -> None:
    assert heard("birth", encode_birth(birth)) == [birth]


heartbeats = st.builds(
    Heartbeat,
    device=st.just(DEVICE),
    boot=keys,
    n=counts,
    at_ms=instants,
    mono_ms=counts,
    app=st.sampled_from(AppState),
    spool_records=counts,
    since_use_s=st.none() | counts,
    metrics=st.none() | values,
)


@given(heartbeats)
def test_heartbeat_comes_back(heartbeat: Heartbeat) -> None:
    assert heard("hb", encode_heartbeat(heartbeat)) == [heartbeat]


alerts = st.builds(
    Alert, st.just(DEVICE), names, st.sampled_from(Severity), texts, st.none() | instants
)


@given(alerts)
def test_alert_comes_back(alert: Alert) -> None:
    assert heard(f"alert/{alert.code}", encode_alert(alert)) == [alert]


@given(keys, counts, st.lists(st.tuples(counts, counts), max_size=9).map(tuple))
def test_ack_comes_back(boot: str, upto: int, miss: tuple[tuple[int, int], ...]) -> None:
    assert read_ack(encode_ack(Ack(boot, upto, miss))) == Ack(boot, upto, miss)


def test_hub_state_and_time_come_back() -> None:
    state = read_hub_state(encode_hub_state(online=True, epoch="E1", at_ms=NOW_MS))

    assert state is not None
    assert (state.online, state.epoch) == (True, "E1")
    assert read_hub_time_ms(encode_hub_time(NOW_MS)) == NOW_MS


@given(st.binary())
def test_device_never_falls_over_what_the_hub_says(payload: bytes) -> None:
    for read in (read_ack, read_hub_state, read_hub_time_ms):
        read(payload)
