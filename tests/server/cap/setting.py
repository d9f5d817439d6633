"""The synthetic messages beside it, by name."""

from __future__ import annotations

from pathlib import Path

from server.cap.model import CapMessage
from server.cap.reader import read

FOLDER = Path(__file__).with_name("fixtures")
ALL = tuple(sorted(path.name for path in FOLDER.iterdir()))
SHANGHAI_MIN = 480
TEN = 1_795_572_000_000
"""2026-11-25 10:00 in Shanghai: when most of the messages were sent."""


def data(name: str) -> bytes:
    """The bytes of a message."""
    return (FOLDER / name).read_bytes()


def message(name: str) -> CapMessage:
    """A message, read as a site in Shanghai reads it."""
    return read(data(name), offset_min=SHANGHAI_MIN)


def notes(of: CapMessage) -> list[tuple[str, str]]:
    """What the reader let pass: (field, rule) without the rule's prefix."""
    return [(note.field, note.rule.removeprefix("cap.note.")) for note in of.warnings]
