"""The tracked tree, as the architecture tests read it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("playlists/", "media/", "server/", "players/", "tests/", "run.py")
NOT_WRITTEN_BY_HAND = ("players/dist/", "server/web/static/", "package-lock.json", "requirements/", "media/fonts/")
BINARY = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".ico", ".ttf", ".otf", ".woff", ".woff2", ".gz", ".xz", ".bin"}


@lru_cache(maxsize=1)
def tracked() -> tuple[str, ...]:
    """Return the path of every tracked file that is there, relative to the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = listed.decode().split("\0")
    return tuple(sorted(name for name in names if name and (ROOT / name).is_file()))


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of tracked files written by hand; all text files when no suffix is named."""
    for name in tracked():
        wanted = name.endswith(suffixes) if suffixes else Path(name).suffix not in BINARY
        if wanted and not name.startswith(NOT_WRITTEN_BY_HAND):
            yield name, (ROOT / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Return (path, syntax tree) of our Python modules, each read once."""
    return tuple((name, ast.parse(text, name)) for name, text in texts(".py"))


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted name of everything a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
