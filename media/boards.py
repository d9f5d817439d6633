"""Pages on LED boards: a title page, then the text flowed over as many pages as it needs."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from media import canvas, images, pictures, signage, slogans
from media.markdown import Block, Run, to_blocks
from media.palette import RGB, Inks, inks
from media.profile import Profile
from media.signage import Leaf
from media.slogans import Box
from media.wishes import Wishes

Picture = Callable[[str], bytes]


def page(block: slogans.Block, profile: Profile, colour: RGB, centred: bool = True) -> Image.Image:
    """A page of exactly the region's size with the lines in its middle."""
    picture = canvas.blank(profile.width, profile.height, profile.colour)
    paint = canvas.paint(picture, profile.colour, colour)
    slogans.draw(block, picture, Box(0, 0, profile.width, profile.height), paint, centred)
    return picture


def still(text: str, profile: Profile, least: int) -> slogans.Block | None:
    """The text as one page in the largest type that fits, at least ``least`` px; None when it does not."""
    box = _room(profile)
    return slogans.fit(text, profile, box.width, box.height, least)


def turned(text: str, profile: Profile) -> list[slogans.Block]:
    """The text over as many pages as it needs, turning at clauses."""
    return slogans.turned(text, profile, _room(profile), least_em(profile))


def least_em(profile: Profile) -> int:
    """The smallest type a slogan is set in before it takes another page."""
    return min(profile.height, profile.width) // 7 if signage.is_large(profile) else slogans.page_em(profile)


def slogan(block: slogans.Block, profile: Profile, chosen: Inks) -> Image.Image:
    """A page with one slogan: designed on a large panel, the bare lines on lamps."""
    return signage.slogan(block, profile, chosen) if signage.is_large(profile) else page(block, profile, chosen.text)


def _room(profile: Profile) -> Box:
    if not signage.is_large(profile):
        return Box(0, 0, profile.width, profile.height)
    return signage.roomy(profile)


def leaves(wishes: Wishes, body: str, profile: Profile, picture: Picture) -> list[Leaf]:
    """The pages of a story or a notice: designed ones on large panels, plain ones on lamps."""
    chosen = inks(profile.colour, wishes.kind, wishes.style.get("colour", ""))
    portrait = pictures.portrait(wishes.portrait, picture) if wishes.portrait and profile.colour == "full" else None
    if signage.is_large(profile):
        blocks = to_blocks(wishes.body) if wishes.kind == "story" else _paragraphs(wishes.text)
        copy = signage.Copy(wishes.kind, wishes.title, wishes.person, blocks, portrait, chosen)
        return signage.leaves(copy, profile)
    return [*_title_pages(wishes, profile, chosen, portrait), *_body(wishes, body, profile, chosen.text)]


def _paragraphs(text: str) -> tuple[Block, ...]:
    return tuple(Block("paragraph", (Run(line),)) for line in text.split("\n") if line)


def _body(wishes: Wishes, body: str, profile: Profile, colour: RGB) -> list[Leaf]:
    """A story flows from an even left edge; a notice turns its pages at clauses, each line in the middle."""
    if not body:
        return []
    story = wishes.kind == "story"
    blocks = slogans.reading_pages(body, profile) if story else turned(body, profile)
    return [Leaf(page(block, profile, colour, not story), "\n".join(block.texts), block.type.em) for block in blocks]


def _title_pages(wishes: Wishes, profile: Profile, chosen: Inks, portrait: Image.Image | None) -> list[Leaf]:
    """The title, the person under it in the text's ink, and the portrait beside them where there is room."""
    beside = _beside(portrait, profile)
    left = beside.width + beside.width // 8 if beside else 0
    foot = profile.height * 3 // 8 if wishes.title and wishes.person and profile.height >= 64 else 0
    if foot:
        title = _blocks(wishes.title, profile, Box(left, 0, profile.width - left, profile.height - foot))
        person = _blocks(wishes.person, profile, Box(left, profile.height - foot, profile.width - left, foot))
        if len(title) == len(person) == 1:
            return [_titled([(*title[0], chosen.title), (*person[0], chosen.text)], profile, beside)]
    text = "\n".join(part for part in (wishes.title, wishes.person) if part)
    whole = Box(left, 0, profile.width - left, profile.height)
    return [_titled([(*part, chosen.title)], profile, beside) for part in _blocks(text, profile, whole)] if text else []


def _blocks(text: str, profile: Profile, box: Box) -> list[tuple[slogans.Block, Box]]:
    """The text set as large as the box lets it be, or over several pages of such boxes."""
    block = slogans.fit(text, profile, box.width, box.height, 12)
    small = slogans.em_in(min(box.height, slogans.row_for(slogans.page_em(profile))))
    blocks = [block] if block else slogans.pages(text, profile, box.width, box.height, small)
    return [(block, box) for block in blocks]


def _titled(parts: list[tuple[slogans.Block, Box, RGB]], profile: Profile, beside: Image.Image | None) -> Leaf:
    picture = canvas.blank(profile.width, profile.height, profile.colour)
    if beside:
        picture.paste(beside, (0, 0))
    for block, box, colour in parts:
        slogans.draw(block, picture, box, canvas.paint(picture, profile.colour, colour), centred=True)
    return Leaf(picture, "\n".join(text for block, _, _ in parts for text in block.texts), parts[0][0].type.em)


def _beside(portrait: Image.Image | None, profile: Profile) -> Image.Image | None:
    """The portrait as high as the board, when the board is large and wide enough to keep room for words."""
    if portrait is None or profile.height < 64 or profile.width < 2 * profile.height:
        return None
    return images.covering(portrait, profile.height * 3 // 4, profile.height, (0.5, 0.35))
