"""Rebuilds the browser parts beside the tree and says whether the committed ones are what the sources give."""

from __future__ import annotations

import filecmp
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = {"players/build.mjs": "players/dist", "server/web/build.mjs": "server/web/static"}


def copy_sources(folder: Path) -> None:
    """Copy what the builds read into ``folder``; the player's dist stays behind, so that it is made from nothing."""
    ignored = shutil.ignore_patterns("dist", "__pycache__")
    for part in ("players", "server/web"):
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / "package.json", folder)
    # A copy, not a link: esbuild names chunks by a hash over paths as well.
    checkers = shutil.ignore_patterns("typescript", "@typescript", "@biomejs", ".bin")
    shutil.copytree(ROOT / "node_modules", folder / "node_modules", ignore=checkers)


def files(folder: Path) -> set[str]:
    """Return the relative names of all files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def differences(built: Path, kept: Path) -> list[str]:
    """Return the names of files that are missing on one side or differ in a byte."""
    both = files(built) & files(kept)
    _, unequal, unread = filecmp.cmpfiles(built, kept, sorted(both), shallow=False)
    return sorted({*(files(built) ^ files(kept)), *unequal, *unread})


def stale(folder: Path) -> list[str]:
    """Build everything in ``folder``; return the committed files that are not what came out."""
    copy_sources(folder)
    found = []
    for script, output in BUILT.items():
        subprocess.run(["node", script], cwd=folder, stdin=subprocess.DEVNULL, check=True)
        found += [f"{output}/{name}" for name in differences(folder / output, ROOT / output)]
    return found


def main() -> int:
    """Compare, and say what to run when they differ."""
    with tempfile.TemporaryDirectory() as folder:
        found = stale(Path(folder))
    if found:
        print(f"built files are not what the sources give: {', '.join(found)}; run npm run build and commit them")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
