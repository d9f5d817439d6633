"""The order in which a line's characters are seen, for text that holds right-to-left scripts."""

from __future__ import annotations

import re
import unicodedata

RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]",
)
MIRRORS = str.maketrans("()[]{}<>«»‹›（）《》【】「」", ")(][}{><»«›‹）（》《】【」「")


def visual(text: str) -> str:
    """Reorder one line from reading order to left-to-right order; Arabic letters take their joined shapes.

    A small part of the Unicode bidirectional algorithm: runs of right-to-left letters are reversed, numbers inside
    them kept, and the runs change places when the line's first strong letter is right-to-left.
    """
    if not RIGHT_TO_LEFT.search(text):
        return text
    runs = _runs(_joined(text))
    if _base(text) == "R":
        runs.reverse()
    return "".join(_reversed(run) if side == "R" else run for side, run in runs)


def _side(char: str) -> str:
    kind = unicodedata.bidirectional(char)
    if kind in ("R", "AL"):
        return "R"
    return "L" if kind == "L" else "N" if kind in ("EN", "AN") else ""


def _base(text: str) -> str:
    return next((side for side in map(_side, text) if side in ("L", "R")), "L")


def _runs(text: str) -> list[tuple[str, str]]:
    """Runs of one direction; marks, spaces and figures between two letters of one direction belong to them."""
    base = _base(text)
    sides = [_side(char) for char in text]
    strong = [side if side in ("L", "R") else "" for side in sides]
    runs: list[tuple[str, str]] = []
    for index, char in enumerate(text):
        side = strong[index] or _neutral(strong, index, base)
        if runs and runs[-1][0] == side:
            runs[-1] = (side, runs[-1][1] + char)
        else:
            runs.append((side, char))
    return runs


def _neutral(strong: list[str], index: int, base: str) -> str:
    before = next((side for side in reversed(strong[:index]) if side), base)
    after = next((side for side in strong[index + 1 :] if side), base)
    return before if before == after else base


def _reversed(run: str) -> str:
    """Reverse a right-to-left run, keeping figures readable and marks behind their letters."""
    pieces = re.findall(r"\d+(?:[.,:/]\d+)*|.[\u0300-\u036f\u0591-\u05c7\u064b-\u065f]*", run, re.DOTALL)
    return "".join(piece if piece[0].isdigit() else piece.translate(MIRRORS) for piece in reversed(pieces))


def _shapes() -> dict[str, dict[str, str]]:
    """Letter -> its shapes (isolated, initial, medial, final), from the Arabic presentation forms."""
    shapes: dict[str, dict[str, str]] = {}
    for point in range(0xFE70, 0xFEFD):
        parts = unicodedata.decomposition(chr(point)).split()
        if len(parts) == 2:
            shapes.setdefault(chr(int(parts[1], 16)), {})[parts[0]] = chr(point)
    return shapes


SHAPES = _shapes()


def _joined(text: str) -> str:
    """Replace Arabic letters by the shape their neighbours ask for."""
    joined = []
    for index, char in enumerate(text):
        forms = SHAPES.get(char)
        if forms is None:
            joined.append(char)
            continue
        after = "<initial>" in forms and index + 1 < len(text) and "<final>" in SHAPES.get(text[index + 1], {})
        before = index > 0 and "<initial>" in SHAPES.get(text[index - 1], {}) and "<final>" in forms
        wish = "<medial>" if before and after else "<final>" if before else "<initial>" if after else "<isolated>"
        joined.append(forms.get(wish, char))
    return "".join(joined)
