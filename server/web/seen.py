"""The page behind the code on an alert: whoever reads it says where, without signing in."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, g, redirect, render_template, request

from server import errors, problems
from server.alerts import codes, sightings
from server.api import parts
from server.web.shell import common

blueprint = Blueprint("seen", __name__)
REFUSED = (errors.NotFound, errors.TooMany, errors.Gone, errors.Invalid)


@blueprint.get("/seen")
def ask() -> Any:
    """Somebody without a camera types the code."""
    if code := codes.plain(request.args.get("code", "")):
        return redirect(f"/seen/{quote(code, safe='')}")
    return _page()


@blueprint.get("/seen/<code>")
def look(code: str) -> Any:
    try:
        notice = _notice(code)
    except REFUSED as problem:
        return _refused(problem)
    return _page(code=codes.plain(code), notice=notice, done=request.args.get("done", "")[:200])


@blueprint.post("/seen/<code>")
def acknowledge(code: str) -> Any:
    screen, name = request.form.get("screen", "")[:40], request.form.get("name", "")[:200]
    try:
        place = sightings.acknowledge(parts(), code, screen, name, g.who.address)
    except errors.Invalid as problem:
        told = problems.to_object(problem, common()["locale"])
        return _page(problem.status, code=codes.plain(code), notice=_notice(code), problem=told, name=name)
    except REFUSED as problem:
        return _refused(problem)
    return redirect(f"/seen/{quote(codes.plain(code), safe='')}?done={quote(place)}", 303)


def _notice(code: str) -> sightings.Notice:
    return sightings.look(parts(), code, g.who.address, request.args.get("q", "").strip()[:40])


def _refused(problem: errors.Problem) -> Response:
    return _page(problem.status, problem=problems.to_object(problem, common()["locale"]))


def _page(status: int = 200, **values: Any) -> Response:
    return Response(render_template("seen.html", **values, **common()), status=status)
