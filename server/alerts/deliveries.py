"""Use cases of deliveries: what was sent, what is proved, who is missing, who joined late."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from server import audit
from server.accounts.model import Identity
from server.alerts import delivery_store, reach, store, unstored
from server.alerts.delivery_store import Key
from server.alerts.model import SCOPE, Delivery, Proof, ProofKind, State
from server.db import SOON_S, Transaction
from server.errors import Conflict, NotFound, Problem
from server.events import AlertProved, AlertsChanged
from server.parts import Parts

EVERY = 1_000_000
OK = {"ok": True}


def deliveries_of(
    parts: Parts, who: Identity, alert: str, *, after: tuple[int, str] = (-1, ""), limit: int = EVERY,
    unproven: bool = False, revision: int | None = None,
) -> tuple[tuple[Delivery, int], ...]:  # fmt: skip
    """The rows of a revision (None: the newest), each with when its screen was added (UTC ms), in that order.

    Raises NotFound.
    """
    who.must("read")
    kept = unstored.newest(parts, who.org, alert)
    with parts.db.read() as tx:
        if kept is not None:
            return _kept_rows(tx, kept, after, limit, unproven=unproven)
        held = store.get(tx, who.org, alert)
        if held is None:
            raise NotFound(detail="alerts.no_alert")
        there, seen = delivery_store.online(tx, who.org), delivery_store.seen(tx, who.org, held.id)
        rows = delivery_store.page(tx, who.org, held.id, revision or held.revision, after, limit, unproven=unproven)
        return tuple((_delivery(row, there, seen), row.added) for row in rows)


def _kept_rows(
    tx: Transaction, kept: unstored.Kept, after: tuple[int, str], limit: int, *, unproven: bool
) -> tuple[tuple[Delivery, int], ...]:
    """The same for a revision that only memory holds."""
    org = kept.out.alert.org
    there = delivery_store.online(tx, org)
    rows = delivery_store.screens_among(tx, org, kept.out.owing, after)
    found = ((_delivery(_kept_row(kept, row), there, {}), row.added) for row in rows)
    return tuple(itertools.islice((one for one in found if not (unproven and one[0].shown is not None)), limit))


def _kept_row(kept: unstored.Kept, row: Any) -> SimpleNamespace:
    times = kept.proofs.get(row.screen, {})
    values = {name: times.get(name) for name in ("sent", "received", "shown", "shown_at")}
    return SimpleNamespace(
        screen=row.screen, name=row.name, place=row.place, created=kept.out.at, visited=None, visited_by="", **values
    )


def tallies(parts: Parts, who: Identity, alerts: Collection[str]) -> dict[str, dict[str, int]]:
    """How far the newest revision of each alert is: its screens by state, ``targets`` counting all of them."""
    kept = {name: one for name in alerts if (one := unstored.newest(parts, who.org, name)) is not None}
    with parts.db.read() as tx:
        found = delivery_store.tallies(tx, who.org, alerts)
        return found | {name: _kept_tally(tx, one) for name, one in kept.items()}


def _kept_tally(tx: Transaction, kept: unstored.Kept) -> dict[str, int]:
    rows = [one for one, _ in _kept_rows(tx, kept, (-1, ""), EVERY, unproven=False)]
    states = Counter(one.state.value for one in rows)
    return {state.value: states[state.value] for state in State} | {"targets": len(rows)}


def _delivery(row: Any, online: Collection[str], seen: Mapping[str, int]) -> Delivery:
    took = None if row.shown_at is None else max(0, row.shown_at - row.created)
    there, people = row.screen in online, seen.get(row.screen, 0)
    state = _state(row, there=there, seen=people > 0)
    return Delivery(
        row.screen, row.name, row.place, there, state, row.created, row.sent, row.received, row.shown, row.shown_at,
        took, people, row.visited, row.visited_by,
    )  # fmt: skip


def _state(row: Any, *, there: bool, seen: bool) -> State:
    if row.shown is not None:
        return State.ACKNOWLEDGED if seen else State.SHOWN
    if row.received is not None:
        return State.RECEIVED
    if not there:
        return State.UNREACHABLE
    return State.SENT if row.sent is not None else State.PENDING


def prove(parts: Parts, proofs: Sequence[Proof]) -> list[dict[str, Any] | Problem]:
    """Store a batch of proofs in one transaction and answer each: ``{"ok": True}`` or the problem it meets.

    The same proof twice is fine. Another epoch, an unknown revision or another's screen is a problem, by which a player
    knows to say hello; nothing is raised for it.
    """
    at = parts.clock.now()
    if not unstored.pending(parts):
        return _store(parts, proofs, at)
    rest = [proof for proof in proofs if not unstored.prove(parts, proof, at)]
    stored = dict(zip(map(id, rest), _store(parts, rest, at), strict=True)) if rest else {}
    return [stored.get(id(proof), OK) for proof in proofs]


def _store(parts: Parts, proofs: Sequence[Proof], at: int) -> list[dict[str, Any] | Problem]:
    answers = list[dict[str, Any] | Problem]()
    with parts.db.transaction() as tx:
        epoch, _ = store.stands(tx)
        keys = [(proof.id, proof.revision, proof.player.screen) for proof in proofs]
        rows = delivery_store.found(tx, keys)
        news: list[tuple[Key, dict[str, Any]]] = []
        for key, proof in zip(keys, proofs, strict=True):
            row = rows.get(key)
            if proof.epoch != epoch or row is None or row.org != proof.player.org:
                answers.append(Conflict(detail="alerts.unknown_proof"))
                continue
            answers.append(OK)
            if (row.shown if proof.kind is ProofKind.SHOWN else row.received) is None:
                news.append((key, unstored.delivery_times(proof, at)))
        delivery_store.prove(tx, news)
        _announce(tx, news, rows)
    return answers


def _announce(tx: Transaction, news: Iterable[tuple[Key, dict[str, Any]]], rows: dict[Key, Any]) -> None:
    proved: dict[tuple[str, str], list[str]] = {}
    for key, _ in news:
        proved.setdefault((rows[key].org, key[0]), []).append(key[2])
    for (org, alert), screens in proved.items():
        tx.announce(AlertProved(org, alert, tuple(dict.fromkeys(screens))))


def mark_sent(parts: Parts, pairs: Iterable[Key]) -> None:
    """Note that these (alert, revision, screen) went out, unless they did before."""
    at, keys = parts.clock.now(), list(dict.fromkeys(pairs))
    if keys:
        with parts.db.transaction(SOON_S) as tx:
            delivery_store.mark_sent(tx, keys, at)


def visited(parts: Parts, who: Identity, alert: str, screen: str) -> None:
    """Note that ``who`` sent somebody to a screen; raise NotFound when the alert is not for it."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        who.must(SCOPE)
        held = store.get(tx, who.org, alert)
        if held is None:
            raise NotFound(detail="alerts.no_alert")
        reach.must_reach(tx, who, held.targets)
        if not delivery_store.visit(tx, who.org, held.id, held.revision, screen, who.name, at):
            raise NotFound()
        audit.record(tx, who, at, "alert.visited", held.id, after={"screen": screen})
        tx.announce(AlertProved(who.org, held.id, (screen,)))


