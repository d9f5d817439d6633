"""Python and the player's JavaScript say the same of programmes nobody thought of."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists import programme, wire
from playlists.alert import Alert
from playlists.model import Programme
from playlists.notice import moment, notice
from playlists.precedence import next_alert_change, turn_at
from playlists.timeline import cue_at, next_change, resources
from tests.playlists import made
from tests.playlists.test_programme import briefs

PLAYERS = Path(__file__).parents[1] / "players"
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed")
near_and_far = st.integers(0, 25_000) | st.integers(0, 2**42)


def answered(questions: list[dict[str, Any]], of: str = "timeline") -> list[dict[str, Any]]:
    """What the player's own module answers, all in one process."""
    asked = json.dumps(questions, ensure_ascii=False)
    script = PLAYERS / f"{of}-answers.js"
    run = subprocess.run([str(NODE), str(script)], input=asked, capture_output=True, check=True, encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(run.stdout)
    return found


def question(one: Programme, region: str, instants: list[int]) -> dict[str, Any]:
    first, last = min(instants), min(max(instants), min(instants) + 50_000)
    told = json.loads(wire.programme_bytes(one))
    return {"programme": told, "region": region, "instants": instants, "begins": first, "ends": last}


def expected(asked: dict[str, Any]) -> dict[str, Any]:
    one, region = wire.programme_from_json(asked["programme"]), asked["region"]
    cues = [cue_at(one, region, at) for at in asked["instants"]]
    return {
        "cues": [cue and asdict(cue) for cue in cues],
        "changes": [next_change(one, region, at) for at in asked["instants"]],
        "media": list(resources(one, asked["begins"], asked["ends"])),
    }


def test_the_two_agree_on_any_programme() -> None:
    asked: list[dict[str, Any]] = []

    @settings(max_examples=200)
    @given(
        made.programmes(), st.sampled_from(("main", "strip", "none")), st.lists(near_and_far, min_size=1, max_size=20)
    )
    def gather(one: Programme, region: str, instants: list[int]) -> None:
        asked.append(question(one, region, instants))

    gather()
    assert answered(asked) == [expected(one) for one in asked]


def test_the_two_agree_on_compiled_programmes_at_their_edges() -> None:
    asked: list[dict[str, Any]] = []

    @settings(max_examples=60)
    @given(briefs())
    def gather(brief: programme.Brief) -> None:
        one = programme.compile(brief)
        edges = [edge for span in one.channels[0].spans for edge in (span.begins - 1, span.begins, span.ends)]
        asked.append(question(one, "main", edges[:60]))

    gather()
    assert answered(asked) == [expected(one) for one in asked]


def test_the_two_agree_on_which_alert_shows() -> None:
    asked: list[dict[str, Any]] = []
    expected_turns = []

    @settings(max_examples=200)
    @given(st.lists(made.alerts(), max_size=6), st.lists(st.integers(0, 130_000), min_size=1, max_size=12))
    def gather(some: list[Alert], instants: list[int]) -> None:
        asked.append({"alerts": [asdict(one) for one in some], "instants": instants})
        turns = [turn_at(some, at) for at in instants]
        shown = [turn and [turn.alert.id, turn.alert.revision, turn.elapsed_ms, turn.length_ms] for turn in turns]
        expected_turns.append({"turns": shown, "changes": [next_alert_change(some, at) for at in instants]})

    gather()
    assert answered(asked, "precedence") == expected_turns


def test_the_two_lay_out_any_alert_alike() -> None:
    asked: list[dict[str, Any]] = []
    laid_out = []

    @settings(max_examples=150, deadline=None)
    @given(made.screens(), made.worded(), st.tuples(st.integers(0, 50_000), st.sampled_from((0, 9_000)), near_and_far))
    def gather(screen: tuple[int, int, str], alert: Alert, instant: tuple[int, int, int]) -> None:
        asked.append({"screen": screen, "alert": asdict(alert), "instant": instant})
        shown = notice(screen[:2], screen[2], alert)
        laid_out.append({"notice": asdict(shown), "moment": asdict(moment(shown, *instant))})

    gather()
    assert answered(asked, "notice") == json.loads(json.dumps(laid_out))
