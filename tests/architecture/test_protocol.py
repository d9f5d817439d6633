"""The wire has one dictionary, written once for Python and once for JavaScript."""

from __future__ import annotations

import re

from server.app import APIS
from server.realtime import protocol
from server.screens.model import CommandKind
from tests.architecture import tree


def block(path: str, name: str) -> set[str]:
    """Return the string constants inside one braced or bracketed constant of a JavaScript module."""
    found = re.search(
        rf"export const {name} = [\[{{](.*?)[\]}}];", (tree.ROOT / path).read_text(encoding="utf-8"), re.DOTALL
    )
    return set(re.findall(r"\"([^\"]+)\"", found.group(1))) if found else set()


OVER_HTTP_HERE = {"plays_reported"}
"""What our player says by HTTP only; others may say it on the socket."""


def test_the_player_and_the_server_know_the_same_events() -> None:
    ours = protocol.ASKED[protocol.PLAYER] | protocol.TOLD[protocol.PLAYER]
    assert block("players/screen/protocol.js", "EVENTS") == ours - OVER_HTTP_HERE
    assert ours >= OVER_HTTP_HERE


def test_every_address_the_player_asks_is_one_the_server_has_and_the_other_way_round() -> None:
    asked = {path for path in block("players/screen/protocol.js", "PATHS") if path.startswith("/player/")}
    assert asked == {one.rule for api in APIS for one in api.operations if one.rule.startswith("/player/")}


def test_the_commands_are_the_same_on_both_sides() -> None:
    assert block("players/screen/protocol.js", "COMMANDS") == {kind.value for kind in CommandKind}
