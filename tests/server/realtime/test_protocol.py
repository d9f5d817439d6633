"""The two dictionaries of the wire say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.realtime import protocol, wirejson
from server.realtime.desk import same_origin
from server.screens.model import CommandKind

MIRROR = (Path(__file__).parents[3] / "players" / "screen" / "protocol.js").read_text(encoding="utf-8")


def value(name: str) -> str:
    found = re.search(rf"export const {name} = ([^;]+);", MIRROR)
    assert found, name
    return found.group(1)


def test_every_event_a_player_knows_is_one_of_ours() -> None:
    events = set(re.findall(r'[A-Z_]+: "([a-z_]+)"', value("EVENTS")))
    assert {"hello", "beat", "command"} <= events
    assert events <= protocol.ASKED[protocol.PLAYER] | protocol.TOLD[protocol.PLAYER]


def test_namespace_protocol_beat_and_commands_are_the_same() -> None:
    assert value("NAMESPACE") == f'"{protocol.PLAYER}"'
    assert int(value("PROTOCOL")) == protocol.PROTOCOL
    assert int(value("BEAT_MS").replace("_", "")) == protocol.BEAT_S * 1000
    assert set(re.findall(r'"([a-z_]+)"', value("COMMANDS"))) == set(CommandKind)


@pytest.mark.parametrize("namespace", [protocol.PLAYER, protocol.DESK])
def test_no_event_bears_a_name_the_library_reserves(namespace: str) -> None:
    names = protocol.ASKED[namespace] | protocol.TOLD[namespace]
    assert not names & protocol.RESERVED
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_a_player_may_miss_a_beat_before_it_counts_as_offline() -> None:
    assert protocol.SILENT_MS > 2 * protocol.BEAT_S * 1000


@pytest.mark.parametrize(
    ("origin", "ours"),
    [(None, True), ("http://paoma:8080", True), ("https://PAOMA:8080", True), ("https://signs.example", True),
     ("http://paoma:8081", False), ("http://evil.example", False), ("null", False), ("", False),
     ("http://paoma:8080.evil.example", False), ("http://paoma:8080@evil.example", False), ("http://[", False)],
)  # fmt: skip
def test_only_a_page_of_this_server_opens_a_desk(origin: str | None, ours: bool) -> None:
    assert same_origin(origin, {"HTTP_HOST": "paoma:8080"}, "https://signs.example/") is ours


def readable(text: str) -> bool:
    try:
        wirejson.loads(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    "text", ["NaN", "[Infinity]", '"\\ud800"', '["a\\\\\\u0000"]', "[" * 100_000, "1" * 5_000, "{", ""]
)
def test_json_that_no_table_could_keep_is_a_value_error(text: str) -> None:
    assert not readable(text)


@pytest.mark.parametrize("value", ["东门条屏", "𠮷", {"a": [1, None, True]}])
def test_json_goes_out_without_escapes_and_comes_back(value: object) -> None:
    text = wirejson.dumps(value)
    assert "\\u" not in text
    assert wirejson.loads(text) == value
