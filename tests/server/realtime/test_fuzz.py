"""Packets and frames that are nearly right harm nobody; ``python -m tests.server.realtime.fuzz`` sends many more."""

from __future__ import annotations

from tests.server.realtime.fuzz import Fuzz


def test_whatever_a_peer_sends_nothing_fails_and_others_are_served() -> None:
    fuzz = Fuzz(seed=3)
    fuzz.run(3_000)
    assert fuzz.wrong == []
    assert fuzz.counts["answered"] > 1_000
    assert 100 < fuzz.counts["connections"] < 2_500
