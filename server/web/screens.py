"""Screens: the table by group, adding and pairing, one screen's page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, redirect, request
from werkzeug.datastructures import MultiDict

from playlists.model import Colour
from server import errors
from server.api import parts, plain
from server.revisions import revision_of
from server.screens import groups, layouts, players, service
from server.screens.model import LayoutKind, NewScreenOrder, Screen
from server.screens.routes import layout_answer, screen_answer
from server.web import wall
from server.web.kept import kept
from server.web.meanwhile import Row, meanwhile
from server.web.regions import columns_of, regions_of
from server.web.shell import locale_now, page, refusal, signed_in
from server.words import say

blueprint = Blueprint("screens", __name__)

WORDS = ("now.", "screens_page.")
ROWS = 4  # regions one may draw here
TEXTS = ("name", "place", "exit", "muster_point")
LABELS = {
    "name": "now.first.name", "place": "now.first.place", "width": "now.first.width", "height": "now.first.height",
    "pitch_mm": "screens_page.pitch", "distance_m": "screens_page.distance", "exit": "screens_page.exit",
    "muster_point": "screens_page.muster_point",
}  # fmt: skip


def _address() -> str:
    return (parts().config.public_url or request.host_url).rstrip("/") + "/screen"


# the table ------------------------------------------------------------------------------------------------------------


@blueprint.get("/screens")
def screens() -> Any:
    gate = signed_in()
    if gate:
        return gate
    data = wall.data_of(parts(), g.who)
    samples = any(screen["sample"] for screen in data["screens"])
    return page(
        "screens.html", here="screens", words=WORDS, data=data, sections=wall.sections(data), samples=samples,
        kept=kept, may_change=g.who.may("screens"),
    )  # fmt: skip


@blueprint.get("/screens/new")
def new() -> Any:
    return signed_in("screens") or _new_page()


def _new_page(status: int = 200, **values: Any) -> Any:
    taken = [screen.name for screen in service.list_screens(parts(), g.who, limit=wall.MOST)]
    known = groups.list_groups(parts(), g.who)
    filled = page(
        "screen_new.html", here="screens", words=WORDS, data={"taken": taken}, address=_address(), groups=known,
        colours=list(Colour), typed=values.pop("typed", MultiDict({"pitch_mm": "10", "distance_m": "20"})), **values,
    )  # fmt: skip
    return Response(filled, status=status)


@blueprint.post("/screens")
def add() -> Any:
    gate = signed_in("screens")
    if gate:
        return gate
    try:
        keyed = service.add(parts(), g.who, _order(request.form))
    except errors.Problem as problem:
        return _new_page(problem.status, problem=refusal(problem), typed=request.form)
    return page("screen_key.html", here="screens", words=WORDS, screen=keyed.screen, key=keyed.key, address=_address())


def _order(form: MultiDict[str, str]) -> NewScreenOrder:
    values: dict[str, Any] = {name: form.get(name, "").strip()[:200] for name in TEXTS}
    return NewScreenOrder(
        **values, width=_number(form, "width"), height=_number(form, "height"), colour=_colour(form),
        pitch_um=_pitch(form), distance_m=_number(form, "distance_m", 20), groups=tuple(form.getlist("groups")),
    )  # fmt: skip


def _number(form: MultiDict[str, str], name: str, otherwise: int = 0) -> int:
    text = form.get(name, "").strip() or str(otherwise)
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise errors.Invalid((errors.Violation(name, "screens_page.whole_number"),))
    return int(text)


def _pitch(form: MultiDict[str, str]) -> int:
    try:
        pitch = float(form.get("pitch_mm") or 10)
    except ValueError:
        pitch = 0.0
    if not 0.5 <= pitch <= 100:
        raise errors.Invalid((errors.Violation("pitch_mm", "screens_page.pitch_wrong"),))
    return round(pitch * 1000)


def _colour(form: MultiDict[str, str]) -> Colour:
    found = form.get("colour", "single")
    return Colour(found) if found in list(Colour) else Colour.SINGLE


# one screen -----------------------------------------------------------------------------------------------------------


@blueprint.get("/screens/<screen>")
def screen(screen: str) -> Any:
    return signed_in() or _screen_page(screen)


def _own(data: dict[str, Any]) -> dict[str, str]:
    """The names of one's own playlists, from which a fallback is chosen."""
    return {key: name for key, name in data["names"].items() if key not in data["ordered"]}


