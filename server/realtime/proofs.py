"""Proof that is durable before it is acknowledged: gathered for a moment, stored in one transaction, then answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import structlog

from server.realtime.answers import problem_object
from server.realtime.wirejson import Written

log = structlog.get_logger(__name__)

GATHER_S = 0.02  # how long the first of a batch waits for others
MOST = 1_000  # stored together at most: a commit of some 10 ms

Item = TypeVar("Item")
Store = Callable[[list[Item]], Sequence[Exception | None]]
Answer = Callable[[Written | dict[str, Any]], None]

OK = Written('{"ok":true}')


class Proofs(Generic[Item]):
    """Five thousand players that prove at once cost a handful of commits instead of five thousand.

    ``store`` writes a list of items in one transaction, commits, and returns one verdict for each: None for stored
    (known already counts as stored), a Problem for refused. When it raises, nothing of the batch is stored, everybody
    is answered that problem, and players repeat until they hear ``{"ok": true}``.

    ``spawn`` runs a function soon, in a greenlet; ``sleep`` waits there. Without greenlets both do it at once.
    """

    def __init__(
        self, store: Store[Item], spawn: Callable[[Callable[[], None]], object], sleep: Callable[[float], None],
        locale: str,
    ) -> None:  # fmt: skip
        self._store, self._spawn, self._sleep, self._locale = store, spawn, sleep, locale
        self._waiting: list[tuple[Item, Answer]] = []
        self._working = False

    def add(self, item: Item, answer: Answer) -> None:
        """Store ``item`` with the next batch and call ``answer`` after its commit; returns at once."""
        self._waiting.append((item, answer))
        if not self._working:
            self._working = True
            self._spawn(self._work)

    def _work(self) -> None:
        try:
            while self._waiting:
                if len(self._waiting) < MOST:
                    self._sleep(GATHER_S)
                taken, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                self._flush(taken)
        finally:
            self._working = False

    def _flush(self, taken: list[tuple[Item, Answer]]) -> None:
        try:
            verdicts = self._store([item for item, _ in taken])
        except Exception as error:
            log.warning("proofs_not_stored", proofs=len(taken))
            verdicts = [error] * len(taken)
        for (_, answer), verdict in zip(taken, verdicts, strict=True):
            answer(OK if verdict is None else problem_object(verdict, self._locale))
