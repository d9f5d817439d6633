"""SQL of sources, of messages that came and of signatures seen; never commits, always within one organisation."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa

from playlists.alert import Status
from server.alerts.model import Targets
from server.db import Transaction
from server.errors import Violation
from server.intake.model import Kept, Kind, Policy, Source, State
from server.paging import PageQuery, newest_first
from server.tables import alert_sources, held_messages, seen_signatures

# sources ------------------------------------------------------------------------------------------------------------


def insert_source(tx: Transaction, source: Source) -> None:
    """Add a source."""
    tx.execute(alert_sources.insert().values(**_source_values(source)))


def write_source(tx: Transaction, source: Source) -> None:
    """Write a source as it is now."""
    where = (alert_sources.c.org == source.org, alert_sources.c.id == source.id)
    tx.execute(alert_sources.update().where(*where).values(**_source_values(source)))


def delete_source(tx: Transaction, source: Source) -> None:
    """Remove a source; what came from it stays, without a name."""
    own = (held_messages.c.org == source.org, held_messages.c.source == source.id)
    tx.execute(held_messages.update().where(*own).values(source=None))
    tx.execute(seen_signatures.delete().where(seen_signatures.c.source == source.id))
    tx.execute(alert_sources.delete().where(alert_sources.c.org == source.org, alert_sources.c.id == source.id))


def sources(tx: Transaction, org: str) -> tuple[Source, ...]:
    """Every source, by name."""
    rows = tx.execute(sa.select(alert_sources).where(alert_sources.c.org == org).order_by(alert_sources.c.name))
    return tuple(_source(row) for row in rows.mappings())


def source(tx: Transaction, org: str, name: str) -> Source | None:
    """The source of that id or name, or None."""
    known = sa.or_(alert_sources.c.id == name, alert_sources.c.name == name)
    row = tx.execute(sa.select(alert_sources).where(alert_sources.c.org == org, known)).mappings().first()
    return _source(row) if row else None


def source_anywhere(tx: Transaction, source: str) -> Source | None:
    """The source of that id in whatever organisation; for a call that its secret is yet to prove."""
    row = tx.execute(sa.select(alert_sources).where(alert_sources.c.id == source)).mappings().first()
    return _source(row) if row else None


def feeds(tx: Transaction) -> tuple[Source, ...]:
    """Every feed of every organisation that is to be fetched; the poll decides when."""
    wanted = (alert_sources.c.kind == Kind.FEED.value, alert_sources.c.enabled, alert_sources.c.policy != "ignore")
    return tuple(_source(row) for row in tx.execute(sa.select(alert_sources).where(*wanted)).mappings())


def claim(tx: Transaction, source: Source, at: int) -> bool:
    """Take a feed's turn at ``at`` (UTC ms); False when another node did."""
    same = alert_sources.c.polled.is_(None) if source.polled is None else alert_sources.c.polled == source.polled
    where = (alert_sources.c.org == source.org, alert_sources.c.id == source.id, same)
    return tx.execute(alert_sources.update().where(*where).values(polled=at)).rowcount == 1


def set_said(tx: Transaction, source: Source, said: Violation) -> None:
    """Write down how a fetch went."""
    where = (alert_sources.c.org == source.org, alert_sources.c.id == source.id)
    tx.execute(alert_sources.update().where(*where).values(said=json.dumps(_told(said), ensure_ascii=False)))


def _source_values(source: Source) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(source, name) for name in Source.__slots__}
    return values | {
        "kind": source.kind.value, "policy": source.policy.value, "status": source.status.value,
        "senders": "\n".join(source.senders), "blocked": list(source.blocked),
        "targets": source.targets.told(),
        "said": json.dumps(_told(source.said), ensure_ascii=False) if source.said else "",
    }  # fmt: skip


def _source(row: Any) -> Source:
    told = row["targets"]
    below = tuple(told.get("organisations", ()))
    targets = Targets(tuple(told["screens"]), tuple(told["groups"]), told["all"], below)
    read = {
        "kind": Kind(row["kind"]), "policy": Policy(row["policy"]), "status": Status(row["status"]),
        "senders": tuple(row["senders"].split("\n")) if row["senders"] else (), "blocked": tuple(row["blocked"]),
        "targets": targets, "said": _violation(json.loads(row["said"])) if row["said"] else None,
        "enabled": bool(row["enabled"]),
    }  # fmt: skip
    return Source(**{**row, **read})


