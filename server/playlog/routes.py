"""HTTP of the playlog."""

from __future__ import annotations

from typing import Any

from server.accounts.model import Identity
from server.api import Api
from server.paging import cursor, place
from server.parts import Parts
from server.playlog import service
from server.playlog.model import PlayAnswer, PlayList, PlayQuery, PlaysBody, VerdictAnswer
from server.scheduling.mandatory import Ordered

api = Api("playlog")


@api.post("/player/plays", "", body=PlaysBody, answer=VerdictAnswer, summary="Report plays; verdicts row by row")
def report(parts: Parts, who: Identity, body: PlaysBody) -> dict[str, Any]:
    return service.verdict_object(service.report(parts, who, body.plays), who.locale)


@api.get("/api/v1/plays", query=PlayQuery, answer=PlayList, summary="What was on, the oldest first")
def list_plays(parts: Parts, who: Identity, query: PlayQuery) -> PlayList:
    found = service.list_plays(
        parts, who, screen=query.screen, begins=query.begins, ends=query.ends, after=place(query.cursor) or (-1, ""),
        limit=query.limit + 1,
    )  # fmt: skip
    page = found[: query.limit]
    rest = cursor(page[-1].begins, page[-1].id) if len(found) > len(page) else None
    names = service.names_of(parts, who, {row.playlist for row in page})
    return PlayList(items=[_told(row, names.get(row.playlist)) for row in page], next=rest)


def _told(row: Any, playlist: Ordered | None) -> PlayAnswer:
    stored = {name: getattr(row, name) for name in PlayAnswer.model_fields if name in row._fields}
    named = (playlist.name, playlist.organisation or None) if playlist else (None, None)
    return PlayAnswer(**stored, playlist_name=named[0], ordered_by=named[1])
