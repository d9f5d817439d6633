"""The review chain on real rows: who may do what to which revision, and what plays meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from server.accounts.model import Grant, Identity
from server.editorial import service, store, views
from server.editorial.model import PlaylistRow, PlaylistView
from server.editorial.service import Order
from server.errors import Conflict, Forbidden, Invalid, Stale
from server.events import Fact, PlaylistApproved, PlaylistWithdrawn
from server.parts import Parts
from server.tables import audit, reviews, screen_groups

SLOGAN = {"kind": "slogan", "text": "安全第一"}
AUTHOR = Identity("o1", "person", "author", "宣传科", grants=(Grant("content"), Grant("review")))
REVIEWER = Identity("o1", "person", "reviewer", "安全科", grants=(Grant("review"),))
LEADER = replace(REVIEWER, id="leader", name="厂长")
LEADER_WRITES = replace(LEADER, grants=(Grant("content"),))


def group(parts: Parts, steps: int, key: str = "g1", parent: str | None = None) -> str:
    with parts.db.transaction() as tx:
        tx.execute(screen_groups.insert().values(id=key, org="o1", name=key, steps=steps, created=0, parent=parent))
    return key


def submitted(parts: Parts, steps: int, text: str = "安全第一") -> PlaylistView:
    made = service.create(parts, AUTHOR, "一车间", [{"kind": "slogan", "text": text}], group(parts, steps))
    return service.submit(parts, AUTHOR, made.id)


def playing(parts: Parts, playlist: str) -> tuple[str, ...]:
    with parts.db.read() as tx:
        found = service.approved_items(tx, "o1", [playlist])
    return tuple(item.text for item in found[playlist][1]) if playlist in found else ()


def facts_of(parts: Parts, kind: type[Fact]) -> list[Fact]:
    told: list[Fact] = []
    parts.db.bus.subscribe(kind, told.append)
    return told


def test_without_steps_submitting_publishes_at_once(parts: Parts) -> None:
    told = facts_of(parts, PlaylistApproved)
    made = service.create(parts, AUTHOR, "门口", [SLOGAN])
    done = service.submit(parts, AUTHOR, made.id, made.revision)
    assert (done.state, done.approved, done.submitted) == ("approved", made.revision, None)
    assert told == [PlaylistApproved("o1", made.id, made.revision)]
    assert playing(parts, made.id) == ("安全第一",)


def test_with_a_step_nothing_plays_until_another_person_approves(parts: Parts) -> None:
    waiting = submitted(parts, 1)
    assert (waiting.state, playing(parts, waiting.id)) == ("step_1", ())
    done = service.approve(parts, REVIEWER, waiting.id, waiting.revision)
    assert (done.state, playing(parts, waiting.id)) == ("approved", ("安全第一",))


def test_nobody_approves_what_they_wrote(parts: Parts) -> None:
    waiting = submitted(parts, 1)
    with pytest.raises(Forbidden) as refused:
        service.approve(parts, AUTHOR, waiting.id, waiting.revision)
    assert refused.value.detail == "review.own_work"


def test_one_who_changed_a_comma_is_an_author_too(parts: Parts) -> None:
    made = service.create(parts, AUTHOR, "门口", [SLOGAN], group(parts, 1))
    other = replace(AUTHOR, id="other")
    saved = service.save(parts, other, made.id, made.revision, Order(items=[{**SLOGAN, "text": "安全第一。"}]))
    service.submit(parts, other, made.id)
    for person in (AUTHOR, other):
        with pytest.raises(Forbidden):
            service.approve(parts, person, made.id, saved.revision)
    assert service.approve(parts, REVIEWER, made.id, saved.revision).state == "approved"


def test_two_steps_need_two_people(parts: Parts) -> None:
    waiting = submitted(parts, 2)
    assert service.approve(parts, REVIEWER, waiting.id, waiting.revision).state == "step_2"
    with pytest.raises(Forbidden) as refused:
        service.approve(parts, REVIEWER, waiting.id, waiting.revision)
    assert refused.value.detail == "editorial.passed_before"
    assert service.approve(parts, LEADER, waiting.id, waiting.revision).state == "approved"


def test_an_edit_pulls_the_submitted_revision_back_so_that_nothing_unseen_is_approved(parts: Parts) -> None:
    waiting = submitted(parts, 1)
    edited = service.save(parts, AUTHOR, waiting.id, waiting.revision, Order(items=[{**SLOGAN, "text": "换了"}]))
    assert (edited.state, edited.submitted, service.waiting_count(parts, REVIEWER)) == ("draft", None, 0)
    with pytest.raises(Conflict):
        service.approve(parts, REVIEWER, waiting.id, waiting.revision)
    again = service.submit(parts, AUTHOR, waiting.id)
    with pytest.raises(Stale) as stale:
        service.approve(parts, REVIEWER, waiting.id, waiting.revision)
    assert stale.value.params == {"submitted": again.revision}
    assert playing(parts, waiting.id) == ()


def test_an_approved_revision_plays_on_while_a_newer_one_is_reviewed(parts: Parts) -> None:
    old = submitted(parts, 1)
    service.approve(parts, REVIEWER, old.id, old.revision)
    new = service.save(parts, AUTHOR, old.id, old.revision, Order(items=[{**SLOGAN, "text": "新的"}]))
    assert (new.state, new.approved) == ("draft", old.revision)
    service.submit(parts, AUTHOR, old.id)
    assert playing(parts, old.id) == ("安全第一",)
    service.approve(parts, REVIEWER, old.id, new.revision)
    assert playing(parts, old.id) == ("新的",)


def test_returning_needs_a_reason_and_leaves_the_draft(parts: Parts) -> None:
    waiting = submitted(parts, 1)
    with pytest.raises(Invalid):
        service.send_back(parts, REVIEWER, waiting.id, waiting.revision, "  ")
    back = service.send_back(parts, REVIEWER, waiting.id, waiting.revision, "日期写错")
    assert (back.state, back.submitted, back.revision) == ("returned", None, waiting.revision)
    assert service.submit(parts, AUTHOR, waiting.id).state == "step_1"


def test_withdrawing_leaves_every_screen_though_a_newer_draft_is_open(parts: Parts) -> None:
    told = facts_of(parts, PlaylistWithdrawn)
    made = service.submit(parts, AUTHOR, service.create(parts, AUTHOR, "门口", [SLOGAN]).id)
    service.save(parts, AUTHOR, made.id, made.revision, Order(name="门口二"))
    gone = service.withdraw(parts, REVIEWER, made.id, reason="过期了")
    assert (gone.state, gone.approved, playing(parts, made.id)) == ("withdrawn", None, ())
    assert told == [PlaylistWithdrawn("o1", made.id)]
    with pytest.raises(Conflict):
        service.withdraw(parts, REVIEWER, made.id)


def test_an_unfinished_item_may_be_saved_but_not_submitted(parts: Parts) -> None:
    made = service.create(parts, AUTHOR, "门口", [SLOGAN, {"kind": "slogan", "text": ""}])
    with pytest.raises(Invalid) as refused:
        service.submit(parts, AUTHOR, made.id)
    assert [(v.field, v.rule) for v in refused.value.violations] == [("items.1.text", "rules.empty")]


def test_a_picture_that_is_not_in_the_library_is_not_submitted(parts: Parts) -> None:
    made = service.create(parts, AUTHOR, "门口", [{"kind": "image", "asset": "a404"}])
    with pytest.raises(Invalid) as refused:
        service.submit(parts, AUTHOR, made.id)
    assert refused.value.violations[0].field == "items.0.asset"


def test_nothing_new_is_not_submitted_twice(parts: Parts) -> None:
    made = service.submit(parts, AUTHOR, service.create(parts, AUTHOR, "门口", [SLOGAN]).id)
    with pytest.raises(Conflict):
        service.submit(parts, AUTHOR, made.id)
    edited = service.save(parts, AUTHOR, made.id, made.revision, Order(name="别的"))
    undone = service.save(parts, AUTHOR, made.id, edited.revision, Order(name="门口"))
    assert (undone.state, undone.revision) == ("approved", made.revision)


def test_a_reviewer_of_one_group_reviews_that_group_and_those_below_only(parts: Parts) -> None:
    above, below = group(parts, 1, "g1"), group(parts, 1, "g2", parent="g1")
    mine = replace(REVIEWER, grants=(Grant("review", below),))
    there = service.submit(parts, AUTHOR, service.create(parts, AUTHOR, "a", [SLOGAN], above).id)
    here = service.submit(parts, AUTHOR, service.create(parts, AUTHOR, "b", [SLOGAN], below).id)
    with pytest.raises(Forbidden):
        service.approve(parts, mine, there.id, there.revision)
    assert service.approve(parts, mine, here.id, here.revision).state == "approved"
    higher = replace(REVIEWER, grants=(Grant("review", above),))
    again = service.submit(parts, AUTHOR, service.create(parts, AUTHOR, "c", [SLOGAN], below).id)
    assert service.approve(parts, higher, again.id, again.revision).state == "approved"


def test_every_act_leaves_a_row_for_the_reviewers_and_one_for_the_auditor(parts: Parts) -> None:
    waiting = submitted(parts, 1)
    service.approve(parts, REVIEWER, waiting.id, waiting.revision)
    with parts.db.read() as tx:
        kept = [(r.act, r.by, r.state, r.revision) for r in tx.execute(reviews.select().order_by(reviews.c.state))]
        logged = [r.act for r in tx.execute(audit.select().order_by(audit.c.seq))]
    assert sorted(row[:3] for row in kept) == [("approve", "reviewer", "approved"), ("submit", "author", "step_1")]
    assert {row[3] for row in kept} == {waiting.revision}
    assert logged == ["playlist.create", "playlist.submit", "playlist.approve"]


def test_create_and_submit_nest_in_one_outer_transaction(parts: Parts) -> None:
    told = facts_of(parts, PlaylistApproved)
    with parts.db.transaction():
        made = service.create(parts, AUTHOR, "快写", [SLOGAN])
        done = service.submit(parts, AUTHOR, made.id)
        assert told == []
    assert told == [PlaylistApproved("o1", made.id, done.revision)]


def test_what_passed_too_few_reviews_for_where_it_belongs_now_can_be_submitted_again(parts: Parts) -> None:
    made = submitted(parts, 0)
    with pytest.raises(Conflict):
        service.submit(parts, AUTHOR, made.id)
    strict = group(parts, 1, "g2")
    service.save(parts, AUTHOR, made.id, made.revision, Order(group=strict, moves=True))
    assert "submit" in views.get(parts, AUTHOR, made.id).may
    again = service.submit(parts, LEADER_WRITES, made.id)
    assert (again.state, playing(parts, made.id)) == ("step_1", ("安全第一",))
    with pytest.raises(Forbidden):
        service.approve(parts, AUTHOR, made.id, made.revision)
    assert service.approve(parts, REVIEWER, made.id, made.revision).state == "approved"
    with pytest.raises(Conflict):
        service.submit(parts, AUTHOR, made.id)


def _with(row: PlaylistRow, field: str) -> PlaylistRow:
    values: dict[str, Any] = {field: "0" * 64}
    return replace(row, **values)


@pytest.mark.parametrize("field", ["state", "draft", "submitted", "approved"])
def test_a_row_that_somebody_wrote_meanwhile_is_not_written_over(parts: Parts, field: str) -> None:
    """SQLite's one writer never gets here; on PostgreSQL two reviewers do."""
    key = submitted(parts, 1).id
    with parts.db.transaction() as tx:
        was = store.find(tx, "o1", key)
        assert was is not None
        assert not store.replace_row(tx, "o1", _with(was, field), replace(was, name="another"))
        assert store.find(tx, "o1", key) == was
        assert store.replace_row(tx, "o1", was, replace(was, name="another"))
