"""The wire has one dictionary, written once for Python and once for JavaScript."""

from __future__ import annotations

import re

from server.screens.model import CommandKind
from tests.architecture import tree


def spoken(path: str) -> set[str]:
    """Return the names on the wire that a protocol module holds: its lower-case string constants."""
    return set(re.findall(r"\"([a-z]+(?:_[a-z]+)*)\"", (tree.ROOT / path).read_text(encoding="utf-8")))


def block(path: str, name: str) -> set[str]:
    """Return the string constants inside one braced or bracketed constant of a JavaScript module."""
    found = re.search(
        rf"export const {name} = [\[{{](.*?)[\]}}];", (tree.ROOT / path).read_text(encoding="utf-8"), re.DOTALL
    )
    return set(re.findall(r"\"([^\"]+)\"", found.group(1))) if found else set()


def test_every_event_the_player_knows_is_a_name_of_the_server() -> None:
    assert block("players/screen/protocol.js", "EVENTS") <= spoken("server/realtime/protocol.py")


def test_the_commands_are_the_same_on_both_sides() -> None:
    assert block("players/screen/protocol.js", "COMMANDS") == {kind.value for kind in CommandKind}
