"""Addresses that cost nothing until one is built, so that the server listens sooner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


class LazyRule(Rule):
    """A rule whose builders are compiled when the first such address is built, not with all the others at start.

    They take two thirds of the time in which the application is made, and most are never used.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        eager, made = super()._compile_builder, list[Callable[..., tuple[str, str]]]()

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(eager(append_unknown))
            return made[0](rule, **values)

        return build
