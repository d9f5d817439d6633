"""Immutable files over HTTP: read piece by piece in the thread pool, so that many screens never starve the sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Response, request

from server.api import parts
from server.pool import off_hub
from server.proxies import PROXIED

PIECE = 256 * 1024
TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}
FOREVER = "private, max-age=31536000, immutable"


def stream(path: Path) -> Response:
    """The file, the asked range of it, or 304; its name is its content, so it never changes.

    Behind an nginx that reads the same folder, only the order to send it, ranges included.
    """
    size, tag = path.stat().st_size, path.name.split(".")[0]
    headers = {
        "Cache-Control": FOREVER,
        "ETag": f'"{tag}"',
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Type": TYPES.get(path.suffix[1:], "application/octet-stream"),
    }
    if request.if_none_match.contains_weak(tag):
        return Response(status=304, headers=headers)
    if (prefix := parts().config.x_accel) and request.environ.get(PROXIED):
        return Response(headers={**headers, "X-Accel-Redirect": f"{prefix}{path.parent.name}/{path.name}"})
    first, last, status = _span(size, tag)
    if status == 416:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    if status == 206:
        headers["Content-Range"] = f"bytes {first}-{last - 1}/{size}"
    headers["Content-Length"] = str(last - first)
    return Response(_pieces(path, first, last), status=status, headers=headers)


def _span(size: int, tag: str) -> tuple[int, int, int]:
    """The half-open range of bytes to send, and the status; several ranges at once are answered by the whole file."""
    asked = request.range
    current = not request.headers.get("If-Range") or request.if_range.etag == tag
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or not current:
        return 0, size, 200
    span = asked.range_for_length(size)
    return (*span, 206) if span and span[0] is not None and span[1] is not None else (0, 0, 416)


def _pieces(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        while first < last:
            piece = off_hub(file.read, min(PIECE, last - first))
            if not piece:
                return
            first += len(piece)
            yield piece
