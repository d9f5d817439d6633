"""Designed pages for large full-colour panels: a story with its portrait, a notice with its warning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw

from media import images, ink, lines, slogans
from media.faces import Type
from media.flow import Look, Row, draw, fill, text_of
from media.markdown import Block
from media.palette import RGB, Inks
from media.profile import Profile
from media.slogans import Block as Lines
from media.slogans import Box

GROUNDS: dict[str, RGB] = {"story": (30, 12, 14), "notice": (14, 16, 19)}
RULES: dict[str, RGB] = {"story": (84, 44, 46), "notice": (60, 64, 70)}
QUIET: RGB = (168, 160, 152)
HAZARD: RGB = (255, 205, 0)
CARD: RGB = (54, 26, 28)


@dataclass(frozen=True, slots=True)
class Copy:
    """What a designed page says: ``kind`` story or notice, the person of a story for the caption, its portrait."""

    kind: str
    title: str
    person: str
    blocks: tuple[Block, ...]
    portrait: Image.Image | None
    inks: Inks


@dataclass(frozen=True, slots=True)
class Leaf:
    """One finished page: its picture, the words on it, and the size of its body type in px."""

    picture: Image.Image
    text: str
    em: int


def is_large(profile: Profile) -> bool:
    """Whether the panel has room for a designed page."""
    return profile.colour == "full" and min(profile.width, profile.height) >= 240 and not slogans.is_strip(profile)


def leaves(copy: Copy, profile: Profile) -> list[Leaf]:
    """The pages: as few as the smallest body type needs, then in the largest type that needs no more."""
    largest, smallest = _bounds(profile)
    copy = replace(copy, portrait=_framed(copy, profile))
    made = _Pages(copy, profile, smallest).lay()
    low, high = smallest, largest
    while low < high:
        em = (low + high + 1) // 2
        trial = _Pages(copy, profile, em).lay()
        if len(trial) <= len(made):
            low, made = em, trial
        else:
            high = em - 1
    return [page.finish(number, len(made)) for number, page in enumerate(made, 1)]


def _bounds(profile: Profile) -> tuple[int, int]:
    """The largest and the smallest body type, in px."""
    unit = min(profile.height, profile.width * 3 // 4)
    return unit // 7, max(24, unit // 15)


def _framed(copy: Copy, profile: Profile) -> Image.Image | None:
    """The portrait at the size it will have: a column of a wide panel, the upper part of a tall one."""
    if copy.portrait is None:
        return None
    box = _portrait_box(profile, bool(copy.person))
    return images.covering(copy.portrait, box.width, box.height, (0.5, 0.35))


def _margin(profile: Profile) -> int:
    return max(16, min(profile.width, profile.height) // 13)


def _small(profile: Profile) -> int:
    """The type of captions and page numbers, in px."""
    return max(20, min(profile.width, profile.height) // 26)


def _portrait_box(profile: Profile, captioned: bool) -> Box:
    wide = profile.width >= profile.height
    inner = profile.width - 2 * _margin(profile)
    width = inner * 3 // 10 if wide else inner
    caption = _small(profile) * 2 if captioned else 0
    high = profile.height - _margin(profile) * 3 // 2
    height = min(high - caption if wide else high * 2 // 5 - caption, width * 4 // 3)
    return Box(0, 0, width, height)


def roomy(profile: Profile) -> Box:
    """Where a slogan stands on a large panel: within generous margins, with air between its lines."""
    x, y = profile.width // 14, profile.height // 6
    return Box(x, y, profile.width - 2 * x, profile.height - 2 * y)


def slogan(block: Lines, profile: Profile, chosen: Inks) -> Image.Image:
    """One slogan in the middle of a large panel, over a short rule."""
    picture = Image.new("RGB", (profile.width, profile.height), GROUNDS["story"])
    row = block.type.em * 5 // 4
    top = (profile.height - row * len(block.texts)) // 2
    for number, text in enumerate(block.texts):
        line = ink.set_line(text, block.type)
        start = (profile.width - line.width) // 2 - line.left
        ink.draw(picture, line, start, top + number * row + block.type.em, chosen.text)
    wide, high = profile.width // 12, max(3, profile.height // 90)
    x, y = (profile.width - wide) // 2, profile.height - profile.height // 12
    picture.paste(chosen.title, (x, y, x + wide, y + high))
    return picture


@dataclass(slots=True)
class _Page:
    picture: Image.Image
    rows: list[Row]
    at: tuple[int, int]
    look: Look
    title: str
    foot: Box

    def finish(self, number: int, count: int) -> Leaf:
        """Lay the body, and the page's number when there are several."""
        draw(self.picture, self.rows, *self.at, self.look)
        if count > 1:
            line = ink.set_line(f"{number} / {count}", Type(self.foot.height, smooth=True, light=True))
            at = (self.foot.x + self.foot.width - line.advance, self.foot.y + self.foot.height)
            ink.draw(self.picture, line, *at, QUIET)
        said = [self.title] if number == 1 and self.title else []
        return Leaf(self.picture, "\n".join([*said, text_of(self.rows)]).strip(), self.look.em)


