"""The nightly backup of a site on PostgreSQL, with a real one: what was dumped can be restored."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.site import ROOT, free_port

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
BACKUP = ROOT / "deploy/backup.py"
PASSWORD = "门:岗/3@"


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server of the test's own."""

    bin: Path
    socket: Path
    port: int

    def run(self, tool: str, *words: str) -> str:
        """Run one of its tools as its owner."""
        return self.call([str(self.bin / tool), *words])

    def call(self, command: list[str]) -> str:
        environment = {**os.environ, "PGHOST": str(self.socket), "PGPORT": str(self.port), "PGUSER": "owner"}
        as_owner = {"user": "postgres", "group": "postgres"} if AS_ROOT else {}
        done = subprocess.run(command, env=environment, cwd="/", text=True, stdout=-1, check=True, **as_owner)  # type: ignore[call-overload]
        return str(done.stdout).strip()

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://owner:%E9%97%A8:%E5%B2%97%2F3%40@127.0.0.1:{self.port}/site"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """Running, with a password and one database; its folder is short, for a socket's path may not be long."""
    if not SERVERS:
        pytest.skip("postgresql is missing: apt-get install postgresql")
    with TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        root, made = Path(folder), Postgres(SERVERS[-1].parent, Path(folder), free_port())
        root.chmod(0o777)
        (root / "word").write_text(PASSWORD)
        (root / "word").chmod(0o644)
        made.run("initdb", "-D", f"{root}/data", "-U", "owner", "--pwfile", f"{root}/word", "-A", "scram-sha-256",
                 "--auth-local=trust", "--no-sync")  # fmt: skip
        options = f"-k {root} -p {made.port} -c listen_addresses=127.0.0.1 -F"
        made.run("pg_ctl", "-D", f"{root}/data", "-l", f"{root}/log", "-w", "-o", options, "start")
        try:
            made.run("createdb", "site")
            made.run(
                "psql", "-q", "site", "-c", "CREATE TABLE lines (words text); INSERT INTO lines VALUES ('安全生产')"
            )
            yield made
        finally:
            made.run("pg_ctl", "-D", f"{root}/data", "-m", "immediate", "stop")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one media file."""
    name = hashlib.sha256(b"lamp").hexdigest()
    (tmp_path / "data/media" / name[:2]).mkdir(parents=True)
    (tmp_path / "data/media" / name[:2] / f"{name}.png").write_bytes(b"lamp")
    return tmp_path / "data"


def back_up(url: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run the script into ``backups`` beside the data."""
    environment = {**os.environ, "PAOMADENG_DATABASE_URL": url, "PAOMADENG_DATA": str(data)}
    command = [sys.executable, str(BACKUP), str(data.parent / "backups"), "--keep", "2"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_what_was_dumped_can_be_restored(postgres: Postgres, data: Path) -> None:
    done = back_up(postgres.url, data)
    assert done.returncode == 0, done.stderr
    dump, media = sorted((data.parent / "backups").iterdir())
    (postgres.socket / "dump").write_bytes(dump.read_bytes())
    postgres.run("createdb", "restored")
    postgres.run("pg_restore", "-d", "restored", f"{postgres.socket}/dump")
    assert postgres.run("psql", "-At", "restored", "-c", "SELECT words FROM lines") == "安全生产"
    with tarfile.open(media) as archive:
        assert [Path(member.name).parts[0] for member in archive] == ["media"]


def test_a_database_that_does_not_answer_gives_no_backup_and_clears_nothing_away(data: Path) -> None:
    folder = data.parent / "backups"
    folder.mkdir()
    for day in range(1, 5):
        (folder / f"paomadeng-2025010{day}-000000.dump").touch()
    done = back_up(f"postgresql://owner@127.0.0.1:{free_port()}/site", data)
    assert (done.returncode, "no backup" in done.stderr) == (1, True)
    assert len(list(folder.glob("*.dump"))) == 4


def test_damaged_media_give_no_backup(postgres: Postgres, data: Path) -> None:
    (path,) = data.rglob("*.png")
    path.write_bytes(b"dark")
    done = back_up(postgres.url, data)
    assert (done.returncode, "damaged" in done.stderr) == (1, True)
    assert list((data.parent / "backups").glob("*.dump")) == []