def _screen_page(name: str, status: int = 200, **values: Any) -> Any:
    data = wall.data_of(parts(), g.who)
    stored = service.get(parts(), g.who, name)
    found = plain(screen_answer(stored))
    known = layouts.list_layouts(parts(), g.who, (found["width"], found["height"]))
    with parts().db.read() as tx:
        may_change = g.who.may("screens", service.groups_over(tx, g.who.org, name))
    filled = page(
        "screen.html", here="screens", words=WORDS,
        data={"screen": found, "names": data["names"], "ordered": data["ordered"]},
        one=wall.tile(found), screen=found, groups=data["groups"], playlists=_own(data), colours=list(Colour),
        kinds=_kinds(found), layouts=[plain(layout_answer(one)) for one in known],
        players=players.list_players(parts(), g.who, name), address=_address(), may_change=may_change,
        typed=values.pop("typed", {**found, "pitch_mm": f"{found['pitch_mm']:g}"}), revision=_revision(stored),
        layout_revision=_revision(stored, layout=True), drawn=_drawn(found), **values,
    )  # fmt: skip
    return Response(filled, status=status)


def _drawn(screen: dict[str, Any]) -> dict[str, list[str]]:
    """The rows of a layout of one's own: as they were typed, else one region that fills the screen."""
    if "region_name" in request.form:
        return columns_of(request.form, ROWS)
    whole = {"name": "main", "x": "0", "y": "0", "width": str(screen["width"]), "height": str(screen["height"])}
    return {name: [text] + [""] * (ROWS - 1) for name, text in whole.items()}


def _kinds(screen: dict[str, Any]) -> list[dict[str, Any]]:
    """The built-in layouts this screen has room for, with their regions to be drawn."""
    found = []
    for kind in LayoutKind:
        try:
            regions = layouts.regions_for(kind, screen["width"], screen["height"])
        except errors.Invalid:
            continue
        found.append({"kind": kind.value, "regions": regions})
    return found


def _act(name: str, work: Callable[[], object]) -> Any:
    """Do something to a screen and show its page again, with what was wrong if it was refused."""
    gate = signed_in()
    if gate:
        return gate
    try:
        work()
    except (errors.Invalid, errors.Conflict, errors.Forbidden) as problem:
        return _screen_page(name, problem.status, problem=refusal(problem), typed={**request.form.to_dict()})
    return redirect(f"/screens/{name}", 303)


@blueprint.post("/screens/<screen>")
def change(screen: str) -> Any:
    form = request.form
    try:
        return _act(screen, lambda: service.change(parts(), g.who, screen, _changes(screen, form), _held(screen)))
    except errors.Stale as problem:
        met = meanwhile(
            "screen.change", screen, _attributes(screen, form), f"/screens/{screen}?open=attributes#attributes"
        )
        return _screen_page(
            screen, problem.status, typed=form.to_dict(), chosen=form.getlist("groups"), meanwhile=met
        )  # fmt: skip


def _held(screen: str, *, layout: bool = False) -> str:
    """What the service must still find: the state now, unless what the form is about changed since it was opened."""
    found, read = service.get(parts(), g.who, screen), request.form.get("revision", "")
    return service.revision(found) if read == _revision(found, layout=layout) else read


def _revision(screen: Screen, *, layout: bool = False) -> str:
    """The state a form was made from; the layout has one of its own, so that the two do not meet."""
    return revision_of({"layout": screen.layout}) if layout else service.revision(replace(screen, layout=None))


