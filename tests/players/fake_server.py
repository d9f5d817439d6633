"""A stand-in for the server: speaks the player protocol, believes everything, remembers what it heard.

It serves players/dist at /screen; POST /fake/<verb> steers it from a test.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_socketio import Namespace, SocketIO
from PIL import Image
from socketio.exceptions import ConnectionRefusedError as Refusal

from server.clock import SystemClock
from server.web.statics import FONTS, faces

DIST = Path(__file__).resolve().parents[2] / "players" / "dist"
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self' ws:; img-src 'self' blob: data:"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".png": "image/png"}


def strip(width: int, height: int, seed: int = 1, ink: tuple[int, int, int] = (255, 0, 0)) -> bytes:
    """A picture whose every column differs, so that a wrong pixel is seen."""
    picture = Image.new("RGB", (width, height))
    for x in range(width):
        for y in range(height):
            if ((x * 7 + y * 13 + seed * 5) ^ (x >> 2)) % 5 < 2:
                picture.putpixel((x, y), ink)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def canonical(value: object) -> bytes:
    """The JSON form whose hash names a programme."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sealed(programme: dict[str, Any]) -> dict[str, Any]:
    """The programme with its version."""
    return {**programme, "version": hashlib.sha256(canonical(programme)).hexdigest()[:32]}


