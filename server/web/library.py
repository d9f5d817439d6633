"""The library: the pictures staff may use."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request

from server.api import parts
from server.library import service
from server.library.model import AssetQuery
from server.library.routes import answer
from server.web.shell import page, signed_in

blueprint = Blueprint("library", __name__)
PER_PAGE = 60


@blueprint.get("/library")
def library() -> Any:
    if gate := signed_in("read"):
        return gate
    query = AssetQuery(q=request.args.get("q", "")[:200], cursor=request.args.get("cursor"), limit=PER_PAGE)
    found = service.listing(parts(), g.who, query)
    return page(
        "library.html",
        here="library",
        words=("library_page.",),
        data={"may": g.who.may("content"), "limit_mb": parts().config.upload_mb},
        assets=[answer(asset) for asset in found.items],
        more=found.next,
        query=query.q,
        limit_mb=parts().config.upload_mb,
    )