def _attributes(screen: str, form: MultiDict[str, str]) -> Iterator[Row]:
    """What the form is about, by its label, as stored and as typed."""
    locale, found = locale_now(), service.get(parts(), g.who, screen)
    names = {group.id: group.name for group, _ in groups.list_groups(parts(), g.who)}
    lists, site = wall.playlist_names(parts(), g.who), say("screens_page.site_fallback", locale)
    for name, label in LABELS.items():
        stored = f"{found.pitch_um / 1000:g}" if name == "pitch_mm" else str(getattr(found, name))
        yield say(label, locale), stored, _plain(form.get(name, ""))
    colours = (say(f"desk.colour.{one}", locale) for one in (found.colour, _colour(form)))
    of = (", ".join(sorted(names.get(one, one) for one in some)) for some in (found.groups, form.getlist("groups")))
    idle = (lists.get(one, site) for one in (found.fallback or "", form.get("fallback", "")))
    yield say("now.first.colour", locale), next(colours), next(colours)
    yield say("screens_page.in_groups", locale), next(of), next(of)
    yield say("screens_page.fallback", locale), next(idle), next(idle)


def _plain(text: str) -> str:
    """A figure as it is stored: ``10.0`` says what ``10`` says."""
    return text.strip().removesuffix(".0")


def _changes(screen: str, form: MultiDict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {name: form.get(name, "").strip()[:200] for name in TEXTS}
    values |= {name: _number(form, name) for name in ("width", "height", "distance_m")}
    values |= {"pitch_um": _pitch(form), "colour": _colour(form), "fallback": form.get("fallback") or None}
    values["groups"] = tuple(sorted(set(form.getlist("groups"))))
    found = service.get(parts(), g.who, screen)
    if (values["width"], values["height"]) != (found.width, found.height):
        values["layout"] = None  # a layout is for one size only
    return values


@blueprint.post("/screens/<screen>/layout")
def set_layout(screen: str) -> Any:
    try:
        return _act(screen, lambda: _set_layout(screen, request.form))
    except errors.Stale as problem:
        names = (_layout_said(service.get(parts(), g.who, screen).layout or ""), _layout_said(request.form["layout"]))
        row = (say("screens_page.layout", locale_now()), *names)
        met = meanwhile("screen.change", screen, [row], f"/screens/{screen}?open=layout#layout")
        return _screen_page(screen, problem.status, typed=request.form, layout_met=met)


def _layout_said(word: str) -> str:
    """A layout's name: one of the site's, one made for any size, or one being drawn."""
    if word in ("", "own", *LayoutKind):
        return say(f"screens_page.layout.{word or LayoutKind.FULL.value}", locale_now())
    return layouts.get_layout(parts(), g.who, word).name


def _set_layout(screen: str, form: MultiDict[str, str]) -> None:
    found, held = service.get(parts(), g.who, screen), _held(screen, layout=True)
    if held not in ("", service.revision(found)):
        raise errors.Stale
    chosen = form.get("layout", "")
    layout: str | None = chosen
    if chosen == "own":
        name = form.get("layout_name", "").strip() or say("screens_page.own_layout", locale_now(), name=found.name)
        made = layouts.add_layout(parts(), g.who, name[:80], found.width, found.height, regions_of(form))
        layout = made.id
    elif chosen in list(LayoutKind):
        kind = LayoutKind(chosen)
        whole = kind is LayoutKind.FULL
        layout = None if whole else layouts.make_layout(parts(), g.who, kind, found.width, found.height).id
    service.change(parts(), g.who, screen, {"layout": layout or None}, held)


@blueprint.post("/screens/<screen>/key")
def renew_key(screen: str) -> Any:
    gate = signed_in()
    if gate:
        return gate
    key = service.renew_key(parts(), g.who, screen)
    found = service.get(parts(), g.who, screen)
    return page("screen_key.html", here="screens", words=WORDS, screen=found, key=key, address=_address())


@blueprint.post("/screens/<screen>/retire")
def retire(screen: str) -> Any:
    gate = signed_in()
    if gate:
        return gate
    service.retire(parts(), g.who, screen)
    return redirect("/screens", 303)


@blueprint.post("/screens/<screen>/players/<player>/revoke")
def revoke(screen: str, player: str) -> Any:
    return _act(screen, lambda: players.revoke(parts(), g.who, screen, player))
