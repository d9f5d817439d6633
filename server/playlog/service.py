"""Use cases of the playlog: take what players report, tell what was on, forget the old."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from pydantic import ValidationError

from server.accounts.model import NOWHERE, Identity
from server.db import Transaction
from server.errors import Invalid, Violation
from server.events import PlaysReported
from server.parts import Parts
from server.playlog import store
from server.playlog.model import LONGEST_MS, MOST_ROWS, Play, Refused, Verdict
from server.playlog.store import HOUR_MS, playlists_shown, time_shown
from server.pool import breathe
from server.scheduling.mandatory import Ordered, ordered
from server.screens import service as screens
from server.screens.players import must_be_player
from server.words import say

__all__ = ["HOUR_MS", "forget", "list_plays", "playlists_shown", "report", "time_shown", "verdict_object"]

AHEAD_MS = 120_000  # a player's corrected clock is not this wrong
OLDEST_MS = 400 * 86_400_000
BATCH = 250  # removed in one transaction: 10 to 15 ms of the hub


def report(parts: Parts, who: Identity, rows: Any) -> Verdict:
    """Store a batch of plays of the player's own screen and say of each row what became of it.

    Idempotent by play id; raises Invalid only for something that is no batch at all.
    """
    screen, at = must_be_player(who), parts.clock.now()
    _must_be_batch(rows)
    good: dict[str, Play] = {}
    refused: list[Refused] = []
    for n, row in enumerate(rows):
        play = _read(row)
        rule = "playlog.bad_play" if play is None else _broken(play, at)
        if play is None or rule:
            refused.append(Refused(play.id if play else _id_of(row), n, rule))
        else:
            good.setdefault(play.id, play)
    taken, foreign = _store(parts, who, screen, good, at)
    places = {id_: n for n, row in enumerate(rows) if (id_ := _id_of(row)) in foreign}
    refused += [Refused(id_, places[id_], "playlog.other_screen") for id_ in foreign]
    return Verdict(taken, tuple(refused))


def _must_be_batch(rows: Any) -> None:
    if not isinstance(rows, list):
        raise Invalid((Violation("plays", "playlog.not_a_list"),))
    if len(rows) > MOST_ROWS:
        raise Invalid((Violation("plays", "playlog.too_many", (("limit", MOST_ROWS),)),))


def _read(row: Any) -> Play | None:
    try:
        return Play.model_validate(row)
    except ValidationError:
        return None


def _broken(play: Play, at: int) -> str:
    if play.ends <= play.begins:
        return "playlog.backwards"
    if play.ends > at + AHEAD_MS:
        return "playlog.future"
    if play.begins < at - OLDEST_MS:
        return "playlog.too_old"
    return "playlog.too_long" if play.ends - play.begins > LONGEST_MS else ""


def _id_of(row: Any) -> str:
    found = row.get("id") if isinstance(row, dict) else None
    return found[:64] if isinstance(found, str) else ""


def _store(
    parts: Parts, who: Identity, screen: str, good: dict[str, Play], at: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids stored for this screen, now or earlier, and those that belong to another."""
    with parts.db.transaction() as tx:
        known = store.screens_of(tx, good)
        fresh = [play for id_, play in good.items() if id_ not in known]
        store.insert(tx, [{**play.model_dump(), "org": who.org, "screen": screen, "stored": at} for play in fresh])
        if fresh:
            tx.announce(PlaysReported(who.org, screen))
    foreign = tuple(id_ for id_ in good if known.get(id_, screen) != screen)
    return tuple(id_ for id_ in good if id_ not in foreign), foreign


def verdict_object(verdict: Verdict, locale: str) -> dict[str, Any]:
    """``{ok, accepted, refused: [{id, row, rule, detail}]}`` for HTTP and sockets alike."""
    refused = [
        {"id": one.id, "row": one.row, "rule": one.rule, "detail": say(one.rule, locale)} for one in verdict.refused
    ]
    return {"ok": True, "accepted": list(verdict.accepted), "refused": refused}


def list_plays(
    parts: Parts,
    who: Identity,
    *,
    screen: str = "",
    begins: int = 0,
    ends: int = 2**53,
    after: tuple[int, str] = (-1, ""),
    limit: int = 100,
) -> tuple[Any, ...]:
    """What was on at some instant of [begins, ends) (UTC ms), the oldest first; all screens need an unbounded right."""
    with parts.db.read() as tx:
        _must_see(tx, who, screen)
        return store.page(tx, who.org, screen, begins, ends, after, limit)


def names_of(parts: Parts, who: Identity, playlists: Set[str]) -> dict[str, Ordered]:
    """The playlists by their ids: one's own, and those that organisations above put on one's screens."""
    with parts.db.read() as tx:
        own = {key: Ordered(name, "") for key, name in store.names(tx, who.org, playlists).items()}
        return {**ordered(tx, who.org, playlists - own.keys()), **own}


def _must_see(tx: Transaction, who: Identity, screen: str) -> None:
    """A retired screen's playlog stays, for whoever may read everything."""
    over = screens.groups_over(tx, who.org, screen) if screen else NOWHERE
    who.must("read", over)


def forget(parts: Parts, before: int, hours_before: int) -> int:
    """Remove plays that ended before an instant (UTC ms), some hundreds per transaction; return how many.

    The sums of hours go by an instant of their own.
    """
    gone = 0
    with parts.db.transaction() as tx:
        store.forget_hours(tx, hours_before)
    while True:
        with parts.db.transaction() as tx:
            now_gone = store.forget(tx, before, BATCH)
        gone += now_gone
        if now_gone < BATCH:
            return gone
        breathe()
