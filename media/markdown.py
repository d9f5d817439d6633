"""Markdown for people who write stories: safe HTML for the desk, plain blocks for the typesetter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import markdown as python_markdown
import nh3

from media.errors import Refused

LONGEST = 5000
MOST_BRACKETS = 100  # in a row
OPENING_BRACKETS = 200  # of [ and < in all: reading them takes the square of their number
DEEPEST = 12
BRACKETS = re.compile(r"[\[\](){}<>!]{%d,}" % (MOST_BRACKETS + 1))
MARK = r"(?:>|[-*+][ \t]|\d+\.[ \t])"
NESTED = re.compile(rf"^(?:(?:[ \t]*{MARK}){{{DEEPEST + 1},}}|(?: {{4}}|\t){{{DEEPEST},}}{MARK})", re.MULTILINE)
TAGS = {"p", "br", "strong", "em", "del", "ul", "ol", "li", "blockquote", "h1", "h2", "h3", "h4", "hr", "code", "pre"}
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one weight."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph: ``kind`` is heading, paragraph, item or quote; ``mark`` is "•" or "1." before an item."""

    kind: str
    runs: tuple[Run, ...]
    level: int = 0
    mark: str = ""

    @property
    def text(self) -> str:
        """The words without their weight."""
        return "".join(run.text for run in self.runs)


def to_html(text: str) -> str:
    """Markdown as HTML that holds nothing but text structure; raise Refused for what would take too long to read."""
    _check(text)
    try:
        raw = python_markdown.markdown(text, extensions=["nl2br", "sane_lists"], output_format="html")
    except RecursionError as error:
        raise Refused("markdown_depth", limit=DEEPEST) from error
    return nh3.clean(raw, tags=TAGS, attributes={}, clean_content_tags={"script", "style"}, link_rel=None)


def to_blocks(text: str) -> tuple[Block, ...]:
    """Markdown as blocks of runs, in reading order, for typesetting."""
    reader = _Reader()
    reader.feed(to_html(text))
    reader.close()
    reader.end_block()
    return tuple(reader.blocks)


def plain(text: str) -> str:
    """The words of a Markdown text, a line for each block."""
    return "\n".join(f"{block.mark} {block.text}".strip() for block in to_blocks(text))


def _check(text: str) -> None:
    if len(text) > LONGEST:
        raise Refused("too_long", field="body", length=len(text), limit=LONGEST)
    if BRACKETS.search(text) or text.count("[") + text.count("<") > OPENING_BRACKETS:
        raise Refused("markdown_brackets", limit=MOST_BRACKETS, total=OPENING_BRACKETS)
    if NESTED.search(text):
        raise Refused("markdown_depth", limit=DEEPEST)


class _Reader(HTMLParser):
    """Collects blocks from sanitised HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._runs: list[Run] = []
        self._kind, self._level, self._mark = "paragraph", 0, ""
        self._bold = 0
        self._quote = 0
        self._lists: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "strong":
            self._bold += 1
        elif tag == "br":
            self._runs.append(Run("\n"))
        elif tag in TAGS - {"em", "del", "code"}:
            self.end_block()
            self._open(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "strong":
            self._bold = max(0, self._bold - 1)
        elif tag in TAGS - {"em", "del", "code", "br"}:
            self.end_block()
            self._close(tag)

    def handle_data(self, data: str) -> None:
        after_break = not self._runs or self._runs[-1].text.endswith("\n")
        text = re.sub(r"\s*\n\s*", " ", data.lstrip("\n") if after_break else data)
        if text and (self._runs or text.strip()):
            self._runs.append(Run(text, self._bold > 0))

    def end_block(self) -> None:
        """Finish the paragraph being read, if it says anything."""
        if "".join(run.text for run in self._runs).strip():
            self.blocks.append(Block(self._kind, _trimmed(self._runs), self._level, self._mark))
            self._mark = ""
        self._runs = []

    def _open(self, tag: str) -> None:
        if tag in HEADINGS:
            self._kind, self._level = "heading", HEADINGS[tag]
        elif tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "li" and self._lists:
            self._kind, self._level = "item", len(self._lists)
            if self._lists[-1] >= 0:
                self._lists[-1] += 1
            self._mark = f"{self._lists[-1]}." if self._lists[-1] > 0 else "•"
        elif tag == "blockquote":
            self._quote += 1
            self._kind = "quote"

    def _close(self, tag: str) -> None:
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "blockquote":
            self._quote -= 1
        if tag != "p" or not self._lists:
            self._level = 0
            self._mark = ""
            self._kind = "quote" if self._quote > 0 else "paragraph"


def _trimmed(runs: list[Run]) -> tuple[Run, ...]:
    """Runs of one weight joined, white space at the ends gone."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].bold == run.bold:
            joined[-1] = Run(joined[-1].text + run.text, run.bold)
        else:
            joined.append(run)
    joined[0] = Run(joined[0].text.lstrip(), joined[0].bold)
    joined[-1] = Run(joined[-1].text.rstrip(), joined[-1].bold)
    return tuple(run for run in joined if run.text)
