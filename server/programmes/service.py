"""Use cases around programmes: what a screen shows, now and ahead, to its player and to the desk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from playlists import wire
from playlists.model import DAY_MS, Cue, Programme
from playlists.precedence import Turn
from playlists.timeline import cue_at, next_change
from server.accounts.model import Identity
from server.errors import Busy, Gone, Unauthenticated
from server.parts import Parts
from server.pool import off_hub
from server.programmes import store
from server.programmes.compiler import Compiler
from server.programmes.frames import Frames, picture_path, regions, seen_on
from server.programmes.model import CueAnswer, FindingAnswer, Stored
from server.scheduling.mandatory import Ordered, ordered
from server.screens import service as screens
from server.words import say

_first = Lock()
UNUSED_MS = 30 * DAY_MS
MEDIA = re.compile(r'"media":"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes to be shown, and what they are."""

    data: bytes
    kind: str


@lru_cache(maxsize=128)
def read_programme(body: str) -> Programme:
    """The programme that a stored text holds."""
    return wire.programme_from_bytes(body.encode())


def for_player(parts: Parts, who: Identity) -> Stored:
    """The programme of a player's own screen, compiled now when there is none yet.

    Raises Unauthenticated, Gone when the screen is retired, Busy when compiling fails.
    """
    if who.kind != "player" or not who.screen:
        raise Unauthenticated(detail="programmes.players_only")
    with parts.db.read() as tx:
        screen = store.screen_state(tx, who.org, who.screen)
        found = store.programme(tx, who.org, who.screen)
    if screen is None or screen.retired is not None:
        raise Gone(detail="programmes.retired")
    return found or _compiled(parts, who.org, who.screen)


def for_desk(parts: Parts, who: Identity, screen: str) -> Stored:
    """The programme of a screen that ``who`` may see, compiled now when there is none yet.

    Raises NotFound, Forbidden, or Busy when compiling fails.
    """
    with parts.db.read() as tx:
        screens.visible(tx, who, screen)
        found = store.programme(tx, who.org, screen)
    return found or _compiled(parts, who.org, screen)


def _compiled(parts: Parts, org: str, screen: str) -> Stored:
    """A screen's first programme, made while its asker waits; those who ask at once wait for one another."""
    with _first:
        if _stored(parts, org, screen) is None:
            compiler = Compiler(parts, hears=False)
            compiler.touch(org, [screen])
            compiler.run_pending()
    found = _stored(parts, org, screen)
    if found is None:
        raise Busy(detail="programmes.not_yet")
    return found


def _stored(parts: Parts, org: str, screen: str) -> Stored | None:
    with parts.db.read() as tx:
        return store.programme(tx, org, screen)


def findings(parts: Parts, who: Identity, screen: str) -> list[FindingAnswer]:
    """What is left out of a screen's programme, and why, in the reader's language."""
    found = for_desk(parts, who, screen).findings
    return [FindingAnswer(**one, detail=say(one["rule"], who.locale, **one["params"])) for one in found]


def cues(parts: Parts, who: Identity, screen: str, at: int | None = None) -> tuple[int, list[CueAnswer]]:
    """What runs on each region at ``at`` (now when None), from which playlist, and who approved it."""
    at = parts.clock.now() if at is None else at
    programme = read_programme(for_desk(parts, who, screen).body)
    playlists = {name for loop in programme.loops for name in loop.playlists}
    with parts.db.read() as tx:
        revisions = store.approved(tx, who.org, playlists)
        approvals, names = store.approvals(tx, who.org, revisions), store.names(tx, who.org, playlists)
        above = ordered(tx, who.org, playlists - names.keys())
    found = []
    for channel in programme.channels:
        cue = cue_at(programme, channel.region.name, at)
        answer: dict[str, Any] = {
            "region": channel.region.name,
            "ends": next_change(programme, channel.region.name, at),
        }
        if cue is not None:
            loop = programme.loops[cue.loop]
            playlist = loop.showings[cue.showing].playlist
            answer |= _shown(programme, cue) | {"playlist": playlist, **_named(playlist, names, above)}
            own = tuple(one for one in loop.playlists if one not in above)
            answer["fallback"] = playlist in own and own == programme.loops[channel.fallback].playlists
            act = approvals.get(playlist)
            if act is not None:
                answer |= {"approved_by": act.by_name, "approved_at": act.at, "revision": act.revision}
        found.append(CueAnswer(**answer))
    return at, found


def _named(playlist: str, names: Mapping[str, str], above: Mapping[str, Ordered]) -> dict[str, Any]:
    if playlist not in above:
        return {"playlist_name": names.get(playlist, "")}
    return {"playlist_name": above[playlist].name, "ordered_by": above[playlist].organisation}


def _shown(programme: Programme, cue: Cue) -> dict[str, Any]:
    showing = programme.loops[cue.loop].showings[cue.showing]
    return {
        "item": showing.item,
        "kind": showing.kind.value,
        "effect": showing.effect.value,
        "text": showing.text,
        "media": showing.pages[cue.page].media,
        "page": cue.page,
        "pages": len(showing.pages),
        "x": cue.x,
        "elapsed_ms": cue.elapsed_ms,
        "duration_ms": showing.pages[cue.page].duration_ms,
    }


_frames = Frames()


def frame(
    parts: Parts, who: Identity, screen: str, at: int, region: str | None = None, over: Turn | None = None
) -> Picture:
    """The exact pixels of a screen, or of one region, at an instant, with the alert that lies over it."""
    programme = read_programme(for_desk(parts, who, screen).body)
    return Picture(_frames.get(parts, programme, at, region, over), "image/png")


def strip(parts: Parts, who: Identity, screen: str, at: int | None = None, region: str | None = None) -> Picture:
    """The whole picture of the page that runs on a region (the first when None); black when nothing does."""
    programme = read_programme(for_desk(parts, who, screen).body)
    at = parts.clock.now() if at is None else at
    place = regions(programme, region)[0]
    path = picture_path(parts, seen_on(programme, place, at)[-1].media)
    if path is None:
        return Picture(_frames.get(parts, programme, at, place.name), "image/png")
    kind = {"jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}.get(path.suffix[1:], "image/png")
    return Picture(off_hub(path.read_bytes), kind)


def sweep_renditions(parts: Parts) -> int:
    """Forget renditions that no programme has shown for a month; return how many. Their blobs go with the next sweep.

    What is forgotten by mistake is made again, byte for byte, when somebody asks for it.
    """
    now = parts.clock.now()
    with parts.db.read() as tx:
        old = store.renditions_by_age(tx, now - DAY_MS)
        bodies = list(store.every_body(tx)) if old else []
    shown = off_hub(_media_in, bodies)
    used = [key for key, body in old.items() if any(page["media"] in shown for page in body["pages"])]
    with parts.db.transaction() as tx:
        store.use_renditions(tx, used, now)
        return store.forget_renditions(tx, now - UNUSED_MS)


def _media_in(bodies: list[str]) -> set[str]:
    return {media for body in bodies for media in MEDIA.findall(body)}
