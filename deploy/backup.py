#!/usr/bin/env python3
"""A backup that was proved by restoring it, and as many earlier ones as are wanted: `backup.py FOLDER [--keep N]`.

Standard library alone; calls `run.py` beside it, and PostgreSQL's own tools when the site lies there. Ends with 0 only
when the new backup could be restored and its audit log is whole; nothing older is removed otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

DOOR = Path(__file__).absolute().parents[1] / "run.py"
NAME = re.compile(r"paomadeng-(\d{8}-\d{6})\.(?:tar|dump|media\.tar)")
POSTGRES = "postgresql"


def setting(name: str) -> str:
    """A PAOMADENG_ setting, from its variable or the file that one names."""
    file = os.environ.get(f"PAOMADENG_{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(f"PAOMADENG_{name}", "")


def say(text: str) -> None:
    """One line for the journal."""
    print(text, flush=True)


def door(*arguments: str, data: Path | None = None) -> None:
    """Call run.py; with ``data``, on a folder of its own and nothing of the real site."""
    environment = dict(os.environ)
    if data is not None:
        environment = {name: value for name, value in environment.items() if not name.startswith("PAOMADENG_")}
        environment["PAOMADENG_DATA"] = str(data)
    subprocess.run([sys.executable, str(DOOR), *arguments], env=environment, check=True)


def backup_sqlite(folder: Path, stamp: str) -> None:
    """One file of everything; proved by restoring it into a folder that is thrown away."""
    file = folder / f"paomadeng-{stamp}.tar"
    door("backup", str(file))
    try:
        with tempfile.TemporaryDirectory(prefix=".proof-", dir=folder) as proof:
            door("restore", str(file), data=Path(proof))
            door("audit", "verify", data=Path(proof))
    except BaseException:
        file.rename(file.with_suffix(".unproved"))
        raise


def backup_postgres(url: str, folder: Path, stamp: str) -> None:
    """PostgreSQL's own dump, read back whole, then the media: they only grow, so what the dump names is there."""
    dump, media = folder / f"paomadeng-{stamp}.dump", folder / f"paomadeng-{stamp}.media.tar"
    environment = {**os.environ, **connection(url)}
    subprocess.run(["pg_dump", "--format=custom", f"--file={dump}.partial"], env=environment, check=True)
    read_back = ["pg_restore", f"--file={os.devnull}", f"{dump}.partial"]
    subprocess.run(read_back, check=True)
    pack_media(Path(os.environ.get("PAOMADENG_DATA", "var")) / "media", Path(f"{media}.partial"))
    for done in (media, dump):
        Path(f"{done}.partial").rename(done)


def connection(url: str) -> dict[str, str]:
    """The database's address as libpq's variables, so that no password stands in a list of processes."""
    parts = urlsplit(url)
    sockets = re.findall(r"(?:^|&)host=([^&]+)", parts.query)
    told = {
        "PGHOST": parts.hostname or unquote("".join(sockets[:1])),
        "PGPORT": str(parts.port or ""),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
    }
    return {name: value for name, value in told.items() if value}


def pack_media(media: Path, target: Path) -> None:
    """Every media file, each checked against its name."""
    with tarfile.open(target, "w") as archive:
        for path in sorted(path for path in media.rglob("*") if path.is_file() and not path.name.startswith(".")):
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != path.stem:
                    raise SystemExit(f"{path}: damaged")
            archive.add(path, f"media/{path.relative_to(media)}")


def clear(folder: Path, keep: int) -> None:
    """Remove what is older than the newest ``keep``, and what a cut-off run left."""
    held = {found[1] for path in folder.iterdir() if (found := NAME.fullmatch(path.name))}
    old = sorted(held)[:-keep]
    for path in sorted(folder.iterdir()):
        found = NAME.fullmatch(path.name.removesuffix(".partial"))
        if found and (found[1] in old or path.name.endswith(".partial")):
            path.unlink()
            say(f"removed {path.name}")


def whole(text: str) -> int:
    """At least one."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Make one, prove it, clear the old away."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--keep", type=whole, default=14, metavar="N", help="how many to keep (14)")
    options = asked.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    for former in options.folder.glob("paomadeng-*.unproved"):
        former.unlink()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    url = setting("DATABASE_URL")
    try:
        if url.startswith(POSTGRES):
            backup_postgres(url, options.folder, stamp)
        else:
            backup_sqlite(options.folder, stamp)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"no backup: {error}", file=sys.stderr)
        return 1
    clear(options.folder, options.keep)
    say(f"proved: {options.folder}/paomadeng-{stamp}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
