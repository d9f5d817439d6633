"""The tree of organisations: who lies below whom, and what each may put on the screens of those below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from server.db import Transaction
from server.tables import branches, organisations


class Branch(NamedTuple):
    """An organisation below another: ``airtime`` is the percentage of its time that those above may fill."""

    org: str
    parent: str
    kind: str
    code: str
    airtime: int


class Hierarchy:
    """Organisations looked up upwards and downwards; the first of a server lies below none. A ring ends the walk."""

    def __init__(self, rows: Iterable[Branch]) -> None:
        self.branches = {row.org: row for row in rows}
        self._children: dict[str, list[str]] = {}
        for row in self.branches.values():
            self._children.setdefault(row.parent, []).append(row.org)

    def above(self, org: str) -> tuple[str, ...]:
        """Every organisation that ``org`` lies in, the nearest first; itself is not among them."""
        found: list[str] = []
        while org in self.branches and self.branches[org].parent not in found:
            org = self.branches[org].parent
            found.append(org)
        return tuple(found)

    def children(self, org: str) -> tuple[str, ...]:
        """The organisations directly below, in the order of their ids."""
        return tuple(sorted(self._children.get(org, ())))

    def within(self, tops: Iterable[str]) -> frozenset[str]:
        """These organisations and everything that lies in them."""
        found: set[str] = set()
        waiting = list(tops)
        while waiting:
            org = waiting.pop()
            if org not in found:
                found.add(org)
                waiting.extend(self._children.get(org, ()))
        return frozenset(found)

    def below(self, org: str) -> frozenset[str]:
        """Everything that lies in an organisation; itself is not among them."""
        return self.within([org]) - {org}

    def depth(self, org: str) -> int:
        """How many organisations an organisation lies in."""
        return len(self.above(org))


def hierarchy(tx: Transaction) -> Hierarchy:
    """The tree as it is now; costs one look at an empty table where there is one organisation."""
    return Hierarchy(_branch(row) for row in tx.execute(_ALL))


def airtime(tx: Transaction, org: str) -> int:
    """The percentage of an organisation's time that those above it may fill; 0 for the first of a server."""
    found = tx.execute(sa.select(branches.c.airtime).where(branches.c.org == org)).scalar()
    return int(found or 0)


def lying_in(column: sa.ColumnElement[str], tops: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether the organisation in a column is one of these or lies in one."""
    inside = sa.select(organisations.c.id.label("org")).where(organisations.c.id.in_(list(tops))).cte(recursive=True)
    inside = inside.union(sa.select(branches.c.org).join(inside, branches.c.parent == inside.c.org))
    return column.in_(sa.select(inside.c.org))


def lying_over(column: sa.ColumnElement[str], org: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether the organisation in a column is ``org`` or one that it lies in."""
    over = sa.select(org.label("org")).cte(recursive=True)
    over = over.union(sa.select(branches.c.parent).join(over, branches.c.org == over.c.org))
    return column.in_(sa.select(over.c.org))


_ALL = sa.select(*(branches.c[name] for name in Branch._fields))


def _branch(row: Any) -> Branch:
    return Branch(*row)
