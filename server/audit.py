"""The audit log: append-only rows, each carrying the hash of the one before, so that a change anywhere shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from server.db import Transaction
from server.tables import audit

FIRST = "0" * 64
FIELDS = ("seq", "org", "at", "who", "who_name", "address", "act", "subject", "before", "after", "outcome", "previous")


class Actor(Protocol):
    """As much of an identity as the log keeps."""

    @property
    def org(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: the row's number and what is wrong with it."""

    seq: int
    what: str


def record(
    tx: Transaction,
    who: Actor,
    at: int,
    act: str,
    subject: str = "",
    *,
    before: Any = None,
    after: Any = None,
    outcome: str = "done",
) -> None:
    """Append a row inside the transaction of the act itself, so that neither exists without the other."""
    last = tx.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    row: dict[str, Any] = {
        "seq": (last.seq if last else 0) + 1, "org": who.org, "at": at, "who": who.id, "who_name": who.name,
        "address": who.address, "act": act, "subject": subject, "before": before, "after": after, "outcome": outcome,
        "previous": last.hash if last else FIRST,
    }  # fmt: skip
    tx.execute(audit.insert().values(**row, hash=row_hash(row)))


def row_hash(row: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of every field but the hash itself."""
    text = json.dumps([row[name] for name in FIELDS], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(tx: Transaction) -> Iterator[Break]:
    """Yield every place where a row was edited, removed or put in between.

    The first row kept may follow rows that grew too old; rows cut off the end show only against an exported copy.
    """
    previous: tuple[int, str] | None = None
    for found in tx.execute(sa.select(audit).order_by(audit.c.seq)).mappings():
        row = dict(found)
        if row_hash(row) != row["hash"]:
            yield Break(row["seq"], "edited")
        if previous and (row["seq"] != previous[0] + 1 or row["previous"] != previous[1]):
            yield Break(row["seq"], "gap")
        previous = (row["seq"], row["hash"])


def forget(tx: Transaction, before: int) -> int:
    """Drop the rows of before an instant (UTC ms), never the newest one; return how many. The rest still verifies."""
    newest = tx.execute(sa.select(sa.func.max(audit.c.seq))).scalar()
    young = tx.execute(sa.select(sa.func.min(audit.c.seq)).where(audit.c.at >= before)).scalar()
    first = newest if young is None else young
    return 0 if first is None else tx.execute(audit.delete().where(audit.c.seq < first)).rowcount


def newest(tx: Transaction, org: str, limit: int, before: int | None = None) -> list[dict[str, Any]]:
    """The latest rows of an organisation, newest first, below number ``before``."""
    query = sa.select(audit).where(audit.c.org == org).order_by(audit.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.seq < before)
    return [dict(row) for row in tx.execute(query).mappings()]


def last(tx: Transaction, org: str, act: str, subject: str) -> dict[str, Any] | None:
    """The latest row of an act on a subject; None when there is none."""
    query = sa.select(audit).where(audit.c.org == org, audit.c.act == act, audit.c.subject == subject)
    found = tx.execute(query.order_by(audit.c.seq.desc()).limit(1)).mappings().first()
    return dict(found) if found else None
