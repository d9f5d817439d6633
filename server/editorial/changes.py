"""What changed between two revisions, item by item and letter by letter, for the one who reviews."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from playlists.model import Item

LETTERS = 600  # longer texts are compared by clauses: letter by letter would take seconds
TEXTS = ("title", "text", "body", "person")
WISHES = ("kind", "portrait", "asset", "duration_ms", "effect", "style")
_CLAUSE = re.compile(r"[^。！？；，、,.!?;\n]*[。！？；，、,.!?;\n]?")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; ``op`` is same, added or removed."""

    text: str
    op: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A text field that reads differently, as runs in reading order."""

    field: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One item's change: ``kind`` is added, removed, changed or moved; ``wishes`` names fields that hold no text."""

    item: str
    kind: str
    before: Item | None
    after: Item | None
    texts: tuple[FieldChange, ...] = ()
    wishes: tuple[str, ...] = ()


def changes(before: Sequence[Item], after: Sequence[Item]) -> tuple[Change, ...]:
    """Every item that is not as it was, in the new order, the removed ones last."""
    old, new = {item.id: item for item in before}, {item.id: item for item in after}
    moved = _moved([item.id for item in before if item.id in new], [item.id for item in after if item.id in old])
    found = (_of_item(old.get(item.id), item, item.id in moved) for item in after)
    removed = (Change(item.id, "removed", item, None, _texts(item, None)) for item in before if item.id not in new)
    return (*(change for change in found if change), *removed)


def runs(before: str, after: str) -> tuple[Run, ...]:
    """How one text became another."""
    long = max(len(before), len(after)) > LETTERS
    old, new = (_CLAUSE.findall(text) if long else list(text) for text in (before, after))
    found: list[Run] = []
    for op, a, b, c, d in SequenceMatcher(None, old, new, autojunk=long).get_opcodes():
        if op == "equal":
            found.append(Run("".join(old[a:b]), "same"))
            continue
        found += [Run("".join(old[a:b]), "removed")] if b > a else []
        found += [Run("".join(new[c:d]), "added")] if d > c else []
    return tuple(found)


def _of_item(old: Item | None, new: Item, moved: bool) -> Change | None:
    if old is None:
        return Change(new.id, "added", None, new, _texts(None, new))
    texts = _texts(old, new)
    wishes = tuple(name for name in WISHES if getattr(old, name) != getattr(new, name))
    if texts or wishes:
        return Change(new.id, "changed", old, new, texts, wishes)
    return Change(new.id, "moved", old, new) if moved else None


def _texts(old: Item | None, new: Item | None) -> tuple[FieldChange, ...]:
    pairs = ((name, _text(old, name), _text(new, name)) for name in TEXTS)
    return tuple(FieldChange(name, runs(a, b)) for name, a, b in pairs if a != b)


def _text(item: Item | None, name: str) -> str:
    return str(getattr(item, name)) if item else ""


def _moved(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """The fewest ids whose moving turns one order into the other: all but a longest increasing subsequence."""
    place = {key: n for n, key in enumerate(before)}
    tops: list[int] = []
    chains: list[tuple[str, ...]] = []
    for key in after:
        at = bisect_left(tops, place[key])
        chain = (*(chains[at - 1] if at else ()), key)
        tops[at : at + 1] = [place[key]]
        chains[at : at + 1] = [chain]
    return frozenset(after) - frozenset(chains[-1] if chains else ())
