"""Use cases around groups of screens: nesting without cycles, review steps, what a choice of targets reaches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy.exc as sa_exc

from server import audit
from server.accounts.model import Identity
from server.db import Transaction
from server.errors import Conflict, Invalid, NotFound, Violation
from server.events import SettingsChanged
from server.ids import new_id
from server.parts import Parts
from server.screens import store
from server.screens.model import Group

DEEPEST = 8

NOWHERE: frozenset[str] = frozenset()


def ancestors(groups: Mapping[str, Group], group: str) -> frozenset[str]:
    """The group itself and every group it lies in."""
    found: set[str] = set()
    at: str | None = group
    while at is not None and at in groups and at not in found:
        found.add(at)
        at = groups[at].parent
    return frozenset(found)


def with_ancestors(groups: Mapping[str, Group], of: Iterable[str]) -> frozenset[str]:
    """Several groups and every group they lie in."""
    return frozenset().union(*(ancestors(groups, group) for group in of))


def descendants(groups: Mapping[str, Group], of: Collection[str]) -> frozenset[str]:
    """Several groups and every group in them."""
    wanted = frozenset(of)
    return frozenset(group for group in groups if ancestors(groups, group) & wanted)


def groups_over(tx: Transaction, org: str, screen: str) -> frozenset[str]:
    """A screen's groups and every group those lie in: what a right for one of them covers."""
    return with_ancestors(store.groups(tx, org), store.groups_of(tx, org, [screen]).get(screen, ()))


def steps_over(tx: Transaction, org: str, group: str | None) -> int:
    """The review steps that hold for a group: the most of it and the groups it lies in; 0 for none."""
    groups = store.groups(tx, org)
    return max((groups[one].steps for one in ancestors(groups, group)), default=0) if group else 0


def resolve_targets(
    tx: Transaction, org: str, screens: Collection[str], groups: Collection[str], everywhere: bool
) -> tuple[str, ...]:
    """Ids of the screens in use that these targets reach, nested groups included, in the order (created, group)."""
    alive = store.living(tx, org)
    if everywhere:
        return alive
    inside = store.members(tx, org, descendants(store.groups(tx, org), groups)) if groups else NOWHERE
    return tuple(screen for screen in alive if screen in inside or screen in screens)


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
        groups = store.groups(tx, who.org)
        who.must("screens", ancestors(groups, parent) if parent else NOWHERE)
        _check(groups, made)
        store.insert_group(tx, who.org, made)
        audit.record(tx, who, at, "group.add", made.id, after=_told(made))
    return made


def change_group(parts: Parts, who: Identity, group: str, changes: Mapping[str, Any]) -> Group:
    """Rename or move a group or set its steps; raise Invalid for a cycle. A move may touch every programme."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        groups = store.groups(tx, who.org)
        before = _existing(groups, group)
        after = replace(before, **changes)
        who.must("screens", ancestors(groups, group))
        if after.parent != before.parent:
            who.must("screens", ancestors(groups, after.parent) if after.parent else NOWHERE)
        _check(groups, after)
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
            groups = store.groups(tx, who.org)
            before = _existing(groups, group)
            who.must("screens", ancestors(groups, group))
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


def _check(groups: Mapping[str, Group], made: Group) -> None:
    found = []
    if not made.name.strip():
        found.append(Violation("name", "field.missing"))
    if any(group.name == made.name and group.id != made.id for group in groups.values()):
        found.append(Violation("name", "screens.group_name_taken"))
    if made.parent is not None:
        found.extend(_parent_violations(groups, made, made.parent))
    if found:
        raise Invalid(tuple(found))


def _parent_violations(groups: Mapping[str, Group], made: Group, parent: str) -> Iterable[Violation]:
    if parent not in groups:
        yield Violation("parent", "screens.unknown_group")
    elif made.id in ancestors(groups, parent):
        yield Violation("parent", "screens.group_cycle")
    elif len(ancestors(groups, parent)) + _height(groups, made.id) > DEEPEST:
        yield Violation("parent", "screens.group_too_deep", (("limit", DEEPEST),))


def _height(groups: Mapping[str, Group], group: str) -> int:
    """How many levels a group spans, itself counted."""
    within = [len(ancestors(groups, one)) for one in descendants(groups, [group])]
    return max(within) - len(ancestors(groups, group)) + 1 if within else 1


def _told(group: Group) -> dict[str, Any]:
    return {"name": group.name, "parent": group.parent, "steps": group.steps}
