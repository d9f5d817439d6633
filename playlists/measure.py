"""How wide an alert's text is and where its lines may break, alike in both languages (players/screen/measure.js)."""

from __future__ import annotations

import re
from functools import lru_cache

EM = 1_000
"""Widths are whole thousandths of the type size."""

# Noto Sans SC Bold's widths of U+0020 to U+007E, in hundredths of the type size rounded up, as characters from U+0019.
_ASCII = "0>STTzc:??LT:>:@TTTTTTTTTT::TTTM}Z^[aWTae:R^Sodf\\f^XXdWuXSW?@?TRXUZNZT?UY88V9zZXZZEKDYSpRSM?7?T"
_BREAKS_AFTER = "，。；：、！？"
_NOT_FIRST = "、，。．：；？！）》」』】〕〗〉］｝”’…—～·‧％‰℃°,.:;?!)]}%"
_NOT_LAST = "（《「『【〔〖〈［｛“‘([{￥$#"

# What JavaScript takes for blanks.
_BLANKS = re.compile("[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+")
# Controls that are no blank, what sits on another character, direction marks, variants.
_UNSEEN = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\xad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f]")

Piece = tuple[str, str]  # what stands before it within a line ("" or a space), and itself


def clean(text: str) -> str:
    """Text fit to set in one line: runs of blanks become one, what cannot be seen goes."""
    return _BLANKS.sub(" ", _UNSEEN.sub("", text)).strip(" ")


@lru_cache(maxsize=2048)
def width(text: str, bold: bool) -> int:
    """The width of a text in thousandths of its size."""
    return sum(advance(ord(char), bold) for char in text)


def advance(point: int, bold: bool) -> int:
    """A character's width: half or whole in the bitmap face, that of Noto Sans SC Bold for ASCII in the bold one."""
    if 0xFF61 <= point <= 0xFFDC:
        return EM // 2
    if not bold:
        return EM if point >= 0x2E80 or 0x2460 <= point <= 0x249B else EM // 2
    if 0x20 <= point <= 0x7E:
        return (ord(_ASCII[point - 0x20]) - 25) * 10
    return EM if point >= 0x2000 else 700


def count(text: str) -> int:
    """How many characters a reader takes in: a wide one counts one, two narrow ones count one."""
    return (width(text, bold=False) + EM - 1) // EM


def wrapped(text: str, limit: int, bold: bool) -> tuple[str, ...]:
    """Even lines of at most ``limit`` thousandths, between phrases where that costs no line; () for too wide a word."""
    return evened(text, limit, bold, fine=len(filled(text, limit, bold, fine=True)) != _lines(text, limit, bold))


def _lines(text: str, limit: int, bold: bool) -> int:
    return len(filled(text, limit, bold, fine=False))


def evened(text: str, limit: int, bold: bool, fine: bool) -> tuple[str, ...]:
    """As many lines as ``filled`` gives, as even as they can be."""
    lines = filled(text, limit, bold, fine)
    least, most = limit // (len(lines) + 1), limit if len(lines) > 1 else 0
    while least < most:
        middle = (least + most) // 2
        tried = filled(text, middle, bold, fine)
        if tried and len(tried) == len(lines):
            most, lines = middle, tried
        else:
            least = middle + 1
    return lines


def filled(text: str, limit: int, bold: bool, fine: bool) -> tuple[str, ...]:
    """One line after the other, filled; () when a piece is too wide. ``fine`` breaks between any two characters."""
    lines: list[str] = []
    current, used = "", 0
    for gap, piece in pieces(text, fine):
        wide = width(piece, bold)
        if wide > limit:
            return ()
        if current and used + width(gap, bold) + wide <= limit:
            current, used = current + gap + piece, used + width(gap, bold) + wide
        else:
            lines += [current] if current else []
            current, used = piece, wide
    return (*lines, current) if current else ()


@lru_cache(maxsize=64)
def pieces(text: str, fine: bool) -> list[Piece]:
    """What may not be broken, each with the blank before it."""
    found: list[Piece] = []
    for word in text.split(" "):
        start = 0
        for n in range(1, len(word)):
            if _may_break(word[n - 1], word[n], fine):
                found.append((" " if start == 0 and found else "", word[start:n]))
                start = n
        found.append((" " if start == 0 and found else "", word[start:]))
    return found


def _may_break(before: str, after: str, fine: bool) -> bool:
    if after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return before in _BREAKS_AFTER or (fine and (ord(before) >= 0x2E80 or ord(after) >= 0x2E80))
