"""Who is behind a request or a socket: a session cookie, an API token, a device token, or nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from server.accounts import sessions
from server.accounts.model import Identity, nobody
from server.accounts.site import first
from server.parts import Parts
from server.screens.players import authenticate_player
from server.words import LOCALES

BySession = Callable[[Parts, str, str], Identity | None]


def identify(
    parts: Parts, authorization: str, cookie: str, address: str, languages: str, by_session: BySession
) -> Identity:
    """The identity behind a credential; a credential that does not count is nobody's.

    ``by_session`` says whether the request keeps a session alive: ``sessions.by_session`` or ``sessions.unattended``.
    """
    found = _by_bearer(parts, authorization, address) if authorization else None
    if found is None and cookie and not authorization:
        found = by_session(parts, cookie, address)
    if found is not None:
        return found
    met = first(parts)
    return nobody(met.id, preferred(languages, met.locale), address)


def _by_bearer(parts: Parts, authorization: str, address: str) -> Identity | None:
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    if secret.startswith("pmp_"):
        return authenticate_player(parts, secret)
    return sessions.by_token(parts, secret, address)


def preferred(languages: str, otherwise: str) -> str:
    """The first of our languages in an ``Accept-Language`` header, or the site's own."""
    for part in languages.lower().split(","):
        word = part.split(";")[0].strip()[:2]
        if word in LOCALES:
            return word
    return otherwise


def session_of(environ: Mapping[str, Any]) -> str:
    """The session cookie in a WSGI environment, or ""."""
    try:
        jar = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    except CookieError:
        return ""
    return jar[sessions.COOKIE].value if sessions.COOKIE in jar else ""
