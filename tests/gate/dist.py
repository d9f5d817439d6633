"""Rebuilds players/dist beside the tree and says whether the committed one is what the sources give."""

from __future__ import annotations

import filecmp
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def rebuild(folder: Path) -> Path:
    """Build a copy of the player's sources in ``folder``; return its dist."""
    shutil.copytree(ROOT / "players", folder / "players", ignore=shutil.ignore_patterns("dist", "__pycache__"))
    shutil.copy(ROOT / "package.json", folder)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    subprocess.run(["node", "players/build.mjs"], cwd=folder, stdin=subprocess.DEVNULL, check=True)
    return folder / "players" / "dist"


def files(folder: Path) -> set[str]:
    """Return the relative names of all files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def differences(built: Path, kept: Path) -> list[str]:
    """Return the names of files that are missing on one side or differ in a byte."""
    both = files(built) & files(kept)
    _, unequal, unread = filecmp.cmpfiles(built, kept, sorted(both), shallow=False)
    return sorted({*(files(built) ^ files(kept)), *unequal, *unread})


def main() -> int:
    """Compare, and say what to run when they differ."""
    with tempfile.TemporaryDirectory() as folder:
        stale = differences(rebuild(Path(folder)), ROOT / "players" / "dist")
    if stale:
        print(f"players/dist is not what the sources give: {', '.join(stale)}; run npm run build and commit it")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
