"""One file with the database and the media, written while the server runs and verified before it replaces anything."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from media.errors import Away
from server import dumps, lock
from server.blobs import MEDIA, open_blobs
from server.config import BadSetting, Config
from server.dumps import DATABASE, BadBackup
from server.engines import is_postgresql, others
from server.parts import EPOCH_FILE, RESTORED, Parts
from server.pool import off_hub
from server.version import VERSION
from server.words import say

MANIFEST = "manifest.json"
MOST_BYTES = 64 * 1024**3
WRITING, RESTORING, HANDING_OUT = ".backup-", ".restore-", ".download-"  # how folders of work under way begin
ABANDONED_MS = 86_400_000


def write(parts: Parts, target: Path) -> str:
    """Write a backup to ``target`` by a temporary name, read it back, sync and rename; return a line that tells it."""
    config = parts.config
    if not is_postgresql(config.url) and not (config.data / DATABASE).exists():
        raise BadSetting(say("backup.nothing", config.locale, data=config.data))
    partial = target.with_name(target.name + ".partial")
    try:
        with tempfile.TemporaryDirectory(prefix=WRITING, dir=config.data) as folder:
            parts.blobs.gather()
            _pack(config, Path(folder), partial)
            _check(partial, Path(folder))
        os.replace(partial, target)
    except (OSError, BadBackup, sqlite3.Error) as error:
        raise BadSetting(say("backup.not_written", config.locale, file=target, why=_why(error))) from error
    finally:
        partial.unlink(missing_ok=True)
    return say("backup.written", config.locale, file=target, mb=round(target.stat().st_size / 1e6, 1))


def sweep(parts: Parts) -> int:
    """Remove what work that was cut off a day ago left in the data folder, each a whole copy; return how many."""
    before, gone = parts.clock.now() - ABANDONED_MS, 0
    for start in (WRITING, RESTORING, HANDING_OUT):
        for folder in parts.config.data.glob(start + "*"):
            if folder.stat().st_mtime_ns // 1_000_000 < before:
                off_hub(shutil.rmtree, folder, ignore_errors=True)
                gone += 1
    return gone


def _why(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _pack(config: Config, folder: Path, partial: Path) -> None:
    name = dumps.name(config)
    database = folder / name
    dumps.write(config, database)
    media = config.data / MEDIA
    with partial.open("wb") as out, tarfile.open(fileobj=out, mode="w") as archive:
        archive.add(database, name)
        sums = {name: _sum(database)}
        for path in sorted(path for path in media.rglob("*") if path.is_file() and not path.name.startswith(".")):
            archive.add(path, f"{MEDIA}/{path.relative_to(media)}")
        _add_manifest(archive, folder, sums)
        archive.close()
        out.flush()
        os.fsync(out.fileno())


def _add_manifest(archive: tarfile.TarFile, folder: Path, sums: dict[str, str]) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps({"paomadeng": VERSION, "sha256": sums}))
    archive.add(path, MANIFEST)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(config: Config, source: Path) -> str:
    """Replace database and media by those of a verified backup; the old ones stay beside under ``before-restore``.

    No server can start meanwhile; the state gets a new epoch at the next start. Raises BadSetting when one runs, or
    when the file is not whole: nothing is replaced then.
    """
    config.data.mkdir(parents=True, exist_ok=True)
    holding = lock.take(config.data)
    if holding is None:
        raise BadSetting(say("backup.running", config.locale))
    try:
        with holding, _alone(config), _unpacked(config, source) as folder:
            _share(config, folder)
            aside = _exchange(config, folder)
            (config.data / EPOCH_FILE).write_text(RESTORED)
    except (OSError, tarfile.TarError, BadBackup) as error:
        raise BadSetting(say("backup.bad", config.locale, file=source, why=_why(error))) from error
    return say("backup.restored", config.locale, file=source, aside=aside)


@contextmanager
def _alone(config: Config) -> Iterator[None]:
    """Refuse while anybody is at a PostgreSQL: it may be a server on another machine, with a folder of its own."""
    if is_postgresql(config.url) and others(config.url):
        raise BadSetting(say("backup.running", config.locale))
    yield


def _share(config: Config, folder: Path) -> None:
    """Give the bucket, where there is one, what the database will name: more does no harm, less would."""
    try:
        open_blobs(config, folder).share()
    except Away as error:
        raise BadSetting(say("backup.not_shared", config.locale, why=error.strerror)) from error


def _exchange(config: Config, folder: Path) -> Path:
    """Put what lies in ``folder`` in the place of the data, laid aside where the answer says; undone when it fails."""
    data, aside, elsewhere = config.data, _aside(config.data), is_postgresql(config.url)
    names = (MEDIA,) if elsewhere else (DATABASE, DATABASE + "-wal", DATABASE + "-shm", MEDIA)
    try:
        if elsewhere:
            dumps.write(config, aside / dumps.DUMP)
        _move(names, data, aside)
        _move(names, folder, data)
        if elsewhere:
            dumps.load(config, folder / dumps.DUMP)
    except (OSError, BadBackup):
        _move(names, data, folder)
        _move(names, aside, data)
        shutil.rmtree(aside)
        raise
    return aside


def _move(names: Iterable[str], source: Path, target: Path) -> None:
    for name in names:
        if (source / name).exists():
            os.replace(source / name, target / name)


def _aside(data: Path) -> Path:
    number = 1
    while (data / f"before-restore-{number}").exists():
        number += 1
    aside = data / f"before-restore-{number}"
    aside.mkdir()
    return aside


@contextmanager
def _unpacked(config: Config, source: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=RESTORING, dir=config.data))
    try:
        if _check(source, folder) != dumps.name(config):
            raise BadBackup(say("backup.other", config.locale))
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check(source: Path, folder: Path) -> str:
    """Return what the database is called, which tells its engine.

    Raise BadBackup unless every member is a plain file of ours, sums agree and the database is sound. ``folder`` has
    room for a copy of the database, which is gone afterwards.
    """
    copy = folder / "checked"
    try:
        with tarfile.open(source) as archive:
            _check_members(archive)
            manifest = json.loads(_member(archive, MANIFEST).read())
            name = dumps.DUMP if dumps.DUMP in archive.getnames() else DATABASE
            _check_database(_member(archive, name), copy, name, manifest["sha256"][name])
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise BadBackup(str(error)) from error
    finally:
        copy.unlink(missing_ok=True)
    return name


def _check_members(archive: tarfile.TarFile) -> None:
    total = 0
    for member in archive:
        parts = Path(member.name).parts
        ours = member.name in (DATABASE, dumps.DUMP, MANIFEST) or parts[:1] == (MEDIA,)
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


def _check_database(file: IO[bytes], copy: Path, name: str, wanted: str) -> None:
    with copy.open("wb") as out:
        shutil.copyfileobj(file, out)
    if _sum(copy) != wanted:
        raise BadBackup(f"{name}: damaged")
    dumps.check(copy, name)
