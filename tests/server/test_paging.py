"""Every list takes the cursors it gave, and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import paging
from server.accounts.model import Identity
from server.errors import Invalid
from server.parts import Parts
from server.playlog import routes as playlog
from server.playlog.model import PlayQuery
from server.scheduling import service as scheduling
from server.scheduling.model import SlotQuery
from server.screens import bodies
from server.screens import routes as screens


@given(st.integers(0, 2**53), st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True))
def test_a_cursor_leads_back_to_its_row(at: int, key: str) -> None:
    assert paging.place(paging.cursor(at, key)) == (at, key)


@pytest.mark.parametrize("cursor", ["x", "-1.s1", "1", "1.", "²3.s1", "1.a b", "99999999999999999.s1"])
def test_a_cursor_nobody_was_given_is_refused_by_every_list(parts: Parts, owner: Identity, cursor: str) -> None:
    lists = (
        lambda: screens.list_screens(parts, owner, bodies.ScreenQuery(cursor=cursor)),
        lambda: scheduling.listed(parts, owner, SlotQuery(cursor=cursor)),
        lambda: playlog.list_plays(parts, owner, PlayQuery(cursor=cursor)),
    )
    for one in lists:
        with pytest.raises(Invalid) as refused:
            one()
        assert refused.value.violations[0].field == "cursor"


def test_a_list_that_counts_its_entries_refuses_letters(parts: Parts, owner: Identity) -> None:
    with pytest.raises(Invalid):
        screens.list_groups(parts, owner, bodies.PageQuery(cursor="1.g1"))
