"""The body of a playlist file: blocks of Markdown, one for each item."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from playlists.frontmatter import Fault, unix_lines
from playlists.model import Effect, Kind

Wire = dict[str, object]
TEXTS = ("text", "title", "body", "portrait", "person", "asset")
WORDED = (Kind.SLOGAN, Kind.NOTICE, Kind.STORY)

_MARKS = {
    "item": re.compile(r"<!-- item (\{.*\}) -->\s*"),
    "with": re.compile(r"<!-- with (\{.*\}) -->\s*"),
    Kind.IMAGE: re.compile(r"!\[[^\]]*\]\(([^()\s]+)\)\s*"),
    Kind.STORY: re.compile(r"# +(\S.*)"),
    Kind.NOTICE: re.compile(r"## +(\S.*)"),
    Kind.SLOGAN: re.compile(r"[-*] +(\S.*)"),
}
_TEXT_INSIDE = {Kind.STORY: (Kind.NOTICE, Kind.SLOGAN), Kind.NOTICE: (Kind.SLOGAN,)}
_ESCAPABLE = {Kind.STORY: r"(?:# |!\[|<!-- )", Kind.NOTICE: r"(?:##? |!\[|<!-- )"}


@dataclass(frozen=True, slots=True)
class Found:
    """An item in wire form without id, and the line on which it begins."""

    line: int
    item: Wire


@dataclass(frozen=True, slots=True)
class _Block:
    line: int
    kind: str
    head: str
    lines: list[str]


def read(body: str, first_line: int, allowed: Collection[str]) -> tuple[list[Found], list[Fault]]:
    """The items of a body, whose worded ones are of the ``allowed`` kinds, and a fault for each line left over."""
    found: list[Found] = []
    faults: list[Fault] = []
    wishes: Wire = {}
    for block in _cut(unix_lines(body).split("\n"), first_line, allowed):
        item = _item(block)
        if isinstance(item, Fault):
            faults.append(item)
        elif block.kind == "with":
            wishes = item
        else:
            found.append(Found(block.line, item | wishes))
            wishes = {}
    if wishes:
        faults.append(Fault(first_line + body.count("\n"), "wish_without_item"))
    return found, faults


def written(item: Mapping[str, object]) -> str:
    """The block that reads back as this item: plain Markdown where that is lossless, else one comment of JSON."""
    item = {key: value for key, value in item.items() if key != "id"}
    plain = _plain(item)
    back, faults = read(plain, 1, WORDED)
    covered = back[0].item if len(back) == 1 and not faults else {}
    if not covered or any(item.get(key) != value for key, value in covered.items()):
        return _comment("item", item)
    rest = {key: value for key, value in item.items() if key not in covered}
    return f"{_comment('with', rest)}\n{plain}" if rest else plain


def needs_mark(before: object, after: object) -> bool:
    """Whether a plain block of kind ``after`` would be swallowed by the text of the one before it."""
    return after in _TEXT_INSIDE.get(Kind(str(before)), ())


def _cut(lines: list[str], first_line: int, allowed: Collection[str]) -> Iterator[_Block]:
    block = _Block(first_line, "", "", [])
    for number, line in enumerate(lines, first_line):
        mark = _mark(line, block.kind, allowed)
        if not mark and block.kind in _TEXT_INSIDE:
            block.lines.append(line)
        elif mark or line.strip():
            if block.kind:
                yield block
            block = _Block(number, *(mark or ("stray", line.strip())), [])
    if block.kind:
        yield block


def _mark(line: str, within: str, allowed: Collection[str]) -> tuple[str, str] | None:
    for kind, pattern in _MARKS.items():
        inside = within in _TEXT_INSIDE and kind in _TEXT_INSIDE[Kind(within)]
        found = None if inside or (kind in WORDED and kind not in allowed) else pattern.fullmatch(line)
        if found:
            return kind, found[1].strip()
    return None


def _item(block: _Block) -> Wire | Fault:
    match block.kind:
        case Kind.SLOGAN:
            return {"kind": "slogan", "text": block.head}
        case Kind.IMAGE:
            return {"kind": "image", "asset": block.head}
        case Kind.NOTICE | Kind.STORY:
            return _worded(block)
        case "item" | "with":
            return _json(block)
    return Fault(block.line, "stray_line", block.head)


def _worded(block: _Block) -> Wire | Fault:
    escaped = re.compile(r"\\(?=\\*" + _ESCAPABLE[Kind(block.kind)] + ")")
    text = "\n".join(escaped.sub("", line, count=1) if escaped.match(line) else line for line in block.lines)
    if not text.strip():
        return Fault(block.line, "title_without_text", block.head)
    key = "text" if block.kind == Kind.NOTICE else "body"
    return {"kind": str(block.kind), "title": block.head, key: text.strip("\n").rstrip()}


def _json(block: _Block) -> Wire | Fault:
    try:
        value = json.loads(block.head)
    except (ValueError, RecursionError):
        return Fault(block.line, "comment_not_json")
    bad = next((key for key in value if not _sound(key, value[key])), "")
    if not bad and ("kind" in value) != (block.kind == "item"):
        bad = "kind"
    return Fault(block.line, "comment_bad_field", bad) if bad else value


def _sound(key: str, value: object) -> bool:
    match key, value:
        case "kind", str():
            return value in tuple(Kind)
        case "effect", str():
            return value in tuple(Effect)
        case "duration_ms", int():
            return not isinstance(value, bool) and value > 0
        case "style", dict():
            return all(isinstance(wish, str) for wish in value.values())
    return key in TEXTS and isinstance(value, str)


def _plain(item: Mapping[str, object]) -> str:
    match item.get("kind"):
        case Kind.SLOGAN:
            return f"- {item.get('text', '')}"
        case Kind.IMAGE:
            return f"![]({item.get('asset', '')})"
        case Kind.NOTICE:
            return f"## {item.get('title', '')}\n\n{_escaped(item.get('text', ''), Kind.NOTICE)}"
    return f"# {item.get('title', '')}\n\n{_escaped(item.get('body', ''), Kind.STORY)}"


def _escaped(text: object, kind: Kind) -> str:
    return re.sub(r"(?m)^(?=\\*" + _ESCAPABLE[kind] + ")", r"\\", str(text))


def _comment(word: str, value: Mapping[str, object]) -> str:
    return f"<!-- {word} {json.dumps(value, ensure_ascii=False).replace('>', chr(92) + 'u003e')} -->"
