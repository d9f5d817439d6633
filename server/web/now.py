"""The page Now, the first run, and a person's own small pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, redirect, request

from server import errors, problems
from server.accounts import service as accounts
from server.api import parts, to_json
from server.scheduling.model import TargetsBody
from server.screens import commands, service
from server.screens.model import CommandKind
from server.web import wall
from server.web.kept import kept
from server.web.shell import common, is_first, navigation, page, signed_in

blueprint = Blueprint("now", __name__)

WORDS = ("now.",)
LIST_FROM = 60  # screens above which the list is the default


@blueprint.get("/")
def now() -> Any:
    gate = signed_in()
    if gate:
        return gate
    data = wall.data_of(parts(), g.who)
    data["list"] = len(data["screens"]) > LIST_FROM
    return page("now.html", here="now", words=WORDS, data=data, sections=wall.sections(data), kept=kept, **_may())


def _may() -> dict[str, bool]:
    return {"may_write": g.who.may("content"), "may_power": g.who.may("screens")}


@blueprint.get("/now/names")
def names() -> Any:
    """The names of playlists, read again when they change."""
    g.who.must("read")
    return Response(to_json(wall.playlist_names(parts(), g.who)), mimetype="application/json")


@blueprint.post("/now/power")
def power() -> Any:
    """The kill switch: any screens to black, or back, in one go."""
    g.who.must("screens")
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise errors.Malformed()
    targets = TargetsBody.model_validate(body.get("targets")).value()
    with parts().db.read() as tx:
        reached = service.resolve_targets(tx, g.who.org, targets.screens, targets.groups, targets.everywhere)
    kind = CommandKind.BLANK if body.get("blank") else CommandKind.UNBLANK
    with parts().db.transaction():
        for screen in reached:
            commands.order(parts(), g.who, screen, kind)
    return Response(to_json({"screens": len(reached)}), mimetype="application/json")


# the first run ------------------------------------------------------------------------------------------------------


@blueprint.get("/first-run")
def first_run() -> Any:
    gate = signed_in("screens")
    if gate:
        return gate
    data = wall.data_of(parts(), g.who)
    samples = [screen for screen in data["screens"] if screen["sample"]]
    data["taken"] = [screen["name"] for screen in data["screens"]]
    address = (parts().config.public_url or request.host_url).rstrip("/") + "/screen"
    values = {"samples": wall.level(samples), "address": address, **_may()}
    return page("first_run.html", here="first_run", words=WORDS, data=data, below=not is_first(), **values)


@blueprint.post("/first-run/samples")
def remove_samples() -> Any:
    """Take every sample screen off the wall."""
    g.who.must("screens")
    service.remove_samples(parts(), g.who)
    return redirect("/screens" if request.form.get("next") == "/screens" else "/", 303)


# one's own pages ------------------------------------------------------------------------------------------------------


@blueprint.get("/more")
def more() -> Any:
    """Everything the tab bar of a phone has no room for."""
    gate = signed_in()
    if gate:
        return gate
    rest = [(name, url) for name, url in navigation() if name not in ("now", "review")]
    return page("more.html", here="more", rest=rest)


@blueprint.get("/me")
def me() -> Any:
    gate = signed_in()
    return gate or page("me.html", here="me", words=WORDS, changed=request.args.get("changed") == "1")


@blueprint.post("/me")
def change_password() -> Any:
    gate = signed_in()
    if gate:
        return gate
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        accounts.change_password(parts(), g.who, old, new)
    except errors.Problem as problem:
        told = problems.to_object(problem, common()["locale"])
        return Response(page("me.html", here="me", words=WORDS, problem=told), status=problem.status)
    return redirect("/me?changed=1", 303)
