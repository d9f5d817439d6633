"""1 500 plants, none of which breaks a promise; `python -m tests.simulation --seeds 10000` tries more."""

from __future__ import annotations

import pytest

from tests.simulation import bugs
from tests.simulation.__main__ import tried
from tests.simulation.guarantees import Broken
from tests.simulation.lines import Deaf, Shuffled
from tests.simulation.plant import Kinds, Plant
from tests.simulation.player import Player


def test_no_seed_breaks_a_promise() -> None:
    happened, broken = tried(range(1_500))
    assert broken == ()
    assert happened > 1_000_000


@pytest.mark.parametrize("line", ["without pushes", "shuffled"])
def test_no_push_is_needed_and_no_order(line: str) -> None:
    assert tried(range(200), line=line)[1] == ()


class Idle(bugs.IgnoresDifferences, Deaf):
    """Does not look what a beat is answered, and hears nothing besides."""


class Credulous(bugs.TakesOlder, Shuffled):
    """Takes what comes, in whatever order."""


@pytest.mark.parametrize(("player", "line"), [(Idle, Deaf), (Credulous, Shuffled)])
def test_on_such_lines_a_bug_shows_at_once(player: type[Player], line: type[Player]) -> None:
    """On the usual one it takes luck to find it."""
    assert sum(breaks(seed, line) for seed in range(12)) == 0
    assert sum(breaks(seed, player) for seed in range(12)) >= 3


def breaks(seed: int, player: type[Player]) -> bool:
    try:
        Plant(seed, Kinds(player=player)).run()
    except Broken:
        return True
    return False


@pytest.mark.parametrize("seed", [27_895, 34_445])
def test_what_a_long_campaign_once_found_stays_mended(seed: int) -> None:
    """A programme's question doubled on its way; a clock that a first answer of five seconds put wrong."""
    assert tried([seed])[1] == ()


def test_a_seed_tells_the_same_story_every_time() -> None:
    first, second = Plant(7), Plant(7)
    assert first.run() == second.run()
    assert first.watch.glass == second.watch.glass
