"""Every core value as JSON: written losslessly, read back strictly."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable

from playlists.model import (
    Channel,
    Colour,
    Daypart,
    Effect,
    Item,
    Kind,
    Layout,
    Loop,
    Page,
    Programme,
    Region,
    Showing,
    Span,
)
from playlists.strict import Reader
from playlists.violation import Rule

Json = dict[str, object]

_TEXTS = ("text", "title", "body", "portrait", "person", "asset")
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")


def canonical(value: object) -> bytes:
    """The one byte form of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def item_to_json(item: Item) -> Json:
    """``{"id", "kind", …}``; empty fields are left out."""
    out: Json = {"id": item.id, "kind": item.kind.value}
    out.update((name, getattr(item, name)) for name in _TEXTS if getattr(item, name))
    if item.duration_ms is not None:
        out["duration_ms"] = item.duration_ms
    if item.effect is not None:
        out["effect"] = item.effect.value
    if item.style:
        out["style"] = dict(item.style)
    return out


def items_to_json(items: Iterable[Item]) -> list[Json]:
    """The items of a playlist, in order."""
    return [item_to_json(item) for item in items]


def item_from_json(value: object, mint: Callable[[], str] | None = None) -> Item:
    """An item, its style sorted by key; raises ``Malformed``. ``mint`` gives an id when there is none."""
    reader = Reader(value)
    item = _item(reader, mint)
    reader.done()
    return item


def items_from_json(value: object, mint: Callable[[], str] | None = None) -> tuple[Item, ...]:
    """The items of a playlist; raises ``Malformed`` with paths such as ``items.3.text``."""
    root = Reader({"items": value})
    items = tuple(_item(inner, mint) for inner in root.objects("items"))
    root.done()
    return items


def _item(reader: Reader, mint: Callable[[], str] | None) -> Item:
    item = Item(
        id=mint() if mint and not reader.has("id") else reader.text("id"),
        kind=reader.word("kind", Kind, Rule.UNKNOWN_KIND),
        duration_ms=reader.number_or_none("duration_ms"),
        effect=reader.word_or_none("effect", Effect, Rule.UNKNOWN_EFFECT),
        style=reader.pairs("style"),
        **{name: reader.text(name, "") for name in _TEXTS},
    )
    reader.end()
    return item


def region_to_json(region: Region) -> Json:
    """``{"name", "x", "y", "width", "height"}``."""
    return {
        "name": region.name,
        "x": region.x,
        "y": region.y,
        "width": region.width,
        "height": region.height,
    }


def _region(reader: Reader) -> Region:
    region = Region(reader.text("name"), *(reader.number(side) for side in ("x", "y", "width", "height")))
    reader.end()
    return region


def layout_to_json(layout: Layout) -> Json:
    """``{"name", "width", "height", "regions"}``."""
    regions = [region_to_json(region) for region in layout.regions]
    return {"name": layout.name, "width": layout.width, "height": layout.height, "regions": regions}


def layout_from_json(value: object) -> Layout:
    """A layout; raises ``Malformed`` with paths such as ``regions.1.width``."""
    reader = Reader(value)
    layout = Layout(
        name=reader.text("name"),
        width=reader.number("width"),
        height=reader.number("height"),
        regions=tuple(_region(inner) for inner in reader.objects("regions")),
    )
    reader.done()
    return layout


