"""Use cases of deliveries: what was sent, what is proved, who is missing, who joined late."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from server import audit
from server.accounts.model import Identity
from server.alerts import above, delivery_lists, delivery_store, reach, store, unstored
from server.alerts.delivery_store import Key
from server.alerts.model import SCOPE, Delivery, Proof, ProofKind, State, StoredAlert
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

    Of an alert from above only those of one's own screens. Raises NotFound.
    """
    who.must("read")
    with parts.db.read() as tx:
        held = above.there(parts, tx, who.org, alert)
        kept = unstored.newest(parts, held.org, alert)
        if kept is not None:
            return _kept_rows(tx, who.org, kept, after, limit, unproven=unproven)
        there = delivery_lists.online(tx, who.org, held.organisations)
        seen = delivery_lists.seen(tx, held.org, held.id)
        rows = delivery_lists.page(
            tx, held.org, held.id, revision or held.revision, after, limit, unproven=unproven,
            within=who.org if held.above else "",
        )  # fmt: skip
        return _deliveries(tx, who.org, tuple(rows), there, seen)


def _kept_rows(
    tx: Transaction, org: str, kept: unstored.Kept, after: tuple[int, str], limit: int, *, unproven: bool
) -> tuple[tuple[Delivery, int], ...]:
    """The same for a revision that only memory holds."""
    below = kept.out.alert.organisations if kept.out.alert.org == org else ()
    there = delivery_lists.online(tx, org, below)
    found = delivery_lists.screens_among(tx, org, below, kept.out.owing, after)
    rows = (_kept_row(kept, row) for row in found)
    open_ = (row for row in rows if not (unproven and row.shown is not None))
    return _deliveries(tx, org, tuple(itertools.islice(open_, limit)), there, {})


def _kept_row(kept: unstored.Kept, row: Any) -> SimpleNamespace:
    times = kept.proofs.get(row.screen, {})
    values = {name: times.get(name) for name in ("sent", "received", "shown", "shown_at")}
    same = {name: getattr(row, name) for name in ("screen", "name", "place", "added", "home")}
    return SimpleNamespace(**same, created=kept.out.at, visited=None, visited_by="", **values)


def tallies(parts: Parts, who: Identity, alerts: Collection[StoredAlert]) -> dict[str, dict[str, int]]:
    """How far the newest revision of each alert is: its screens by state, ``targets`` counting all of them.

    Of an alert from above only one's own screens count.
    """
    kept = {one.id: held for one in alerts if (held := unstored.newest(parts, one.org, one.id)) is not None}
    own = [one.id for one in alerts if one.org == who.org]
    far = [one.id for one in alerts if one.org != who.org]
    with parts.db.read() as tx:
        found = delivery_lists.tallies(tx, who.org, own) | delivery_lists.tallies(tx, who.org, far, from_above=True)
        return found | {name: _kept_tally(tx, who.org, one) for name, one in kept.items()}


def _kept_tally(tx: Transaction, org: str, kept: unstored.Kept) -> dict[str, int]:
    rows = [one for one, _ in _kept_rows(tx, org, kept, (-1, ""), EVERY, unproven=False)]
    states = Counter(one.state.value for one in rows)
    return {state.value: states[state.value] for state in State} | {"targets": len(rows)}


def _deliveries(
    tx: Transaction, org: str, rows: Sequence[Any], there: Collection[str], seen: Mapping[str, int]
) -> tuple[tuple[Delivery, int], ...]:
    """Rows with when their screens were added, those of organisations below under their names."""
    below = {row.home for row in rows} - {org}
    names = {org: "", **(delivery_lists.organisation_names(tx, below) if below else {})}
    return tuple((_delivery(row, there, seen, names[row.home]), row.added) for row in rows)


