"""What typed text may hold: cleaning what does no harm, naming what may not stay."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from playlists.violation import Rule, Violation

BRACKETS = 100  # in a row
OPENING_BRACKETS = 200  # of [ and < in all: reading them as Markdown takes the square of their number

_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_JUNK = "\u00ad\u180e\u200b\u2060-\u2065\ufeff\ufff9-\ufffb"
_INVISIBLE = re.compile(f"[{_JUNK}\u2028\u2029\U000e0000-\U000e007f]")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(p * 0x10000 + 0xFFFE) + chr(p * 0x10000 + 0xFFFF) for p in range(17))
_CONTROL = re.compile(f"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]")
_FORBIDDEN = (
    (Rule.CONTROL_CHARACTER, _CONTROL),
    (Rule.DIRECTION_OVERRIDE, _DIRECTION),
    (Rule.INVISIBLE_CHARACTER, _INVISIBLE),
)
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Mn", "Zs", "Zl", "Zp"})
_BRACKET_RUN = re.compile(r"(?:[\[\](){}<>][\s!\\]*+)" + f"{{{BRACKETS + 1}}}")


def clean(text: str) -> str:
    """The text as we keep it: NFC, ``\\n`` line ends, spaces for tabs, no pasted zero-width junk, trimmed.

    Joiners (U+200C, U+200D), variation selectors and direction marks stay: emoji, rare names and right-to-left
    words need them. Ideographic spaces stay too, because they indent Chinese paragraphs.
    """
    text = _BREAK.sub("\n", text).replace("\t", " ")
    text = re.sub(f"[{_JUNK}]", "", text)
    return unicodedata.normalize("NFC", text).strip(" \n")


def is_blank(text: str) -> bool:
    """True when nobody could see anything of it."""
    return all(c in _FILLERS or unicodedata.category(c) in _UNSEEN for c in text)


def line_violations(field: str, text: str, limit: int) -> Iterator[Violation]:
    """Every rule that one line of at most ``limit`` characters breaks; an empty one breaks none."""
    if "\n" in text:
        yield Violation(field, Rule.LINE_BREAK)
    yield from text_violations(field, text, limit)


def markdown_violations(field: str, text: str, limit: int) -> Iterator[Violation]:
    """Every rule that Markdown of at most ``limit`` characters breaks; an empty one breaks none."""
    if _BRACKET_RUN.search(text) or text.count("[") + text.count("<") > OPENING_BRACKETS:
        yield Violation(field, Rule.TOO_MANY_BRACKETS, {"limit": BRACKETS, "total": OPENING_BRACKETS})
    yield from text_violations(field, text, limit)


def text_violations(field: str, text: str, limit: int) -> Iterator[Violation]:
    """Length and forbidden characters, each rule once with all its characters named."""
    if len(text) > limit:
        yield Violation(field, Rule.TOO_LONG, {"limit": limit, "length": len(text)})
    plain = _FLAG.sub("", text)
    for rule, pattern in _FORBIDDEN:
        found = sorted({ord(c) for c in pattern.findall(plain)})
        if found:
            yield Violation(field, rule, {"characters": " ".join(f"U+{c:04X}" for c in found[:8])})
