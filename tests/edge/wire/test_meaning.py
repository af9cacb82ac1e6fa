"""The samples of our own contract and the hostile ones, in the order of one stream."""

import json
from typing import Any

import pytest

from edge.wire.meaning import BadLine, Memory, decode_line

NOW_MS = 1_795_000_000_000
EX_041 = "vizium/1/main/ex-041"
BIRTH = {
    "v": 1,
    "boot": "01K6ZB3W8Q",
    "n": 17,
    "ts": 1790000000200,
    "mono": 5210,
    "clock": "ntp",
    "model": "tornado/2",
    "net": {"mac": "84:fc:e6:12:34:56", "ip": "10.4.2.41", "up": "sw-gallery-b"},
    "hb": 30,
    "spool": {"n": 118, "oldest": 1789996000000},
    "caps": {"m": {"power_w": {"u": "W"}, "fan_rpm": {"u": "rpm", "min": 0, "max": 1800}}},
}
RECORDS = {
    "v": 1,
    "boot": "01K6ZB3W8Q",
    "mono": 40000,
    "ts": 1790000035000,
    "r": [
        [1201, 39000, "m", {"power_w": 171.3, "fan_rpm": 1204}],
        [1202, 39100, "ev", {"e": "press", "k": "start"}],
        [
            1203,
            39950,
            "use",
            {
                "id": "01K6ZC0000",
                "t0": 1789999954950,
                "t1": 1790000034950,
                "acts": 9,
                "end": "idle",
            },
        ],
    ],
}
KEYS = [f"ex-041|01K6ZB3W8Q|{seq}" for seq in (1201, 1202, 1203)]
STREAM: list[tuple[str, str, dict[str, Any]]] = [
    (
        f"{EX_041}/up/presence",
        '{"s":"online","boot":"01K6ZB3W8Q","n":17,"ts":1790000000123}',
        {"device": "ex-041", "presence": "online", "session": ["01K6ZB3W8Q", 17]},
    ),
    (f"{EX_041}/up/birth", json.dumps(BIRTH), {"device": "ex-041", "describe": True}),
    (
        f"{EX_041}/up/d",
        json.dumps(RECORDS),
        {"device": "ex-041", "records": 3, "dedupe": KEYS},
    ),
    (f"{EX_041}/up/d", json.dumps(RECORDS), {"device": "ex-041", "records": 0, "duplicates": 3}),
    (
        f"{EX_041}/up/alert/fan-stall",
        '{"sev":"fault","msg":"fan rpm 0 while power on","since":1790000040000}',
        {"device": "ex-041", "alert": {"id": "fan-stall", "state": "raised", "sev": "fault"}},
    ),
    (
        f"{EX_041}/up/alert/fan-stall",
        "",
        {"device": "ex-041", "alert": {"id": "fan-stall", "state": "cleared"}},
    ),
    (f"{EX_041}/dn/ack", '{"boot":"01K6ZB3W8Q","upto":1203,"miss":[]}', {"command_echo": True}),
    (f"{EX_041}/dn/cmd", '{"id":"01K6ZD7777","op":"power"}', {"command_echo": True}),
    (
        f"{EX_041}/up/presence",
        '{"s":"lost","boot":"01K6ZB3W8Q","n":16}',
        {"device": "ex-041", "ignored": True},
    ),
    (
        f"{EX_041}/up/presence",
        '{"s":"lost","boot":"01K6ZB3W8Q","n":17}',
        {"device": "ex-041", "presence": "lost"},
    ),
    ("vizium/1/main/hub/time", '{"ts":1790000060000}', {"command_echo": True}),
    (f"{EX_041}/up/d", "{not json", {"dead_letter": True, "reason": "bad json"}),
    (f"{EX_041}/up/d", '{"v":99,"r":[]}', {"dead_letter": True, "reason": "unsupported version"}),
    ("tele/fan/LWT", "Online", {"dead_letter": True, "reason": "unsupported topic"}),
]


def line(topic: str, payload: str, encoding: str = "utf8") -> str:
    return json.dumps({"id": "x", "topic": topic, "payload": payload, "payload_encoding": encoding})


def test_stream_of_samples_means_what_was_expected() -> None:
    memory = Memory()

    meant = [
        decode_line(line(topic, payload), memory, received_at_ms=NOW_MS)
        for topic, payload, _ in STREAM
    ]

    assert meant == [{"id": "x", **expected} for _, _, expected in STREAM]


def test_heartbeat_of_a_device_never_introduced_is_unclaimed() -> None:
    text = line("vizium/1/main/ex-999/up/hb", '{"boot":"x","n":1,"mono":1,"ts":1}')

    meaning = decode_line(text, Memory(), received_at_ms=NOW_MS)

    assert (meaning["unknown_device"], meaning["action"]) == ("ex-999", "list as unclaimed")


@pytest.mark.parametrize(("payload", "encoding"), [("//4AgHs=", "base64"), ("fffe", "hex")])
def test_payload_is_read_in_its_encoding(payload: str, encoding: str) -> None:
    text = line(f"{EX_041}/up/hb", payload, encoding)

    meaning = decode_line(text, Memory(), received_at_ms=NOW_MS)

    assert meaning == {"id": "x", "dead_letter": True, "reason": "bad utf8"}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", line("t", "zz", "hex"), line("t", "é", "base64"), line("t", "", "rot13")],
)
def test_line_that_is_no_recording_is_refused(text: str) -> None:
    with pytest.raises(BadLine):
        decode_line(text, Memory(), received_at_ms=NOW_MS)
