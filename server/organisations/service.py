"""Use cases of organisations: the tree below one's own, a new one, its owner's link, its share of airtime."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from server import audit
from server.accounts import service as accounts
from server.accounts.model import Identity
from server.alerts import templates
from server.db import Transaction
from server.errors import Conflict, Invalid, NotFound, Violation
from server.events import SettingsChanged
from server.hierarchy import Branch, Hierarchy, hierarchy
from server.ids import new_code, new_id
from server.naming import name_violations
from server.organisations import store
from server.organisations.model import (
    DEEPEST,
    MOST_AIRTIME,
    USUAL_AIRTIME,
    Organisation,
    OrganisationKind,
    OrganisationOrder,
)
from server.parts import Parts
from server.pool import breathe
from server.revisions import must_hold, revision_of

CHUNK = 250  # organisations read between two breaths: a city has thousands


def listed(parts: Parts, who: Identity) -> tuple[Organisation, ...]:
    """One's own organisation and all below it, each before those that lie in it."""
    who.must("read")
    with parts.db.read() as tx:
        tree, rows = hierarchy(tx), dict[str, Any]()
        wanted = sorted(tree.within([who.org]))
        for start in range(0, len(wanted), CHUNK):
            rows |= store.some(tx, wanted[start : start + CHUNK])
            breathe()
    return tuple(_walk(tree, rows, who.org, 0))


def get(parts: Parts, who: Identity, org: str) -> Organisation:
    """One's own organisation or one below; raise NotFound."""
    who.must("read")
    with parts.db.read() as tx:
        return _one(tx, who.org, org)


def names_below(parts: Parts, who: Identity, wanted: Collection[str]) -> dict[str, str]:
    """The names of those of these organisations that lie in one's own, by id."""
    who.must("read")
    if not wanted:
        return {}
    with parts.db.read() as tx:
        mine = hierarchy(tx).below(who.org).intersection(wanted)
        return {org: row.name for org, row in store.some(tx, mine).items()}


def revision(found: Organisation) -> str:
    """What names an organisation as it stands, for whoever changes it."""
    return revision_of(_told(found))


def has_below(parts: Parts, org: str) -> bool:
    """Whether anything lies in an organisation."""
    with parts.db.read() as tx:
        return store.has_below(tx, org)


def above(parts: Parts, who: Identity) -> tuple[str, ...]:
    """The names of what one's own organisation lies in, the nearest first."""
    who.must("read")
    with parts.db.read() as tx:
        orgs = hierarchy(tx).above(who.org)
        rows = store.some(tx, orgs)
        return tuple(rows[org].name for org in orgs)


def add(parts: Parts, who: Identity, order: OrganisationOrder, parent: str = "") -> tuple[Organisation, str]:
    """Make an organisation below one's own or below ``parent``; return it with a one-time link for its owner.

    Raises Invalid for a poor name or too many levels, NotFound for a parent that is not one's own or below.
    """
    who.must("people")
    at, org = parts.clock.now(), new_id("o")
    with parts.db.transaction() as tx:
        tree, top = hierarchy(tx), parent or who.org
        _must_be_mine(tree, who, top)
        _check(order, required=True)
        if tree.depth(top) + 1 >= DEEPEST:
            raise Invalid((Violation("parent", "organisations.too_deep", (("most", DEEPEST),)),))
        kind = order.kind or OrganisationKind.PLANT
        share = USUAL_AIRTIME if order.airtime is None else order.airtime
        branch = Branch(org, top, kind.value, _free_code(tx), share)
        store.insert(tx, branch, (order.name or "").strip(), at)
        secret = accounts.owner_link_of(tx, org, at) or ""
        made = _one(tx, who.org, org)
        audit.record(tx, who, at, "organisation.add", org, after=_told(made))
    templates.ship(parts, org)
    return made, secret


def change(parts: Parts, who: Identity, org: str, order: OrganisationOrder, held: str = "") -> Organisation:
    """Change name, kind or airtime of an organisation below; its screens are compiled anew when the airtime moves.

    Raises NotFound, Invalid, Stale when ``held`` names another revision than stands.
    """
    who.must("settings")
    with parts.db.transaction() as tx:
        before = _below(tx, who, org)
        must_hold(held, _told(before))
        _check(order)
        branch = before.branch
        assert branch is not None
        branch = branch._replace(
            kind=(order.kind or OrganisationKind(branch.kind)).value,
            airtime=branch.airtime if order.airtime is None else order.airtime,
        )
        store.replant(tx, branch)
        if order.name:
            store.rename(tx, org, order.name.strip())
        after = _below(tx, who, org)
        for one in (who, replace(who, org=org)):  # those concerned read it in their own log
            audit.record(
                tx, one, parts.clock.now(), "organisation.change", org, before=_told(before), after=_told(after)
            )
        tx.announce(SettingsChanged(org))
        return after


def owner_link(parts: Parts, who: Identity, org: str) -> str:
    """Return the secret of a new one-time owner link of an organisation below; earlier ones are void.

    Raises Conflict once somebody can sign in there: from then on its own people look after themselves.
    """
    who.must("people")
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        _below(tx, who, org)
        secret = accounts.owner_link_of(tx, org, at)
        if secret is None:
            raise Conflict(detail="organisations.has_owner")
        audit.record(tx, who, at, "organisation.link", org)
        return secret


def _walk(tree: Hierarchy, rows: Mapping[str, Any], org: str, depth: int) -> Iterator[Organisation]:
    yield _organisation(tree, rows[org], depth)
    for child in sorted(tree.children(org), key=lambda one: (rows[one].created, rows[one].name, one)):
        yield from _walk(tree, rows, child, depth + 1)


def _organisation(tree: Hierarchy, row: Any, depth: int) -> Organisation:
    return Organisation(row.id, row.name, row.zone, tree.branches.get(row.id), depth, not row.peopled)


def _one(tx: Transaction, own: str, org: str) -> Organisation:
    tree = hierarchy(tx)
    above = tree.above(org)
    if org != own and own not in above:
        raise NotFound(detail="organisations.none")
    return _organisation(tree, store.some(tx, [org])[org], 0 if org == own else above.index(own) + 1)


def _below(tx: Transaction, who: Identity, org: str) -> Organisation:
    """An organisation below one's own; raise NotFound for one's own too, which has its own settings."""
    if org == who.org:
        raise NotFound(detail="organisations.none")
    return _one(tx, who.org, org)


def _must_be_mine(tree: Hierarchy, who: Identity, org: str) -> None:
    if org not in tree.within([who.org]):
        raise NotFound(detail="organisations.none")


def _check(order: OrganisationOrder, *, required: bool = False) -> None:
    wrong = list(name_violations(order.name or "")) if required or order.name is not None else []
    if order.airtime is not None and not 0 <= order.airtime <= MOST_AIRTIME:
        wrong.append(Violation("airtime", "organisations.airtime", (("most", MOST_AIRTIME),)))
    if wrong:
        raise Invalid(tuple(wrong))


def _free_code(tx: Transaction) -> str:
    code = new_code(5)
    while store.code_taken(tx, code):
        code = new_code(5)
    return code


def _told(found: Organisation) -> dict[str, object]:
    airtime = found.branch.airtime if found.branch else None
    return {"name": found.name, "kind": found.kind, "airtime": airtime}
