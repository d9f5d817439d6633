"""Finds what tests need beyond Python, Node's packages and a Chromium, and installs them where it may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PROGRAMS = {"redis-server": "redis-server", "nginx": "nginx-light", "openssl": "openssl", "systemd-analyze": "systemd"}
BIN = Path(sys.executable).parent
NO_NODE = "node is missing: install Node.js 20 or newer (Debian: apt-get install nodejs npm)"
NO_POSTGRESQL = "postgresql is missing: apt-get install postgresql, as root"
NO_CHROMIUM = "chromium is missing: apt-get install chromium, as root"


def node_modules() -> str:
    """Bring node_modules up to package-lock.json; return "" or the reason why that cannot be."""
    if not (shutil.which("node") and shutil.which("npm")):
        return NO_NODE
    wanted, have = ROOT / "package-lock.json", ROOT / "node_modules" / ".package-lock.json"
    if have.is_file() and have.stat().st_mtime >= wanted.stat().st_mtime:
        return ""
    print("npm ci …", flush=True)
    done = subprocess.run(["npm", "ci", "--no-fund", "--no-audit"], cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    return "npm ci failed; its words are above" if done.returncode else ""


def chromium() -> str:
    """Return a Chromium's path, installing Debian's when this is root on Debian; "" when there is none."""
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), "")
    if not found and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("apt-get install chromium …", flush=True)
        apt("update")
        apt("install", "--yes", "--no-install-recommends", "chromium")
        found = shutil.which("chromium") or ""
    return found


def program(name: str) -> str:
    """Where a program lies: beside this Python, on the path or among the system's own; "" when it is not here."""
    return shutil.which(name, path=os.pathsep.join([str(BIN), os.environ.get("PATH", ""), "/usr/sbin"])) or ""


def programs() -> None:
    """Install what the tests of deploy/ run for real, when this is root on Debian; without it they are skipped."""
    wanted = [package for name, package in PROGRAMS.items() if not program(name)]
    if wanted and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print(f"apt-get install {' '.join(wanted)} …", flush=True)
        apt("update")
        apt("install", "--yes", "--no-install-recommends", *wanted)


def promtool() -> str:
    """Return promtool's path, taking it alone out of Debian's package, which would start a server; "" without it."""
    if not (found := program("promtool")) and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("apt-get download prometheus …", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            apt("update")
            apt("download", "prometheus", folder=folder)
            for package in Path(folder).glob("prometheus_*.deb"):
                unpacked = Path(folder) / "unpacked"
                subprocess.run(["dpkg-deb", "--extract", str(package), str(unpacked)], check=True)
                found = shutil.copy2(str(unpacked / "usr/bin/promtool"), str(BIN))
    return found


def postgresql() -> Path | None:
    """Return the folder of PostgreSQL's programs, which Debian keeps off the path, installing them as above."""
    if not (found := _postgresql()) and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("apt-get install postgresql …", flush=True)
        apt("update")
        apt("install", "--yes", "--no-install-recommends", "postgresql")
        found = _postgresql()
    return found


def _postgresql() -> Path | None:
    program = shutil.which("postgres")
    places = [Path(program).parent] if program else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: place.parent.name, reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


def apt(*words: str, folder: str | None = None) -> None:
    """Run apt-get in a folder; it may not ask anything, and the caller looks at what came of it."""
    subprocess.run(
        ["apt-get", "-qq", *words],
        cwd=folder,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if folder else None,  # that root fetched it, not apt's own user
        check=False,
    )
