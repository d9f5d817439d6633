"""Which screens a slot reaches, and who may put something on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set

import sqlalchemy as sa

from server import tables
from server.accounts.model import NOWHERE, Identity
from server.db import Transaction
from server.hierarchy import hierarchy
from server.scheduling.model import Targets
from server.screens import service as screens

FEW = 500  # bound parameters one statement may carry safely


def screens_of(tx: Transaction, org: str, targets: Targets) -> frozenset[str]:
    """The screens in use that ``targets`` reaches now."""
    return frozenset(screens.resolve_targets(tx, org, targets.screens, targets.groups, targets.everywhere))


def screens_of_each(tx: Transaction, org: str, wanted: Collection[Targets]) -> dict[Targets, frozenset[str]]:
    """The screens in use that each of ``wanted`` reaches now, by four queries however many there are."""
    living = screens.resolve_targets(tx, org, (), (), True)
    tree, members = screens.group_tree(tx, org), dict[str, set[str]]()
    for screen, groups in screens.groups_of(tx, org, living).items():
        for group in groups:
            members.setdefault(group, set()).add(screen)
    here = frozenset(living)
    return {one: here if one.everywhere else here & _reached(tree, members, one) for one in wanted}


def _reached(tree: screens.GroupTree, members: Mapping[str, Set[str]], one: Targets) -> frozenset[str]:
    below = tree.below(one.groups) if one.groups else ()
    return frozenset(one.screens).union(*(members.get(group, ()) for group in below))


def unknown_targets(tx: Transaction, org: str, targets: Targets) -> tuple[str, ...]:
    """The screens and groups that do not exist here."""
    alone = Targets(targets.screens)
    known = screens_of(tx, org, alone) | frozenset(screens.group_tree(tx, org).groups if targets.groups else ())
    return tuple(name for name in (*targets.screens, *targets.groups) if name not in known)


def strange_organisations(tx: Transaction, org: str, targets: Targets) -> tuple[int, ...]:
    """The numbers of those organisations among ``targets`` that do not lie below ``org``."""
    below = hierarchy(tx).below(org) if targets.organisations else frozenset()
    return tuple(n for n, one in enumerate(targets.organisations) if one not in below)


def screens_below(tx: Transaction, *targets: Targets) -> dict[str, tuple[str, ...]]:
    """For each organisation in which a slot with these targets is mandatory, its screens in use."""
    tops = {top for one in targets for top in one.organisations}
    if not tops:
        return {}
    reached, place = hierarchy(tx).within(tops), tables.screens.c
    found: dict[str, list[str]] = {org: [] for org in sorted(reached)}
    living = sa.select(place.org, place.id).where(place.retired.is_(None)).order_by(place.id)
    for row in tx.execute(living if len(reached) > FEW else living.where(place.org.in_(reached))):
        if row.org in found:
            found[row.org].append(row.id)
    return {org: tuple(some) for org, some in found.items()}


def must_reach(tx: Transaction, who: Identity, targets: Targets) -> None:
    """Raise Forbidden unless ``who`` may schedule on every target: a grant for a group covers it and those below.

    Organisations below are for those who may schedule on the whole site.
    """
    tree = screens.group_tree(tx, who.org)
    if targets.everywhere or targets.organisations:
        who.must("content", NOWHERE)
    for group in targets.groups:
        who.must("content", tree.above([group]))
    for groups in screens.groups_of(tx, who.org, targets.screens).values():
        who.must("content", tree.above(groups))


def strictest(tx: Transaction, org: str, targets: Targets) -> tuple[str | None, int]:
    """The group that asks for most review among those ``targets`` reaches, and how many steps; (None, 0) for none.

    Of several that ask for as much, the one that lies highest: it has reviewers for the most screens.
    """
    tree = screens.group_tree(tx, org)
    direct = screens.groups_of(tx, org, screens_of(tx, org, targets)).values()
    reached = sorted({*targets.groups, *(group for groups in direct for group in groups)})
    group = max(reached, key=lambda one: (tree.steps([one]), -len(tree.above([one]))), default=None)
    steps = tree.steps([group])
    return (group, steps) if steps else (None, 0)
