"""Breaking text into lines by the rules of Chinese and Latin composition."""

from __future__ import annotations

import re
from dataclasses import dataclass

from media import ink
from media.characters import CLAUSE_ENDS, NOT_AT_END, NOT_AT_START, is_mark
from media.faces import Type
from media.ink import clusters

CLAUSES = re.compile("[" + re.escape("".join(sorted(CLAUSE_ENDS))) + "]")

SOFT = re.compile(r"[^-/\\_&=?]+[-/\\_&=?]*|[-/\\_&=?]+")


def boxes(text: str) -> list[str]:
    """Cut a paragraph into pieces that may not be broken inside; spaces are pieces of their own."""
    pieces: list[str] = []
    for cluster in clusters(text):
        parts = SOFT.findall(cluster) if len(cluster) > 12 else [cluster]
        for part in parts or [cluster]:
            if pieces and not part.isspace() and _bound(pieces[-1], part):
                pieces[-1] += part
            else:
                pieces.append(part)
    return pieces


def _bound(before: str, after: str) -> bool:
    """Whether no line may break between two pieces."""
    if before.isspace():
        return False
    return after[0] in NOT_AT_START or before[-1] in NOT_AT_END


def greedy(text: str, width: int, setting: Type) -> list[str]:
    """Fill lines of ``width`` px one after the other; line breaks in the text are kept."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_fill(_fitting(boxes(paragraph), width, setting), width, setting) or [""])
    return lines


def _fill(pieces: list[str], width: int, setting: Type) -> list[str]:
    lines: list[str] = []
    current, used = "", 0
    for piece in pieces:
        wide = ink.advance(piece, setting)
        if current and not piece.isspace() and used + wide - ink.blank_end(piece, setting) > width:
            lines.append(current.rstrip())
            current, used = "", 0
        if current or not piece.isspace():
            current, used = current + piece, used + wide
    return [*lines, current.rstrip()] if current else lines


def _fitting(pieces: list[str], width: int, setting: Type) -> list[str]:
    """Split any piece that is wider than a whole line: rather a broken word than a lost one."""
    fitting: list[str] = []
    for piece in pieces:
        if len(piece) == 1 or ink.room(piece, setting) <= width:
            fitting.append(piece)
        else:
            fitting.extend(_torn(piece, width, setting))
    return fitting


def _torn(piece: str, width: int, setting: Type) -> list[str]:
    torn: list[str] = []
    current = ""
    for char in piece:
        if current and not is_mark(char) and ink.room(current + char, setting) > width:
            torn.append(current)
            current = ""
        current += char
    return [*torn, current]


MOST_PIECES = 80


@dataclass(frozen=True, slots=True)
class _Way:
    cost: float
    lines: tuple[str, ...]


def balanced(text: str, width: int, setting: Type, count: int) -> list[str] | None:
    """Break one short paragraph into exactly ``count`` lines of even length, after a clause where that is possible.

    None when it does not fit, or is too long for evenness to matter.
    """
    pieces = _fitting(boxes(text), width, setting)
    if len(pieces) > MOST_PIECES:
        return None
    best: list[_Way | None] = [_Way(0.0, ())]
    best += [None] * len(pieces)
    for _ in range(count):
        best = _one_more(best, pieces, width, setting)
    found = best[-1]
    return list(found.lines) if found else None


def _one_more(best: list[_Way | None], pieces: list[str], width: int, setting: Type) -> list[_Way | None]:
    """The best ways to set pieces[:n] in one line more than ``best`` used."""
    after: list[_Way | None] = [None] * len(best)
    for start, way in enumerate(best[:-1]):
        if way is None:
            continue
        for end in range(start + 1, len(best)):
            line = "".join(pieces[start:end]).strip()
            taken = ink.room(line, setting)
            if taken > width:
                break
            cost = way.cost + _badness(line, taken, width, end == len(pieces), pieces[end - 1])
            known = after[end]
            if line and (known is None or cost < known.cost):
                after[end] = _Way(cost, (*way.lines, line))
    return after


def cuts_word(line: str) -> bool:
    """Whether a break after this line probably cuts a word.

    Chinese words are mostly of two characters: an odd number of them since the last clause is suspect.
    """
    return line[-1:] not in CLAUSE_ENDS and len(re.split(CLAUSES, line)[-1]) % 2 == 1


def _badness(line: str, taken: int, width: int, last: bool, final: str) -> float:
    """How ugly a line is: its emptiness squared, less a bonus for ending with a clause, more for cutting a word."""
    empty = ((width - taken) / width) ** 2
    if last:
        return empty
    if line[-1:] in CLAUSE_ENDS or final.isspace():
        return empty - 0.4
    return empty + (0.15 if cuts_word(line) else 0.0)
