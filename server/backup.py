"""One file with the database and the media, written while the server runs and verified before it replaces anything."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from server.config import BadSetting, Config
from server.parts import Parts
from server.version import VERSION
from server.words import say

DATABASE = "paomadeng.db"
MEDIA = "media"
MANIFEST = "manifest.json"
MOST_BYTES = 64 * 1024**3


class BadBackup(BadSetting):
    """A file that is no whole backup; nothing was replaced."""


def write(parts: Parts, target: Path) -> str:
    """Write a backup to ``target`` by a temporary name, read it back, sync and rename; return a line that tells it."""
    if not parts.config.url.startswith("sqlite"):
        raise BadSetting("backup: PostgreSQL has its own tool; see deploy/RUNBOOK.md")
    partial = target.with_name(target.name + ".partial")
    try:
        with tempfile.TemporaryDirectory(dir=parts.config.data) as folder:
            _pack(parts.config, Path(folder), partial)
        _check(partial)
        os.replace(partial, target)
    except OSError as error:
        raise BadSetting(f"{target}: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
    return say("backup.written", parts.config.locale, file=target, mb=round(target.stat().st_size / 1e6, 1))


def _pack(config: Config, folder: Path, partial: Path) -> None:
    database = folder / DATABASE
    _copy_database(config.data / DATABASE, database)
    media = config.data / MEDIA
    with partial.open("wb") as out, tarfile.open(fileobj=out, mode="w") as archive:
        archive.add(database, DATABASE)
        sums = {DATABASE: _sum(database)}
        for path in sorted(path for path in media.rglob("*") if path.is_file() and not path.name.startswith(".")):
            archive.add(path, f"{MEDIA}/{path.relative_to(media)}")
        _add_manifest(archive, folder, sums)
        archive.close()
        out.flush()
        os.fsync(out.fileno())


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own online copy: whole even while others write."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def _add_manifest(archive: tarfile.TarFile, folder: Path, sums: dict[str, str]) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps({"paomadeng": VERSION, "sha256": sums}))
    archive.add(path, MANIFEST)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(config: Config, source: Path) -> str:
    """Replace database and media by those of a verified backup; the old ones stay beside under ``before-restore``.

    The state gets a new epoch at the next start. Raises BadBackup when the file is not whole; nothing is replaced then.
    """
    config.data.mkdir(parents=True, exist_ok=True)
    _refuse_while_running(config)
    with _unpacked(config.data, source) as folder:
        aside = _aside(config.data)
        for name in (DATABASE, DATABASE + "-wal", DATABASE + "-shm", MEDIA):
            if (config.data / name).exists():
                os.replace(config.data / name, aside / name)
        os.replace(folder / DATABASE, config.data / DATABASE)
        if (folder / MEDIA).exists():
            os.replace(folder / MEDIA, config.data / MEDIA)
    (config.data / "epoch").write_text("restored")
    return say("backup.restored", config.locale, file=source, aside=aside)


def _refuse_while_running(config: Config) -> None:
    from server.lock import held

    if held(config.data):
        raise BadSetting(say("backup.running", config.locale))


def _aside(data: Path) -> Path:
    number = 1
    while (data / f"before-restore-{number}").exists():
        number += 1
    aside = data / f"before-restore-{number}"
    aside.mkdir()
    return aside


@contextmanager
def _unpacked(data: Path, source: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=".restore-", dir=data))
    try:
        _check(source)
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        yield folder
    except (OSError, tarfile.TarError) as error:
        raise BadBackup(f"{source}: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check(source: Path) -> None:
    """Raise BadBackup unless every member is a plain file of ours, sums agree and the database is sound."""
    try:
        with tarfile.open(source) as archive:
            _check_members(archive)
            manifest = json.loads(_member(archive, MANIFEST).read())
            with tempfile.TemporaryDirectory() as folder:
                _check_database(_member(archive, DATABASE), Path(folder) / DATABASE, manifest["sha256"][DATABASE])
    except (OSError, tarfile.TarError, ValueError, KeyError) as error:
        raise BadBackup(f"{source}: {error}") from error


def _check_members(archive: tarfile.TarFile) -> None:
    total = 0
    for member in archive:
        parts = Path(member.name).parts
        ours = member.name in (DATABASE, MANIFEST) or parts[:1] == (MEDIA,)
        if not member.isfile() or not ours or ".." in parts or member.name.startswith("/"):
            raise BadBackup(f"{member.name}: not a member of a backup")
        total += member.size
        if parts[:1] == (MEDIA,):
            _check_media(archive, member)
    if total > MOST_BYTES:
        raise BadBackup(f"{total} bytes unpacked: more than a backup holds")


def _check_media(archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    """Media are named by what they hold."""
    file = archive.extractfile(member)
    if file is None or hashlib.file_digest(file, "sha256").hexdigest() != Path(member.name).stem:  # type: ignore[arg-type]
        raise BadBackup(f"{member.name}: damaged")


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise BadBackup(f"{name} is missing")
    return found


def _check_database(file: IO[bytes], copy: Path, wanted: str) -> None:
    with copy.open("wb") as out:
        shutil.copyfileobj(file, out)
    if _sum(copy) != wanted:
        raise BadBackup(f"{DATABASE}: damaged")
    with closing(sqlite3.connect(copy)) as database:
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise BadBackup(f"{DATABASE}: {verdict}")
