"""How a problem is told: ``application/problem+json`` (RFC 9457), or an answer on a socket."""

from __future__ import annotations

from typing import Any

from server.errors import Problem, Violation
from server.words import say

TYPE_ROOT = "/problems/"


def to_object(problem: Problem, locale: str) -> dict[str, Any]:
    """Return ``{type, title, status, detail, violations?, …params}`` in the reader's language."""
    body: dict[str, Any] = {
        "type": TYPE_ROOT + problem.slug,
        "title": say(f"problem.{problem.slug}", locale),
        "status": problem.status,
        "detail": say(problem.detail, locale, **problem.params),
    }
    if problem.violations:
        body["violations"] = [violation_object(v, locale) for v in problem.violations]
    return {**_plain(problem.params), **body}


def violation_object(violation: Violation, locale: str) -> dict[str, Any]:
    """Return ``{field, rule, detail, params}``."""
    params = dict(violation.params)
    return {
        "field": violation.field,
        "rule": violation.rule,
        "detail": say(violation.rule, locale, **params),
        "params": _plain(params),
    }


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    return {
        k: v if isinstance(v, (str, int, float, bool, list, dict, type(None))) else str(v) for k, v in params.items()
    }
