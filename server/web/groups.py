"""Groups of screens: their names, what they lie in, how many look before something plays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, redirect, request
from werkzeug.datastructures import MultiDict

from server import errors
from server.api import parts, plain
from server.screens import groups
from server.screens.model import Group
from server.screens.routes import group_answer
from server.web import wall
from server.web.meanwhile import Row, meanwhile
from server.web.shell import locale_now, page, refusal, signed_in
from server.words import say

blueprint = Blueprint("groups", __name__)
PATH = "/screens/groups"


@blueprint.get(PATH)
def listed() -> Any:
    return signed_in("screens") or _page()


def _page(status: int = 200, changed: str = "", typed: MultiDict[str, str] | None = None, **values: Any) -> Any:
    """The table; what was ``typed`` stays where it was, in the row of the group that was to be ``changed``."""
    known = wall.nested([_told(*one) for one in groups.list_groups(parts(), g.who)])
    if typed and "name" in typed:
        named = dict(zip(("name", "parent", "steps"), _typed(typed), strict=True))
        known = [{**one, **named} if one["id"] == changed else one for one in known]
    filled = page(
        "groups.html", here="screens", words=("screens_page.",), groups=known, changed=changed,
        typed={} if changed else typed or {}, **values,
    )  # fmt: skip
    return Response(filled, status=status)


def _told(group: Group, screens: int) -> dict[str, Any]:
    return {**plain(group_answer(group, screens)), "revision": groups.revision(group)}


@blueprint.post(PATH)
def add() -> Any:
    return _act(lambda: groups.add_group(parts(), g.who, *_typed(request.form)))


@blueprint.post(f"{PATH}/<group>")
def change(group: str) -> Any:
    name, parent, steps = _typed(request.form)
    values, held = {"name": name, "parent": parent, "steps": steps}, request.form.get("revision", "")
    try:
        return _act(lambda: groups.change_group(parts(), g.who, group, values, held), group)
    except errors.Stale as problem:
        met = meanwhile("group.change", group, _rows(group), f"{PATH}#{group}")
        return _page(problem.status, meanwhile=met, changed=group, typed=request.form)


def _rows(group: str) -> list[Row]:
    """A group as it is stored beside what was typed, by its label."""
    locale, (found, _) = locale_now(), groups.get_group(parts(), g.who, group)
    names = {one.id: one.name for one, _ in groups.list_groups(parts(), g.who)}
    name, parent, steps = _typed(request.form)
    top = say("screens_page.top", locale)
    return [
        (say("now.first.name", locale), found.name, name),
        (say("screens_page.parent", locale), names.get(found.parent or "", top), names.get(parent or "", top)),
        (
            say("screens_page.steps", locale),
            say(f"screens_page.steps.{found.steps}", locale),
            say(f"screens_page.steps.{steps}", locale),
        ),
    ]


@blueprint.post(f"{PATH}/<group>/delete")
def delete(group: str) -> Any:
    return _act(lambda: groups.delete_group(parts(), g.who, group), group)


def _typed(form: MultiDict[str, str]) -> tuple[str, str | None, int]:
    return form.get("name", "").strip()[:80], form.get("parent") or None, 1 if form.get("steps") == "1" else 0


def _act(work: Callable[[], object], changed: str = "") -> Any:
    gate = signed_in("screens")
    if gate:
        return gate
    try:
        work()
    except (errors.Invalid, errors.Conflict) as problem:
        return _page(problem.status, problem=refusal(problem), changed=changed, typed=request.form)
    return redirect(PATH, 303)
