"""HTTP of the library, and of the media that players fetch."""

from __future__ import annotations

from flask import Response, request
from werkzeug.datastructures import FileStorage

from server.accounts.model import Identity
from server.api import Answer, Api
from server.errors import Invalid, TooLarge, Unauthenticated, Violation
from server.library import service
from server.library.model import Asset, AssetAnswer, AssetQuery, AssetsAnswer, RenamedAsset
from server.library.streaming import stream
from server.parts import Parts
from server.pool import off_hub

api = Api("library")
MIB = 1024 * 1024


def answer(asset: Asset) -> AssetAnswer:
    """An asset as JSON."""
    return AssetAnswer(
        id=asset.id, name=asset.name, kind=asset.kind, sha256=asset.sha256, media=f"/media/{asset.media}",
        thumbnail=f"/api/v1/assets/{asset.id}/thumbnail", width=asset.width, height=asset.height, bytes=asset.bytes,
        by=asset.by, created=asset.created, used=asset.used,
    )  # fmt: skip


@api.post(
    "/api/v1/assets", "content", upload=True, status=201, answer=AssetAnswer, also=(200,), summary="Take a picture in"
)
def add_asset(parts: Parts, who: Identity) -> Answer:
    file = request.files.get("file")
    if file is None:
        raise Invalid((Violation("file", "field.missing"),))
    data = off_hub(_read, file, parts.config.upload_mb)
    added = service.add(parts, who, data, request.form.get("name") or file.filename or "")
    return Answer(answer(added.asset), status=201 if added.new else 200)


@api.get("/api/v1/assets", query=AssetQuery, answer=AssetsAnswer, summary="The library, newest first")
def assets(parts: Parts, who: Identity, query: AssetQuery) -> AssetsAnswer:
    page = service.listing(parts, who, query)
    return AssetsAnswer(items=[answer(asset) for asset in page.items], next=page.next)


@api.get("/api/v1/assets/<asset>", answer=AssetAnswer, summary="One asset")
def one_asset(parts: Parts, who: Identity, asset: str) -> AssetAnswer:
    return answer(service.get(parts, who, asset))


@api.put("/api/v1/assets/<asset>", "content", body=RenamedAsset, answer=AssetAnswer, summary="Rename an asset")
def rename_asset(parts: Parts, who: Identity, asset: str, body: RenamedAsset) -> AssetAnswer:
    return answer(service.rename(parts, who, asset, body.name))


@api.delete("/api/v1/assets/<asset>", "content", status=204, also=(409,), summary="Put an unused asset aside")
def delete_asset(parts: Parts, who: Identity, asset: str) -> None:
    service.delete(parts, who, asset)


@api.post("/api/v1/assets/<asset>/restore", "content", answer=AssetAnswer, summary="Bring an asset back")
def restore_asset(parts: Parts, who: Identity, asset: str) -> AssetAnswer:
    return answer(service.restore(parts, who, asset))


@api.get("/api/v1/assets/<asset>/thumbnail", media="image/webp", also=(304, 416), summary="A small picture of an asset")
def thumbnail(parts: Parts, who: Identity, asset: str) -> Response:
    return stream(service.media_path(parts, service.thumbnail_of(parts, who, asset)))


@api.get("/media/<name>", "", media="image/*", also=(206, 304, 401, 403, 416), summary="One media file")
def media(parts: Parts, who: Identity, name: str) -> Response:
    if who.kind == "nobody":
        raise Unauthenticated()
    if who.kind == "token":
        who.must("read")
    return stream(service.media_path(parts, name))


def _read(file: FileStorage, limit_mb: int) -> bytes:
    with file.stream as stored:
        data = stored.read(limit_mb * MIB + 1)
    if len(data) > limit_mb * MIB:
        raise TooLarge(limit_mb=limit_mb)
    return data
