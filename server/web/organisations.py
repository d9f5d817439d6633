"""Organisations: those below one's own, how they stand, a new one, and what its owner signs in with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, redirect, request

from server import errors
from server.api import parts
from server.organisations import overview, service
from server.organisations.model import (
    DEEPEST,
    MOST_AIRTIME,
    USUAL_AIRTIME,
    Organisation,
    OrganisationKind,
    OrganisationOrder,
    lineages,
)
from server.organisations.overview import Figures
from server.web.shell import locale_now, page, refusal, signed_in, whole_address
from server.words import say

blueprint = Blueprint("organisations", __name__)
HERE = "/organisations"


SHOWN = 60  # rows on a page; a city has thousands of organisations


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of the rows that are looked for: ``first`` counts from 1, ``before`` and ``after`` are pages or None."""

    rows: tuple[Figures, ...]
    first: int
    found: int
    before: int | None
    after: int | None
    paths: Mapping[str, str]

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.first + len(self.rows) - 1


def _page(status: int = 200, **values: Any) -> Any:
    figures = overview.overview(parts(), g.who)
    query = request.args.get("q", "").strip()[:80]
    wanted = values.get("wrong") or request.args.get("saved", "")
    leaf = _leaf(figures, query, wanted)
    typed = request.form if "typed" in values else {"parent": request.args.get("under", g.who.org)}
    shown = page(
        "organisations.html", here="organisations", totals=overview.totals(figures), leaf=leaf, query=query,
        many=len(figures) > SHOWN, parents=_parents(figures, typed.get("parent", "")), under=typed.get("parent", ""),
        revisions={one.organisation.id: service.revision(one.organisation) for one in leaf.rows}, deepest=DEEPEST,
        kinds=list(OrganisationKind), usual=USUAL_AIRTIME, most=MOST_AIRTIME, entry=whole_address("/sign-in"), **values,
    )  # fmt: skip
    return shown, status


def _leaf(figures: Sequence[Figures], query: str, wanted: str) -> Leaf:
    """The page asked for, or the one with an organisation that has just been changed."""
    paths = dict(
        zip((one.organisation.id for one in figures), lineages(one.organisation for one in figures), strict=True)
    )
    found = [one for one in figures if _matches(one.organisation, query)] if query else list(figures)
    place = next((number for number, one in enumerate(found) if one.organisation.id == wanted), None)
    pages = max(1, -(-len(found) // SHOWN))
    number = place // SHOWN if place is not None else min(max(request.args.get("page", 1, type=int), 1), pages) - 1
    rows = tuple(found[number * SHOWN : (number + 1) * SHOWN])
    # where a row cannot be seen to lie, it is said
    told = {one.organisation.id for one in (rows if query else rows[:1])}
    before, after = (number if number else None), (number + 2 if number + 1 < pages else None)
    return Leaf(
        rows,
        number * SHOWN + 1,
        len(found),
        before,
        after,
        {org: say("now.join", locale_now()).join(paths[org]) for org in told if paths[org]},
    )


def _matches(one: Organisation, query: str) -> bool:
    wanted = query.casefold()
    return wanted in one.name.casefold() or bool(one.branch and one.depth and one.branch.code == query.upper())


def _parents(figures: Sequence[Figures], under: str) -> list[Organisation]:
    """What a new one may lie in: all that may hold one, or of many one's own and the one asked for."""
    every = [one.organisation for one in figures if one.organisation.depth + 1 < DEEPEST]
    return every if len(figures) <= SHOWN else [one for one in every if not one.depth or one.id == under]


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
