"""SQL of organisations and their places in the tree; never commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from server.db import Transaction
from server.hierarchy import Branch
from server.tables import branches, organisations, people


def some(tx: Transaction, wanted: Collection[str]) -> Mapping[str, Any]:
    """The rows of these organisations, each with whether somebody can sign in."""
    there = sa.select(people.c.id).where(people.c.org == organisations.c.id, people.c.password_hash != "").exists()
    chosen = sa.select(organisations, there.label("peopled")).where(organisations.c.id.in_(wanted))
    return {row.id: row for row in tx.execute(chosen)}


def code_taken(tx: Transaction, code: str) -> bool:
    """Whether an organisation has this code."""
    return tx.execute(sa.select(branches.c.org).where(branches.c.code == code)).first() is not None


def has_below(tx: Transaction, org: str) -> bool:
    """Whether anything lies in an organisation."""
    return tx.execute(sa.select(branches.c.org).where(branches.c.parent == org).limit(1)).first() is not None


def insert(tx: Transaction, branch: Branch, name: str, at: int) -> None:
    """Add an organisation below another; zone and language are those of the one above."""
    above = tx.execute(sa.select(organisations).where(organisations.c.id == branch.parent)).one()
    same = {"zone": above.zone, "locale": above.locale}
    tx.execute(organisations.insert().values(id=branch.org, name=name, settings={}, created=at, **same))
    tx.execute(branches.insert().values(**branch._asdict()))


def rename(tx: Transaction, org: str, name: str) -> None:
    """Give an organisation another name."""
    tx.execute(organisations.update().where(organisations.c.id == org).values(name=name))


def replant(tx: Transaction, branch: Branch) -> None:
    """Write kind and airtime of an organisation."""
    tx.execute(branches.update().where(branches.c.org == branch.org).values(kind=branch.kind, airtime=branch.airtime))
