"""What pages with tiles share: screens as the script takes them, groups in order, the words of a tile."""

from __future__ import annotations

from typing import Any

from server.accounts.model import Identity
from server.api import plain
from server.editorial import views
from server.parts import Parts
from server.scheduling.mandatory import Ordered, ordered
from server.screens import groups, service
from server.screens.model import Screen
from server.screens.routes import group_answer
from server.web.shell import locale_now
from server.words import say

MOST = 5_000  # screens one wall holds
PLAIN = (
    "id", "name", "place", "width", "height", "distance_m", "exit", "muster_point", "layout", "fallback", "sample",
    "blanked", "created", "retired", "players",
)  # fmt: skip
ALONE, BESIDE = {"span": "c12"}, {"span": "c8", "hang": "h-tall"}  # in its row
WIDE, LONG = 3, 16  # width by height from which a panel spans half the wall, or all of it


def data_of(parts: Parts, who: Identity) -> dict[str, Any]:
    """Screens, groups and the names of playlists, as the wall's script takes them."""
    screens = service.list_screens(parts, who, limit=MOST)
    known = groups.list_groups(parts, who)
    return {
        "screens": [told(one) for one in screens],
        "groups": [plain(group_answer(*one)) for one in known],
        **playlist_names(parts, who),
    }


def told(screen: Screen) -> dict[str, Any]:
    """A screen as HTTP tells it, but for the cue, which the wall does not show and which may be long.

    Made by hand, since a wall has a thousand.
    """
    found = {name: value for name in PLAIN if (value := getattr(screen, name)) is not None}
    there = screen.presence
    presence = {"online": there.online, "last_seen": there.last_seen, "programme": there.programme or None}
    presence["version"] = there.version
    found["colour"], found["groups"] = screen.colour.value, list(screen.groups)
    return {**found, "pitch_mm": screen.pitch_um / 1000, "presence": presence}


def playlist_names(parts: Parts, who: Identity) -> dict[str, Any]:
    """``names`` of every playlist; those from above, ``ordered``, say who ordered them."""
    with parts.db.read() as tx:
        above = {key: _ordered(one) for key, one in ordered(tx, who.org).items()}
    return {"names": {**above, **views.names(parts, who)}, "ordered": sorted(above)}


def _ordered(one: Ordered) -> str:
    key = "now.ordered_once" if one.share is None else "now.ordered"
    return say(key, locale_now(), name=one.name, org=one.organisation, n=one.share)


def state_of(screen: dict[str, Any]) -> str:
    """The one word for what a screen is in, alerts aside; ``src/wall/states.js`` agrees."""
    if screen["blanked"]:
        return "blanked"
    if not screen["players"]:
        return "sample" if screen["sample"] else "new"
    return "playing" if screen["presence"]["online"] else "offline"


def tile(screen: dict[str, Any]) -> dict[str, Any]:
    """A screen with what its tile needs before any script runs."""
    locale = locale_now()
    name, place = screen["name"], screen["place"]
    full = say("now.join", locale).join((place, name)) if place and place not in name else name
    profile = f"{screen['width']}×{screen['height']} {say('desk.colour.' + screen['colour'], locale)}"
    return {"screen": screen, "name": full, "profile": profile, "state": state_of(screen), **_shape(screen)}


def _shape(screen: dict[str, Any]) -> dict[str, str]:
    """How many columns the tile spans, and how high its panel hangs."""
    width, height = screen["width"], screen["height"]
    if width >= LONG * height and width > 400:
        return {"span": "c12", "hang": "h-strip"}
    if width >= WIDE * height:
        return {"span": "c6", "hang": "h-strip" if height <= 24 else "h-mid"}
    return {"span": "c4", "hang": "h-tall"}


def sections(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Tiles under their first group; groups with trouble first, strips before boards so that rows stay level."""
    names = {group["id"]: _path(data["groups"], group["id"]) for group in data["groups"]}
    found: dict[str, list[dict[str, Any]]] = {}
    for screen in data["screens"]:
        found.setdefault(next(iter(screen["groups"]), ""), []).append(tile(screen))
    for tiles in found.values():
        _level(tiles)
    made = [
        {"id": group, "name": names.get(group, ""), "tiles": tiles, "count": len(tiles), "trouble": _trouble(tiles)}
        for group, tiles in found.items()
    ]
    return sorted(made, key=lambda one: (-one["trouble"], one["id"] == "", one["name"]))


def level(screens: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tiles of one wall without groups."""
    tiles = [tile(one) for one in screens]
    _level(tiles)
    return tiles


def _level(tiles: list[dict[str, Any]]) -> None:
    """Order tiles so that rows are level: strips, wide boards, the rest; an odd one spans what is left of its row."""
    tiles.sort(key=lambda one: (("c12", "c6", "c4").index(one["span"]), one["hang"] != "h-strip"))
    strips = [one for one in tiles if one["span"] == "c6" and one["hang"] == "h-strip"]
    boards = [one for one in tiles if one["span"] == "c6" and one["hang"] == "h-mid"]
    rest = [one for one in tiles if one["span"] == "c4"]
    if len(boards) % 2:
        boards[-1].update(BESIDE if rest else ALONE)
    if len(strips) % 2:
        lone = not len(boards) % 2 and len(rest) % 3 == 1
        strips[-1].update(BESIDE if lone else ALONE)
        if lone:
            tiles.remove(rest[0])
            tiles.insert(tiles.index(strips[-1]) + 1, rest[0])


def _trouble(tiles: list[dict[str, Any]]) -> int:
    return sum(one["state"] == "offline" for one in tiles)


def _path(groups: list[dict[str, Any]], group: str) -> str:
    """``车间 / 三号窑``: a group with the groups it lies in."""
    known = {one["id"]: one for one in groups}
    names: list[str] = []
    at: str | None = group
    while at is not None and at in known and len(names) < 10:
        names.insert(0, known[at]["name"])
        at = known[at].get("parent")
    return " / ".join(names)


def nested(known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Groups with those in them right below, each with its depth."""
    ids = {group["id"] for group in known}
    found: list[dict[str, Any]] = []

    def add(parent: str | None, depth: int) -> None:
        for group in known:
            above = group.get("parent") if group.get("parent") in ids else None
            if above == parent and depth < 12:
                found.append({**group, "depth": depth})
                add(group["id"], depth + 1)

    add(None, 0)
    return found
