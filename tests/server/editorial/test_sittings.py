"""What the editor saves by itself within one sitting is one revision; what anybody was asked to judge stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.accounts.model import Identity
from server.clock import FixedClock
from server.editorial import service, views
from server.editorial.model import PlaylistView
from server.editorial.service import SITTING_MS, Order
from server.parts import Parts


@pytest.fixture
def made(parts: Parts, owner: Identity) -> PlaylistView:
    return service.create(parts, owner, "x", [{"kind": "slogan", "text": "甲"}])


def typed(parts: Parts, who: Identity, held: PlaylistView, text: str, *, autosave: bool = True) -> PlaylistView:
    order = Order(items=[{"kind": "slogan", "text": text}], autosave=autosave)
    return service.save(parts, who, held.id, held.revision, order)


def numbers(parts: Parts, who: Identity, playlist: str) -> list[int]:
    return [revision.number for revision in views.get(parts, who, playlist).revisions]


def test_typing_makes_one_revision(parts: Parts, owner: Identity, made: PlaylistView) -> None:
    held = made
    for text in ("甲乙", "甲乙丙", "甲乙丙丁"):
        held = typed(parts, owner, held, text)
    assert numbers(parts, owner, made.id) == [1]


def test_a_save_that_a_person_or_a_script_asked_for_is_kept(parts: Parts, owner: Identity, made: PlaylistView) -> None:
    typed(parts, owner, made, "乙", autosave=False)
    assert numbers(parts, owner, made.id) == [2, 1]


def test_what_was_submitted_is_never_folded(parts: Parts, owner: Identity, made: PlaylistView) -> None:
    service.submit(parts, owner, made.id)
    typed(parts, owner, made, "乙")
    assert numbers(parts, owner, made.id) == [2, 1]


def test_another_persons_draft_is_never_folded(parts: Parts, owner: Identity, made: PlaylistView) -> None:
    typed(parts, replace(owner, id="u2", name="宣传科"), made, "乙")
    assert numbers(parts, owner, made.id) == [2, 1]


def test_a_later_sitting_is_another_revision(
    parts: Parts, owner: Identity, clock: FixedClock, made: PlaylistView
) -> None:
    clock.pass_(SITTING_MS)
    typed(parts, owner, made, "乙")
    assert numbers(parts, owner, made.id) == [2, 1]