class Site:
    """Everything the fake server holds."""

    def __init__(self) -> None:
        self.media: dict[str, bytes] = {}
        self.programme: dict[str, Any] = {}
        self.screen = {"id": "s1", "name": "Gate 1", "width": 192, "height": 16, "colour": "single"}
        self.claimed = False
        self.revoked = False
        self.shift = 0
        self.rate, self.first = 1, 0  # how fast its time runs, and since when
        self.heard: list[dict[str, Any]] = []
        self.plays: dict[str, dict[str, Any]] = {}
        self.fetched: list[str] = []
        self.forged = ""
        self.epoch, self.seq = "e1", 0
        self.alerts: list[dict[str, Any]] = []
        self.deaf: list[str] = []  # events that get no answer
        self.sockets = True
        self.protocol = 1
        self.faces = True

    def now(self) -> int:
        at = SystemClock().now()
        return self.first + (at - self.first) * self.rate + self.shift

    def put(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest() + ".png"
        self.media[name] = data
        return name

    def live_set(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "seq": self.seq, "now": self.now(), "alerts": self.alerts}

    def allowed(self) -> bool:
        return not self.revoked and request.headers.get("Authorization") == "Bearer t1"


class Player(Namespace):  # type: ignore[misc,unused-ignore]
    """The socket half of the protocol."""

    def __init__(self, site: Site) -> None:
        super().__init__("/player")
        self.site = site

    def on_connect(self, auth: dict[str, Any] | None) -> None:
        if self.site.revoked or (auth or {}).get("token") != "t1":
            raise Refusal({"status": 401, "title": "revoked"})
        if not self.site.sockets:
            raise Refusal

    def on_hello(self, data: dict[str, Any]) -> dict[str, Any]:
        self.site.heard.append({"event": "hello", **data})
        if data["protocol"] != self.site.protocol:
            return {"type": "/problems/protocol", "status": 409, "title": "other", "protocol": self.site.protocol}
        return {**self.position(), "nonce": data["nonce"], "screen": self.site.screen, "alerts": self.site.alerts}

    def on_beat(self, data: dict[str, Any]) -> dict[str, Any]:
        self.site.heard.append({"event": "beat", **data})
        return self.position()

    def on_alert_received(self, data: dict[str, Any]) -> dict[str, Any] | None:
        return self.proof("alert_received", data)

    def on_alert_shown(self, data: dict[str, Any]) -> dict[str, Any] | None:
        return self.proof("alert_shown", data)

    def proof(self, event: str, data: dict[str, Any]) -> dict[str, Any] | None:
        """Believe a proof of this epoch."""
        self.site.heard.append({"event": event, "at": self.site.now(), **data})
        if event in self.site.deaf:
            time.sleep(6)  # longer than a player waits
        if data["epoch"] != self.site.epoch:
            return {"ok": False, "status": 409, "title": "another epoch"}
        return {"ok": True}

    def on_command_done(self, data: dict[str, Any]) -> dict[str, Any]:
        self.site.heard.append({"event": "command_done", **data})
        return {"ok": True}

    def position(self) -> dict[str, Any]:
        version = self.site.programme.get("version", "")
        return {
            "ok": True,
            "now": self.site.now(),
            "epoch": self.site.epoch,
            "programme": version,
            "seq": self.site.seq,
        }


def content_roads(app: Flask, site: Site) -> None:
    """The player's HTTP calls."""

    @app.get("/player/programme")
    def programme() -> Any:
        if not site.allowed():
            return problem(401)
        if not site.programme:
            return problem(404)
        tag = f'"{site.programme["version"]}"'
        if request.headers.get("If-None-Match") == tag:
            return Response(status=304, headers={"ETag": tag})
        return Response(canonical(site.programme), mimetype="application/json", headers={"ETag": tag})

    @app.get("/media/<name>")
    def media(name: str) -> Any:
        site.fetched.append(name)
        if not site.allowed():
            return problem(401)
        if name == site.forged:
            return Response(strip(192, 16, 99), mimetype="image/png")
        return Response(site.media[name], mimetype="image/png") if name in site.media else problem(404)

    @app.get("/player/time")
    def now() -> Any:
        return jsonify(now=site.now())

    @app.post("/player/plays")
    def plays() -> Any:
        rows = request.get_json()["plays"]
        site.plays.update({row["id"]: row for row in rows})
        return jsonify(accepted=[row["id"] for row in rows], refused=[])


def alert_roads(app: Flask, sockets: SocketIO, site: Site) -> None:
    """The live set over HTTP, and what a test may do to it."""

    @app.get("/player/alerts")
    def alerts() -> Any:
        if not site.allowed():
            return problem(401)
        return jsonify(site.live_set())

    @app.post("/player/alerts/proofs")
    def proofs() -> Any:
        if not site.allowed():
            return problem(401)
        told = request.get_json()["proofs"]
        site.heard.extend({"event": f"http_{one['kind']}", **one} for one in told)
        return jsonify(ok=True, refused=[n for n, one in enumerate(told) if one["epoch"] != site.epoch])

    @app.post("/fake/alerts")
    def alert() -> Any:
        """Another live set; pushed unless ``push`` is false, so often as ``times`` says."""
        order = request.get_json()
        site.alerts, site.seq = order["alerts"], site.seq + 1
        if order.get("push", True):
            for _ in range(order.get("times", 1)):
                sockets.emit("alerts_changed", site.live_set(), namespace="/player")
        return jsonify(site.live_set())

    @app.post("/fake/tell")
    def tell() -> Any:
        """Any message at all, as a network that repeats and reorders would bring it."""
        order = request.get_json()
        sockets.emit(order["event"], order["payload"], namespace="/player")
        return jsonify(ok=True)


def pairing_roads(app: Flask, site: Site) -> None:
    """Codes and keys."""

    @app.post("/player/pairings")
    def pairings() -> Any:
        return jsonify(code="7KMQ2X", secret="quiet", expires=site.now() + 600_000), 201

    @app.post("/player/pair")
    def pair() -> Any:
        body = request.get_json()
        if body.get("key") == "k1" or (site.claimed and body.get("secret") == "quiet"):
            site.revoked = False
            return jsonify(token="t1", screen=site.screen)
        return problem(403) if "key" in body else (jsonify(ok=True), 202)


def page_roads(app: Flask, site: Site) -> None:
    """The built player, under the policy the real server sends."""

    @app.get("/screen/faces/<name>")
    def face(name: str) -> Any:
        site.fetched.append(name)
        return Response((FONTS / faces()[name]).read_bytes()) if site.faces else problem(503)

    @app.get("/screen")
    @app.get("/screen/<name>")
    def page(name: str = "index.html") -> Any:
        path = DIST / name
        if not path.is_file():
            return problem(404)
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache", "Service-Worker-Allowed": "/screen"}
        return Response(path.read_bytes(), content_type=TYPES[path.suffix], headers=headers)


def problem(status: int) -> Any:
    """An RFC 9457 answer."""
    return Response(json.dumps({"status": status, "title": "refused"}), status, mimetype="application/problem+json")


def steering(app: Flask, sockets: SocketIO, site: Site) -> None:
    """What a test may do to the server."""

    @app.post("/fake/media")
    def put() -> Any:
        return jsonify(name=site.put(request.get_data()))

    @app.post("/fake/programme")
    def publish() -> Any:
        order = request.get_json()
        site.programme = sealed(order["programme"])
        at = site.now()
        if order.get("nudge", True):
            sockets.emit("programme_published", {"version": site.programme["version"]}, namespace="/player")
        return jsonify(version=site.programme["version"], at=at)

    @app.post("/fake/command")
    def command() -> Any:
        sockets.emit("command", request.get_json(), namespace="/player")
        return jsonify(ok=True)

    @app.post("/fake/set")
    def change() -> Any:
        for name, value in request.get_json().items():
            setattr(site, name, value)
        return jsonify(ok=True)

    @app.get("/fake/heard")
    def heard() -> Any:
        return jsonify(heard=site.heard, plays=list(site.plays.values()), fetched=site.fetched, now=site.now())


def make() -> tuple[Flask, SocketIO, Site]:
    """A whole fake server, not yet listening."""
    app, site = Flask(__name__, static_folder=None), Site()
    sockets = SocketIO(app, async_mode="threading", ping_interval=10, ping_timeout=5, cors_allowed_origins="*")
    sockets.on_namespace(Player(site))
    content_roads(app, site)
    alert_roads(app, sockets, site)
    pairing_roads(app, site)
    page_roads(app, site)
    steering(app, sockets, site)
    return app, sockets, site


def serve(port: int) -> None:
    """Listen until killed, silently."""
    silence = os.open(os.devnull, os.O_WRONLY)
    for said in (1, 2):
        os.dup2(silence, said)
    application, sockets, _ = make()
    sockets.run(application, "127.0.0.1", port, allow_unsafe_werkzeug=True)
