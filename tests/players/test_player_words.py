"""The two dictionaries of the wire agree, and the built player is small, strict and old enough."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from server.realtime import protocol
from server.screens.model import CommandKind

PLAYERS = Path(__file__).resolve().parents[2] / "players"
NAMES = (PLAYERS / "screen" / "protocol.js").read_text(encoding="utf-8")
SOURCES = sorted((PLAYERS / "screen").glob("*.js"))
NEWER_THAN_CHROME_49 = (
    r"Object\.(entries|values|fromEntries)\(|\.(padStart|padEnd|flat|flatMap|finally|replaceAll|matchAll|append"
    r"|prepend|replaceChildren|decode)\(|structuredClone|queueMicrotask|randomUUID|globalThis|ResizeObserver"
    r"|IntersectionObserver|hasOwn\(|AbortSignal|URLSearchParams|\.allSettled\("
)


def events() -> set[str]:
    block = re.search(r"EVENTS = \{(.*?)\}", NAMES, re.DOTALL)
    assert block
    return set(re.findall(r'"(\w+)"', block.group(1)))


def test_every_event_of_the_player_is_one_of_the_server() -> None:
    server = protocol.ASKED[protocol.PLAYER] | protocol.TOLD[protocol.PLAYER]
    assert events() <= server
    assert server - events() == {"plays_reported"}


def test_namespace_protocol_and_beat_are_the_same() -> None:
    assert f'NAMESPACE = "{protocol.PLAYER}"' in NAMES
    assert f"PROTOCOL = {protocol.PROTOCOL};" in NAMES
    assert f"BEAT_MS = {protocol.BEAT_S}_000;" in NAMES


def test_both_know_the_same_commands() -> None:
    listed = re.search(r"COMMANDS = \[(.*?)\]", NAMES)
    assert listed
    assert re.findall(r'"(\w+)"', listed.group(1)) == [kind.value for kind in CommandKind]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_source_asks_for_a_platform_newer_than_chrome_49(source: Path) -> None:
    text = "\n".join(line for line in source.read_text(encoding="utf-8").splitlines() if " if (!" not in line)
    found = {hit.group(0) for hit in re.finditer(NEWER_THAN_CHROME_49, text)}
    assert not found


def test_all_script_over_the_wire_is_at_most_30_kb() -> None:
    total = sum(len(gzip.compress(path.read_bytes(), 9)) for path in (PLAYERS / "dist").glob("*.js"))
    assert total <= 30_000


def test_the_page_holds_no_inline_script_or_style() -> None:
    page = (PLAYERS / "dist" / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", page)
