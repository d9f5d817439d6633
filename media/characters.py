"""What a character is to a typesetter: wide or narrow, allowed at a line's edge, printable at all."""

from __future__ import annotations

import unicodedata

# No line may begin with these, or end with those (GB/T 15834; W3C, Requirements for Chinese Text Layout).
NOT_AT_START = frozenset("、，。．：；？！）》」』】〕〗〉］｝”’…—～·‧・％‰℃°,.:;?!)]}%>»›ー々〻ぁぃぅぇぉっゃゅょ")
NOT_AT_END = frozenset("（《「『【〔〖〈［｛“‘([{<«‹＃#￥¥＄$№")
CLAUSE_ENDS = frozenset("、，。：；？！,.:;?!）》」』】…　 ")
HALF_BLANK = frozenset("、，。：；．）》」』】〕〉］｝？！")  # the right half of these is empty in a full-width face
REPLACEMENT = "〓"  # the compositor's mark for a sort that is not in the case

_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029")


def clean(text: str) -> str:
    """Make text fit to set: NFC, one kind of line break, no controls, no invisible marks, no lone surrogates."""
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(map(_clean_one, unified)).strip()


def _clean_one(char: str) -> str:
    if char in _BREAKS:
        return "\n"
    if char in _UNSEEN or "\ufe00" <= char <= "\ufe0f" or "\U000e0000" <= char <= "\U000e0fff":
        return ""
    category = unicodedata.category(char)
    if category == "Zs":
        return char if char == "\u3000" else " "
    if category == "Cs":
        return "\ufffd"
    if category == "Cf":
        return ""
    if category == "Cc":
        return " " if char == "\t" else ""
    return char


def one_line(text: str) -> str:
    """Cleaned text with its line breaks turned into a wide space."""
    return "\u3000".join(part.strip() for part in clean(text).split("\n") if part.strip())


def is_wide(char: str) -> bool:
    """Whether the character takes a whole square of its own and may be broken from its neighbours."""
    return unicodedata.east_asian_width(char) in "WF" or char in "“”‘’…—·"


def is_mark(char: str) -> bool:
    """Whether the character sits on the one before it."""
    return unicodedata.combining(char) != 0 or unicodedata.category(char) in ("Mn", "Me")


def count(text: str) -> int:
    """How many characters a reader takes in: a wide one counts one, two narrow ones count one."""
    halves = sum(0 if is_mark(char) else 2 if is_wide(char) else 1 for char in clean(text) if char != "\n")
    return -(-halves // 2)