def _told(found: Violation) -> dict[str, Any]:
    return {"field": found.field, "rule": found.rule, "params": dict(found.params)}


def _violation(told: dict[str, Any]) -> Violation:
    return Violation(told["field"], told["rule"], tuple(told["params"].items()))


# messages -----------------------------------------------------------------------------------------------------------


def insert(tx: Transaction, kept: Kept) -> None:
    """Keep a message."""
    tx.execute(held_messages.insert().values(**_values(kept)))


def write(tx: Transaction, kept: Kept) -> None:
    """Write what became of a message."""
    where = (held_messages.c.org == kept.org, held_messages.c.id == kept.id)
    tx.execute(held_messages.update().where(*where).values(**_values(kept)))


def get(tx: Transaction, org: str, message: str) -> Kept | None:
    """One message, or None."""
    return next(_read(tx, org, sa.select(held_messages).where(held_messages.c.id == message)), None)


def find(tx: Transaction, org: str, source: str | None, keys: Collection[tuple[str, int]]) -> tuple[Kept, ...]:
    """The messages of a source with these (identifier, sent), the oldest first."""
    if not keys:
        return ()
    names = sa.select(held_messages).where(_of(source), held_messages.c.identifier.in_({name for name, _ in keys}))
    found = _read(tx, org, names.order_by(held_messages.c.received, held_messages.c.id))
    return tuple(kept for kept in found if (kept.identifier, kept.sent) in keys)


def latest(tx: Transaction, org: str, source: str, identifier: str) -> Kept | None:
    """The newest message under an identifier of a source that became an alert, or None."""
    chosen = sa.select(held_messages).where(_of(source), held_messages.c.identifier == identifier)
    became = chosen.where(held_messages.c.alert.is_not(None)).order_by(held_messages.c.received.desc())
    return next(_read(tx, org, became.limit(1)), None)


def page(tx: Transaction, org: str, query: PageQuery, state: State) -> tuple[Kept, ...]:
    """One page of messages in a state and one more, the newest first."""
    chosen = sa.select(held_messages).where(held_messages.c.state == state.value)
    return tuple(_read(tx, org, newest_first(chosen, held_messages.c.received, held_messages.c.id, query)))


def held_of(tx: Transaction, org: str, source: str) -> tuple[Kept, ...]:
    """What of a source waits for a person."""
    waits = held_messages.c.state == State.HELD.value
    return tuple(_read(tx, org, sa.select(held_messages).where(_of(source), waits)))


def waiting(tx: Transaction, org: str) -> int:
    """How many messages wait for a person."""
    where = (held_messages.c.org == org, held_messages.c.state == State.HELD.value)
    return int(tx.execute(sa.select(sa.func.count()).where(*where)).scalar_one())


def forget(tx: Transaction, before: int) -> int:
    """Drop messages received before an instant (UTC ms), whoever decided about them or nobody; return how many."""
    return tx.execute(held_messages.delete().where(held_messages.c.received < before)).rowcount


def _of(source: str | None) -> sa.ColumnElement[bool]:
    return held_messages.c.source.is_(None) if source is None else held_messages.c.source == source


def _values(kept: Kept) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(kept, name) for name in Kept.__slots__}
    warnings = [_told(found) for found in kept.warnings]
    return values | {"state": kept.state.value, "warnings": warnings, "alert": kept.alert or None}


def _read(tx: Transaction, org: str, chosen: sa.Select[Any]) -> Iterator[Kept]:
    for row in tx.execute(chosen.where(held_messages.c.org == org)).mappings():
        warnings = tuple(map(_violation, row["warnings"]))
        yield Kept(**{**row, "state": State(row["state"]), "alert": row["alert"] or "", "warnings": warnings})


# signatures ---------------------------------------------------------------------------------------------------------


def see(tx: Transaction, source: str, signature: str, at: int) -> bool:
    """Remember a signature; False when it was seen before."""
    known = (seen_signatures.c.source == source, seen_signatures.c.signature == signature)
    if tx.execute(sa.select(seen_signatures.c.at).where(*known)).first():
        return False
    tx.execute(seen_signatures.insert().values(source=source, signature=signature, at=at))
    return True


def forget_signatures(tx: Transaction, before: int) -> int:
    """Drop signatures seen before an instant (UTC ms), whose times no longer count anyway; return how many."""
    return tx.execute(seen_signatures.delete().where(seen_signatures.c.at < before)).rowcount
