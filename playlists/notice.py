"""How an alert lies on a screen: a pure rule of its size, colour class and words (players/screen/notice.js agrees)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playlists.alert import Alert, Phase, Presentation, Status, turn_ms
from playlists.measure import EM, clean, count, evened, filled, width, wrapped
from playlists.noticeinks import Inks, inks_for

LOW = 32  # px: below, a screen has one line, and no rows for a band or a border
BORDERED = 64  # px from which there is room for a border
COARSE = 96  # px below which lines of 16 px are large enough
BITMAP_EM = 16
WIDE = 4  # width by height from which the band stands at the left
ROOM = 4 * BITMAP_EM  # px that must be left beside a band
DWELL_LEAST_MS, DWELL_BASE_MS, DWELL_CHARACTER_MS = 3_000, 1_000, 250
MOST_PAGES = 8
BLINK_MS = 500  # half of the border's second
QUIET = 8  # modules of blank around a QR code, both sides together
GAP = "\u3000"

_BETWEEN = re.compile(r"([】\]])(?=[【\[])")  # two marks of a label may stand one below the other

Box = tuple[int, int, int, int]
NOWHERE: Box = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of type: its em box's top left corner and size in px, in the ``bold`` outline face or the bitmap face."""

    text: str
    x: int
    y: int
    em: int
    bold: bool
    ink: str  # a field of Inks


@dataclass(frozen=True, slots=True)
class Page:
    """Lines that stand together for ``dwell_ms``."""

    lines: tuple[Line, ...]
    dwell_ms: int


@dataclass(frozen=True, slots=True)
class Scroll:
    """A line that runs through ``box``, from its right edge until it has left at the left one, in ``pass_ms``."""

    box: Box
    line: Line
    speed: int  # px/s
    pass_ms: int


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert as it lies on a screen, boxes are (x, y, width, height) in px; either ``pages`` or ``scroll``.

    ``blink`` says what goes on and off once a second: "border", "band" where there is no border, or "".
    """

    box: Box
    border: int
    band: Box
    label: tuple[Line, ...]
    pages: tuple[Page, ...]
    scroll: Scroll | None
    qr: Box
    code: tuple[Line, ...]
    inks: Inks
    blink: str


@dataclass(frozen=True, slots=True)
class Moment:
    """What of a notice is on at an instant: the page, where a scroll's left edge stands, whether what blinks is lit."""

    page: int
    x: int
    lit: bool


@dataclass(frozen=True, slots=True)
class Words:
    """An alert's words, fit to set."""

    label: str
    headline: str
    text: str
    drill: bool
    turn_ms: int


