"""Which screens targets reach, asked for many at once and one by one."""

from __future__ import annotations

import pytest

from server.parts import Parts
from server.scheduling.model import Targets
from server.scheduling.targets import screens_of, screens_of_each
from tests.server.scheduling.site import Site

EVERY = (
    Targets(),
    Targets(everywhere=True),
    Targets(screens=("s-office", "s-nowhere")),
    Targets(groups=("g-shop",)),
    Targets(groups=("g-line", "g-nowhere")),
    Targets(screens=("s-gate", "s-office"), groups=("g-line",)),
)


@pytest.mark.parametrize("retired", ["", "s-line", "s-office"])
def test_many_targets_reach_what_each_reaches_by_itself(parts: Parts, retired: str) -> None:
    site = Site(parts)
    if retired:
        site.retire(retired)
    with parts.db.read() as tx:
        each = {one: screens_of(tx, "o1", one) for one in EVERY}
        assert screens_of_each(tx, "o1", EVERY) == each
    assert each[EVERY[3]] == {"s-gate", "s-line"} - {retired}
