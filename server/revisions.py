"""What somebody holds who changes a thing that others may change meanwhile: the name of its state."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from server.errors import Stale


def revision_of(told: Mapping[str, Any]) -> str:
    """The name of a state: equal for equal states, whoever made them and when."""
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def must_hold(held: str, told: Mapping[str, Any]) -> None:
    """Raise Stale with the state as it is unless ``held`` names it; "" asks for nothing."""
    stands = revision_of(told)
    if held not in ("", stands):
        raise Stale(revision=stands, current=dict(told))
