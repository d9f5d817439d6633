"""Pages on LED boards: a title page, then the text flowed over as many pages as it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from media import canvas, slogans
from media.palette import RGB, inks
from media.profile import Profile
from media.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Leaf:
    """One finished page: its picture, the words on it, and the size of its main type in px."""

    picture: Image.Image
    text: str
    em: int


def page(block: slogans.Block, profile: Profile, colour: RGB, centred: bool = True) -> Image.Image:
    """A page of exactly the region's size with the lines in its middle."""
    picture = canvas.blank(profile.width, profile.height, profile.colour)
    paint = canvas.paint(picture, profile.colour, colour)
    slogans.draw(block, picture, (0, 0, profile.width, profile.height), paint, centred)
    return picture


def leaves(wishes: Wishes, body: str, profile: Profile, picture: Callable[[str], bytes]) -> list[Leaf]:
    """The pages of a story or a titled notice: designed ones on large panels, plain ones on lamps."""
    chosen = inks(profile.colour, wishes.kind, wishes.style.get("colour", ""))
    em = slogans.page_em(profile)
    out = []
    if wishes.title:
        out.append(_title_page(wishes, profile, chosen.title))
    if body:
        for block in slogans.pages(body, profile, profile.width, profile.height, em):
            out.append(Leaf(page(block, profile, chosen.text, centred=False), "\n".join(block.texts), em))
    return out


def _title_page(wishes: Wishes, profile: Profile, colour: RGB) -> Leaf:
    text = "\n".join(part for part in (wishes.title, wishes.person) if part)
    least = slogans.page_em(profile)
    block = slogans.fit(text, profile, profile.width, profile.height, 12)
    if block is None:
        block = slogans.pages(text, profile, profile.width, profile.height, least)[0]
    return Leaf(page(block, profile, colour), text, block.type.em)
