"""Flowing Markdown blocks down a column, page after page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image

from media import ink, lines
from media.characters import count
from media.faces import Type
from media.markdown import Block, Run
from media.palette import RGB


@dataclass(frozen=True, slots=True)
class Look:
    """The type of a column: ``em`` of its body in px, the distance of its lines, and its inks."""

    em: int
    leading: int
    text: RGB
    accent: RGB

    def type(self, block: Block, bold: bool) -> Type:
        """The type of a run in this block: headings are bold and larger by a fifth, long text is Regular."""
        if block.kind == "heading":
            return Type(self.em * 6 // 5, smooth=True)
        return Type(self.em, smooth=True, light=not bold)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a column: its runs, how far in it stands and how far below the row before, in px."""

    block: Block
    runs: tuple[Run, ...]
    indent: int
    skip: int
    first: bool


def fill(blocks: Sequence[Block], width: int, height: int, look: Look) -> tuple[list[Row], list[Block]]:
    """As many rows as stand in ``width`` x ``height`` px, and the blocks (the first perhaps cut) that are left."""
    rows: list[Row] = []
    used = 0
    for number, block in enumerate(blocks):
        gap = _gap(block, rows, look)
        room = (height - used - gap) // look.leading
        texts = _broken(block, width, look)
        kept = _kept(block, len(texts), room, page_is_empty=not rows)
        for at, text in enumerate(texts[:kept]):
            rows.append(Row(block, text, _indent(block, look), look.leading + (gap if at == 0 else 0), at == 0))
        used += kept * look.leading + gap
        if kept < len(texts):
            return rows, [_cut(block, texts[:kept]) if kept else block, *blocks[number + 1 :]]
    return rows, []


def _gap(block: Block, rows: list[Row], look: Look) -> int:
    """The space above a block: half an em, less between the items of one list, none at the top."""
    if not rows:
        return 0
    return look.em // 6 if block.kind == rows[-1].block.kind == "item" else look.em // 2


def _kept(block: Block, count: int, room: int, page_is_empty: bool) -> int:
    """How many lines of a block stay here: no heading alone at the foot, no single line alone on the next page."""
    if page_is_empty:
        return max(1, min(count, room))
    if block.kind == "heading" and room < count + 2:
        return 0
    if room >= count:
        return count
    kept = max(0, room)
    return kept - 1 if count - kept == 1 and kept >= 3 else 0 if kept == 1 and count > 2 else kept


def _indent(block: Block, look: Look) -> int:
    if block.kind == "item":
        return look.em * 3 // 2 * max(1, block.level)
    return look.em if block.kind == "quote" else 0


def _broken(block: Block, width: int, look: Look) -> list[tuple[Run, ...]]:
    """The block's lines, each as its runs."""
    setting = look.type(block, bold=any(run.bold for run in block.runs))
    room = width - _indent(block, look)
    out = []
    at = 0
    for line in _told(block.text, room, setting):
        at = block.text.index(line, at)
        out.append(_slice(block.runs, at, at + len(line)))
        at += len(line)
    return out


def _told(text: str, room: int, setting: Type) -> list[str]:
    """The text's lines; a last line of one or two characters gets company from the one before."""
    said = lines.greedy(text, room, setting)
    if len(said) > 1 and count(said[-1]) <= 3:
        closer = lines.greedy(text, room - setting.em, setting)
        return closer if len(closer) == len(said) else said
    return said


def _slice(runs: tuple[Run, ...], start: int, end: int) -> tuple[Run, ...]:
    """The part of the runs between two offsets of their whole text."""
    out = []
    at = 0
    for run in runs:
        piece = run.text[max(0, start - at) : max(0, end - at)]
        if piece:
            out.append(Run(piece, run.bold))
        at += len(run.text)
    return tuple(out)


def _cut(block: Block, used: list[tuple[Run, ...]]) -> Block:
    """What is left of a block after its first lines."""
    at = 0
    for row in used:
        text = "".join(run.text for run in row)
        at = block.text.index(text, at) + len(text)
    whole = block.text
    while at < len(whole) and whole[at].isspace():
        at += 1
    return replace(block, runs=_slice(block.runs, at, len(whole)), mark="")


def draw(picture: Image.Image, rows: list[Row], x: int, y: int, look: Look) -> int:
    """Lay the rows from (x, y) down; return the y below the last."""
    for row in rows:
        y += row.skip
        baseline = y - (look.leading - look.em) // 2 - round(look.em * 0.12)
        colour = look.accent if row.block.kind == "heading" else look.text
        pen = x + row.indent
        if row.first and row.block.mark:
            mark = ink.set_line(row.block.mark, look.type(row.block, bold=True))
            ink.draw(picture, mark, pen - mark.advance - look.em // 3, baseline, look.accent)
        if row.block.kind == "quote":
            bar = max(3, look.em // 10)
            picture.paste(look.accent, (x, y - look.leading, x + bar, y))
        for run in row.runs:
            line = ink.set_line(run.text, look.type(row.block, run.bold))
            ink.draw(picture, line, pen, baseline, colour)
            pen += line.advance
    return y


def text_of(rows: list[Row]) -> str:
    """The words of the rows, a line for each."""
    return "\n".join("".join(run.text for run in row.runs) for row in rows)
