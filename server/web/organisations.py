"""Organisations: those below one's own, how they stand, a new one, and what its owner signs in with."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, request

from server import errors
from server.api import parts
from server.organisations import overview, service
from server.organisations.model import MOST_AIRTIME, USUAL_AIRTIME, OrganisationKind, OrganisationOrder
from server.web.shell import page, refusal, signed_in, whole_address

blueprint = Blueprint("organisations", __name__)
HERE = "/organisations"


def _page(status: int = 200, **values: Any) -> Any:
    figures = overview.overview(parts(), g.who)
    shown = page(
        "organisations.html", here="organisations", figures=figures, totals=overview.totals(figures),
        revisions={one.organisation.id: service.revision(one.organisation) for one in figures},
        kinds=list(OrganisationKind), usual=USUAL_AIRTIME, most=MOST_AIRTIME, entry=whole_address("/sign-in"), **values,
    )  # fmt: skip
    return shown, status


def _order() -> OrganisationOrder:
    form = request.form
    if form.get("kind") not in set(OrganisationKind):
        raise errors.Malformed()
    airtime = form.get("airtime", -1, type=int)
    return OrganisationOrder(form.get("name", "")[:200], OrganisationKind(form["kind"]), airtime)


@blueprint.get(HERE)
def organisations() -> Any:
    return signed_in() or _page()


@blueprint.post(HERE)
def add() -> Any:
    if gate := signed_in("people"):
        return gate
    try:
        made, secret = service.add(parts(), g.who, _order(), request.form.get("parent", ""))
    except errors.Invalid as problem:
        return _page(problem.status, problem=refusal(problem), typed=request.form)
    return _page(linked=made, link=whole_address(f"/welcome/{secret}"))


@blueprint.post(f"{HERE}/<org>")
def change(org: str) -> Any:
    if gate := signed_in("settings"):
        return gate
    try:
        service.change(parts(), g.who, org, _order(), request.form.get("revision", ""))
    except (errors.Invalid, errors.Stale) as problem:
        return _page(problem.status, problem=refusal(problem), wrong=org)
    return redirect(f"{HERE}?saved={org}#{org}", 303)


@blueprint.post(f"{HERE}/<org>/link")
def link(org: str) -> Any:
    if gate := signed_in("people"):
        return gate
    secret = service.owner_link(parts(), g.who, org)
    return _page(linked=service.get(parts(), g.who, org), link=whole_address(f"/welcome/{secret}"))
