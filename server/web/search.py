"""Search over the whole desk: as a box over every page, and as a page of its own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request

from server.api import to_json
from server.web.found import Hit, found, pieces
from server.web.shell import page, signed_in

blueprint = Blueprint("search", __name__)

FEW, MANY = 6, 30  # of one kind, in the box and on the page
LONGEST = 80


@blueprint.get("/search")
def search() -> Any:
    """The same search as a page: with more of each kind, for a phone and for a browser without script."""
    if gate := signed_in():
        return gate
    asked = _asked()
    told = [(kind, [_told(hit, asked) for hit in hits]) for kind, hits in found(g.who, asked, MANY)]
    return page("search.html", here="search", q=asked, found=told, most=MANY)


@blueprint.get("/search/found")
def answers() -> Any:
    """What the box over every page shows for what is typed; ``more`` when the page would show more."""
    g.who.must("read")
    asked = _asked()
    each = found(g.who, asked, FEW + 1)
    told = [{"kind": kind, "hits": [_told(hit, asked) for hit in hits[:FEW]]} for kind, hits in each]
    more = bool(asked) and any(len(hits) > FEW for _, hits in each)
    return Response(to_json({"found": told, "more": more}), mimetype="application/json")


def _asked() -> str:
    return " ".join(request.args.get("q", "")[:LONGEST].split())


def _told(hit: Hit, asked: str) -> dict[str, Any]:
    """A hit with its lines in pieces, ``[text, whether it was asked for]``."""
    lines = {"name": pieces(asked, hit.name), "second": pieces(asked, hit.second)}
    return {**lines, "url": hit.url, "icon": hit.icon}
