"""Puts the application together from its features; starts nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_socketio import SocketIO
from werkzeug.exceptions import HTTPException

from server import errors, faults, glass, guards, health, problems, secret
from server.accounts import routes as accounts
from server.accounts import sessions
from server.addresses import LazyRule
from server.alerts import routes as alerts
from server.alerts import template_routes as alert_templates
from server.api import Api, to_json
from server.editorial import routes as editorial
from server.identify import identify, preferred, session_of
from server.intake import routes as intake
from server.library import routes as library
from server.openapi import document
from server.organisations import routes as organisations
from server.outbox import routes as outbox
from server.parts import Parts
from server.playlog import routes as playlog
from server.programmes import routes as programmes
from server.proxies import Proxies, networks
from server.realtime import routes as realtime
from server.realtime.attach import attach
from server.scheduling import routes as scheduling
from server.screens import routes as screens
from server.version import VERSION
from server.web import blueprints, error_page, wants_page
from server.words import LOCALES

APIS: tuple[Api, ...] = tuple(
    feature.api
    for feature in (
        accounts,
        screens,
        library,
        editorial,
        scheduling,
        programmes,
        glass,
        health,
        playlog,
        alerts,
        alert_templates,
        outbox,
        intake,
        organisations,
        realtime,
    )
)
OPERATIONS = "paomadeng_operations"
ALERT_ROAD = (
    "/alert", "/drill", "/api/v1/alert", "/api/v1/live-alerts", "/api/v1/cap", "/hooks/", "/player/alerts",
    "/player/time", "/seen", "/metrics",
)  # fmt: skip
"""Where these addresses lead must go on while the database is away."""


def create_app(parts: Parts) -> tuple[Flask, SocketIO]:
    """Return the WSGI application and its sockets for one site."""
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.url_rule_class = LazyRule
    app.secret_key = secret.key(parts.config.data)
    app.extensions["paomadeng"] = parts
    app.extensions[OPERATIONS] = [operation for api in APIS for operation in api.operations]
    app.before_request(_who)
    app.before_request(_on_alert_road)
    app.teardown_request(_off_alert_road)
    csrf = guards.install(app, parts.config)
    app.before_request(lambda: guards.protect(csrf))
    app.after_request(_count)
    app.register_error_handler(Exception, _problem)
    _register(app)
    sockets = attach(app, parts, lambda environ: _desk_identity(parts, environ))
    if parts.config.proxies:
        app.wsgi_app = Proxies(app.wsgi_app, parts.config.proxies, networks(parts.config.proxy_from))  # type: ignore[method-assign]
    return app, sockets


def _register(app: Flask) -> None:
    for api in APIS:
        app.register_blueprint(api.blueprint)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    app.add_url_rule("/api/openapi.json", "openapi", _openapi)


def _who() -> None:
    g.began = time.perf_counter()
    languages = request.args.get("lang") or request.cookies.get("lang") or request.headers.get("Accept-Language", "")
    with _parts().db.or_mirror():
        who = identify(
            parts=_parts(),
            authorization=request.headers.get("Authorization", ""),
            cookie=request.cookies.get(sessions.COOKIE, ""),
            address=request.remote_addr or "",
            languages=languages,
            by_session=sessions.by_session if _attended() else sessions.unattended,
        )
    if who.kind == "token":  # a program asks for the language of its own readers
        who = replace(who, locale=preferred(languages, who.locale))
    chosen = request.cookies.get("lang", "")  # in this browser, by whoever sits at it: pages and problems alike
    g.who = replace(who, locale=chosen) if who.kind == "person" and chosen in LOCALES else who


def _on_alert_road() -> None:
    """Answer what alerts need from what was last known, when the database is away; all else says that it is."""
    if request.path.startswith(ALERT_ROAD):
        g.mirrored = _parts().db.or_mirror()
        g.mirrored.__enter__()


def _off_alert_road(_error: BaseException | None) -> None:
    if "mirrored" in g:
        g.pop("mirrored").__exit__(None, None, None)


def _attended() -> bool:
    """Whether a hand made this request: a page opened or an act done; what pages fetch by themselves is nobody's."""
    return request.method not in guards.SAFE_METHODS or wants_page()


def _parts() -> Parts:
    from server.api import parts

    return parts()


def _desk_identity(parts: Parts, environ: Any) -> Any:
    address = environ.get("REMOTE_ADDR", "")
    with parts.db.or_mirror():
        found = identify(parts, "", session_of(environ), address, "", sessions.unattended)
    return found if found.kind == "person" else None


def _count(response: Response) -> Response:
    health.count(request.method, response.status_code, time.perf_counter() - g.get("began", time.perf_counter()))
    return response


def _openapi() -> Response:
    return Response(to_json(document(current_app.extensions[OPERATIONS], VERSION)), mimetype="application/json")


# errors -------------------------------------------------------------------------------------------------------------


class MethodNotAllowed(errors.Problem):
    """The address exists, the method does not."""

    status, slug = 405, "method-not-allowed"


_OF_HTTP: dict[int, type[errors.Problem]] = {
    404: errors.NotFound,
    405: MethodNotAllowed,
    413: errors.TooLarge,
    415: errors.Malformed,
    429: errors.TooMany,
}


def _problem(error: Exception) -> Any:
    if isinstance(error, HTTPException):
        if error.code is not None and error.code < 400:
            return error
        return _answer(_of_http(error))
    return _answer(faults.translate(error) or faults.fault(error, "fault", path=str(request.url_rule)))


def _of_http(error: HTTPException) -> errors.Problem:
    kind = _OF_HTTP.get(error.code or 500, errors.Problem)
    if kind is errors.TooMany:
        return kind(retry_s=guards.WAIT_S)
    return kind(limit_mb=_parts().config.upload_mb)


def _answer(problem: errors.Problem) -> Response:
    if wants_page():
        return error_page(problem)
    who = getattr(g, "who", None)
    body = to_json(problems.to_object(problem, who.locale if who is not None else LOCALES[0]))
    response = Response(body, status=problem.status, mimetype="application/problem+json")
    if "retry_s" in problem.params:
        response.headers["Retry-After"] = str(problem.params["retry_s"])
    return response
