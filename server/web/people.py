"""People: who may do what; adding someone makes a one-time link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, request

from server import errors
from server.accounts import service
from server.accounts.model import Role, RoleGrant
from server.api import parts
from server.web.shell import page, refusal, signed_in, whole_address

blueprint = Blueprint("people", __name__)


def _page(status: int = 200, **values: Any) -> Any:
    everyone = service.people_list(parts(), g.who)
    return page("people.html", here="people", people=everyone, all_roles=list(Role), **values), status


@blueprint.get("/people")
def people() -> Any:
    return signed_in("people") or _page()


@blueprint.post("/people")
def add() -> Any:
    if gate := signed_in("people"):
        return gate
    login, post = request.form.get("login", ""), request.form.get("post", "")[:80]
    try:
        person, secret = service.add_person(parts(), g.who, login, _roles(), post)
    except (errors.Invalid, errors.Conflict) as problem:
        told = refusal(problem)
        return _page(problem.status, problem=told, typed={"login": login, "post": post, "roles": _roles()})
    return _page(link=whole_address(f"/welcome/{secret}"), linked=person)


@blueprint.post("/people/<person>")
def change(person: str) -> Any:
    if gate := signed_in("people"):
        return gate
    try:
        service.change_person(parts(), g.who, person, post=request.form.get("post", "")[:80], roles=_roles())
    except errors.Conflict as problem:
        return _page(problem.status, problem=refusal(problem))
    return redirect("/people", 303)


@blueprint.post("/people/<person>/link")
def link(person: str) -> Any:
    if gate := signed_in("people"):
        return gate
    secret = service.reset_link(parts(), g.who, person)
    linked = next(found for found in service.people_list(parts(), g.who) if found.id == person)
    return _page(link=whole_address(f"/welcome/{secret}"), linked=linked)


@blueprint.post("/people/<person>/end")
def end(person: str) -> Any:
    if gate := signed_in("people"):
        return gate
    try:
        service.end_person(parts(), g.who, person)
    except errors.Conflict as problem:
        return _page(problem.status, problem=refusal(problem))
    return redirect("/people", 303)


def _roles() -> tuple[RoleGrant, ...]:
    """Roles ticked on the form; roles for one group only are kept by the HTTP interface."""
    return tuple(RoleGrant(Role(word)) for word in request.form.getlist("roles") if word in set(Role))
