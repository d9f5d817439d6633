"""Short ways for the media tests to set text and look at the result."""

from __future__ import annotations

from PIL import Image

from media.blobs import Blobs
from media.profile import Profile
from media.renditions import Rendition, make
from media.typeset import Setting, typeset


def no_picture(name: str) -> bytes:
    raise KeyError(name)


def slogan(text: str, **more: object) -> dict[str, object]:
    return {"id": "i", "kind": "slogan", "text": text, **more}


def story(title: str, body: str, **more: object) -> dict[str, object]:
    return {"id": "s", "kind": "story", "title": title, "body": body, **more}


def notice(text: str, **more: object) -> dict[str, object]:
    return {"id": "n", "kind": "notice", "text": text, **more}


def set_on(item: dict[str, object], width: int, height: int, colour: str = "single") -> Setting:
    return typeset(item, Profile(width, height, colour), no_picture)


def made(item: dict[str, object], profile: Profile, blobs: Blobs) -> tuple[Rendition, list[Image.Image]]:
    rendition = make(item, profile, blobs, no_picture)
    pictures: list[Image.Image] = []
    for page in rendition.pages:
        with Image.open(blobs.path(page.media)) as picture:
            picture.load()
            pictures.append(picture)
    return rendition, pictures


def lit(picture: Image.Image) -> list[str]:
    """The picture as rows of # (lit) and . (dark)."""
    grey = picture.convert("RGB")
    return [
        "".join("#" if grey.getpixel((x, y)) != (0, 0, 0) else "." for x in range(grey.width))
        for y in range(grey.height)
    ]
