"""Coming and going: signing in, the one-time link, language and theme."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request
from flask_wtf.csrf import generate_csrf

from server import errors, problems
from server.accounts import service, sessions
from server.accounts.routes import set_cookie
from server.api import parts, to_json
from server.web.shell import common, session_of

blueprint = Blueprint("entry", __name__)
CODE = "paomadeng_at"
YEAR_S = 365 * 86_400
PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")  # browsers drop tabs: "/\t/host" would lead to another host


def _onward() -> str:
    """Where to go afterwards: an address of ours only, so that nobody is led astray."""
    wanted = request.values.get("next", "/")
    return wanted if PATH.fullmatch(wanted) else "/"


def _form(template: str, status: int = 200, **values: Any) -> Response:
    return Response(render_template(template, onward=_onward(), **values, **common()), status=status)


def _agent() -> str:
    return request.headers.get("User-Agent", "")


@blueprint.get("/sign-in")
def sign_in_page() -> Any:
    return redirect(_onward()) if g.who.kind == "person" else _sign_in_form(request.args.get("at"))


def _sign_in_form(code: str | None, status: int = 200, **values: Any) -> Response:
    """The form; it asks for a code where there are organisations below, and knows the one used here last."""
    code = request.cookies.get(CODE, "") if code is None else code
    codes = bool(code) or service.has_branches(parts())
    return _form("sign_in.html", status, codes=codes, code=code[:8], **values)


@blueprint.post("/sign-in")
def sign_in() -> Any:
    login, password = request.form.get("login", ""), request.form.get("password", "")
    code = request.form.get("organisation", "").strip()
    try:
        secret = sessions.sign_in(parts(), login, password, g.who.address, _agent(), code)
    except (errors.Unauthenticated, errors.TooMany) as problem:
        told = problems.to_object(problem, common()["locale"])
        return _sign_in_form(code, problem.status, problem=told, login=login)
    return _with_code(set_cookie(_see_other(_onward()), secret, parts()), code)


def _with_code(response: Response, code: str) -> Response:
    """Let this browser know the organisation that signs in here."""
    if code:
        response.set_cookie(CODE, code, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)
    elif CODE in request.cookies:
        response.delete_cookie(CODE)
    return response


@blueprint.post("/sign-out")
def sign_out() -> Any:
    if g.who.kind == "person":
        sessions.sign_out(parts(), g.who)
    response = _see_other("/sign-in")
    response.delete_cookie(sessions.COOKIE)
    return response


@blueprint.get("/session/left")
@blueprint.post("/session/stay")
def session_left() -> Any:
    """How long the asker's session lasts yet; a post, made by a hand, prolongs it."""
    g.who.must("read")
    told = {**session_of(g.who, parts().clock.now()), "csrf": generate_csrf()}
    return Response(to_json(told), mimetype="application/json")


@blueprint.get("/welcome/<secret>")
def welcome_page(secret: str) -> Any:
    kind, person = service.look_at_link(parts(), secret)
    code = service.code_of_link(parts(), secret)
    return _form("welcome.html", kind=kind, person=person, login=person.login if person else "", code=code)


@blueprint.post("/welcome/<secret>")
def welcome(secret: str) -> Any:
    kind, person = service.look_at_link(parts(), secret)
    code = service.code_of_link(parts(), secret)
    login, password = request.form.get("login", ""), request.form.get("password", "")
    locale = common()["locale"]
    try:
        session = service.accept_link(parts(), secret, login, password, g.who.address, _agent(), locale)
    except (errors.Invalid, errors.Conflict) as problem:
        told = problems.to_object(problem, locale)
        return _form("welcome.html", problem.status, kind=kind, person=person, login=login, code=code, problem=told)
    return _with_code(set_cookie(_see_other("/first-run" if kind == "owner" else "/"), session, parts()), code)


@blueprint.post("/language")
def language() -> Any:
    chosen = "en" if request.form.get("to") == "en" else "zh"
    if g.who.kind == "person":
        service.prefer(parts(), g.who, locale=chosen)
    response = _see_other(_onward())
    response.set_cookie("lang", chosen, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


@blueprint.post("/theme")
def theme() -> Any:
    chosen = request.form.get("to", "")
    chosen = chosen if chosen in ("light", "dark") else ""
    if g.who.kind == "person":
        service.prefer(parts(), g.who, theme=chosen)
    response = _see_other(_onward())
    response.set_cookie("theme", chosen, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


def _see_other(address: str) -> Response:
    return Response(status=303, headers={"Location": address})
