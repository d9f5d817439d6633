"""What Prometheus and Grafana are told to look at is what a node really tells."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from server.app import create_app
from server.parts import Parts
from tests.server.conftest import clock, parts
from tests.site import ROOT

__all__ = ["clock", "parts"]

RULES = ROOT / "deploy/prometheus/alerts.yml"
BOARD = ROOT / "deploy/grafana/paomadeng.json"
NAMES = re.compile(r"\b(?:paomadeng|process|python|up)(?:_\w+)?\b(?![\"=])")


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]


def asked(text: str) -> set[str]:
    """The metrics of an expression; ``up`` is Prometheus's own."""
    return set(NAMES.findall(re.sub(r'"[^"]*"', '""', text))) - {"up"}


@pytest.fixture
def told(parts: Parts) -> set[str]:
    """The name of every sample that a scrape brings, and of every metric that has none yet, for it has labels."""
    visitor = create_app(parts)[0].test_client()
    visitor.get("/healthz")
    families = list(text_string_to_metric_families(visitor.get("/metrics").text))
    empty = {f"{one.name}{'_total' * (one.type == 'counter')}" for one in families if not one.samples}
    return empty | {sample.name for family in families for sample in family.samples}


def test_every_rule_asks_for_metrics_that_are_there(told: set[str]) -> None:
    wanted = {rule["alert"]: asked(rule["expr"]) for rule in rules()}
    assert len(wanted) == len(rules()) > 5
    assert {name: names - told for name, names in wanted.items() if names - told} == {}
    assert [name for name, names in wanted.items() if not names] == ["PaomadengNodeDown"]


def test_every_panel_asks_for_metrics_that_are_there(told: set[str]) -> None:
    panels = json.loads(BOARD.read_text(encoding="utf-8"))["panels"]
    wanted = {panel["title"]: asked(" ".join(one["expr"] for one in panel["targets"])) for panel in panels}
    assert all(wanted.values())
    assert {title: names - told for title, names in wanted.items() if names - told} == {}


def test_every_metric_of_ours_is_looked_at_by_somebody(told: set[str]) -> None:
    texts = [rule["expr"] for rule in rules()] + [BOARD.read_text(encoding="utf-8").replace('\\"', "'")]
    end = re.compile(r"_(?:bucket|sum|count|created|total)$")
    seen = {end.sub("", name) for name in NAMES.findall(" ".join(texts))}
    ours = {end.sub("", name) for name in told if name.startswith("paomadeng_")}
    assert ours - seen == set()


def test_every_rule_leads_to_a_row_of_the_runbook() -> None:
    runbook = (ROOT / "deploy/RUNBOOK.md").read_text(encoding="utf-8")
    places = {rule["alert"]: rule["annotations"]["runbook"] for rule in rules()}
    assert [
        name for name, place in places.items() if f'<a id="{Path(place).name.partition("#")[2]}"></a>' not in runbook
    ] == []


def test_panels_do_not_lie_over_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(BOARD.read_text(encoding="utf-8"))["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
