"""Programmes over HTTP: for players by ETag, for the desk as JSON and as exact pixels."""

from __future__ import annotations

from flask import Response, request

from server.accounts.model import Identity
from server.api import Answer, Api
from server.parts import Parts
from server.programmes import previews, service
from server.programmes.model import (
    AtQuery,
    CueList,
    FindingList,
    InstantQuery,
    LookAnswer,
    LookQuery,
    NewPreview,
    PreviewsAnswer,
    Stored,
)

api = Api("programmes")

HELD = {"Cache-Control": "private, no-cache"}


@api.get("/player/programme", "", also=(304, 401, 410, 503), summary="A player's programme; ETag is its version")
def player_programme(parts: Parts, who: Identity) -> Response:
    return _programme(service.for_player(parts, who))


@api.get("/api/v1/screens/<screen>/programme", also=(304,), summary="A screen's programme as its player gets it")
def screen_programme(parts: Parts, who: Identity, screen: str) -> Response:
    return _programme(service.for_desk(parts, who, screen))


def _programme(found: Stored) -> Response:
    """The stored bytes as they are: nothing is parsed or written again for each of a thousand players."""
    headers = {**HELD, "ETag": f'"{found.version}"'}
    if request.if_none_match.contains(found.version):
        return Response(status=304, headers=headers)
    return Response(found.body, headers=headers, mimetype="application/json")


@api.get("/api/v1/screens/<screen>/findings", answer=FindingList, summary="What a programme leaves out, and why")
def findings(parts: Parts, who: Identity, screen: str) -> FindingList:
    return FindingList(items=service.findings(parts, who, screen))


@api.get("/api/v1/screens/<screen>/strip.png", query=InstantQuery, media="image/png", summary="The running page, whole")
def strip(parts: Parts, who: Identity, screen: str, query: InstantQuery) -> Response:
    picture = service.strip(parts, who, screen, query.at, query.region)
    return Response(picture.data, headers={"Cache-Control": "private, no-store"}, mimetype=picture.kind)


@api.get("/api/v1/screens/<screen>/cues", query=AtQuery, answer=CueList, summary="What runs, and who approved it")
def cues(parts: Parts, who: Identity, screen: str, query: AtQuery) -> CueList:
    at, items = service.cues(parts, who, screen, query.at)
    return CueList(at=at, items=items)


@api.post("/api/v1/previews", "content", body=NewPreview, answer=PreviewsAnswer, also=(404,), summary="Typeset unsaved")
def preview(parts: Parts, who: Identity, body: NewPreview) -> Answer:
    return Answer(previews.make(parts, who, body))


@api.get(
    "/api/v1/playlists/<playlist>/revisions/<revision>/pages", query=LookQuery, answer=LookAnswer, also=(429,),
    summary="A revision as a screen shows it",
)  # fmt: skip
def look(parts: Parts, who: Identity, playlist: str, revision: str, query: LookQuery) -> Answer:
    return Answer(previews.look(parts, who, playlist, revision, query), {"Cache-Control": "private, max-age=60"})
