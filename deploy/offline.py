#!/usr/bin/env python3
"""One archive for machines without a network: `offline.py FILE.zip`, on a machine that has one.

Holds the program with its fonts, every wheel for Linux and Windows, and start scripts for both. Only Python itself must
be there. Standard library alone; the wheels come by the pip that run.py installs, with the locks' hashes.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).absolute().parents[1]
PARTS = ("LICENSE", "README.md", "README.zh.md", "deploy", "docs", "media", "players", "playlists", "requirements",
         "run.py", "server")  # fmt: skip
LEFT = {"__pycache__", "secrets"}
PYTHONS = ("3.11", "3.12", "3.13")
KINDS = {
    "linux-x86_64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "linux-aarch64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "windows": ("win_amd64",),
}
MARKER = re.compile(r"(\w+) (==|!=|<|>=) '([^']+)'")
PIN = re.compile(r"^(\S+==\S+)(?: ; (.+?))?( \\)$", re.MULTILINE)


def holds(marker: str, kind: str, python: str) -> bool:
    """Whether a lock's condition is true on the machine the wheels are for, which pip would ask this one."""
    found = MARKER.fullmatch(marker)
    if found is None:
        raise SystemExit(f"a condition of the lock that is not understood: {marker}")
    name, sign, value = found.groups()
    if name == "python_full_version":
        version, wanted = (tuple(map(int, text.split("."))) for text in (f"{python}.99", value))
        return {"<": version < wanted, ">=": version >= wanted}[sign]
    told = {
        "sys_platform": "win32" if kind == "windows" else "linux",
        "platform_system": "Windows" if kind == "windows" else "Linux",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    return (told[name] == value) == (sign == "==")


def narrowed(lock: str, kind: str, python: str) -> str:
    """The lock with its conditions settled for one kind of machine."""

    def settle(found: re.Match[str]) -> str:
        pin, marker, rest = found.groups()
        return pin + rest if not marker or holds(marker, kind, python) else "#" + pin

    kept, skipping = [], False
    for line in PIN.sub(settle, lock).splitlines():
        skipping = line.startswith("#") if not line.startswith((" ", "\t")) else skipping
        kept += [] if skipping else [line]
    return "\n".join(kept) + "\n"


def fetch(folder: Path, kinds: Sequence[str], pythons: Sequence[str], extras: Sequence[str]) -> None:
    """Bring every wheel of the locks for every kind of machine and every Python."""
    subprocess.run([sys.executable, str(ROOT / "run.py"), "version"], check=True, stdout=subprocess.DEVNULL)
    own = ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    with tempfile.TemporaryDirectory() as drafts:
        for kind in kinds:
            for python in pythons:
                print(f"{kind}, Python {python} …", flush=True)
                for lock in ("pip", "runtime", *extras):
                    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
                    draft = Path(drafts) / f"{lock}.txt"
                    draft.write_text(narrowed(text, kind, python), encoding="utf-8")
                    command = [str(own), "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps"]
                    command += ["--require-hashes", "--only-binary", ":all:", "--implementation", "cp"]
                    command += ["--python-version", python, "--dest", str(folder), "-r", str(draft)]
                    command += [word for platform in KINDS[kind] for word in ("--platform", platform)]
                    subprocess.run(command, check=True)


def sources() -> Iterator[tuple[Path, str]]:
    """Every file of the program and its name in the archive."""
    for part in PARTS:
        path = ROOT / part
        if path.is_file():
            yield path, part
        for folder, below, files in os.walk(path, followlinks=True):
            below[:] = sorted(set(below) - LEFT)
            yield from ((Path(folder) / name, str((Path(folder) / name).relative_to(ROOT))) for name in sorted(files))


def pack(target: Path, wheels: Path) -> None:
    """Write the archive, whole or not at all."""
    draft = target.with_name(target.name + ".partial")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, name in sources():
            archive.write(path, f"paomadeng/{name}")
        for path in sorted(wheels.glob("*.whl")):
            archive.write(path, f"paomadeng/wheels/{path.name}", compress_type=zipfile.ZIP_STORED)
        for name, mode in (("start.sh", 0o755), ("start.bat", 0o644)):
            entry = zipfile.ZipInfo(f"paomadeng/{name}", (2025, 1, 1, 0, 0, 0))
            entry.external_attr, entry.create_system = (0o100000 | mode) << 16, 3
            text = (ROOT / "deploy/offline" / name).read_bytes().replace(b"\r\n", b"\n")
            archive.writestr(entry, text.replace(b"\n", b"\r\n") if name.endswith(".bat") else text)
    os.replace(draft, target)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch, unless the wheels are there, and pack."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("--for", dest="kinds", action="append", choices=KINDS, help="such machines only; again for more")
    asked.add_argument("--python", dest="pythons", action="append", choices=PYTHONS, help="this Python only; again")
    asked.add_argument("--extra", dest="extras", action="append", default=[], help="such as scale")
    asked.add_argument("--wheels", type=Path, help="a folder of `run.py wheelhouse`: nothing is fetched")
    options = asked.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        wheels = options.wheels or Path(folder)
        try:
            if not options.wheels:
                fetch(wheels, options.kinds or ("linux-x86_64", "windows"), options.pythons or PYTHONS, options.extras)
            pack(options.file, wheels)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"no archive: {error}", file=sys.stderr)
            return 1
    print(f"{options.file}: {options.file.stat().st_size // 1_000_000} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
