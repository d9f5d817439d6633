"""A real HTTP server on this machine that checks a message as 企业微信, 钉钉 and 飞书 do, and keeps it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "SEC7a1b2c"
HOUR_MS = 3_600_000
Answer = tuple[int, dict[str, Any]]


class Vendor:
    """``url`` leads to it; ``taken`` are the messages it accepted, ``asked`` every request's path."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self.taken: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.heads: list[dict[str, str]] = []
        self.failing = 0  # how many of the next requests are answered with 500
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path: str, body: bytes, headers: Any) -> Answer:
        """What becomes of a request."""
        self.asked.append(path)
        self.heads.append(dict(headers))
        if self.failing > 0:
            self.failing -= 1
            return 500, {}
        found = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(found.query).items()}
        kind = found.path.strip("/").split("/")[0]
        status, told = getattr(self, f"_{kind}")(query, body, headers)
        if status == 200 and told.get("errcode", told.get("code", 0)) == 0:
            self.taken.append(json.loads(body))
        return status, told

    def _wecom(self, query: dict[str, str], body: bytes, headers: Any) -> Answer:
        if query.get("key") != "K1":
            return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
        text = json.loads(body)["text"]["content"]
        return 200, {"errcode": 0, "errmsg": "ok"} if len(text.encode()) <= 2048 else {
            "errcode": 40058,
            "errmsg": "long",
        }

    def _dingtalk(self, query: dict[str, str], body: bytes, headers: Any) -> Answer:
        stamp = query.get("timestamp", "0")
        signed = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
        fresh = abs(int(stamp) - self.now()) < HOUR_MS
        if not fresh or query.get("sign") != base64.b64encode(signed).decode():
            return 200, {"errcode": 310000, "errmsg": "sign not match"}
        return 200, {"errcode": 0, "errmsg": "ok"} if json.loads(body)["msgtype"] == "text" else {"errcode": 1}

    def _feishu(self, query: dict[str, str], body: bytes, headers: Any) -> Answer:
        told = json.loads(body)
        stamp = str(told.get("timestamp", "0"))
        signed = hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
        fresh = abs(int(stamp) * 1000 - self.now()) < HOUR_MS
        if not fresh or told.get("sign") != base64.b64encode(signed).decode():
            return 200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}
        return 200, {"code": 0, "msg": "success"} if told["msg_type"] == "text" else {"code": 1}

    def _generic(self, query: dict[str, str], body: bytes, headers: Any) -> Answer:
        signed = f"{headers['X-Paomadeng-Timestamp']}.".encode() + body
        wanted = "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        return (200, {}) if headers["X-Paomadeng-Signature"] == wanted else (401, {})

    def _moved(self, query: dict[str, str], body: bytes, headers: Any) -> Answer:
        return 302, {"location": f"{self.url}/generic"}

    def _garbled(self, query: dict[str, str], body: bytes, headers: Any) -> Answer:
        return 200, {"hello": "world", "code": "?"}

    def _handler(vendor) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the inner class has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, told = vendor.answer(self.path, body, self.headers)
                data = json.dumps(told).encode()
                self.send_response(status)
                if "location" in told:
                    self.send_header("Location", told["location"])
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler
