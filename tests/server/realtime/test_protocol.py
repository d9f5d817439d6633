"""The two dictionaries of the wire say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.realtime import protocol
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
