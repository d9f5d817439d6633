"""Use cases around groups of screens: nesting without cycles, review steps, what a choice of targets reaches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy.exc as sa_exc

from server import audit
from server.accounts.model import NOWHERE, Identity
from server.db import Transaction
from server.errors import Conflict, Invalid, NotFound, Violation
from server.events import SettingsChanged
from server.ids import new_id
from server.naming import name_violations
from server.parts import Parts
from server.revisions import must_hold, revision_of
from server.screens import store
from server.screens.model import Group
from server.screens.tree import GroupTree, group_tree

DEEPEST = 8


def groups_over(tx: Transaction, org: str, screen: str) -> frozenset[str]:
    """A screen's groups and every group those lie in: what a right for one of them covers."""
    return group_tree(tx, org).above(store.groups_of(tx, org, [screen]).get(screen, ()))


def resolve_targets(
    tx: Transaction, org: str, screens: Collection[str], groups: Collection[str], everywhere: bool
) -> tuple[str, ...]:
    """Ids of the screens in use that these targets reach, nested groups included, in the order (created, id)."""
    within = group_tree(tx, org).below(groups) if groups else NOWHERE
    return store.reached(tx, org, screens, within, everywhere)


def list_groups(parts: Parts, who: Identity) -> tuple[tuple[Group, int], ...]:
    """Every group with the number of screens directly in it."""
    with parts.db.read() as tx:
        counts = store.counts(tx, who.org)
        return tuple((group, counts.get(group.id, 0)) for group in store.groups(tx, who.org).values())


def get_group(parts: Parts, who: Identity, group: str) -> tuple[Group, int]:
    """A group with the number of screens directly in it; raise NotFound."""
    with parts.db.read() as tx:
        return _existing(store.groups(tx, who.org), group), store.counts(tx, who.org).get(group, 0)


def add_group(parts: Parts, who: Identity, name: str, parent: str | None = None, steps: int = 0) -> Group:
    """Make a group; raise Invalid for a taken name, an unknown parent, too deep a nest."""
    at = parts.clock.now()
    made = Group(new_id("g"), name.strip(), parent, steps, at)
    with parts.db.transaction() as tx:
        tree = group_tree(tx, who.org)
        who.must("screens", tree.above([parent]))
        _check(tree, made)
        store.insert_group(tx, who.org, made)
        audit.record(tx, who, at, "group.add", made.id, after=_told(made))
    return made


def revision(group: Group) -> str:
    """What names a group as it stands, for whoever changes it."""
    return revision_of(_told(group))


def change_group(parts: Parts, who: Identity, group: str, changes: Mapping[str, Any], held: str = "") -> Group:
    """Rename or move a group or set its steps; raise Invalid for a cycle, Stale when ``held`` names another revision.

    A move may touch every programme.
    """
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        tree = group_tree(tx, who.org)
        before = _existing(tree.groups, group)
        after = replace(before, **changes)
        who.must("screens", tree.above([group]))
        must_hold(held, _told(before))
        if after.parent != before.parent:
            who.must("screens", tree.above([after.parent]))
        _check(tree, after)
        store.update_group(tx, who.org, after)
        audit.record(tx, who, at, "group.change", group, before=_told(before), after=_told(after))
        if after.parent != before.parent:
            tx.announce(SettingsChanged(who.org))
    return after


def delete_group(parts: Parts, who: Identity, group: str) -> None:
    """Remove a group; its screens stay. Raise Conflict while groups, slots, playlists or rights hang on it."""
    at = parts.clock.now()
    try:
        with parts.db.transaction() as tx:
            tree = group_tree(tx, who.org)
            before = _existing(tree.groups, group)
            who.must("screens", tree.above([group]))
            store.delete_group(tx, who.org, group)
            audit.record(tx, who, at, "group.delete", group, before=_told(before))
            tx.announce(SettingsChanged(who.org))
    except sa_exc.IntegrityError as error:
        raise Conflict(detail="screens.group_in_use") from error


def must_exist(groups: Mapping[str, Group], wanted: Iterable[str], field: str = "groups") -> None:
    """Raise Invalid naming each group that is not there."""
    strange = [n for n, group in enumerate(wanted) if group not in groups]
    if strange:
        raise Invalid(tuple(Violation(f"{field}.{n}", "screens.unknown_group") for n in strange))


def _existing(groups: Mapping[str, Group], group: str) -> Group:
    if group not in groups:
        raise NotFound()
    return groups[group]


def _check(tree: GroupTree, made: Group) -> None:
    found = list(name_violations(made.name))
    if any(group.name == made.name and group.id != made.id for group in tree.groups.values()):
        found.append(Violation("name", "screens.group_name_taken"))
    if made.parent is not None:
        found.extend(_parent_violations(tree, made, made.parent))
    if found:
        raise Invalid(tuple(found))


def _parent_violations(tree: GroupTree, made: Group, parent: str) -> Iterable[Violation]:
    above = tree.above([parent])
    if parent not in tree.groups:
        yield Violation("parent", "screens.unknown_group")
    elif made.id in above:
        yield Violation("parent", "screens.group_cycle")
    elif len(above) + tree.height(made.id) > DEEPEST:
        yield Violation("parent", "screens.group_too_deep", (("limit", DEEPEST),))


def _told(group: Group) -> dict[str, Any]:
    return {"name": group.name, "parent": group.parent, "steps": group.steps}
