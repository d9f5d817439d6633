"""A short campaign of faults in the test run; a hundred and more by ``campaign.py``."""

from __future__ import annotations

from pathlib import Path

from tests.server.campaign.campaign import campaign


def test_no_promise_is_broken_and_no_screen_is_left_wrong(tmp_path: Path) -> None:
    report = campaign(tmp_path, seed=20, count=6, players=12)
    assert report.wrong == []
    assert report.promised > 0
    assert sum(report.faults.values()) == 6
    assert any(act == "issue: 201" for act in report.acts)
