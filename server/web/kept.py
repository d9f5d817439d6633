"""Tiles as they were last written: of a thousand few change from one visit to the next, and writing one is slow."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from markupsafe import Markup

from server.web.shell import locale_now

MOST = 8_192
_tiles: OrderedDict[tuple[Any, ...], Markup] = OrderedDict()
_lock = Lock()


def kept(write: Any, one: dict[str, Any]) -> Markup:
    """What the macro ``write`` makes of a tile of ``server.web.wall``; it may show only what ``_look`` names."""
    key = (write.name, locale_now(), *_look(one))
    found = _tiles.get(key)
    return found if found is not None else _remember(key, write, one)


def clear() -> None:
    """Forget every tile."""
    with _lock:
        _tiles.clear()


def _look(one: dict[str, Any]) -> tuple[Any, ...]:
    """All that a tile shows."""
    screen = one["screen"]
    shape = (screen["width"], screen["height"], one["span"], one["hang"])
    told = (one["name"], one["profile"], one["state"], screen["sample"], screen["presence"]["version"])
    return (screen["id"], *told, *shape)


def _remember(key: tuple[Any, ...], write: Callable[[dict[str, Any]], Markup], one: dict[str, Any]) -> Markup:
    made = write(one)
    with _lock:
        _tiles[key] = made
        while len(_tiles) > MOST:
            _tiles.popitem(last=False)
    return made
