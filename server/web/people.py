"""People: who may do what; adding someone makes a one-time link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, request

from server import errors
from server.accounts import service
from server.accounts.model import Role, RoleGrant
from server.api import parts
from server.screens import groups
from server.web.meanwhile import Meanwhile, Row, meanwhile
from server.web.shell import locale_now, page, refusal, signed_in, whole_address
from server.words import say

blueprint = Blueprint("people", __name__)


def _page(status: int = 200, **values: Any) -> Any:
    everyone = service.people_list(parts(), g.who)
    return page(
        "people.html", here="people", people=everyone, all_roles=list(Role), revision=service.revision,
        group_names=_group_names(), **values,
    ), status  # fmt: skip


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
    post, roles = request.form.get("post", "")[:80], _roles(service.get_person(parts(), g.who, person).roles)
    try:
        service.change_person(
            parts(), g.who, person, post=post, roles=roles, held=request.form.get("revision", "")
        )  # fmt: skip
    except (errors.Conflict, errors.Stale) as problem:
        told = {"changed": person, "typed_post": post, "typed_roles": request.form.getlist("roles")}
        if isinstance(problem, errors.Stale):
            return _page(problem.status, meanwhile=_met(person, post, roles), **told)
        return _page(problem.status, problem=refusal(problem), **told)
    return redirect("/people", 303)


def _met(person: str, post: str, roles: tuple[RoleGrant, ...]) -> Meanwhile:
    """A person's post and roles as they are stored beside what was typed."""
    locale, found = locale_now(), service.get_person(parts(), g.who, person)
    rows: list[Row] = [
        (say("people.post", locale), found.post, post),
        (say("people.roles", locale), _roles_said(found.roles), _roles_said(roles)),
    ]
    return meanwhile("person.change", person, rows, f"/people?open={person}#{person}")


def _roles_said(roles: tuple[RoleGrant, ...]) -> str:
    locale, names = locale_now(), _group_names()
    ordered = sorted(roles, key=lambda held: (list(Role).index(held.role), held.group or ""))
    told = (say(f"people.role.{held.role}", locale) + _only(names, held) for held in ordered)
    return say("people.join", locale).join(told)


def _only(names: dict[str, str], held: RoleGrant) -> str:
    return say("people.only", locale_now(), group=names.get(held.group, "")) if held.group else ""


def _group_names() -> dict[str, str]:
    return {group.id: group.name for group, _ in groups.list_groups(parts(), g.who)}


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


def _roles(held: tuple[RoleGrant, ...] = ()) -> tuple[RoleGrant, ...]:
    """Roles ticked on the form; one held for some groups only stays for those, the form does not widen it."""
    ticked = (Role(word) for word in request.form.getlist("roles") if word in set(Role))
    return tuple(grant for role in ticked for grant in _kept(held, role))


def _kept(held: tuple[RoleGrant, ...], role: Role) -> tuple[RoleGrant, ...]:
    return tuple(grant for grant in held if grant.role == role) or (RoleGrant(role),)
