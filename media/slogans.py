"""One text on LED lamps: a still page, several pages, or a strip that runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from PIL import Image

from media import canvas, ink, lines
from media.characters import one_line
from media.faces import Type
from media.palette import RGB
from media.profile import Profile

STRIP_RATIO = 8
WIDEST_STRIP = 65_500
MOST_STRIP_PIXELS = 12_000_000
FEW_PAGES = 3
MANY_PAGES = 6
SHORT = 40


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in px."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together: their texts, their type, and the height of one row in px."""

    texts: tuple[str, ...]
    type: Type
    row: int


def is_strip(profile: Profile) -> bool:
    """Whether one line is all the region is for."""
    return profile.height < 32 or profile.width >= STRIP_RATIO * profile.height


def smooth(profile: Profile, em: int) -> bool:
    """Whether characters of this size are antialiased: full colour, and large enough (or a large panel)."""
    return not profile.one_bit and (em >= 29 or profile.height >= 256)


def strip_type(profile: Profile, text: str) -> Type:
    """The largest type whose ink lies within the region's height for this very text."""
    row = min(profile.height, max(32, profile.width // 6))
    em = row if row >= 24 else em_in(row)
    setting = Type(em, smooth(profile, em))
    while setting.em > 24:
        height = ink.set_line(text, setting).height
        if height <= profile.height:
            break
        em = min(setting.em - 1, setting.em * profile.height // height)
        setting = Type(em, smooth(profile, em))
    return setting


def strip(text: str, profile: Profile, colour: RGB) -> tuple[Image.Image, Type] | None:
    """The whole text in one line as high as the region; None when it would be too long to keep."""
    said = one_line(text)
    setting = strip_type(profile, said)
    line = ink.set_line(said, setting)
    width = max(line.right, line.advance) - min(0, line.left)
    if width > WIDEST_STRIP or width * profile.height > MOST_STRIP_PIXELS:
        return None
    return _strip(line, max(1, width), profile, setting, colour), setting


def _strip(line: ink.Line, width: int, profile: Profile, setting: Type, colour: RGB) -> Image.Image:
    baseline = baseline_for(line, setting, 0, profile.height)
    if setting.smooth:
        cover = Image.new("L", (width, profile.height))
        ink.draw(cover, line, -min(0, line.left), baseline, 255)
        return canvas.ramp(cover, colour)
    lit = canvas.blank(width, profile.height, profile.colour)
    ink.draw(lit, line, -min(0, line.left), baseline, canvas.paint(lit, profile.colour, colour))
    return lit


def baseline_for(line: ink.Line, setting: Type, top: int, height: int) -> int:
    """Where the baseline goes so that the line stands in the middle of [top, top + height).

    Bitmap faces keep their cell (16 rows, baseline after 14; 12 rows, baseline after 10), so that lines level with
    each other; outline faces stand by the square of a Han character unless their ink would leave the rows.
    """
    if setting.em in (12, 16) and not setting.smooth:
        ascent = 14 if setting.em == 16 else 10
        baseline = top + (height - setting.em) // 2 + ascent
    else:
        baseline = top + (height + round(setting.em * 0.76)) // 2
    lowest = top + height - line.bottom
    highest = top - line.top
    return min(max(baseline, highest), lowest) if highest <= lowest else highest


def sizes(profile: Profile, most: int, least: int) -> list[int]:
    """The sizes to try, largest first: every one down to 24, then the bitmap faces."""
    outline = list(range(most, max(24, least) - 1, -1 if most < 96 else -2))
    return outline + [em for em in (16, 12) if least <= em <= most]


def fit(text: str, profile: Profile, width: int, height: int, least: int) -> Block | None:
    """The text as still lines in the largest type that fits ``width`` x ``height``, at least ``least`` px.

    A line for each clause, or else lines that cut no word, are preferred when that costs no more than a quarter of
    the size.
    """
    largest = _largest(text, profile, width, height, least)
    if largest is None or len(largest.texts) < 2 or "\n" in text:
        return largest
    parts = [part.strip() for part in _clauses(text)]
    if 2 <= len(parts) <= 4:
        apart = _largest("\n".join(parts), profile, width, height, least)
        if apart and len(apart.texts) == len(parts) and apart.type.em * 4 >= largest.type.em * 3:
            return apart
    return _kinder(largest, text, profile, width, height, least)


def _kinder(largest: Block, text: str, profile: Profile, width: int, height: int, least: int) -> Block:
    """The same text a little smaller if that avoids lines that probably cut a word."""
    if not any(map(lines.cuts_word, largest.texts[:-1])):
        return largest
    for em in sizes(profile, largest.type.em, max(least, largest.type.em * 3 // 4)):
        block = _at(text, profile, width, height, em)
        if block and not any(map(lines.cuts_word, block.texts[:-1])):
            return block
    return largest


def _largest(text: str, profile: Profile, width: int, height: int, least: int) -> Block | None:
    untried = sizes(profile, height, least)
    first, last = 0, len(untried) - 1
    if not untried or not _holds(text, width, height, Type(untried[last], smooth(profile, untried[last]))):
        return None
    while first < last:
        middle = (first + last) // 2
        if _holds(text, width, height, Type(untried[middle], smooth(profile, untried[middle]))):
            last = middle
        else:
            first = middle + 1
    return _at(text, profile, width, height, untried[last])


def row_for(em: int) -> int:
    """The height of a row of this type: from 30 px on a little air is added to what the face brings itself."""
    return em if em < 30 else em + em // 16


def em_in(row: int) -> int:
    """The largest type whose row is at most ``row`` px high."""
    if row < 24:
        return 16 if row >= 16 else 12
    return next(em for em in range(row, 0, -1) if row_for(em) <= row)


def _at(text: str, profile: Profile, width: int, height: int, em: int) -> Block | None:
    """The text as one block in type of ``em`` px, its lines evened; None when it does not fit."""
    setting = Type(em, smooth(profile, em))
    if not _holds(text, width, height, setting):
        return None
    return Block(tuple(_evened(text, width, setting)), setting, row_for(em))


def _holds(text: str, width: int, height: int, setting: Type) -> bool:
    """Whether the text, broken into lines, stands within ``width`` x ``height`` px."""
    said = lines.greedy(text, width, setting)
    if len(said) > max(1, height // row_for(setting.em)) or any(ink.room(line, setting) > width for line in said):
        return False
    return len(said) > 1 or ink.set_line(said[0], setting).height <= height


def _evened(text: str, width: int, setting: Type) -> list[str]:
    """The lines of a text, each paragraph of a few lines broken as evenly as its number of lines allows."""
    out: list[str] = []
    for paragraph in text.split("\n"):
        said = lines.greedy(paragraph, width, setting)
        even = lines.balanced(paragraph, width, setting, len(said)) if 2 <= len(said) <= 4 else None
        out.extend(even or said)
    return out


def pages(text: str, profile: Profile, width: int, height: int, em: int) -> list[Block]:
    """The text flowed over as many pages as it needs, in type of ``em`` px."""
    setting = Type(em, smooth(profile, em))
    row = row_for(em)
    most = max(1, height // row)
    broken = _evened(text, width, setting) if len(text) <= SHORT else lines.greedy(text, width, setting)
    said = [line for line in broken if line]
    count = max(1, -(-len(said) // most))
    each = max(1, -(-len(said) // count))
    return [Block(tuple(said[at : at + each]), setting, row) for at in range(0, len(said), each)]


def turned(text: str, profile: Profile, box: Box, least: int) -> list[Block]:
    """A text over pages that turn at clauses, in smaller type when that saves a reader from turning many."""
    rows = max(1, box.height // row_for(least))
    blocks = clause_pages(text, profile, box.width, box.height, least)
    for more in (1, 2):
        em = em_in(box.height // (rows + more))
        if len(blocks) <= FEW_PAGES or em < 16:
            break
        blocks = clause_pages(text, profile, box.width, box.height, em)
    return blocks


def clause_pages(text: str, profile: Profile, width: int, height: int, em: int) -> list[Block]:
    """A short text over pages that turn where a clause ends, when that costs at most one page more."""
    flowed = pages(text, profile, width, height, em)
    setting = Type(em, smooth(profile, em))
    packed: list[Block] = []
    held = ""
    for clause in [*_clauses(text), ""]:
        fits = bool(clause) and _holds((held + clause).strip(), width, height, setting)
        if held.strip() and not fits:
            block = _at(held.strip(), profile, width, height, em)
            packed.extend([block] if block else pages(held.strip(), profile, width, height, em))
            held = ""
        held += clause
    return packed if len(packed) <= len(flowed) + 1 else flowed


def _clauses(text: str) -> list[str]:
    return re.findall(r".+?(?:[，。；：？！、,;?!…]+[」』”’）)]*\s*|\s{2,}|\n|$)", text, re.DOTALL)


def reading_pages(text: str, profile: Profile) -> list[Block]:
    """A long text over pages, in smaller type than a slogan's when that saves a reader from turning many."""
    rows = profile.height // row_for(page_em(profile))
    flowed: list[Block] = []
    for more in range(3):
        em = page_em(profile) if not more else em_in(profile.height // (rows + more))
        if more and em < 16:
            break
        flowed = pages(text, profile, profile.width - profile.width % em // 2, _aired(profile.height, em), em)
        if len(flowed) <= MANY_PAGES:
            break
    return _spread(flowed, profile.height)


def _aired(height: int, em: int) -> int:
    """The height to fill: of many rows of a bitmap face one is given up, so that there is air between the others."""
    return height // (em + 2) * em if em == 16 and height >= 80 else height


def _spread(blocks: list[Block], height: int) -> list[Block]:
    """The same pages with rows up to a quarter higher where the height allows."""
    most = max((len(block.texts) for block in blocks), default=1)
    return [replace(block, row=max(block.row, min(block.row * 5 // 4, height // most))) for block in blocks]


def page_em(profile: Profile) -> int:
    """The type of a page: one line on a strip, two on a board, three from 96 rows on; never under 4 characters wide."""
    rows = 1 if is_strip(profile) else 2 if profile.height < 96 else 3
    return em_in(min(profile.height // rows, max(16, profile.width // 4)))


def draw(block: Block, picture: Image.Image, box: Box, colour: RGB | int, centred: bool) -> None:
    """Lay the lines in the box, each in its middle or all from one left edge."""
    left = box.x + box.width % block.type.em // 2
    top = box.y + (box.height - block.row * len(block.texts)) // 2
    for number, text in enumerate(block.texts):
        line = ink.set_line(text, block.type)
        start = box.x + (box.width - line.width) // 2 - line.left if centred else left - min(0, line.left)
        row_top = top + number * block.row
        if len(block.texts) == 1:
            row_top, row = box.y, box.height
        else:
            row = block.row
        ink.draw(picture, line, start, baseline_for(line, block.type, row_top, row), colour)
