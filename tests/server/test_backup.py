"""A backup is whole or refused, and a restore replaces everything or nothing."""

from __future__ import annotations

import errno
import io
import json
import os
import tarfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from server import backup, dumps, lock, schema
from server.clock import FixedClock
from server.config import BadSetting, Config
from server.parts import Parts
from server.start import open_parts, prepare
from server.tables import organisations, people, position

pytestmark = pytest.mark.sqlite  # of PostgreSQL: test_postgresql.py
PICTURE = b"\x89PNG a picture"


@pytest.fixture
def kept(parts: Parts, tmp_path: Path) -> Path:
    """A backup of a site with one picture."""
    parts.blobs.put(PICTURE, "png")
    backup.write(parts, tmp_path / "kept.tar")
    return tmp_path / "kept.tar"


def _elsewhere(tmp_path: Path) -> Config:
    """A folder that holds something already."""
    data = tmp_path / "other"
    data.mkdir()
    (data / dumps.DATABASE).write_bytes(b"the former data")
    return Config(data=data)


def _rewritten(source: Path, name: str, data: bytes | None) -> Path:
    """The archive with one member replaced, added, or (None) left out."""
    target = source.with_name("changed.tar")
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            if member.name != name:
                new.addfile(member, old.extractfile(member))
        if data is not None:
            made = tarfile.TarInfo(name)
            made.size = len(data)
            new.addfile(made, io.BytesIO(data))
    return target


def _refused(config: Config, source: Path) -> str:
    with pytest.raises(BadSetting) as refused:
        backup.restore(config, source)
    assert (config.data / dumps.DATABASE).read_bytes() == b"the former data"
    assert sorted(path.name for path in config.data.iterdir()) == [dumps.DATABASE, lock.NAME]
    return str(refused.value)


def test_a_restored_site_says_what_the_backed_up_one_said_and_begins_a_new_epoch(
    kept: Path, tmp_path: Path, parts: Parts
) -> None:
    config = _elsewhere(tmp_path)
    backup.restore(config, kept)
    restored = _started(config)
    with parts.db.read() as was, restored.db.read() as now:
        epoch = sa.select(position.c.epoch)
        assert was.execute(epoch).scalar_one() != now.execute(epoch).scalar_one()
    name = restored.blobs.put(PICTURE, "png")
    assert restored.blobs.path(name).read_bytes() == PICTURE
    assert [path.stem for path in (config.data / "media").rglob("*.png")] == [name.split(".")[0]]


def _started(config: Config) -> Parts:
    """The restored site as its next start finds it; the fixture's schema is the newest, so nothing is migrated."""
    parts = open_parts(config)
    with parts.db.transaction() as tx:
        tx.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        tx.execute(sa.text("INSERT INTO alembic_version VALUES (:at)"), {"at": schema.newest().number})
        tx.execute(organisations.update().values(settings={"fallback": ""}))
    prepare(parts)
    return parts


def test_a_restore_lays_the_former_data_aside(kept: Path, tmp_path: Path) -> None:
    config = _elsewhere(tmp_path)
    backup.restore(config, kept)
    assert (config.data / "before-restore-1" / dumps.DATABASE).read_bytes() == b"the former data"


def test_a_restore_is_refused_while_a_server_holds_the_folder(kept: Path, tmp_path: Path) -> None:
    config = _elsewhere(tmp_path)
    with lock.take(config.data):  # type: ignore[union-attr]
        assert "先停下" in _refused(config, kept)


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "media/../../out.txt", "secret.key"])
def test_a_foreign_member_is_refused_and_nothing_replaced(kept: Path, tmp_path: Path, name: str) -> None:
    assert name in _refused(_elsewhere(tmp_path), _rewritten(kept, name, b"x"))


def test_a_link_among_the_members_is_refused(kept: Path, tmp_path: Path) -> None:
    with tarfile.open(kept, "a") as archive:
        link = tarfile.TarInfo("media/aa/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert "media/aa/link" in _refused(_elsewhere(tmp_path), kept)


def test_a_damaged_picture_is_refused(kept: Path, tmp_path: Path) -> None:
    with tarfile.open(kept) as archive:
        name = next(one for one in archive.getnames() if one.endswith(".png"))
    assert name in _refused(_elsewhere(tmp_path), _rewritten(kept, name, b"another picture"))


def test_a_database_that_is_not_the_one_summed_up_is_refused(kept: Path, tmp_path: Path) -> None:
    assert dumps.DATABASE in _refused(_elsewhere(tmp_path), _rewritten(kept, dumps.DATABASE, b"garbage"))


@pytest.mark.parametrize("manifest", [None, b"", b"[]", b'{"sha256": 1}', json.dumps({"sha256": {}}).encode()])
def test_a_manifest_without_sense_is_refused(kept: Path, tmp_path: Path, manifest: bytes | None) -> None:
    _refused(_elsewhere(tmp_path), _rewritten(kept, backup.MANIFEST, manifest))


def test_a_cut_off_file_and_no_file_at_all_are_refused(kept: Path, tmp_path: Path) -> None:
    config = _elsewhere(tmp_path)
    kept.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    _refused(config, kept)
    assert "nothing.tar" in _refused(config, tmp_path / "nothing.tar")


def test_a_restore_that_fails_halfway_puts_the_former_data_back(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, replace = _elsewhere(tmp_path), os.replace

    def full(source: Path, target: Path) -> None:
        if ".restore-" in str(source):
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    assert "No space" in _refused(config, kept)


def test_nothing_is_backed_up_where_no_database_is(tmp_path: Path) -> None:
    parts = open_parts(Config(data=tmp_path / "empty"))
    with pytest.raises(BadSetting, match="没有可备份的"):
        backup.write(parts, tmp_path / "kept.tar")
    assert not (tmp_path / "kept.tar").exists()
    assert not (tmp_path / "empty" / dumps.DATABASE).exists()


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(parts: Parts, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadSetting, match="folder"):
        backup.write(parts, tmp_path / "folder")
    assert not list(tmp_path.glob("*.partial")) + list(tmp_path.glob(".backup-*"))


def test_people_survive_the_round_trip(parts: Parts, tmp_path: Path) -> None:
    with parts.db.transaction() as tx:
        tx.execute(people.insert().values(id="u9", org="o1", login="李工", name="李工", created=1))
    backup.write(parts, tmp_path / "kept.tar")
    config = _elsewhere(tmp_path)
    backup.restore(config, tmp_path / "kept.tar")
    with open_parts(config).db.read() as tx:
        assert tx.execute(sa.select(people.c.name)).scalars().all() == ["李工"]


def test_what_work_that_was_cut_off_left_behind_goes_after_a_day(parts: Parts, clock: FixedClock) -> None:
    data = parts.config.data
    for name, hours in ((".backup-a", 25), (".restore-b", 25), (".download-c", 25), (".backup-d", 1), ("media-e", 99)):
        (data / name).mkdir()
        (data / name / "copy").write_bytes(b"of everything")
        at = clock.now() // 1_000 - hours * 3_600
        os.utime(data / name, (at, at))
    assert backup.sweep(parts) == 3
    assert {path.name for path in data.iterdir()} >= {".backup-d", "media-e"}
    assert not [*data.glob("*-[abc]")]
