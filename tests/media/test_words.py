"""Every refusal has its sentence in both languages, with the figures it promises."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CATALOGUE: dict[str, dict[str, str]] = json.loads((ROOT / "server/words/media.json").read_text("utf-8"))
RAISED = re.compile(r'Refused\(\s*"(\w+)"((?:[^()]|\([^()]*\))*)\)')


def raised() -> dict[str, set[str]]:
    """Rule -> the parameters that every place raising it gives."""
    rules: dict[str, set[str]] = {}
    for file in sorted((ROOT / "media").glob("*.py")):
        for rule, params in RAISED.findall(file.read_text("utf-8")):
            given = set(re.findall(r"(\w+)=", params))
            rules[rule] = rules.get(rule, given) & given
    return rules


def test_every_rule_has_a_sentence_and_every_sentence_a_rule() -> None:
    assert {f"media.{rule}" for rule in raised()} == set(CATALOGUE)


@pytest.mark.parametrize("key", sorted(CATALOGUE))
def test_a_sentence_names_only_what_its_rule_gives(key: str) -> None:
    for locale in ("zh", "en"):
        named = set(re.findall(r"{(\w+)}", CATALOGUE[key][locale]))
        assert named <= raised()[key.removeprefix("media.")]
