"""An item and a profile become a rendition: same input, same bytes, same name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from media.blobs import Blobs
from media.profile import Profile, check

if TYPE_CHECKING:
    from PIL import Image

    from media.typeset import Setting

ENGINE = 2  # raise it whenever the same input should give other pixels


@dataclass(frozen=True, slots=True)
class Page:
    """One picture: ``media`` is its blob's name, sizes in px, ``duration_ms`` its dwell."""

    media: str
    width: int
    height: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Rendition:
    """An item made for one profile; ``speed`` in px per second when ``effect`` is scroll, else 0."""

    effect: str
    speed: int
    pages: tuple[Page, ...]
    text: str
    kind: str


def key(item: Mapping[str, object], profile: Profile) -> str:
    """What names this work before it is done: engine, item without its id, pixels and colour class."""
    said = {name: value for name, value in item.items() if name != "id"}
    order = [ENGINE, said, profile.width, profile.height, profile.colour]
    canonical = json.dumps(order, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def make(item: Mapping[str, object], profile: Profile, blobs: Blobs, picture: Callable[[str], bytes]) -> Rendition:
    """Set or scale the item, store its pages, and describe them.

    ``picture`` gives an asset's stored bytes by its sha256. Raise Refused for what cannot become a rendition.
    """
    check(profile)
    from media import pictures  # here, because what is known already needs no imaging library
    from media.typeset import typeset

    if item.get("kind") == "image":
        shown, dwell = pictures.fitted(item, profile, picture)
        page = Page(blobs.put(*pictures.encoded(shown), derived=True), shown.width, shown.height, dwell)
        return Rendition("fade" if item.get("effect") == "fade" else "static", 0, (page,), "", "image")
    done = typeset(item, profile, picture)
    return Rendition(done.effect, done.speed, _stored(done, blobs), done.text, str(item.get("kind")))


def _stored(done: Setting, blobs: Blobs) -> tuple[Page, ...]:
    from media import canvas

    names: dict[int, str] = {}
    pages = []
    for sheet in done.sheets:
        picture: Image.Image = sheet.picture
        name = names.get(id(picture)) or blobs.put(canvas.png(picture), "png", derived=True)
        names[id(picture)] = name
        pages.append(Page(name, picture.width, picture.height, sheet.duration_ms))
    return tuple(pages)


def to_json(rendition: Rendition) -> dict[str, object]:
    """The rendition as plain values, for a database or a wire."""
    return {
        "effect": rendition.effect,
        "speed": rendition.speed,
        "pages": [
            {"media": page.media, "width": page.width, "height": page.height, "duration_ms": page.duration_ms}
            for page in rendition.pages
        ],
        "text": rendition.text,
        "kind": rendition.kind,
    }


def from_json(values: Mapping[str, object]) -> Rendition:
    """The rendition that ``to_json`` wrote."""
    pages = values["pages"]
    assert isinstance(pages, list)
    return Rendition(
        str(values["effect"]),
        int(str(values["speed"])),
        tuple(Page(str(p["media"]), int(p["width"]), int(p["height"]), int(p["duration_ms"])) for p in pages),
        str(values["text"]),
        str(values["kind"]),
    )
