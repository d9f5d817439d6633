"""Style sheet and scripts of the desk, and the player's built files; named by content, so cached for good."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.security import safe_join

from server import errors

blueprint = Blueprint("statics", __name__)
DESK = Path(__file__).parent / "static"
FONTS = Path(__file__).parents[2] / "media" / "fonts"
PLAYER = Path(__file__).parents[2] / "players" / "dist"
FOREVER = "public, max-age=31536000, immutable"
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/ttf", ".ttf")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")


@lru_cache(maxsize=256)
def _file(folder: Path, name: str, _changed: int) -> tuple[bytes, str]:
    data = (folder / name).read_bytes()
    return data, hashlib.sha256(data).hexdigest()[:12]


def _read(folder: Path, name: str) -> tuple[bytes, str]:
    path = safe_join(str(folder), name)
    if path is None or not Path(path).is_file():
        raise errors.NotFound()
    return _file(folder, name, Path(path).stat().st_mtime_ns)


def static(name: str) -> str:
    """The address of a desk file, changing with its content."""
    return f"/static/{name}?v={_read(DESK, name)[1]}"


def _answer(folder: Path, name: str, *, cache: str, version: str = "") -> Response:
    """``version`` is what somebody asks for: what another node has, of another release, is not kept for good."""
    data, tag = _read(folder, name)
    cache = FOREVER if version == tag else cache
    response = Response(data, mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream")
    response.set_etag(tag)
    response.headers["Cache-Control"] = cache
    response.make_conditional(request)
    return response


@blueprint.get("/static/<path:name>")
def desk_file(name: str) -> Response:
    return _answer(DESK, name, cache="no-cache", version=request.args.get("v", ""))


@blueprint.get("/screen")
def player_page() -> Response:
    return _answer(PLAYER, "index.html", cache="no-cache")


@blueprint.get("/screen/<path:name>")
def player_file(name: str) -> Response:
    response = _answer(PLAYER, name, cache="no-cache")
    response.headers["Service-Worker-Allowed"] = "/screen"
    return response


@lru_cache(maxsize=1)
def faces() -> dict[str, str]:
    """The faces that players set alerts in: the name by which they ask, made of what it holds, and the file."""
    found = sorted(FONTS.glob("notice-*.*"))
    return {hashlib.sha256(path.read_bytes()).hexdigest() + path.suffix: path.name for path in found}


@blueprint.get("/screen/faces/<name>")
def face(name: str) -> Response:
    """A face for alerts, for anyone: players fetch it once and keep it."""
    if name not in faces():
        raise errors.NotFound()
    return _answer(FONTS, faces()[name], cache=FOREVER)


@blueprint.get("/fonts/<name>")
def font(name: str) -> Response:
    """The shipped Chinese face, for a machine that has none of its own."""
    if not name.endswith((".ttf", ".otf")):
        raise errors.NotFound()
    return _answer(FONTS, name, cache="public, max-age=604800")


@blueprint.get("/favicon.ico")
def icon() -> Response:
    return _answer(DESK, "icon.svg", cache="public, max-age=86400")
