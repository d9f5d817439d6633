"""The /desk namespace: staff's pages listen here for what changed; they ask nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from server.accounts.model import Identity
from server.errors import Forbidden, Unauthenticated
from server.realtime import protocol
from server.realtime.guard import Guard
from server.realtime.peers import Ask, Handshake

Identify = Callable[[dict[str, Any]], Identity | None]


class Desk:
    """Handlers of the namespace; ``identify`` reads the session cookie of the handshake."""

    def __init__(self, guard: Guard, identify: Identify, public_url: str) -> None:
        self._guard, self._identify, self._public_url = guard, identify, public_url
        guard.open_door(protocol.DESK, self.join, lambda member: None)

    def join(self, asks: list[Ask]) -> None:
        """Let in people who may read, from a page of ours."""
        for ask in asks:
            try:
                who = self._admitted(ask.peer.handshake)
            except Exception as error:
                self._guard.turn_away(ask, error)
            else:
                self._guard.admit(ask, who, _rooms(who))

    def _admitted(self, handshake: Handshake) -> Identity:
        environ = handshake.environ()
        if not same_origin(handshake.origin, environ, self._public_url):
            raise Forbidden(detail="realtime.other_origin")
        who = self._identify(environ)
        if who is None or who.kind != "person":
            raise Unauthenticated()
        who.must("read")
        return who


def _rooms(who: Identity) -> tuple[str, ...]:
    organisation = protocol.org_room(who.org)
    return (organisation, protocol.session_room(who.session)) if who.session else (organisation,)


def same_origin(origin: str | None, environ: dict[str, Any], public_url: str) -> bool:
    """Whether a page of this server opened the connection; programs that are no browser send no origin."""
    if origin is None:
        return True
    wanted = {environ.get("HTTP_HOST", "").lower(), urlsplit(public_url).netloc.lower()} - {""}
    try:
        return urlsplit(origin).netloc.lower() in wanted
    except ValueError:  # such as "http://[": no page of ours
        return False