def clock(minute: int) -> str:
    """Minutes after midnight as ``HH:MM``; 1440 is ``24:00``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def daypart_to_json(daypart: Daypart) -> Json:
    """``{"clock": "22:00-06:00", "weekdays": [1, …], "first"?, "last"?}``."""
    out: Json = {"clock": f"{clock(daypart.start)}-{clock(daypart.end)}", "weekdays": list(daypart.weekdays)}
    out.update((name, getattr(daypart, name)) for name in ("first", "last") if getattr(daypart, name))
    return out


def daypart_from_json(value: object) -> Daypart:
    """A daypart, anything left out being unlimited; raises ``Malformed``."""
    reader = Reader(value)
    start, end = _minutes(reader)
    daypart = Daypart(
        start=start,
        end=end,
        weekdays=reader.numbers("weekdays", (1, 2, 3, 4, 5, 6, 7)),
        first=reader.text("first", ""),
        last=reader.text("last", ""),
    )
    reader.done()
    return daypart


def _minutes(reader: Reader) -> tuple[int, int]:
    text = reader.text("clock", "00:00-24:00")
    found = _CLOCK.fullmatch(text)
    hours, minutes, last_hour, last_minute = (int(part) for part in found.groups()) if found else (0, 0, 24, 0)
    start, end = hours * 60 + minutes, last_hour * 60 + last_minute
    if not found or minutes > 59 or last_minute > 59 or max(start, end) > 1440:
        reader.wrong("clock", Rule.BAD_CLOCK)
    return start, end


def programme_to_json(programme: Programme) -> Json:
    """What a player fetches, with its version computed afresh; the form is in ``docs/player-protocol.md``."""
    return {**_content(programme), "version": version_of(programme)}


def programme_bytes(programme: Programme) -> bytes:
    """The canonical bytes of ``programme_to_json``: the same programme is the same bytes."""
    content = _content(programme)
    content["version"] = _version(content)
    return canonical(content)


def version_of(programme: Programme) -> str:
    """32 hex digits of SHA-256 over the canonical content, the version left out."""
    return _version(_content(programme))


def _version(content: Json) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()[:32]


def _content(programme: Programme) -> Json:
    return {
        "screen": programme.screen,
        "width": programme.width,
        "height": programme.height,
        "colour": programme.colour.value,
        "begins": programme.begins,
        "ends": programme.ends,
        "blank": programme.blank,
        "channels": [_channel_to_json(channel) for channel in programme.channels],
        "loops": [_loop_to_json(loop) for loop in programme.loops],
    }


def _channel_to_json(channel: Channel) -> Json:
    spans = [{"begins": s.begins, "ends": s.ends, "loop": s.loop, "anchor": s.anchor} for s in channel.spans]
    return {"region": region_to_json(channel.region), "spans": spans, "fallback": channel.fallback}


def _loop_to_json(loop: Loop) -> Json:
    showings = [_showing_to_json(showing) for showing in loop.showings]
    return {"playlists": list(loop.playlists), "showings": showings}


def _showing_to_json(showing: Showing) -> Json:
    pages = [
        {"media": page.media, "width": page.width, "height": page.height, "duration_ms": page.duration_ms}
        for page in showing.pages
    ]
    return {
        "item": showing.item,
        "kind": showing.kind.value,
        "effect": showing.effect.value,
        "speed": showing.speed,
        "text": showing.text,
        "playlist": showing.playlist,
        "pages": pages,
    }


def programme_from_json(value: object) -> Programme:
    """A programme; raises ``Malformed``. Loop numbers point into ``loops``, durations are not negative."""
    reader = Reader(value)
    loops = tuple(_loop(inner) for inner in reader.objects("loops"))
    programme = Programme(
        screen=reader.text("screen"),
        width=reader.number("width"),
        height=reader.number("height"),
        colour=reader.word("colour", Colour, Rule.UNKNOWN_KIND),
        begins=reader.number("begins"),
        ends=reader.number("ends"),
        channels=tuple(_channel(inner, len(loops)) for inner in reader.objects("channels")),
        loops=loops,
        blank=reader.flag("blank"),
        version=reader.text("version", ""),
    )
    reader.done()
    return programme


def programme_from_bytes(data: bytes) -> Programme:
    """``programme_from_json`` of UTF-8 JSON; raises ``Malformed`` when it is not even that."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    return programme_from_json(value)


def _channel(reader: Reader, loops: int) -> Channel:
    region = _region(reader.inner("region"))
    spans = tuple(_span(inner, loops) for inner in reader.objects("spans"))
    channel = Channel(region, spans, _loop_number(reader, "fallback", loops))
    reader.end()
    return channel


def _span(reader: Reader, loops: int) -> Span:
    begins, ends = reader.number("begins"), reader.number("ends")
    span = Span(begins, ends, _loop_number(reader, "loop", loops), reader.number("anchor"))
    reader.end()
    return span


def _loop_number(reader: Reader, name: str, loops: int) -> int:
    number = reader.number(name, low=0)
    if number >= loops:
        reader.wrong(name, Rule.OUT_OF_RANGE, low=0, high=loops - 1)
    return number


def _loop(reader: Reader) -> Loop:
    playlists = reader.texts("playlists")
    loop = Loop(tuple(_showing(inner) for inner in reader.objects("showings")), playlists)
    reader.end()
    return loop


def _showing(reader: Reader) -> Showing:
    showing = Showing(
        item=reader.text("item"),
        kind=reader.word("kind", Kind, Rule.UNKNOWN_KIND),
        effect=reader.word("effect", Effect, Rule.UNKNOWN_EFFECT),
        speed=reader.number("speed", low=0),
        pages=tuple(_page(inner) for inner in reader.objects("pages")),
        text=reader.text("text", ""),
        playlist=reader.text("playlist", ""),
    )
    reader.end()
    return showing


def _page(reader: Reader) -> Page:
    page = Page(reader.text("media"), *(reader.number(name, low=0) for name in ("width", "height", "duration_ms")))
    reader.end()
    return page
