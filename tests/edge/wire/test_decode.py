import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.decode import decode
from edge.wire.messages import (
    Alert,
    CommandResult,
    CommandStatus,
    DeadLetter,
    DeadLetterReason,
    Echo,
    Event,
    Gap,
    Heartbeat,
    LogLine,
    Message,
    Metrics,
    Presence,
    PresenceState,
    Record,
    Severity,
    State,
    TimeQuality,
    UsageEnd,
    Use,
)
from edge.wire.packets import Packet

NOW_MS = 1_795_000_000_000
UP = "vizium/1/main/ex-041/up"
CLOCK = {"boot": "01K6ZB3W8Q", "n": 17, "mono": 40_000, "ts": NOW_MS - 1_000}


def decoded(channel: str, body: object, *, retained: bool = False) -> list[Message]:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return decode(Packet(f"{UP}/{channel}", payload, NOW_MS, retained))


def decoded_records(*rows: list[object], **envelope: object) -> list[Message]:
    return decoded("d", {"v": 1, **CLOCK, "r": rows, **envelope})


def reasons(messages: list[Message]) -> list[DeadLetterReason]:
    return [one.reason for one in messages if isinstance(one, DeadLetter)]


def test_presence_carries_its_session() -> None:
    assert decoded("presence", {"s": "online", "boot": "B", "n": 17, "ts": NOW_MS}) == [
        Presence("ex-041", PresenceState.ONLINE, "B", 17, NOW_MS)
    ]


def test_will_has_a_session_and_no_time() -> None:
    assert decoded("presence", {"s": "lost", "boot": "B", "n": 17}, retained=True) == [
        Presence("ex-041", PresenceState.LOST, "B", 17, retained=True)
    ]


def test_heartbeat_is_read() -> None:
    body = {**CLOCK, "q": 3, "app": "fault", "since_use": 42, "m": {"power_w": 1.5, "x": None}}

    assert decoded("hb", body) == [
        Heartbeat(
            device="ex-041",
            boot="01K6ZB3W8Q",
            n=17,
            at_ms=NOW_MS - 1_000,
            mono_ms=40_000,
            app="fault",
            spool_records=3,
            since_use_s=42,
            metrics={"power_w": 1.5},
        )
    ]


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("m", {"power_w": 171.3, "on": True}, Metrics({"power_w": 171.3, "on": True})),
        ("ev", {"e": "press", "k": "start"}, Event("press", "start")),
        ("st", {"door": "open"}, State({"door": "open"})),
        ("st", {"note": "gap"}, State({"note": "gap"})),
        ("st", {"gap": [7, 9]}, Gap(7, 9)),
        (
            "use",
            {"id": "U1", "t0": NOW_MS - 9_000, "t1": NOW_MS - 2_000, "acts": 9, "end": "idle"},
            Use("U1", NOW_MS - 9_000, NOW_MS - 2_000, 9, UsageEnd.IDLE),
        ),
    ],
)
def test_record_of_each_kind_is_read(kind: str, body: object, expected: object) -> None:
    [record] = decoded_records([1201, 39_000, kind, body])

    assert isinstance(record, Record)
    assert (record.seq, record.body, record.kind) == (1201, expected, kind)
    assert record.at_ms == NOW_MS - 2_000


def test_bad_record_spoils_no_other() -> None:
    messages = decoded_records([1, 0, "m", {"a": 1}], [2, 0, "zz", {}], [3, 0, "m", {"a": 2}])

    assert [getattr(one, "seq", None) for one in messages] == [1, 2, 3]
    assert reasons(messages) == [DeadLetterReason.UNKNOWN_KIND]


@pytest.mark.parametrize("ts", [None, 0, 1.61, 3_000])
def test_record_of_a_device_without_clock_is_dated_by_its_age(ts: float | None) -> None:
    [record] = decoded_records([1, 39_000, "m", {"a": 1}], ts=ts)

    assert isinstance(record, Record)
    assert (record.at_ms, record.at_quality) == (NOW_MS - 1_000, TimeQuality.ESTIMATED)


