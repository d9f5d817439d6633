"""The screens and tokens of a fleet between runs: one file, for its owner's eyes only."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from players.swarm.hiring import Hired


def read(path: Path) -> list[Hired]:
    """Those hired so far."""
    if not path.exists():
        return []
    return [Hired(one["screen"], one["token"]) for one in json.loads(path.read_text(encoding="utf-8"))]


def write(path: Path, hired: Iterable[Hired]) -> None:
    """Keep them, whole or not at all."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps([{"screen": one.screen, "token": one.token} for one in hired]), encoding="utf-8")
    os.replace(draft, path)
