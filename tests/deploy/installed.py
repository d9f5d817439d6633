"""The program as an administrator installs it, in a folder of the test's, with the packages the tests run with."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

from tests.site import ROOT

PARTS = ("deploy", "media", "players", "playlists", "requirements", "server")


def install(tree: Path) -> Path:
    """Lay the tree; run.py finds its .venv complete and installs nothing."""
    tree.mkdir(parents=True)
    shutil.copy(ROOT / "run.py", tree)
    for part in PARTS:
        (tree / part).symlink_to(ROOT / part)
    venv, own = tree / ".venv", Path(sys.prefix)
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/python").symlink_to(sys.executable)
    (venv / "lib").symlink_to(own / "lib")
    shutil.copy(own / "pyvenv.cfg", venv)
    lock = hashlib.sha256((ROOT / "requirements/runtime.txt").read_bytes()).hexdigest()
    stamp = {"interpreter": f"{venv} {os.path.realpath(venv / 'bin/python')}", "locks": {"runtime": lock}}
    (venv / "installed.json").write_text(json.dumps(stamp))
    return tree


def moved(text: str, folder: Path) -> str:
    """A line of a unit or a script, its folders of the system below ``folder`` and its Python the test's."""
    for place in ("/srv/paomadeng", "/var/lib/paomadeng", "/var/backups/paomadeng"):
        text = text.replace(place, str(folder) + place)
    return text.replace("/usr/bin/python3", sys.executable)
