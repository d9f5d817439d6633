"""Facts of a process without a compiler, such as a command beside a running server, kept for the one that has one."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from server.db import Transaction
from server.events import Fact
from server.parts import Parts
from server.programmes.compiler import MATTERS, Compiler, touched_by
from server.tables import pending_compiles


def listen(parts: Parts) -> None:
    """From now on note which screens this process's facts touch."""
    for kind in MATTERS:
        parts.db.bus.subscribe(kind, lambda fact: _note(parts, fact))


def _note(parts: Parts, fact: Fact) -> None:
    with parts.db.transaction() as tx:
        _put(tx, touched_by(tx, fact))


def give(parts: Parts, compiler: Compiler) -> None:
    """Leave what this compiler has not compiled to the node that leads."""
    if left := compiler.left():
        with parts.db.transaction() as tx:
            _put(tx, left)


def _put(tx: Transaction, screens: Iterable[tuple[str, str]]) -> None:
    touched = dict.fromkeys(screens)
    if touched:
        known = {one for org in {org for org, _ in touched} for one in _rows(tx, org)}
        if fresh := [{"org": org, "screen": screen} for org, screen in touched if (org, screen) not in known]:
            tx.execute(pending_compiles.insert(), fresh)


def take(parts: Parts) -> dict[str, list[str]]:
    """By organisation the screens that other processes touched; they are forgotten here, so compile them."""
    with parts.db.read() as tx:
        if not _rows(tx):
            return {}
    found: dict[str, list[str]] = {}
    with parts.db.transaction() as tx:
        for org, screen in _rows(tx):
            found.setdefault(org, []).append(screen)
        tx.execute(pending_compiles.delete())
    return found


def _rows(tx: Transaction, org: str | None = None) -> list[tuple[str, str]]:
    chosen = sa.select(pending_compiles.c.org, pending_compiles.c.screen)
    if org is not None:
        chosen = chosen.where(pending_compiles.c.org == org)
    return [(row.org, row.screen) for row in tx.execute(chosen)]
