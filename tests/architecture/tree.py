"""The tracked tree, as the architecture tests read it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
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


def links() -> tuple[str, ...]:
    """Return every tracked symbolic link: mode 120000 in the index, wherever it leads."""
    listed = subprocess.run(["git", "ls-files", "-s", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return tuple(row.split("\t", 1)[1] for row in listed.decode().split("\0") if row.startswith("120000 "))


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of tracked files written by hand; all text files when no suffix is named."""
    for name in tracked():
        wanted = name.endswith(suffixes) if suffixes else Path(name).suffix not in BINARY
        if wanted and not name.startswith(NOT_WRITTEN_BY_HAND):
            yield name, (ROOT / name).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Module:
    """What the rules ask of a Python module: of the whole tree's syntax no more than this is kept."""

    path: str
    empty: bool
    docstring: str
    lengths: tuple[int, ...]
    """Lines of each function after its first."""
    imports: frozenset[str]
    """The dotted name of everything it imports, wherever in it."""
    names: frozenset[str]
    """What it names itself: functions, classes, arguments and variables."""


@lru_cache(maxsize=1)
def modules() -> tuple[Module, ...]:
    """Return our Python modules, each read once."""
    return tuple(_module(name, ast.parse(text, name)) for name, text in texts(".py"))


def _module(path: str, tree: ast.Module) -> Module:
    nodes = list(ast.walk(tree))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return Module(
        path,
        empty=not tree.body,
        docstring=ast.get_docstring(tree) or "",
        lengths=tuple((node.end_lineno or 0) - node.lineno for node in functions),
        imports=frozenset(name for node in nodes for name in _imported(node)),
        names=frozenset(name for node in nodes for name in _named(node)),
    )


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
