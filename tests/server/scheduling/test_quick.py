"""A quick line: one act, one transaction, the review its screens ask for."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from playlists.model import DAY_MS
from server import errors, tables
from server.accounts.model import Grant, Identity
from server.clock import FixedClock
from server.events import PlaylistApproved, SlotChanged
from server.parts import Parts
from server.scheduling.model import Targets, Until
from server.scheduling.quick import quick_line
from tests.server.scheduling.site import Site


@pytest.fixture
def site(parts: Parts) -> Site:
    return Site(parts)


def _count(parts: Parts, table: sa.Table) -> int:
    with parts.db.read() as tx:
        return int(tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_a_quick_line_without_review_is_approved_and_scheduled_at_once(
    parts: Parts, owner: Identity, site: Site, clock: FixedClock
) -> None:
    heard: list[Any] = []
    for kind in (PlaylistApproved, SlotChanged):
        parts.db.bus.subscribe(kind, heard.append)
    made = quick_line(parts, owner, "今天下午三点开会", Targets(screens=("s-gate",)))
    assert (made.state, made.slot.priority, made.slot.begins, made.screens) == ("approved", 60, clock.now(), 1)
    assert [type(fact) for fact in heard] == [PlaylistApproved, SlotChanged]


@pytest.mark.parametrize(
    ("until", "lasts"),
    [
        (Until.HOUR, 3_600_000),
        (Until.TODAY, DAY_MS // 2),
        (Until.WEEK, 6 * DAY_MS + DAY_MS // 2),
        (Until.WITHDRAWN, None),
    ],
)
def test_a_quick_line_leaves_when_it_was_told_to(
    parts: Parts, owner: Identity, site: Site, clock: FixedClock, until: Until, lasts: int | None
) -> None:
    slot = quick_line(parts, owner, "限时", Targets(everywhere=True), until).slot
    assert slot.ends == (None if lasts is None else clock.now() + lasts)


def test_a_group_above_the_screen_that_asks_for_review_gets_it(parts: Parts, owner: Identity, site: Site) -> None:
    site.ask_review("g-shop", 1)
    made = quick_line(parts, owner, "要审的", Targets(screens=("s-line",)))
    assert made.state not in ("approved", "draft")


def test_all_screens_are_reviewed_when_one_of_them_asks_for_it(parts: Parts, owner: Identity, site: Site) -> None:
    site.ask_review("g-line", 1)
    made = quick_line(parts, owner, "全厂", Targets(everywhere=True))
    assert made.state not in ("approved", "draft")


@pytest.mark.parametrize("text", ["", " \n ", "一" * 501, "两\n行", "反\u202e转"])
def test_a_line_that_will_not_do_is_told_of_its_field_and_leaves_nothing(
    parts: Parts, owner: Identity, site: Site, text: str
) -> None:
    with pytest.raises(errors.Invalid) as caught:
        quick_line(parts, owner, text, Targets(screens=("s-gate",)))
    assert {v.field for v in caught.value.violations} == {"text"}
    assert (_count(parts, tables.playlists), _count(parts, tables.slots)) == (0, 0)


def test_a_line_for_no_screen_is_refused(parts: Parts, owner: Identity, site: Site) -> None:
    with pytest.raises(errors.Invalid) as caught:
        quick_line(parts, owner, "没人看", Targets())
    assert caught.value.violations[0].rule == "scheduling.no_targets"


def test_one_who_writes_for_one_group_reaches_no_other(parts: Parts, site: Site) -> None:
    mine = Identity("o1", "person", "u2", "车间", grants=(Grant("read"), Grant("content", "g-line")))
    assert quick_line(parts, mine, "本班", Targets(groups=("g-line",))).screens == 1
    with pytest.raises(errors.Forbidden):
        quick_line(parts, mine, "门口", Targets(screens=("s-gate",)))
