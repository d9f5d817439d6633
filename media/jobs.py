"""What a server has done for it: whole pieces of slow work on plain values. Each loads what it needs when it runs."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from media import renditions
from media.blobs import Blobs
from media.errors import Away, Missing, Refused
from media.profile import Profile
from media.renditions import Rendition
from media.values import Facts, Layer, Taken

if TYPE_CHECKING:
    from media.frame import Stroke
    from media.notices import Box

Item = Mapping[str, object]
Pictures = Mapping[str, str]
"""The blob of an asset's stored bytes, by their sha256."""


@dataclass(frozen=True, slots=True)
class Work:
    """One rendition to be had: the item as the typesetter takes it, its assets named by hash."""

    key: str
    item: Item
    profile: Profile


@dataclass(frozen=True, slots=True)
class Stumble:
    """A rendition that failed in an unforeseen way; ``trace`` is for the log."""

    trace: str


FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
Outcome = Rendition | Refused | Missing | Stumble


def make_all(works: Sequence[Work], blobs: Blobs, pictures: Pictures) -> dict[str, Outcome]:
    """Make renditions and store their pictures; one that cannot be made never keeps the others."""
    return {work.key: _made(work, blobs, pictures) for work in works}


def _made(work: Work, blobs: Blobs, pictures: Pictures) -> Outcome:
    try:
        return renditions.make(work.item, work.profile, blobs, _source(blobs, pictures))
    except (Refused, Missing) as error:
        return error
    except Away:
        raise  # the store's fault, not the item's: it is to be tried again
    except FileNotFoundError as error:
        return Missing(str(error.filename))
    except OSError as error:
        if error.errno in FULL:
            raise  # the disk's fault, not the item's: it is to be tried again
        return Stumble(traceback.format_exc())
    except Exception:  # hostile pictures raise nearly anything
        return Stumble(traceback.format_exc())


def _source(blobs: Blobs, pictures: Pictures) -> Callable[[str], bytes]:
    return lambda sha256: blobs.path(pictures.get(sha256, sha256)).read_bytes()


def facts(wanted: Sequence[tuple[Item, Profile]], blobs: Blobs, pictures: Pictures) -> list[Facts | Refused]:
    """What an author should know of each item on its profile, or why it cannot be set."""
    from media import typeset

    def one(item: Item, profile: Profile) -> Facts | Refused:
        try:
            return typeset.facts(item, profile, _source(blobs, pictures))
        except Refused as refused:
            return refused

    return [one(item, profile) for item, profile in wanted]


def take_in(data: bytes, blobs: Blobs) -> Taken:
    """Decode, re-encode and store a picture and its thumbnail; raise Refused for what is none."""
    from media.images import ingest

    found = ingest(data)
    names = blobs.put(found.data, found.ext), blobs.put(found.thumbnail, "webp")
    return Taken(*names, found.width, found.height, len(found.data))


def keep(data: bytes, ext: str, blobs: Blobs) -> str:
    """Store bytes as they are; return their name."""
    return blobs.put(data, ext)


def compose(
    width: int, height: int, colour: str, layers: Sequence[Layer], strokes: Iterable[Stroke], part: Box | None
) -> bytes:
    """A PNG of an instant, as ``media.frame.compose``."""
    from media import frame

    return frame.compose(width, height, colour, layers, strokes, part)


def html(text: str) -> str:
    """Markdown as sanitised HTML, as ``media.markdown.to_html``."""
    from media import markdown

    return markdown.to_html(text)
