"""Addresses are the same whether their builders are compiled at start or at first use."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.routing import Map, Rule

from server.addresses import LazyRule

RULES = ("/", "/screens/<screen>", "/playlists/<playlist>/revisions/<revision>/pages", "/media/<path:name>")
ASKED: tuple[tuple[int, dict[str, Any]], ...] = (
    (0, {}),
    (1, {"screen": "s 东门"}),
    (2, {"playlist": "p1", "revision": "r1", "lang": "zh"}),
    (3, {"name": "a/b.png"}),
)


def adapter(kind: type[Rule]) -> Any:
    return Map([kind(rule, endpoint=str(n)) for n, rule in enumerate(RULES)]).bind("wall.example")


@pytest.mark.parametrize(("rule", "values"), ASKED)
@pytest.mark.parametrize("unknown", [True, False])
def test_a_lazy_address_is_built_as_an_eager_one(rule: int, values: dict[str, Any], unknown: bool) -> None:
    lazy, eager = adapter(LazyRule), adapter(Rule)
    for _ in range(2):
        built = lazy.build(str(rule), values, append_unknown=unknown)
        assert built == eager.build(str(rule), values, append_unknown=unknown)


def test_a_lazy_address_is_found_as_an_eager_one() -> None:
    assert adapter(LazyRule).match("/screens/s1") == adapter(Rule).match("/screens/s1") == ("1", {"screen": "s1"})