def notice(size: tuple[int, int], colour: str, alert: Alert) -> Notice:
    """Lay an alert out on a screen of ``size`` px and a colour class (single, dual, seven, full)."""
    words = Words(
        clean(alert.label), clean(alert.headline), clean(alert.text), alert.status is Status.EXERCISE, turn_ms(alert)
    )
    box = _box(size, alert.presentation)
    type_ = Type(24 if colour == "full" else LOW, box[3])
    border = 0 if box[3] < BORDERED else max(1, min(box[2:]) // 48)
    band, label = _band(type_, _inner(box, border), words.label)
    body = _body(_inner(box, border), band)
    qr, code = _code(type_, body, alert)
    body = _left_of(body, qr)
    pages, scroll = _flow(type_, body, words, bool(label))
    calm = alert.phase is not Phase.LIVE
    blink = "" if calm else "border" if border else "band" if label else ""
    return Notice(box, border, band, label, pages, scroll, qr, code, inks_for(colour, alert), blink)


def moment(shown: Notice, elapsed: int, length: int, at: int) -> Moment:
    """What is on at ``at``, ``elapsed`` ms into the alert's turn of ``length`` ms (0 without end).

    What would take longer than its turn runs faster, so that its end is seen too.
    """
    lit = shown.blink == "" or at // BLINK_MS % 2 == 0
    total = shown.scroll.pass_ms if shown.scroll else sum(page.dwell_ms for page in shown.pages)
    position = elapsed * total // length if 0 < length < total else elapsed % total
    if shown.scroll:
        return Moment(0, shown.scroll.box[0] + shown.scroll.box[2] - position * shown.scroll.speed // 1000, lit)
    for n, page in enumerate(shown.pages):
        if position < page.dwell_ms:
            return Moment(n, 0, lit)
        position -= page.dwell_ms
    return Moment(len(shown.pages) - 1, 0, lit)


# where things lie ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Type:
    """The sizes to set in: ``least`` px is the smallest of the bold face, ``rows`` those of the whole notice."""

    bold_from: int
    rows: int

    @property
    def least(self) -> int:
        """The smallest bold size that suits so high a notice."""
        return max(self.bold_from, self.rows // 16)

    def size(self, em: int) -> int:
        """The size nearest below that a face is good at; the bitmap face is only good at 16."""
        return em if em >= self.bold_from else BITMAP_EM

    def under(self, em: int) -> int:
        """The size of the text under a headline: two thirds, and 16 px only on low screens."""
        return em * 2 // 3 if em * 2 // 3 >= self.bold_from else BITMAP_EM if self.rows < COARSE else self.bold_from

    def bold(self, em: int) -> bool:
        """Whether a size is set in the outline face."""
        return em >= self.bold_from


def _box(size: tuple[int, int], presentation: Presentation) -> Box:
    """The whole screen, or a strip at its foot for a banner: a fifth of it, at least 16 rows."""
    wide, high = size
    if presentation is Presentation.TAKEOVER or high < LOW:
        return (0, 0, wide, high)
    rows = max(BITMAP_EM, min(high // 5, wide // 4))
    return (0, high - rows, wide, rows)


def _inner(box: Box, border: int) -> Box:
    x, y, wide, high = box
    return (x + border, y + border, wide - 2 * border, high - 2 * border)


def _band(type_: Type, inner: Box, label: str) -> tuple[Box, tuple[Line, ...]]:
    """The coloured band with the label on it: at the left of wide notices, else on top; nowhere when it has no room."""
    x, y, wide, high = inner
    if high < LOW or wide >= WIDE * high:
        return _side_band(type_, inner, label)
    em = type_.size(max(BITMAP_EM, type_.rows // 12))
    pad = em // 4 if type_.rows >= COARSE else 0
    taken = _px(label, em, type_)
    if taken > wide or not label:
        return NOWHERE, ()
    left = x + min(em // 2, (wide - taken) // 2)
    return (x, y, wide, em + 2 * pad), (Line(label, left, y + pad, em, type_.bold(em), "label"),)


def _side_band(type_: Type, inner: Box, label: str) -> tuple[Box, tuple[Line, ...]]:
    x, y, wide, high = inner
    rows = _BETWEEN.sub(r"\1 ", label).split(" ")
    rows = rows if high >= LOW and len(rows) <= 3 else [label]
    em = type_.size(high // (3 if len(rows) == 1 else 4) if type_.rows >= BORDERED else BITMAP_EM)
    if len(rows) * em > high:
        rows = [label]
    taken = max(_px(row, em, type_) for row in rows)
    block = taken + (0 if label[:1] in "【[" else em // 2)
    if wide - block < ROOM or not label:
        return NOWHERE, ()
    top = y + (high - em * len(rows)) // 2
    lines = (
        Line(row, x + (block - _px(row, em, type_)) // 2, top + n * em, em, type_.bold(em), "label")
        for n, row in enumerate(rows)
    )
    return (x, y, block, high), tuple(lines)


def _body(inner: Box, band: Box) -> Box:
    """What is left beside or below the band."""
    x, y, wide, high = inner
    if band == NOWHERE:
        return inner
    if band[3] == high:
        return (x + band[2], y, wide - band[2], high)
    return (x, y + band[3], wide, high - band[3])


def _code(type_: Type, body: Box, alert: Alert) -> tuple[Box, tuple[Line, ...]]:
    """The QR code's square at the right with its quiet zone, the short code below it; none below 2 px a module."""
    x, y, wide, high = body
    modules = len(alert.qr) + QUIET
    em = type_.size(max(BITMAP_EM, high // 9))
    rows = high - em if alert.code else high
    module = min(rows, wide // 3) // modules
    if not alert.qr or module < 2:
        return NOWHERE, ()
    side = module * modules
    left, top = x + wide - side, y + (rows - side) // 2
    taken = _px(alert.code, em, type_)
    if not alert.code or taken > side:
        return (left, top, side, side), ()
    below = Line(alert.code, left + (side - taken) // 2, top + side, em, type_.bold(em), "text")
    return (left, top, side, side), (below,)


def _left_of(body: Box, qr: Box) -> Box:
    return body if qr == NOWHERE else (body[0], body[1], body[2] - qr[2], body[3])


def _px(text: str, em: int, type_: Type) -> int:
    return _ceil(width(text, type_.bold(em)) * em, EM)


def _ceil(value: int, by: int) -> int:
    return (value + by - 1) // by


# the words in their place -------------------------------------------------------------------------------------------

Flow = tuple[tuple[Page, ...], Scroll | None]
Set = tuple[tuple[str, int, str], ...]  # lines from top to bottom: text, em, ink


def _flow(type_: Type, body: Box, words: Words, labelled: bool) -> Flow:
    """One page if that can be large, pages if they can be read in time, else a line that runs."""
    least, coarse = type_.least, type_.rows < COARSE
    if not labelled and words.drill:
        return (), _scroll(type_, body, [words.label, words.headline, words.label, words.text], words)
    lead = () if labelled or not words.label else (words.label,)
    found = _few_pages(type_, body, words, lead)
    if not found and coarse and not lead:
        found = _one_page(type_, body, words, BITMAP_EM)
    if not found:
        large = _pages(type_, body, words, least, lead)
        found = large if _in_time(large, words) else ()
    if not found and coarse:
        small = _pages(type_, body, words, BITMAP_EM, lead)
        found = small if _in_time(small, words) else ()
    if found:
        return found, None
    return (), _scroll(type_, body, [*lead, words.headline, words.text], words)


def _in_time(pages: tuple[Page, ...], words: Words) -> bool:
    dwell_ms = sum(page.dwell_ms for page in pages)
    return 0 < len(pages) <= MOST_PAGES and dwell_ms <= words.turn_ms + DWELL_LEAST_MS


def _few_pages(type_: Type, body: Box, words: Words, lead: tuple[str, ...]) -> tuple[Page, ...]:
    """One page in the bold face; two, when that makes the type twice as large or one page has no room."""
    one = () if lead else _one_page(type_, body, words, type_.least)
    em = body[3]
    least = 2 * one[0].lines[0].em if one else type_.least
    while em >= least:
        if 0 < _page_count(type_, body, words, em, lead) <= 2:
            return _pages(type_, body, words, em, lead)
        em -= max(1, em // 16)
    return one


def _page_count(type_: Type, body: Box, words: Words, em: int, lead: tuple[str, ...]) -> int:
    """How many pages ``_pages`` would give, without evening out any line."""
    most, limit = body[3] // _rows(type_, em), body[2] * EM // em
    pages = spare = 0
    for text in (*lead, words.headline, words.text):
        lines = len(filled(text, limit, type_.bold(em), fine=True)) if text else 0
        if text and not (most and lines):
            return 0
        if lines > spare:
            pages, spare = pages + _ceil(lines, most), -lines % most
        else:
            spare -= lines
    return pages


def _one_page(type_: Type, body: Box, words: Words, least: int) -> tuple[Page, ...]:
    """Everything on one page as large as it fits, between phrases unless that costs a quarter of the size."""
    phrases, fine = (_largest(type_, body, words, least, fine=fine) for fine in (False, True))
    best = phrases if phrases and 4 * phrases[0][1] >= 3 * fine[0][1] else fine
    return (_page(type_, body, best),) if best else ()


def _largest(type_: Type, body: Box, words: Words, least: int, *, fine: bool) -> Set:
    em = BITMAP_EM if least == BITMAP_EM else min(body[3] * (2 if words.text else 4) // 5, body[2] // 4)
    while em >= least:
        found = _set(type_, body, words, em, fine=fine)
        if found:
            return found
        em -= max(1, em // 16)
    return ()


def _set(type_: Type, body: Box, words: Words, em: int, *, fine: bool) -> Set:
    """Headline at ``em`` and text at two thirds of it, () when they do not fit."""
    small = type_.under(em)
    headline = filled(words.headline, body[2] * EM // em, type_.bold(em), fine)
    text = filled(words.text, body[2] * EM // small, type_.bold(small), fine)
    rows = len(headline) * _rows(type_, em) + len(text) * _rows(type_, small)
    air = small // 4 if text and type_.bold(small) else 0
    if rows + air > body[3] or (words.headline and not headline) or (words.text and not text):
        return ()
    headline = evened(words.headline, body[2] * EM // em, type_.bold(em), fine)
    text = evened(words.text, body[2] * EM // small, type_.bold(small), fine)
    return (*((one, em, "headline") for one in headline), *((one, small, "text") for one in text))


def _pages(type_: Type, body: Box, words: Words, em: int, lead: tuple[str, ...]) -> tuple[Page, ...]:
    """Headline and text at one size, page after page; () when there are no rows, or a word is wider than a line."""
    most = body[3] // _rows(type_, em)
    limit = body[2] * EM // em
    parts = [*((label, "plain") for label in lead), (words.headline, "headline"), (words.text, "text")]
    flows = [[(one, em, ink) for one in wrapped(text, limit, type_.bold(em))] for text, ink in parts if text]
    if not most or not all(flows):
        return ()
    return tuple(_page(type_, body, lines) for lines in _dealt(flows, most))


def _dealt(flows: list[list[tuple[str, int, str]]], most: int) -> list[Set]:
    """Lines on pages; a part goes on where another ended only when the whole of it fits there."""
    pages: list[Set] = []
    for flow in flows:
        if pages and len(pages[-1]) + len(flow) <= most:
            pages[-1] = (*pages[-1], *flow)
        else:
            pages += [tuple(flow[n : n + most]) for n in range(0, len(flow), most)]
    return pages


def _page(type_: Type, body: Box, lines: Set) -> Page:
    """Lines in the middle of the body, the spare rows shared out between them."""
    x, y, wide, high = body
    rows = [_rows(type_, em) for _, em, _ in lines]
    spare = high - sum(rows)
    air = min(spare // (len(lines) + 1), min(em for _, em, _ in lines) // 3)
    top = y + (spare - air * (len(lines) - 1)) // 2
    placed = []
    for (text, em, ink), taken in zip(lines, rows, strict=True):
        left = x + (wide - _px(text, em, type_)) // 2
        placed.append(Line(text, left, top - (em - taken) // 2, em, type_.bold(em), ink))
        top += taken + air
    characters = sum(count(text) for text, _, _ in lines)
    return Page(tuple(placed), max(DWELL_LEAST_MS, DWELL_BASE_MS + DWELL_CHARACTER_MS * characters))


def _rows(type_: Type, em: int) -> int:
    """The rows a line needs: the bold face leaves a sixteenth of its square dark."""
    return em * 15 // 16 if type_.bold(em) else em


def _scroll(type_: Type, body: Box, parts: list[str], words: Words) -> Scroll:
    em = type_.size(min(body[3], max(type_.least, body[3] // 2)))
    text = GAP.join(part for part in parts if part)
    speed = em * 15 // 4
    line = Line(text, 0, body[1] + (body[3] - em) // 2, em, type_.bold(em), "headline")
    return Scroll(body, line, speed, _ceil((body[2] + _px(text, em, type_)) * 1000, speed))
