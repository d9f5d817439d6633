"""Pages on LED boards: a title page, then the text flowed over as many pages as it needs."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageOps

from media import canvas, pictures, signage, slogans
from media.markdown import Block, Run, to_blocks
from media.palette import RGB, inks
from media.profile import Profile
from media.signage import Leaf
from media.wishes import Wishes

Picture = Callable[[str], bytes]


def page(block: slogans.Block, profile: Profile, colour: RGB, centred: bool = True) -> Image.Image:
    """A page of exactly the region's size with the lines in its middle."""
    picture = canvas.blank(profile.width, profile.height, profile.colour)
    paint = canvas.paint(picture, profile.colour, colour)
    slogans.draw(block, picture, (0, 0, profile.width, profile.height), paint, centred)
    return picture


def leaves(wishes: Wishes, body: str, profile: Profile, picture: Picture) -> list[Leaf]:
    """The pages of a story or a notice: designed ones on large panels, plain ones on lamps."""
    chosen = inks(profile.colour, wishes.kind, wishes.style.get("colour", ""))
    portrait = pictures.portrait(wishes.portrait, picture) if wishes.portrait and profile.colour == "full" else None
    if signage.is_large(profile):
        blocks = to_blocks(wishes.body) if wishes.kind == "story" else _paragraphs(wishes.text)
        copy = signage.Copy(wishes.kind, wishes.title, wishes.person, blocks, portrait, chosen)
        return signage.leaves(copy, profile)
    first = _title_page(wishes, profile, chosen.title, portrait)
    return [*first, *(_body_page(block, profile, chosen.text) for block in _body(body, profile))]


def _paragraphs(text: str) -> tuple[Block, ...]:
    return tuple(Block("paragraph", (Run(line),)) for line in text.split("\n") if line)


def _body(body: str, profile: Profile) -> list[slogans.Block]:
    return slogans.pages(body, profile, profile.width, profile.height, slogans.page_em(profile)) if body else []


def _body_page(block: slogans.Block, profile: Profile, colour: RGB) -> Leaf:
    return Leaf(page(block, profile, colour, centred=False), "\n".join(block.texts), block.type.em)


def _title_page(wishes: Wishes, profile: Profile, colour: RGB, portrait: Image.Image | None) -> list[Leaf]:
    """The title, with the person under it and the portrait beside it where there is room."""
    text = "\n".join(part for part in (wishes.title, wishes.person) if part)
    if not text:
        return []
    beside = _beside(portrait, profile)
    left = beside.width + beside.width // 8 if beside else 0
    width = profile.width - left
    block = slogans.fit(text, profile, width, profile.height, 12)
    blocks = [block] if block else slogans.pages(text, profile, width, profile.height, slogans.page_em(profile))
    return [_titled(block, profile, colour, beside, left) for block in blocks]


def _titled(block: slogans.Block, profile: Profile, colour: RGB, beside: Image.Image | None, left: int) -> Leaf:
    picture = canvas.blank(profile.width, profile.height, profile.colour)
    if beside:
        picture.paste(beside, (0, 0))
    paint = canvas.paint(picture, profile.colour, colour)
    slogans.draw(block, picture, (left, 0, profile.width - left, profile.height), paint, centred=True)
    return Leaf(picture, "\n".join(block.texts), block.type.em)


def _beside(portrait: Image.Image | None, profile: Profile) -> Image.Image | None:
    """The portrait as high as the board, when the board is large and wide enough to keep room for words."""
    if portrait is None or profile.height < 64 or profile.width < 2 * profile.height:
        return None
    size = (profile.height * 3 // 4, profile.height)
    return ImageOps.fit(portrait, size, Image.Resampling.LANCZOS, centering=(0.5, 0.35))