def _delivery(row: Any, online: Collection[str], seen: Mapping[str, int], organisation: str) -> Delivery:
    took = None if row.shown_at is None else max(0, row.shown_at - row.created)
    there, people = row.screen in online, seen.get(row.screen, 0)
    state = _state(row, there=there, seen=people > 0)
    return Delivery(
        row.screen, row.name, row.place, there, state, row.created, row.sent, row.received, row.shown, row.shown_at,
        took, people, row.visited, row.visited_by, organisation,
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
        homes = _homes(tx, rows, keys, proofs)
        news: list[tuple[Key, dict[str, Any]]] = []
        for key, proof in zip(keys, proofs, strict=True):
            row = rows.get(key)
            if proof.epoch != epoch or row is None or homes.get(key[2], row.org) != proof.player.org:
                answers.append(Conflict(detail="alerts.unknown_proof"))
                continue
            answers.append(OK)
            if (row.shown if proof.kind is ProofKind.SHOWN else row.received) is None:
                news.append((key, unstored.delivery_times(proof, at)))
        delivery_store.prove(tx, news)
        _announce(tx, news, rows, {proof.player.screen: proof.player.org for proof in proofs})
    return answers


def _homes(tx: Transaction, rows: Mapping[Key, Any], keys: Sequence[Key], proofs: Sequence[Proof]) -> dict[str, str]:
    """The organisation of every screen that proves an alert of another than its player's; none among one's own."""
    known = ((key, rows[key], proof) for key, proof in zip(keys, proofs, strict=True) if key in rows)
    return delivery_store.homes(tx, [key[2] for key, row, proof in known if row.org != proof.player.org])


def _announce(
    tx: Transaction, news: Iterable[tuple[Key, dict[str, Any]]], rows: dict[Key, Any], homes: Mapping[str, str]
) -> None:
    """Tell the alert's own organisation, and each organisation below of its own screens."""
    proved: dict[tuple[str, str], list[str]] = {}
    for key, _ in news:
        for org in {rows[key].org, homes[key[2]]}:
            proved.setdefault((org, key[0]), []).append(key[2])
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
        held = above.there(parts, tx, who.org, alert)
        above.must_be_own(who, held)
        reach.must_reach(tx, who, held.targets)
        if not delivery_store.visit(tx, who.org, held.id, held.revision, screen, who.name, at):
            raise NotFound()
        audit.record(tx, who, at, "alert.visited", held.id, after={"screen": screen})
        tx.announce(AlertProved(who.org, held.id, (screen,)))


def silent(parts: Parts, tx: Transaction, org: str, below: Collection[str], alert: str = "") -> frozenset[str]:
    """The screens that owe no proof of what goes out now: samples without a player, unless they owed it before."""
    found = delivery_store.silent(tx, org, below)
    if not alert or not found:
        return found
    kept = unstored.newest(parts, org, alert)
    return found - delivery_store.owed(tx, org, alert, found) - frozenset(kept.out.owing if kept else ())


def retarget(tx: Transaction, org: str, at: int) -> int:
    """Give screens that were added, moved or paired since the rows of every live alert that is for them.

    Returns how many joined; each changed alert moves the position. A screen that left a group keeps what it has, and a
    sample that has a player by now owes proof.
    """
    joined, live = 0, [one for one in store.live(tx, org, at) if one.ended is None]
    silent = delivery_store.silent(tx, org, frozenset(top for one in live for top in one.organisations))
    for held in live:
        there = set(delivery_store.screens_of(tx, org, held.id, held.revision))
        obliged = delivery_store.oblige(tx, org, held.id, held.revision, silent)
        late = [screen for screen in reach.screens_of(tx, org, held.targets) if screen not in there]
        if late:
            delivery_store.insert(tx, org, held.id, held.revision, late, at, silent)
            tx.announce(AlertsChanged(org, held.id, held.revision, store.next_seq(tx), held.organisations))
        elif obliged:
            tx.announce(AlertProved(org, held.id, ()))
        joined += len(late)
    return joined
