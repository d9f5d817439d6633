"""Settings: the site, what the doctor found, API tokens, the audit log, a backup."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, request

from server import audit, backup, doctor, errors, openapi
from server.accounts import service, site
from server.accounts.model import SCOPES
from server.api import parts
from server.editorial import views
from server.editorial.bodies import PlaylistQuery
from server.organisations import service as organisations
from server.pool import off_hub
from server.screens import service as screens
from server.version import VERSION
from server.web.meanwhile import Row, meanwhile
from server.web.shell import is_first, locale_now, must_be_first, page, refusal, signed_in
from server.words import say

blueprint = Blueprint("settings", __name__)
TOPICS = ("site", "alerts", "sources", "webhooks", "doctor", "tokens", "audit", "backup")
WHOLE_SERVER = ("doctor", "backup")  # for the first organisation, whose people run the server
LANGUAGES = {"zh": "中文", "en": "English"}
NAMES = ("name", "login", "headline")  # of a subject, in what a row says was before and after
ROWS = 50
CHUNK = 256 * 1024


def topic_scope(topic: str) -> str:
    """The scope one needs for a topic of the settings."""
    return "audit" if topic == "audit" else "settings"


def topics(*always: str) -> tuple[str, ...]:
    """The topics that are the reader's business, and those that are ``always``."""
    mine = TOPICS if is_first() else tuple(topic for topic in TOPICS if topic not in WHOLE_SERVER)
    return tuple(topic for topic in mine if topic in always or g.who.may(topic_scope(topic)))


def _page(topic: str, status: int = 200, **values: Any) -> Any:
    shown = page("settings.html", here="settings", topic=topic, topics=topics(), **_about(topic), **values)
    return shown, status


def _about(topic: str) -> dict[str, Any]:
    if topic in WHOLE_SERVER:
        must_be_first()
    if topic == "site":
        stored = site.site(parts(), g.who.org)
        return {"held": stored, "revision": site.revision(stored), "playlists": _playlists(), **_lies_in()}
    if topic == "doctor":
        return {"findings": off_hub(doctor.examine, parts().config)}
    if topic == "tokens":
        return {"tokens": service.token_list(parts(), g.who), "scopes": SCOPES}
    return _log() if topic == "audit" else {}


def _lies_in() -> dict[str, Any]:
    """The organisations above, and the percentage of airtime they may fill."""
    branch = organisations.get(parts(), g.who, g.who.org).branch
    return {"above": organisations.above(parts(), g.who), "airtime": branch.airtime if branch else 0}


def _playlists() -> list[tuple[str, str]]:
    listed, _ = views.listing(parts(), g.who, PlaylistQuery(limit=200))
    return [(playlist.id, playlist.name) for playlist in listed.items]


def _log() -> dict[str, Any]:
    before = request.args.get("before", type=int)
    with parts().db.read() as tx:
        rows = audit.newest(tx, g.who.org, ROWS + 1, before)
        breaks = list(audit.verify(tx)) if before is None else []
    known = _known()
    rows = [{**row, "named": _named(row, known)} for row in rows]
    return {"rows": rows[:ROWS], "more": rows[ROWS - 1]["seq"] if len(rows) > ROWS else None, "breaks": breaks}


def _known() -> dict[str, str]:
    """What people call playlists, screens and each other now."""
    people = {person.id: person.name for person in service.people_list(parts(), g.who)}
    return {**views.names(parts(), g.who), **screens.screen_names(parts(), g.who), **people}


def _named(row: dict[str, Any], known: dict[str, str]) -> str:
    """What people call the subject of a row: as the row itself tells it, else as it is called now; "" when unknown."""
    told = [one for one in (row["after"], row["before"]) if isinstance(one, dict)]
    own = (str(one[name]) for one in told for name in NAMES if one.get(name))
    of = (known.get(str(one.get("playlist"))) for one in told)
    return next(filter(None, (*own, known.get(row["subject"]), *of)), "")


@blueprint.get("/settings")
def settings() -> Any:
    return signed_in("settings") or redirect("/settings/site")


@blueprint.get("/settings/<topic>")
def about(topic: str) -> Any:
    if gate := signed_in(topic_scope(topic)):
        return gate
    if topic not in TOPICS:
        raise errors.NotFound()
    return _page(topic)


@blueprint.post("/settings/site")
def change_site() -> Any:
    if gate := signed_in("settings"):
        return gate
    form = {name: request.form.get(name) for name in ("name", "zone", "locale", "fallback")}
    try:
        site.change(parts(), g.who, site.SiteOrder(**form), request.form.get("revision", ""))
    except errors.Stale:
        return _page(
            "site",
            errors.Stale.status,
            typed=form,
            meanwhile=meanwhile("site.change", "", _rows(form), "/settings/site"),
        )
    except errors.Invalid as problem:
        return _page("site", problem.status, problem=refusal(problem))
    return redirect("/settings/site?saved=1", 303)


def _rows(form: dict[str, str | None]) -> list[Row]:
    """The site's settings as stored beside what was typed, by their labels."""
    stored, names = asdict(site.site(parts(), g.who.org)), dict(_playlists())
    locale, known = locale_now(), {"fallback": names, "locale": LANGUAGES}
    black = {"fallback": say("settings.black", locale)}

    def said(name: str, one: str) -> str:
        return known[name].get(one, black.get(name, one)) if name in known else one

    return [(say(f"settings.{name}", locale), said(name, stored[name]), said(name, form[name] or "")) for name in form]


@blueprint.post("/settings/tokens")
def add_token() -> Any:
    if gate := signed_in("people"):
        return gate
    scopes, days = tuple(request.form.getlist("scopes")), request.form.get("days", type=int)
    try:
        token, secret = service.add_token(parts(), g.who, request.form.get("name", "")[:80], scopes, days)
    except errors.Invalid as problem:
        return _page("tokens", problem.status, problem=refusal(problem))
    return _page("tokens", secret=secret, made=token)


@blueprint.post("/settings/tokens/<token>/revoke")
def revoke_token(token: str) -> Any:
    if gate := signed_in("people"):
        return gate
    service.revoke_token(parts(), g.who, token)
    return redirect("/settings/tokens", 303)


@blueprint.post("/settings/backup")
def download_backup() -> Any:
    """The whole site as one file; an owner's act, asked for by a form so that no link can fetch it."""
    if gate := signed_in("people"):
        return gate
    must_be_first()
    folder = tempfile.TemporaryDirectory(prefix=backup.HANDING_OUT, dir=parts().config.data)
    path = Path(folder.name) / "paomadeng-backup.tar"
    off_hub(backup.write, parts(), path)
    headers = {"Content-Disposition": f"attachment; filename={path.name}", "Content-Length": str(path.stat().st_size)}
    return Response(_stream(path, folder), mimetype="application/x-tar", headers=headers)


def _stream(path: Path, folder: tempfile.TemporaryDirectory[str]) -> Iterator[bytes]:
    """Read in the thread pool, so that a large file never holds the hub."""
    with folder, path.open("rb") as file:
        while piece := off_hub(file.read, CHUNK):
            yield piece


@blueprint.get("/api/docs")
def api_page() -> Any:
    """For people on the desk, and for whoever writes a program and has only its token."""
    if g.who.kind == "token":
        g.who.must("read")
    elif gate := signed_in("read"):
        return gate
    told = openapi.document(current_app.extensions["paomadeng_operations"], VERSION)
    return page("api.html", here="settings", told=told)
