"""Screens: the table by group, adding and pairing, one screen's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, redirect, request
from werkzeug.datastructures import MultiDict

from playlists.model import Colour
from server import errors
from server.api import parts, plain
from server.screens import groups, layouts, players, service
from server.screens.model import LayoutKind, NewScreenOrder
from server.screens.routes import group_answer, layout_answer, screen_answer
from server.web import wall
from server.web.kept import kept
from server.web.regions import regions_of
from server.web.shell import locale_now, page, refusal, signed_in
from server.words import say

blueprint = Blueprint("screens", __name__)

WORDS = ("now.", "screens_page.")
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


def _screen_page(name: str, status: int = 200, **values: Any) -> Any:
    data = wall.data_of(parts(), g.who)
    stored = service.get(parts(), g.who, name)
    found = plain(screen_answer(stored))
    known = layouts.list_layouts(parts(), g.who, (found["width"], found["height"]))
    with parts().db.read() as tx:
        may_change = g.who.may("screens", service.groups_over(tx, g.who.org, name))
    filled = page(
        "screen.html", here="screens", words=WORDS, data={"screen": found, "names": data["names"]},
        one=wall.tile(found), screen=found, groups=data["groups"], playlists=data["names"], colours=list(Colour),
        kinds=_kinds(found), layouts=[plain(layout_answer(one)) for one in known],
        players=players.list_players(parts(), g.who, name), address=_address(), may_change=may_change,
        typed=values.pop("typed", found), revision=service.revision(stored), **values,
    )  # fmt: skip
    return Response(filled, status=status)


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
    form, held = request.form, request.form.get("revision", "")
    try:
        return _act(screen, lambda: service.change(parts(), g.who, screen, _changes(screen, form), held))
    except errors.Stale as problem:
        return _screen_page(
            screen, problem.status, typed=form.to_dict(), chosen=form.getlist("groups"), meanwhile=_differing(screen)
        )


def _differing(name: str) -> list[tuple[str, str]]:
    """What is stored of a screen now and was typed otherwise, by its label."""
    locale, form = locale_now(), request.form
    found = plain(screen_answer(service.get(parts(), g.who, name)))
    fields = [field for field in LABELS if str(found[field]) != form.get(field)]
    rows = [(say(LABELS[field], locale), str(found[field])) for field in fields]
    if found["colour"] != form.get("colour"):
        rows.append((say("now.first.colour", locale), say(f"desk.colour.{found['colour']}", locale)))
    if set(found["groups"]) != set(form.getlist("groups")):
        names = {group.id: group.name for group, _ in groups.list_groups(parts(), g.who)}
        rows.append((say("screens_page.in_groups", locale), ", ".join(names[one] for one in found["groups"])))
    return rows


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
    return _act(screen, lambda: _set_layout(screen, request.form))


def _set_layout(screen: str, form: MultiDict[str, str]) -> None:
    found = service.get(parts(), g.who, screen)
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
    service.change(parts(), g.who, screen, {"layout": layout or None})


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


# groups ---------------------------------------------------------------------------------------------------------------


@blueprint.get("/screens/groups")
def group_list() -> Any:
    return signed_in("screens") or _groups_page()


def _groups_page(status: int = 200, **values: Any) -> Any:
    known = [plain(group_answer(*one)) for one in groups.list_groups(parts(), g.who)]
    filled = page(
        "groups.html", here="screens", words=WORDS, groups=wall.nested(known), typed=values.pop("typed", {}), **values
    )
    return Response(filled, status=status)


@blueprint.post("/screens/groups")
def add_group() -> Any:
    return _group_act(lambda: groups.add_group(parts(), g.who, *_group(request.form)))


@blueprint.post("/screens/groups/<group>")
def change_group(group: str) -> Any:
    name, parent, steps = _group(request.form)
    values = {"name": name, "parent": parent, "steps": steps}
    return _group_act(lambda: groups.change_group(parts(), g.who, group, values))


@blueprint.post("/screens/groups/<group>/delete")
def delete_group(group: str) -> Any:
    return _group_act(lambda: groups.delete_group(parts(), g.who, group))


def _group(form: MultiDict[str, str]) -> tuple[str, str | None, int]:
    return form.get("name", "").strip()[:80], form.get("parent") or None, 1 if form.get("steps") == "1" else 0


def _group_act(work: Callable[[], object]) -> Any:
    gate = signed_in("screens")
    if gate:
        return gate
    try:
        work()
    except (errors.Invalid, errors.Conflict) as problem:
        return _groups_page(problem.status, problem=refusal(problem), typed=request.form)
    return redirect("/screens/groups", 303)
