"""Every deliberate bug is caught by the seed named here; `python -m tests.simulation --bugs` finds seeds anew."""

from __future__ import annotations

import pytest

from tests.simulation.bugs import bugs
from tests.simulation.guarantees import Broken
from tests.simulation.plant import Plant

CAUGHT = {
    "ForgetsEpoch": (96, "went back"),
    "TakesOtherEpochs": (16, "went back"),
    "TakesOlder": (1, "went back"),
    "TakesOlderAnswers": (5, "painted an older revision again"),
    "ReusesNonce": (5, "went back"),
    "SaysReceivedBeforeDisk": (0, "proved, and not on the disk"),
    "SaysShownBeforePainting": (0, "proved, and not what was shown"),
    "WritesTwice": (10, "holds a mixture"),
    "TrustsTheWallClock": (1, "has the wrong time"),
    "ExpiresOnArrival": (4, "ms after it expired"),
    "IgnoresDifferences": (12, "stands elsewhere"),
    "TakesBeatsForState": (0, "holds a mixture"),
    "DropsAllClears": (0, "holds a mixture"),
    "TakesAnyProgramme": (62, "an older programme came back"),
    "SaysItOnce": (7, "shows without proof"),
    "ProvesAcrossEpochs": (240, "proved, and not what was shown"),
    "TellsOnce": (24, "not told again"),
    "TellsTheDifference": (0, "holds a mixture"),
    "AnswersBeforeCommit": (0, "answered and lost"),
    "EscalatesFromMemory": (5, "neither proven nor named"),
    "MovesPositionApart": (0, "holds a mixture"),
    "ForgetsLateJoiners": (3, "holds a mixture"),
    "RestoresUnderTheSameEpoch": (0, "answered and lost"),
}


@pytest.mark.parametrize("bug", bugs())
def test_a_deliberate_bug_is_caught(bug: str) -> None:
    seed, what = CAUGHT[bug]
    with pytest.raises(Broken, match=what):
        Plant(seed, bugs()[bug]).run()
