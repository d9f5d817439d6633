"""The /desk namespace: staff's pages listen here for what changed; they ask nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from server.accounts.model import Identity
from server.errors import Forbidden, Unauthenticated
from server.realtime import protocol
from server.realtime.answers import refusal

Identify = Callable[[dict[str, Any]], Identity | None]


class Desk:
    """Handlers of the namespace; ``identify`` reads the session cookie of the handshake."""

    def __init__(self, server: Any, identify: Identify, public_url: str, locale: str) -> None:
        self._server, self._identify = server, identify
        self._public_url, self._locale = public_url, locale
        server.on("connect", self.connect, namespace=protocol.DESK)

    def connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Let in a person who may read, from a page of ours."""
        try:
            who = self._admitted(environ)
        except Exception as error:
            raise refusal(error, self._locale) from None
        self._server.enter_room(sid, protocol.org_room(who.org), namespace=protocol.DESK)
        if who.session:
            self._server.enter_room(sid, protocol.session_room(who.session), namespace=protocol.DESK)

    def _admitted(self, environ: dict[str, Any]) -> Identity:
        if not same_origin(environ.get("HTTP_ORIGIN"), environ, self._public_url):
            raise Forbidden(detail="realtime.other_origin")
        who = self._identify(environ)
        if who is None or who.kind != "person":
            raise Unauthenticated()
        who.must("read")
        return who


def same_origin(origin: str | None, environ: dict[str, Any], public_url: str) -> bool:
    """Whether a page of this server opened the connection; programs that are no browser send no origin."""
    if origin is None:
        return True
    wanted = {environ.get("HTTP_HOST", "").lower(), urlsplit(public_url).netloc.lower()} - {""}
    try:
        return urlsplit(origin).netloc.lower() in wanted
    except ValueError:  # such as "http://[": no page of ours
        return False
