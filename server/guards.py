"""What stands before every request: headers, forged posts, rates, sizes."""

from __future__ import annotations

from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFError, CSRFProtect

from server import errors
from server.config import Config

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
UPLOADS = {"/api/v1/assets"}
MOST_BYTES = 8 * 1024 * 1024  # of any other body: nobody fills the disk's spool through a sign-in form
NEAR = dict.fromkeys(("socket_timeout", "socket_connect_timeout"), 0.5)  # s; a node counts alone without Redis
WAIT_S = 60
PER_MINUTE = "6000 per minute"  # a person at a desk makes a hundred; a fleet behind one address many


def install(app: Flask, config: Config) -> CSRFProtect:
    """Set the guards up on the application."""
    shared = bool(config.redis_url)
    app.config.update(
        MAX_CONTENT_LENGTH=config.upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        SESSION_COOKIE_NAME="paomadeng_csrf",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_HEADERS=["X-CSRF-Token"],
        RATELIMIT_STORAGE_URI=config.redis_url or "memory://",
        RATELIMIT_STORAGE_OPTIONS=NEAR if shared else {},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=shared,
        RATELIMIT_SWALLOW_ERRORS=shared,  # of two requests that find Redis gone at once, one is left without a count
        RATELIMIT_KEY_PREFIX="paomadeng",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    app.session_interface = _Cookie()
    app.before_request(_limit_body)
    csrf = CSRFProtect(app)
    Limiter(_key, app=app, default_limits=[PER_MINUTE])
    app.after_request(headers)
    return csrf


class _Cookie(SecureCookieSessionInterface):
    """The cookie that holds the forms' word, sent over TLS only when it came that way."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def _limit_body() -> None:
    if request.path not in UPLOADS:
        request.max_content_length = MOST_BYTES


def protect(csrf: CSRFProtect) -> None:
    """Refuse an unsafe request that a browser's cookie alone could have made."""
    signed = request.path.startswith(("/player/", "/hooks/"))  # by a device's token, by the call itself
    if request.method in SAFE_METHODS or request.headers.get("Authorization") or signed:
        return
    _check_origin()
    if g.who.kind == "person" or not request.path.startswith("/api/"):
        try:
            csrf.protect()
        except CSRFError as error:
            raise ForgedPost() from error


def _check_origin() -> None:
    origin = request.headers.get("Origin")
    if origin and origin != "null" and origin.split("//")[-1] != request.host:
        raise ForgedPost()
    if origin == "null":
        raise ForgedPost()


class ForgedPost(errors.Problem):
    """A post that did not come from our own page."""

    status, slug = 403, "csrf"


def _key() -> str:
    who = getattr(g, "who", None)
    return f"{who.kind}:{who.id}" if who is not None and who.id else f"address:{request.remote_addr}"


def headers(response: Response) -> Response:
    """Close every door a page does not need; nothing ever comes from another host."""
    sockets = f"ws://{request.host} wss://{request.host}"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
        f"connect-src 'self' {sockets}; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'self'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
