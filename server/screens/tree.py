"""The tree of an organisation's groups: what a right, a review step or a target for one of them reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from server.db import Transaction
from server.screens import store
from server.screens.model import Group


class GroupTree:
    """Groups looked up upwards and downwards; unknown ones and None reach nothing, a ring in the data ends the walk."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self.groups = groups
        self._below: dict[str, list[str]] = {}
        for group in groups.values():
            if group.parent is not None:
                self._below.setdefault(group.parent, []).append(group.id)

    def above(self, of: Iterable[str | None]) -> frozenset[str]:
        """The groups and everything they lie in: what a right for one of them covers."""
        found: set[str] = set()
        for start in of:
            at = start
            while at is not None and at in self.groups and at not in found:
                found.add(at)
                at = self.groups[at].parent
        return frozenset(found)

    def below(self, of: Iterable[str | None]) -> frozenset[str]:
        """The groups and everything that lies in them."""
        found: set[str] = set()
        waiting = list(of)
        while waiting:
            group = waiting.pop()
            if group is not None and group in self.groups and group not in found:
                found.add(group)
                waiting.extend(self._below.get(group, ()))
        return frozenset(found)

    def steps(self, of: Iterable[str | None]) -> int:
        """The review steps that hold for groups: the most that any of them or of those they lie in asks for."""
        return max((self.groups[one].steps for one in self.above(of)), default=0)

    def height(self, group: str) -> int:
        """How many levels a group spans, itself counted; 1 for one that is yet to be made."""
        depths = [len(self.above([one])) for one in self.below([group])]
        return max(depths, default=1) - len(self.above([group]) - {group})


def group_tree(tx: Transaction, org: str) -> GroupTree:
    """The organisation's groups as they are now."""
    return GroupTree(store.groups(tx, org))