def silent(parts: Parts, tx: Transaction, org: str, alert: str = "") -> frozenset[str]:
    """The screens that owe no proof of what goes out now: samples without a player, unless they owed it before."""
    found = delivery_store.silent(tx, org)
    if not alert or not found:
        return found
    kept = unstored.newest(parts, org, alert)
    return found - delivery_store.owed(tx, org, alert, found) - frozenset(kept.out.owing if kept else ())


def retarget(tx: Transaction, org: str, at: int) -> int:
    """Give screens that were added, moved or paired since the rows of every live alert that is for them.

    Returns how many joined; each changed alert moves the position. A screen that left a group keeps what it has, and a
    sample that has a player by now owes proof.
    """
    joined, silent = 0, delivery_store.silent(tx, org)
    for held in store.live(tx, org, at):
        if held.ended is not None:
            continue
        there = set(delivery_store.screens_of(tx, org, held.id, held.revision))
        obliged = delivery_store.oblige(tx, org, held.id, held.revision, silent)
        late = [screen for screen in reach.screens_of(tx, org, held.targets) if screen not in there]
        if late:
            delivery_store.insert(tx, org, held.id, held.revision, late, at, silent)
            tx.announce(AlertsChanged(org, held.id, held.revision, store.next_seq(tx)))
        elif obliged:
            tx.announce(AlertProved(org, held.id, ()))
        joined += len(late)
    return joined
