"""Playlists: the list with what each looks like and where it plays, and the editor."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from flask import Blueprint, Response, g, redirect, request

from media.profile import Profile
from playlists.model import Item, Kind
from server import errors
from server.accounts.model import Identity
from server.api import parts, plain
from server.editorial import answers, service, views
from server.editorial.bodies import PlaylistQuery
from server.editorial.model import PlaylistView
from server.library.service import media_path
from server.library.streaming import stream
from server.organisations import service as organisations
from server.programmes import previews
from server.scheduling import places as scheduled
from server.scheduling.places import Places
from server.screens import service as screens
from server.web import wall
from server.web.profiles import shown_on
from server.web.shell import locale_now, page, signed_in
from server.words import say

blueprint = Blueprint("playlists", __name__)

PER_PAGE = 30
STATES = ("", "draft", "waiting", "playing", "returned", "withdrawn")
STRIP = Profile(192, 16, "single")
FOREVER = "private, max-age=31536000, immutable"


@blueprint.get("/playlists")
def playlists() -> Any:
    if gate := signed_in():
        return gate
    state = request.args.get("state", "")
    query = PlaylistQuery(
        q=request.args.get("q", "")[:200].strip(), state=state if state in STATES else "",
        cursor=request.args.get("cursor"), limit=PER_PAGE,
    )  # fmt: skip
    found, names = views.listing(parts(), g.who, query)
    where = scheduled.places(parts(), g.who, [one.id for one in found.items])
    known = screens.screen_names(parts(), g.who)
    return page(
        "playlists.html", here="playlists", words=("playlists_page.list.",), states=STATES, query=query,
        rows=[_row(one, where[one.id], known, names) for one in found.items], more=found.next,
    )  # fmt: skip


def _row(view: PlaylistView, where: Places, known: dict[str, str], names: Any) -> dict[str, Any]:
    told: dict[str, Any] = plain(answers.brief(view, names))
    reached = sorted(known[screen] for screen in where.screens if screen in known)
    told["where"] = _where(reached, view, known, frozenset(_below(where)))
    told["picture"] = view.items[0].asset if view.items and view.items[0].kind is Kind.IMAGE else ""
    told["edited"] = view.approved not in (None, view.revision)
    return told


def _below(where: Places) -> Iterable[str]:
    """The organisations below in which a playlist is mandatory."""
    return (org for slot in where.slots for org in slot.targets.organisations)


def _where(reached: list[str], view: PlaylistView, known: dict[str, str], below: Collection[str]) -> str:
    """In a few words where a playlist plays."""
    locale = locale_now()
    if below:
        told = say("playlists_page.list.below", locale, n=len(below))
        own = _where(reached, view, known, ()) if reached else ""
        return say("playlists_page.and", locale).join(part for part in (own, told) if part)
    if len(reached) == len(known) > 1:
        return say("playlists_page.list.everywhere", locale, n=len(reached))
    if len(reached) > 1:
        return say("playlists_page.list.on_many", locale, name=reached[0], n=len(reached))
    if reached:
        return reached[0]
    return say("playlists_page.list.fallback" if view.used else "playlists_page.list.nowhere", locale)


# pictures ------------------------------------------------------------------------------------------------------------


@blueprint.get("/playlists/<playlist>/<revision>.png")
def thumbnail(playlist: str, revision: str) -> Any:
    """The first item's pixels on a strip; a revision never changes, so neither does its picture."""
    g.who.must("read")
    found = views.revision(parts(), g.who, playlist, revision)
    item = next((one for one in found.items if one.kind is not Kind.IMAGE), None)
    return _picture(item)


@blueprint.get("/playlists/example.png")
def example() -> Any:
    """A line of an example, for a list that is still empty."""
    g.who.must("read")
    return _picture(Item("example", Kind.SLOGAN, text=say("playlists_page.list.example", locale_now())))


def _picture(item: Item | None) -> Response:
    media = previews.first_page(parts(), g.who, item, STRIP) if item else None
    if media is None:
        raise errors.NotFound()
    response = stream(media_path(parts(), media))
    response.headers["Cache-Control"] = FOREVER
    return response


# acts of the list, for a page without script -------------------------------------------------------------------------


@blueprint.post("/playlists/<playlist>/copy")
def copy(playlist: str) -> Any:
    if gate := signed_in("content"):
        return gate
    return redirect(f"/playlists/{service.copy(parts(), g.who, playlist).id}", 303)


@blueprint.post("/playlists/<playlist>/delete")
def delete(playlist: str) -> Any:
    if gate := signed_in("content"):
        return gate
    service.delete(parts(), g.who, playlist)
    return redirect("/playlists", 303)


# the editor ----------------------------------------------------------------------------------------------------------


@blueprint.get("/playlists/new")
def new() -> Any:
    """An editor with nothing in it; the playlist is made when the first word is."""
    return signed_in("content") or _editor(None, Places())


@blueprint.get("/playlists/<playlist>")
def one(playlist: str) -> Any:
    if gate := signed_in():
        return gate
    found = plain(answers.detail(views.get(parts(), g.who, playlist)))
    return _editor(found, scheduled.places(parts(), g.who, [playlist])[playlist])


@blueprint.get("/playlists/<playlist>/places")
def places(playlist: str) -> Any:
    """Where a playlist plays, read again after a change."""
    g.who.must("read")
    found = scheduled.places(parts(), g.who, [playlist])[playlist]
    return plain(_places(g.who, found))


def _editor(playlist: dict[str, Any] | None, where: Places) -> Any:
    told = wall.data_of(parts(), g.who)
    data = {
        "playlist": playlist, "screens": told["screens"], "groups": told["groups"], **_places(g.who, where),
        "may": g.who.may("content"), "me": g.who.id, "limit_mb": parts().config.upload_mb,
    }  # fmt: skip
    return page(
        "playlist.html", here="playlists", words=("playlists_page.", "now.", "library_page."), data=data,
        playlist=playlist,
    )  # fmt: skip


def _places(who: Identity, where: Places) -> dict[str, Any]:
    """Profiles and slots as the editor's script takes them."""
    known = screens.list_screens(parts(), who, limit=wall.MOST)
    names = {screen.id: screen.name for screen in known}
    named = {org for slot in where.slots for org in slot.targets.organisations}
    below = organisations.names_below(parts(), who, named)
    slots = [
        {
            "id": slot.id, "region": slot.region, "daypart": slot.daypart, "from": slot.begins, "until": slot.ends,
            "groups": list(slot.targets.groups), "all": slot.targets.everywhere,
            "screens": sorted(names[screen] for screen in reached if screen in names),
            "below": [below[org] for org in slot.targets.organisations if org in below], "share": slot.share,
        }
        for slot, reached in zip(where.slots, where.reached, strict=True)
    ]  # fmt: skip
    return {"profiles": [one.told() for one in shown_on(parts(), who, known, where)], "slots": slots}