def test_use_of_a_device_without_clock_keeps_its_length() -> None:
    [record] = decoded_records([1, 40_000, "use", {"id": "U", "t0": 1_000, "t1": 8_000}], ts=None)

    assert isinstance(record, Record)
    assert record.body == Use("U", NOW_MS - 7_000, NOW_MS, 0, UsageEnd.IDLE)


def test_alert_is_raised_and_cleared() -> None:
    raised = decoded("alert/fan-stall", {"sev": "fault", "msg": "0 rpm", "since": NOW_MS})
    cleared = decoded("alert/fan-stall", b"", retained=True)

    assert raised == [Alert("ex-041", "fan-stall", Severity.FAULT, "0 rpm", NOW_MS)]
    assert cleared == [Alert("ex-041", "fan-stall", None, retained=True)]


def test_log_and_command_result_are_read() -> None:
    assert decoded("log/warn", "cē".encode()) == [LogLine("ex-041", "warn", "cē")]
    assert decoded("res", {"id": "C1", "st": "failed", "err": "no"}) == [
        CommandResult("ex-041", "C1", CommandStatus.FAILED, error="no")
    ]


@pytest.mark.parametrize("topic", ["vizium/1/main/ex-041/dn/ack", "vizium/1/main/hub/time"])
def test_what_the_hub_says_is_an_echo(topic: str) -> None:
    assert [type(one) for one in decode(Packet(topic, b"{not read", NOW_MS))] == [Echo]


@pytest.mark.parametrize(
    ("channel", "body", "reason"),
    [
        ("hb", b"{not json", "bad_json"),
        ("hb", b"", "bad_json"),
        ("hb", b"\xff\xfe\x00{", "bad_utf8"),
        ("hb", b'{"boot":"B","n":1,"mono":1,"x":"\xff"}', "bad_utf8"),
        ("hb", b'{"boot":"B","n":1,"mono":1,"m":{"a":NaN}}', "not_finite"),
        ("hb", b'{"boot":"B","n":1,"mono":1,"m":{"a":-Infinity}}', "not_finite"),
        ("hb", b'{"boot":"B","n":1,"mono":1,"m":{"a":1e309}}', "not_finite"),
        ("hb", b'{"boot":"B","n":1,"mono":1,"m":{"a":1e308}}', "out_of_range"),
        ("hb", b'{"boot":"B","n":1,"mono":1,"m":{"a":%s}}' % (b"9" * 400), "out_of_range"),
        ("hb", b'{"boot":"B","n":1,"mono":1,"x":%s}' % (b"[" * 5000 + b"]" * 5000), "too_deep"),
        ("hb", b"[" * 16_000, "too_deep"),
        ("hb", b'{"x":"' + b"a" * 16_384 + b'"}', "oversized"),
        ("hb", {"n": 1, "mono": 1}, "wrong_shape"),
        ("hb", {"boot": "B\u0000", "n": 1, "mono": 1}, "wrong_shape"),
        ("hb", {"boot": "B", "n": -1, "mono": 1}, "wrong_shape"),
        ("hb", {"boot": "B", "n": 2**60, "mono": 1}, "wrong_shape"),
        ("hb", {**CLOCK, "ts": NOW_MS + 3_600_000}, "future_dated"),
        ("hb", {**CLOCK, "v": 2}, "unsupported_version"),
        ("hb", {**CLOCK, "device": "ex-042"}, "wrong_device"),
        ("d", {"v": 99, "r": []}, "unsupported_version"),
        ("d", {"v": 1, **CLOCK, "r": []}, "too_many"),
        ("d", {"v": 1, **CLOCK, "r": [[1, 1, "m", {}]] * 101}, "too_many"),
        ("d", {"v": 1, **CLOCK, "r": [[1, 1, "m", {str(n): 1 for n in range(65)}]]}, "too_many"),
        ("d", {"v": 1, **CLOCK, "r": [[1, 9_000_000, "m", {}]]}, "future_dated"),
        (
            "d",
            {"v": 1, **CLOCK, "r": [[1, 1, "use", {"id": "U", "t0": 9, "t1": 1}]]},
            "out_of_range",
        ),
        ("d", {"v": 1, **CLOCK, "r": [[1, 1, "m"]]}, "wrong_shape"),
        ("d", {"v": 1, **CLOCK, "r": [[1, 1, "st", {"gap": [9, 7]}]]}, "wrong_shape"),
        ("log/shout", b"hello", "unknown_kind"),
        ("alert/a b", b"", "wrong_shape"),
        ("alert", b"", "unsupported_topic"),
        ("hb/more", b"{}", "unsupported_topic"),
        ("whatever", b"{}", "unsupported_topic"),
    ],
)
def test_refused_bytes_become_one_dead_letter(channel: str, body: object, reason: str) -> None:
    assert reasons(decoded(channel, body)) == [DeadLetterReason(reason)]


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("", "unsupported_topic"),
        ("tele/fan/LWT", "unsupported_topic"),
        ("vizium/9/main/ex-041/up/hb", "unsupported_topic"),
        ("vizium/1/main/EX 41/up/hb", "bad_device"),
        ("vizium/1/main/" + "x" * 65_000 + "/up/hb", "topic_too_long"),
    ],
)
def test_foreign_topic_becomes_a_dead_letter(topic: str, reason: str) -> None:
    assert reasons(decode(Packet(topic, b"{}", NOW_MS))) == [DeadLetterReason(reason)]


