"""Which screens a slot reaches, and who may put something on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from server.accounts.model import Identity
from server.db import Transaction
from server.scheduling.model import Targets
from server.tables import memberships, screen_groups, screens

NOWHERE: frozenset[str] = frozenset()


class GroupTree:
    """The groups of an organisation, looked up upwards and downwards."""

    def __init__(self, parents: dict[str, str | None], own_steps: dict[str, int]) -> None:
        self.parents = parents
        self._own_steps = own_steps
        self._below: dict[str, list[str]] = {}
        for group, parent in parents.items():
            if parent is not None:
                self._below.setdefault(parent, []).append(group)

    def above(self, groups: Iterable[str]) -> frozenset[str]:
        """The groups and everything they lie in; a ring in the data ends the walk."""
        found: set[str] = set()
        waiting = list(groups)
        while waiting:
            group = waiting.pop()
            if group in self.parents and group not in found:
                found.add(group)
                waiting.extend(p for p in (self.parents[group],) if p is not None)
        return frozenset(found)

    def steps(self, group: str | None) -> int:
        """The review steps that hold for a group: the most of it and those it lies in; 0 for none."""
        return max((self._own_steps[one] for one in self.above([group] if group else ())), default=0)

    def below(self, groups: Iterable[str]) -> frozenset[str]:
        """The groups and everything that lies in them."""
        found: set[str] = set()
        waiting = [group for group in groups if group in self.parents]
        while waiting:
            group = waiting.pop()
            if group not in found:
                found.add(group)
                waiting.extend(self._below.get(group, ()))
        return frozenset(found)


def group_tree(tx: Transaction, org: str) -> GroupTree:
    """Read the organisation's groups."""
    columns = (screen_groups.c.id, screen_groups.c.parent, screen_groups.c.steps)
    rows = list(tx.execute(sa.select(*columns).where(screen_groups.c.org == org).order_by(screen_groups.c.id)))
    return GroupTree({row.id: row.parent for row in rows}, {row.id: row.steps for row in rows})


def living_screens(tx: Transaction, org: str) -> frozenset[str]:
    """Every screen in use."""
    rows = tx.execute(sa.select(screens.c.id).where(screens.c.org == org, screens.c.retired.is_(None)))
    return frozenset(row.id for row in rows)


def groups_of(tx: Transaction, org: str, of: Collection[str]) -> dict[str, frozenset[str]]:
    """Per screen the groups it is directly in."""
    where = [memberships.c.org == org]
    if len(of) <= 500:
        where.append(memberships.c.screen.in_(of))
    found: dict[str, set[str]] = {screen: set() for screen in of}
    for row in tx.execute(sa.select(memberships.c.screen, memberships.c.screen_group).where(*where)):
        if row.screen in found:
            found[row.screen].add(row.screen_group)
    return {screen: frozenset(groups) for screen, groups in found.items()}


def screens_of(tx: Transaction, org: str, targets: Targets) -> frozenset[str]:
    """The screens in use that ``targets`` reaches now."""
    if targets.everywhere:
        return living_screens(tx, org)
    reached: list[sa.ColumnElement[bool]] = [screens.c.id.in_(targets.screens)]
    if targets.groups:
        within = group_tree(tx, org).below(targets.groups)
        members = sa.select(memberships.c.screen).where(memberships.c.screen_group.in_(sorted(within)))
        reached.append(screens.c.id.in_(members.where(memberships.c.org == org)))
    found = sa.select(screens.c.id).where(screens.c.org == org, screens.c.retired.is_(None), sa.or_(*reached))
    return frozenset(row.id for row in tx.execute(found))


def unknown_targets(tx: Transaction, org: str, targets: Targets) -> tuple[str, ...]:
    """The screens and groups that do not exist here."""
    alone = Targets(targets.screens)
    known = screens_of(tx, org, alone) | frozenset(group_tree(tx, org).parents if targets.groups else ())
    return tuple(name for name in (*targets.screens, *targets.groups) if name not in known)


def must_reach(tx: Transaction, who: Identity, targets: Targets) -> None:
    """Raise Forbidden unless ``who`` may schedule on every target: a grant for a group covers it and those below."""
    tree = group_tree(tx, who.org)
    if targets.everywhere:
        who.must("content", NOWHERE)
    for group in targets.groups:
        who.must("content", tree.above([group]))
    for groups in groups_of(tx, who.org, targets.screens).values():
        who.must("content", tree.above(groups))


def strictest(tx: Transaction, org: str, targets: Targets) -> tuple[str | None, int]:
    """The group that asks for most review among those ``targets`` reaches, and how many steps; (None, 0) for none.

    Of several that ask for as much, the one that lies highest: it has reviewers for the most screens.
    """
    tree = group_tree(tx, org)
    direct = groups_of(tx, org, sorted(screens_of(tx, org, targets))).values()
    reached = sorted({*targets.groups, *(group for groups in direct for group in groups)})
    group = max(reached, key=lambda one: (tree.steps(one), -len(tree.above([one]))), default=None)
    steps = tree.steps(group)
    return (group, steps) if steps else (None, 0)
