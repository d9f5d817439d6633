"""Proof in batches: stored together, answered after the commit, each with its own verdict."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from server.errors import Busy, Conflict
from server.realtime.proofs import MOST, OK, Proofs

Work = Callable[[], None]


class Shelf:
    """A table that may fail, and the greenlets that wait for their turn."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.failure: Exception | None = None
        self.soon: deque[Work] = deque()
        self.slept: list[float] = []
        self.answers: dict[int, Any] = {}
        self.proofs = Proofs(self.store, self.soon.append, self.slept.append, "en")

    def store(self, items: list[int]) -> Sequence[Exception | None]:
        assert not any(item in self.answers for item in items)
        if self.failure is not None:
            raise self.failure
        self.batches.append(list(items))
        return [Conflict() if item < 0 else None for item in items]

    def add(self, *items: int) -> None:
        for item in items:
            self.proofs.add(item, lambda told, item=item: self.answers.update({item: told}))  # type: ignore[misc]

    def work(self) -> None:
        while self.soon:
            self.soon.popleft()()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_nothing_is_answered_before_it_is_stored(shelf: Shelf) -> None:
    shelf.add(1, 2, 3)
    assert (shelf.answers, shelf.batches) == ({}, [])
    shelf.work()
    assert shelf.batches == [[1, 2, 3]]
    assert shelf.answers == {1: OK, 2: OK, 3: OK}


def test_one_refused_proof_does_not_hold_up_the_others(shelf: Shelf) -> None:
    shelf.add(1, -2)
    shelf.work()
    assert shelf.answers[1] == OK
    assert shelf.answers[-2]["status"] == 409


def test_a_batch_that_cannot_be_stored_is_answered_with_the_problem_and_the_next_one_is_stored(shelf: Shelf) -> None:
    shelf.failure = Busy()
    shelf.add(1, 2)
    with capture_logs() as logs:
        shelf.work()
    assert [shelf.answers[one]["status"] for one in (1, 2)] == [503, 503]
    assert [log["event"] for log in logs] == ["proofs_not_stored"]
    shelf.failure, shelf.answers = None, {}
    shelf.add(1)
    shelf.work()
    assert shelf.answers == {1: OK}


def test_many_are_stored_in_several_batches_in_their_order(shelf: Shelf) -> None:
    shelf.add(*range(2 * MOST + 5))
    shelf.work()
    assert [len(batch) for batch in shelf.batches] == [MOST, MOST, 5]
    assert [item for batch in shelf.batches for item in batch] == list(range(2 * MOST + 5))
    assert len(shelf.slept) == 1
    assert len(shelf.answers) == 2 * MOST + 5


def test_a_proof_that_comes_while_others_are_stored_goes_with_the_next_batch(shelf: Shelf) -> None:
    stored = shelf.store

    def store(items: list[int]) -> Sequence[Exception | None]:
        if items == [1]:
            shelf.add(2)
        return stored(items)

    shelf.proofs = Proofs(store, shelf.soon.append, shelf.slept.append, "en")
    shelf.add(1)
    shelf.work()
    assert shelf.batches == [[1], [2]]
    assert shelf.answers == {1: OK, 2: OK}