class _Pages:
    """Lays one copy at one body size."""

    def __init__(self, copy: Copy, profile: Profile, em: int) -> None:
        self.copy, self.profile = copy, profile
        self.look = Look(em, em * 3 // 2, copy.inks.text, copy.inks.title)
        self.margin, self.small = _margin(profile), _small(profile)

    def lay(self) -> list[_Page]:
        """Page after page until nothing is left."""
        pages = [self._page(self._opening, self.copy.blocks)]
        while self.rest:
            pages.append(self._page(self._running_head, self.rest))
        return pages

    def _page(self, head: object, blocks: Sequence[Block]) -> _Page:
        picture = Image.new("RGB", (self.profile.width, self.profile.height), GROUNDS[self.copy.kind])
        column = self._ground(picture)
        foot = Box(column.x, column.y + column.height - self.small, column.width, self.small)
        assert callable(head)
        body: Box = head(picture, column)
        height = foot.y - self.small // 2 - body.y
        rows, self.rest = fill(blocks, body.width, height, self.look)
        return _Page(picture, rows, (body.x, body.y), self.look, self.copy.title, foot)

    def _ground(self, picture: Image.Image) -> Box:
        """The kind's own sign, and the column that is left for words."""
        top = 0
        if self.copy.kind == "notice":
            top = max(10, self.profile.height // 30)
            _stripes(picture, Box(0, 0, self.profile.width, top))
        m = self.margin
        return Box(m, top + m * 4 // 5, self.profile.width - 2 * m, self.profile.height - top - m * 3 // 2)

    def _opening(self, picture: Image.Image, column: Box) -> Box:
        """The first page's head: portrait beside or above, then the title; returns where the body stands."""
        if self.copy.portrait is not None:
            column = self._portrait(picture, column)
        elif self.copy.person:
            line = ink.set_line(self.copy.person, Type(self.small * 5 // 4, smooth=True))
            ink.draw(picture, line, column.x, column.y + self.small * 9 // 8, self.copy.inks.title)
            column = _below(column, self.small * 9 // 4)
        if not self.copy.title:
            return column
        return self._title(picture, column)

    def _title(self, picture: Image.Image, column: Box) -> Box:
        most = self.look.em * 8 // 5
        block = None
        for em in range(most, self.look.em - 1, -2):
            setting = Type(em, smooth=True)
            said = lines.greedy(self.copy.title, column.width, setting)
            block = (said, setting)
            if len(said) <= 2:
                break
        assert block is not None
        said, setting = block
        colour = self.copy.inks.title if self.copy.kind == "notice" else self.copy.inks.text
        row = setting.em * 5 // 4
        for number, text in enumerate(said):
            line = ink.set_line(text, setting)
            ink.draw(picture, line, column.x - line.left, column.y + number * row + setting.em * 7 // 8, colour)
        foot = column.y + len(said) * row + self.look.em // 5
        bar = max(3, self.look.em // 9)
        picture.paste(self.copy.inks.title, (column.x, foot, column.x + self.look.em * 2, foot + bar))
        return _below(column, foot + bar + self.look.em // 3 - column.y)

    def _portrait(self, picture: Image.Image, column: Box) -> Box:
        """The portrait at the left of a wide panel, at the top of a tall one, with the person's name under it."""
        shown = self.copy.portrait
        assert shown is not None
        width, height = shown.size
        caption = self.small * 2 if self.copy.person else 0
        picture.paste(shown, (column.x, column.y))
        if caption:
            self._caption(picture, Box(column.x, column.y + height, width, caption))
        if self.profile.width >= self.profile.height:
            gap = self.margin
            return Box(column.x + width + gap, column.y, column.width - width - gap, column.height)
        return _below(column, height + caption + self.small)

    def _caption(self, picture: Image.Image, box: Box) -> None:
        picture.paste(CARD, (box.x, box.y, box.x + box.width, box.y + box.height))
        em = self.small * 5 // 4
        line = ink.set_line(self.copy.person, Type(em, smooth=True))
        while line.width > box.width - self.small and em > 16:
            em -= 1
            line = ink.set_line(self.copy.person, Type(em, smooth=True))
        at = (box.x + (box.width - line.width) // 2 - line.left, box.y + (box.height + em * 3 // 4) // 2)
        ink.draw(picture, line, *at, self.copy.inks.title)

    def _running_head(self, picture: Image.Image, column: Box) -> Box:
        """The later pages' head: the title again, small, over a hair line."""
        if not self.copy.title:
            return column
        setting = Type(self.small * 5 // 4, smooth=True)
        title = lines.greedy(self.copy.title, column.width, setting)[0]
        ink.draw(picture, ink.set_line(title, setting), column.x, column.y + setting.em * 7 // 8, self.copy.inks.title)
        rule = column.y + setting.em * 3 // 2
        picture.paste(RULES[self.copy.kind], (column.x, rule, column.x + column.width, rule + 2))
        return _below(column, setting.em * 3 // 2 + self.look.em // 2)


def _below(box: Box, used: int) -> Box:
    return Box(box.x, box.y + used, box.width, max(1, box.height - used))


def _stripes(picture: Image.Image, box: Box) -> None:
    """The diagonal black and yellow of a safety sign."""
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1"
    step = box.height * 2
    for x in range(box.x - step, box.x + box.width + step, step):
        foot = [(x, box.y + box.height - 1), (x + step // 2, box.y + box.height - 1)]
        pen.polygon([*foot, (x + step // 2 + box.height, box.y), (x + box.height, box.y)], fill=HAZARD)
