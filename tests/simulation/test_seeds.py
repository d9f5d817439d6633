"""1 500 plants, none of which breaks a promise; `python -m tests.simulation --seeds 10000` tries more."""

from __future__ import annotations

import pytest

from tests.simulation.__main__ import tried
from tests.simulation.plant import Plant


def test_no_seed_breaks_a_promise() -> None:
    happened, broken = tried(range(1_500))
    assert broken == ()
    assert happened > 1_000_000


@pytest.mark.parametrize("seed", [27_895, 34_445])
def test_what_a_long_campaign_once_found_stays_mended(seed: int) -> None:
    """A programme's question doubled on its way; a clock that a first answer of five seconds put wrong."""
    assert tried([seed])[1] == ()


def test_a_seed_tells_the_same_story_every_time() -> None:
    first, second = Plant(7), Plant(7)
    assert first.run() == second.run()
    assert first.watch.glass == second.watch.glass
