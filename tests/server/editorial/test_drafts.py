"""Drafts: ids that stay, revisions that are their content, and two people on one text."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists import wire
from playlists.model import DAY_MS
from server.accounts.model import Grant, Identity
from server.clock import FixedClock
from server.editorial import service, store, views
from server.editorial.items import read, revision_of
from server.editorial.service import Order
from server.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Stale
from server.parts import Parts
from server.tables import audit, organisations, revisions, screen_groups, screens, slot_screens, slots
from server.words import catalogue

A, B = {"kind": "slogan", "text": "甲"}, {"kind": "slogan", "text": "乙"}
_body = st.fixed_dictionaries({"kind": st.just("slogan"), "text": st.text(max_size=20)})


@given(st.lists(_body, max_size=6))
def test_what_is_read_twice_is_the_same_revision(bodies: list[dict[str, Any]]) -> None:
    once, twice = read(bodies), read(bodies)
    assert once == twice
    assert revision_of("x", once) == revision_of("x", twice)
    assert len({item.id for item in once}) == len(bodies)


@given(st.lists(_body, max_size=6), st.randoms())
def test_items_without_ids_keep_those_of_equal_ones_in_the_draft(bodies: list[dict[str, Any]], random: Any) -> None:
    held = read(bodies)
    shuffled: list[dict[str, Any]] = list(bodies)
    random.shuffle(shuffled)
    assert {item.id for item in read(shuffled, held)} == {item.id for item in held}


def test_an_edited_item_keeps_its_id_and_a_new_one_never_takes_it() -> None:
    first = read([A])
    edited: list[dict[str, Any]] = [{**wire.item_to_json(first[0]), "text": "改"}, A]
    found = read(edited, first)
    assert found[0].id == first[0].id != found[1].id


def test_a_pasted_text_is_cleaned_before_it_is_kept() -> None:
    assert read([{"kind": "slogan", "text": " 安\u200b全\t第一\r\n"}])[0].text == "安全 第一"


def test_saving_what_is_there_already_changes_nothing(parts: Parts, owner: Identity, clock: FixedClock) -> None:
    made = service.create(parts, owner, "x", [A])
    clock.pass_(5)
    assert service.save(parts, owner, made.id, made.revision, Order(items=[A])) == made
    with parts.db.read() as tx:
        assert [row.act for row in tx.execute(audit.select())] == ["playlist.create"]


def test_a_retry_of_a_save_that_arrived_is_no_conflict(parts: Parts, owner: Identity) -> None:
    made = service.create(parts, owner, "x", [A])
    saved = service.save(parts, owner, made.id, made.revision, Order(items=[B]))
    assert service.save(parts, owner, made.id, made.revision, Order(items=[B])) == saved


def test_going_back_to_an_older_text_is_the_older_revision(parts: Parts, owner: Identity) -> None:
    made = service.create(parts, owner, "x", [A])
    saved = service.save(parts, owner, made.id, made.revision, Order(items=[B]))
    back = service.save(parts, owner, made.id, saved.revision, Order(items=wire.items_to_json(made.items)))
    assert (back.revision, back.number) == (made.revision, 1)
    assert len(views.get(parts, owner, made.id).revisions) == 2


def test_of_many_writers_at_once_one_wins_and_every_other_is_told(parts: Parts, owner: Identity) -> None:
    made = service.create(parts, owner, "x", [A])
    outcomes: list[str] = []

    def write(n: int) -> None:
        try:
            service.save(parts, owner, made.id, made.revision, Order(items=[{**A, "text": f"第{n}版"}]))
            outcomes.append("saved")
        except Stale:
            outcomes.append("stale")

    _all_at_once([threading.Thread(target=write, args=(n,)) for n in range(8)])
    assert sorted(outcomes) == ["saved"] + ["stale"] * 7


def test_of_an_edit_and_an_approval_at_once_nothing_unread_plays(parts: Parts, owner: Identity) -> None:
    reviewer = Identity("o1", "person", "u2", "安全科", grants=(Grant("review"),))
    with parts.db.transaction() as tx:
        tx.execute(screen_groups.insert().values(id="g1", org="o1", name="东门", steps=1, created=0))
    for n in range(6):
        made = service.submit(parts, owner, service.create(parts, owner, f"{n}", [A], "g1").id)
        edit = threading.Thread(
            target=_quietly, args=(service.save, parts, owner, made.id, made.revision, Order(items=[B]))
        )
        approve = threading.Thread(target=_quietly, args=(service.approve, parts, reviewer, made.id, made.revision))
        _all_at_once([edit, approve] if n % 2 else [approve, edit])
        assert views.get(parts, owner, made.id).view.approved in (None, made.revision)


def test_a_playlist_that_plays_somewhere_is_not_deleted(parts: Parts, owner: Identity) -> None:
    made = service.create(parts, owner, "x", [A])
    with parts.db.transaction() as tx:
        _screen(tx, fallback=made.id)
        _slot(tx, made.id, "s1")
        tx.execute(organisations.update().values(settings={"fallback": made.id}))
    with pytest.raises(Conflict) as refused:
        service.delete(parts, owner, made.id)
    assert refused.value.params == {"n": 3}


def test_the_screens_a_playlist_plays_on_ask_for_their_review_too(parts: Parts, owner: Identity) -> None:
    made = service.create(parts, owner, "x", [A])
    with parts.db.transaction() as tx:
        _screen(tx, group="g1", steps=1)
        _slot(tx, made.id, "s1")
    assert service.submit(parts, owner, made.id).state == "step_1"


def test_an_author_of_one_group_writes_there_and_nowhere_else(parts: Parts) -> None:
    with parts.db.transaction() as tx:
        for key in ("g1", "g2"):
            tx.execute(screen_groups.insert().values(id=key, org="o1", name=key, steps=0, created=0))
    mine = Identity("o1", "person", "u3", "一车间", grants=(Grant("content", "g1"),))
    made = service.create(parts, mine, "x", [A])
    assert made.group == "g1"
    for group in ("g2", None):
        with pytest.raises(Forbidden):
            service.save(parts, mine, made.id, made.revision, Order(group=group, moves=True))
    with pytest.raises(NotFound):
        service.create(parts, mine, "x", [A], "g404")


def test_a_name_of_blanks_is_refused(parts: Parts, owner: Identity) -> None:
    with pytest.raises(Invalid) as refused:
        service.create(parts, owner, " \u3000", [A])
    assert refused.value.violations[0].field == "name"


def test_another_organisation_cannot_approve_restore_or_read(parts: Parts, owner: Identity) -> None:
    made = service.create(parts, owner, "x", [A])
    stranger = Identity("o2", "person", "u9", "外人", grants=(Grant("*"),))
    with pytest.raises(NotFound):
        service.restore(parts, stranger, made.id)
    with parts.db.read() as tx:
        assert store.revisions_of(tx, "o2", {made.id: made.revision}) == {}
        assert service.approved_items(tx, "o2", [made.id]) == {}


def test_every_rule_of_the_core_has_words() -> None:
    from playlists.review import Why
    from playlists.rules import Rule

    wanted = {f"rules.{rule}" for rule in Rule} | {f"review.{why}" for why in Why}
    assert wanted <= catalogue().keys()


def _quietly(call: Any, *args: Any) -> None:
    try:
        call(*args)
    except Problem:
        return


def _all_at_once(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _screen(tx: Any, fallback: str | None = None, group: str = "", steps: int = 0) -> None:
    row = {"id": "s1", "org": "o1", "name": "s", "width": 192, "height": 16, "colour": "single", "key_hash": "k"}
    tx.execute(screens.insert().values(created=0, fallback=fallback, **row))
    if group:
        from server.tables import memberships

        tx.execute(screen_groups.insert().values(id=group, org="o1", name=group, steps=steps, created=0))
        tx.execute(memberships.insert().values(screen="s1", screen_group=group, org="o1"))


def _slot(tx: Any, playlist: str, screen: str) -> None:
    row = {"id": "sl1", "org": "o1", "playlist": playlist, "daypart": {}, "priority": 50, "created": 0, "changed": 0}
    tx.execute(slots.insert().values(**row))
    tx.execute(slot_screens.insert().values(slot="sl1", screen=screen, org="o1"))


def test_old_drafts_go_and_what_is_current_recent_or_was_submitted_stays(
    parts: Parts, owner: Identity, clock: FixedClock
) -> None:
    made = service.create(parts, owner, "改了又改", [{"kind": "slogan", "text": "初稿"}])
    sent = service.submit(parts, owner, made.id).revision
    held = sent
    for n in range(60):
        clock.pass_(DAY_MS)
        held = service.save(
            parts, owner, made.id, held, Order(items=[{"kind": "slogan", "text": f"第 {n} 稿"}])
        ).revision
    assert service.forget(parts, clock.now() - 30 * DAY_MS) == 10
    with parts.db.read() as tx:
        kept = [row.number for row in tx.execute(revisions.select().order_by(revisions.c.number))]
        assert (kept[0], kept[1], kept[-1], len(kept)) == (1, 12, 61, 51)
        assert service.approved_items(tx, "o1", [made.id])[made.id][0] == sent
    assert service.forget(parts, clock.now() - 30 * DAY_MS) == 0
