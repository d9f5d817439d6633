"""Search over the whole desk: screens, playlists, people, settings and pages, each only for those who may open it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, g, request

from server.accounts import service as accounts
from server.accounts.model import Identity
from server.api import parts, to_json
from server.editorial import views
from server.editorial.bodies import PlaylistQuery
from server.screens import service as screens
from server.web.settings import TOPICS, topic_scope
from server.web.shell import NAVIGATION, locale_now, page, signed_in
from server.words import LOCALES, say

blueprint = Blueprint("search", __name__)

MOST = 6  # of one kind: who sees more than that writes another letter
LONGEST = 80
# word, address, icon, scope: pages that no list of the navigation shows
BELOW = (
    ("search.page.new_playlist", "/playlists/new", "playlists", "content"),
    ("search.page.add_screen", "/screens/new", "screens", "screens"),
    ("search.page.groups", "/screens/groups", "screens", "screens"),
    ("search.page.first_run", "/first-run", "screens", "screens"),
    ("search.page.slots", "/schedule?view=list", "schedule", "read"),
    ("search.page.password", "/me", "people", "read"),
    ("search.page.api", "/api/docs", "settings", "read"),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One place to go to; ``second`` is the quieter line under its ``name``, ``icon`` one of templates/icons.html."""

    name: str
    second: str
    url: str
    icon: str


@blueprint.get("/search")
def search() -> Any:
    """The same search as a page, for a phone and for a browser without script."""
    if gate := signed_in():
        return gate
    return page("search.html", here="search", q=_asked(), found=found(g.who, _asked()))


@blueprint.get("/search/found")
def answers() -> Any:
    """What the box over every page shows for what is typed."""
    g.who.must("read")
    told = [{"kind": kind, "hits": [asdict(hit) for hit in hits]} for kind, hits in found(g.who, _asked())]
    return Response(to_json({"found": told}), mimetype="application/json")


def _asked() -> str:
    return " ".join(request.args.get("q", "")[:LONGEST].split())


def found(who: Identity, asked: str) -> list[tuple[str, list[Hit]]]:
    """Hits by kind, kinds without any left out; for nothing typed the pages alone."""
    kinds = {"pages": _pages(who, asked)}
    if asked:
        kinds = {
            "screens": _screens(who, asked),
            "playlists": _playlists(who, asked),
            "people": _people(who, asked),
            "settings": _settings(who, asked),
            **kinds,
        }
    return [(kind, hits[: None if kind == "pages" else MOST]) for kind, hits in kinds.items() if hits]


def _screens(who: Identity, asked: str) -> list[Hit]:
    listed = screens.find_screens(parts(), who, asked, MOST)
    return [
        Hit(one.name, _joined(one.place, f"{one.width}×{one.height}"), f"/screens/{one.id}", "screens")
        for one in listed
    ]


def _playlists(who: Identity, asked: str) -> list[Hit]:
    listed, _ = views.listing(parts(), who, PlaylistQuery(q=asked, limit=MOST))
    return [
        Hit(one.name, _here(f"playlists_page.state.{_state(one.state)}"), f"/playlists/{one.id}", "playlists")
        for one in listed.items
    ]


def _people(who: Identity, asked: str) -> list[Hit]:
    if not who.may("people"):
        return []
    everyone = accounts.people_list(parts(), who)
    return [
        Hit(one.name, one.post, f"/people?open={one.id}#{one.id}", "people")
        for one in everyone
        if one.ended is None and _matches(asked, (one.name, one.login, one.post))
    ]


def _settings(who: Identity, asked: str) -> list[Hit]:
    return [
        Hit(_here(f"settings.topic.{one}"), _here(f"settings.say.{one}"), f"/settings/{one}", "settings")
        for one in TOPICS
        if who.may(topic_scope(one))
        and _matches(asked, (*_every(f"settings.topic.{one}"), *_every(f"settings.say.{one}")))
    ]


def _pages(who: Identity, asked: str) -> list[Hit]:
    main = [(f"desk.nav.{name}", url, name, scope) for name, url, scope in NAVIGATION]
    below = BELOW if asked else ()
    return [
        Hit(_here(word), "", url, icon)
        for word, url, icon, scope in (*main, *below)
        if who.may(scope) and _matches(asked, _every(word))
    ]


def _state(state: str) -> str:
    return "waiting" if state.startswith("step_") else state


def _here(word: str) -> str:
    return say(word, locale_now())


def _every(word: str) -> list[str]:
    """A word in both languages: people type the one their keyboard is in."""
    return [say(word, locale) for locale in LOCALES]


def _matches(asked: str, texts: Iterable[str]) -> bool:
    return any(asked.casefold() in text.casefold() for text in texts)


def _joined(*texts: str) -> str:
    return say("search.join", locale_now()).join(text for text in texts if text)