def test_dead_letter_keeps_16_kb_and_says_how_many_there_were() -> None:
    [letter] = decode(Packet(f"{UP}/d", b"x" * 100_000, NOW_MS))

    assert isinstance(letter, DeadLetter)
    assert (len(letter.payload), letter.payload_bytes, letter.device) == (16_384, 100_000, "ex-041")


def test_text_of_a_device_holds_nothing_that_a_database_refuses() -> None:
    [line] = decoded("log/info", b"a\x00b\x1bc")

    assert isinstance(line, LogLine)
    assert line.text == "a\ufffdb\ufffdc"


channels = st.sampled_from(["presence", "birth", "hb", "d", "alert/x", "log/info", "res", "zz"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
fields = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("v", "s", "boot", "n", "mono", "ts", "r", "m", "caps", "net", "sev", "id", "st"), anything
    ),
)


@given(st.text(), st.binary(), st.booleans())
def test_decode_never_raises_on_any_bytes(topic: str, payload: bytes, retained: bool) -> None:
    messages = decode(Packet(topic, payload, NOW_MS, retained))

    assert messages


@given(channels, fields)
def test_decode_never_raises_on_any_json(channel: str, body: dict[str, object]) -> None:
    messages = decoded(channel, json.dumps({**CLOCK, **body}).encode("utf-8", "surrogatepass"))

    assert messages


@given(channels, st.data())
def test_decode_never_raises_on_a_damaged_message(channel: str, data: st.DataObject) -> None:
    good = json.dumps({"v": 1, **CLOCK, "s": "online", "sev": "warn", "id": "C", "st": "ok"})
    payload = bytearray(good.encode())
    index = data.draw(st.integers(0, len(payload) - 1))
    payload[index] = data.draw(st.integers(0, 255))

    assert decoded(channel, bytes(payload))


@given(anything)
def test_no_bug_of_a_decoder_hides_behind_the_last_wall(body: object) -> None:
    text = json.dumps({"v": 1, **CLOCK, "r": [[1, 1, "m", body], [2, 1, "use", body], body]})

    assert DeadLetterReason.UNREADABLE not in reasons(decoded("d", text.encode()))
