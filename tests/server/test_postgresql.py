"""PostgreSQL keeps the promises that the use cases lean on: one writer, whole views, trouble told as trouble."""

from __future__ import annotations

import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from media.blobs import Blobs
from players.swarm import roster
from players.swarm.fleet import Fleet
from server import audit, backup, dumps, errors, tables
from server.accounts.model import Identity
from server.clock import FixedClock
from server.config import BadSetting, Config
from server.db import UNREADY, Database
from server.doctor import examine
from server.engines import READERS
from server.faults import translate
from server.parts import Parts
from server.start import prepare
from server.tables import organisations, people, position
from tests import postgres
from tests.postgres import PostgreSQL, postgresql
from tests.server import hindered
from tests.server.blank import CHEAP
from tests.server.conftest import NOON
from tests.site import ROOT, open_site

SITE = {"id": "o1", "name": "样板一厂", "zone": "Asia/Shanghai", "locale": "zh", "settings": {}, "created": NOON}


@pytest.fixture
def url() -> Iterator[str]:
    given = postgres.shared().fresh()
    yield given
    postgres.shared().drop(given)


@pytest.fixture
def node(url: str, tmp_path: Path) -> Iterator[Callable[[], Parts]]:
    """Makes nodes of one site, each with a folder and connections of its own."""
    made: list[Parts] = []

    def another() -> Parts:
        config = Config(data=tmp_path / f"node{len(made)}", database_url=url, password_mb=CHEAP)
        config.data.mkdir()
        parts = Parts(config, FixedClock(NOON), Database(url), Blobs(config.data / "media"))
        if not made:
            with parts.db.transaction() as tx:
                tx.execute(organisations.insert().values(**SITE))
                tx.execute(position.insert().values(id=1, epoch="e" * 32, seq=0))
        made.append(parts)
        return parts

    yield another
    for parts in made:
        parts.db.close()


def _seq(db: Database) -> int:
    with db.read() as tx:
        return int(tx.execute(sa.select(position.c.seq)).scalar_one())


def _threads(*works: Callable[[], object]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)


def test_nodes_that_write_at_once_keep_one_audit_chain(node: Callable[[], Parts], owner: Identity) -> None:
    """Each looks for the last row and adds one: two who looked at once would both follow the same."""
    nodes = [node(), node()]

    def write(parts: Parts) -> None:
        for n in range(20):
            with parts.db.transaction(60) as tx:
                audit.record(tx, owner, NOON, "test", str(n))

    _threads(*(lambda parts=parts: write(parts) for parts in nodes))
    with nodes[0].db.read() as tx:
        assert list(audit.verify(tx)) == []
        assert tx.execute(sa.select(sa.func.count()).select_from(tables.audit)).scalar() == 40


def test_a_reader_sees_one_instant_though_another_node_writes_meanwhile(node: Callable[[], Parts]) -> None:
    one, other = node(), node()
    with one.db.read() as tx:
        before = tx.execute(sa.select(position.c.seq)).scalar()
        with other.db.transaction() as writing:
            writing.execute(position.update().values(seq=7))
        assert tx.execute(sa.select(position.c.seq)).scalar() == before
    assert _seq(one.db) == 7


def test_a_writer_sees_what_was_committed_while_it_waited(node: Callable[[], Parts]) -> None:
    one, other = node(), node()
    waiting, seen = threading.Event(), list[int]()

    def write() -> None:
        with other.db.transaction(60) as tx:
            seen.append(int(tx.execute(sa.select(position.c.seq)).scalar_one()))

    with one.db.transaction() as tx:
        follower = threading.Thread(target=write)
        follower.start()
        while not _waits(one.config.url):
            waiting.wait(0.01)
        tx.execute(position.update().values(seq=1))
    follower.join(60)
    assert seen == [1]


def _waits(url: str) -> bool:
    with psycopg.connect(url) as other:
        found = other.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone()
    return found is not None and found[0] > 0


def test_whoever_waits_too_long_is_told_that_it_is_busy(node: Callable[[], Parts]) -> None:
    parts = node()
    with hindered.locked(parts), pytest.raises(UNREADY) as held, parts.db.transaction(0.05):
        pass
    assert isinstance(translate(held.value), errors.Busy)


def test_readers_leave_a_connection_for_the_writer(node: Callable[[], Parts]) -> None:
    parts = node()
    done, ready = threading.Event(), threading.Barrier(READERS + 1)

    def read() -> None:
        with parts.db.read() as tx:
            tx.execute(sa.select(position.c.seq))
            ready.wait(60)
            done.wait(60)

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for one in readers:
        one.start()
    ready.wait(60)
    assert not parts.db._readers.acquire(blocking=False)  # the next reader waits
    with parts.db.transaction() as tx:
        tx.execute(position.update().values(seq=1))
    done.set()
    for one in readers:
        one.join(60)
    assert _seq(parts.db) == 1


def test_a_database_that_takes_no_write_is_trouble_and_no_fault(node: Callable[[], Parts]) -> None:
    parts = node()
    with hindered.takes_no_write(parts), pytest.raises(UNREADY) as refused, parts.db.transaction() as tx:
        tx.execute(position.update().values(seq=1))
    assert isinstance(translate(refused.value), errors.Busy)


def test_a_full_disk_is_told_as_one(node: Callable[[], Parts]) -> None:
    parts = node()
    with hindered.without_room(parts), pytest.raises(UNREADY) as full, parts.db.transaction() as tx:
        tx.execute(people.insert().values(id="u1", org="o1", login="a", name="a", created=1))
    assert isinstance(translate(full.value), errors.DiskFull)


@pytest.mark.parametrize("value", ["a\0b", "x" * 41], ids=["NUL", "too long"])
def test_a_value_that_no_column_holds_cannot_be_read_and_is_no_fault(node: Callable[[], Parts], value: str) -> None:
    with pytest.raises(sa.exc.DataError) as unfit, node().db.transaction() as tx:
        tx.execute(people.insert().values(id=value, org="o1", login="a", name="a", created=1))
    assert isinstance(translate(unfit.value), errors.Malformed)


def test_a_statement_nobody_wrote_so_is_our_fault(node: Callable[[], Parts]) -> None:
    with pytest.raises(sa.exc.ProgrammingError) as wrong, node().db.read() as tx:
        tx.execute(sa.text("SELECT nothing FROM nowhere"))
    assert translate(wrong.value) is None


# nodes, and a server that goes away -----------------------------------------------------------------------------------


def test_two_nodes_with_folders_of_their_own_agree_on_the_epoch(url: str, tmp_path: Path) -> None:
    """A folder that saw an older epoch learns the newest: were each to make a new one, they would never agree."""
    given, epochs = postgres.shared().bare(), []
    for n in (0, 1, 0, 1):
        data = tmp_path / str(n)
        parts = Parts(Config(data=data, database_url=given), FixedClock(NOON), Database(given), Blobs(data / "media"))
        data.mkdir(exist_ok=True)
        prepare(parts)
        if n == 1:
            (tmp_path / "0" / "epoch").write_text("of before another node restored")
        epochs.append((data / "epoch").read_text())
        parts.db.close()
    assert len(set(epochs)) == 1


@pytest.fixture(scope="module")
def mortal() -> Iterator[PostgreSQL]:
    with postgresql() as server:
        yield server


def test_a_database_that_is_away_is_busy_and_is_found_again(mortal: PostgreSQL) -> None:
    database = Database(mortal.url("postgres"))
    with database.transaction() as tx:
        tx.execute(sa.text("CREATE TABLE kept (n integer)"))
    mortal.send(signal.SIGQUIT)
    for way in (database.read, database.transaction):
        with pytest.raises(UNREADY) as away, way() as tx:
            tx.execute(sa.text("SELECT 1"))
        assert isinstance(translate(away.value), errors.Busy)
    mortal.start()
    with database.transaction() as tx:
        tx.execute(sa.text("INSERT INTO kept VALUES (1)"))
    with database.read() as tx:
        assert tx.execute(sa.text("SELECT n FROM kept")).scalar() == 1
    database.close()


COOPERATES = """
from gevent import monkey
monkey.patch_all()
import sys, gevent
import sqlalchemy as sa
from server.db import Database
database, order = Database(sys.argv[1]), []
def ask(name, seconds):
    with database.read() as tx:
        tx.execute(sa.text(f"SELECT pg_sleep({seconds})"))
    order.append(name)
gevent.joinall([gevent.spawn(ask, "long", 1.5), gevent.spawn(ask, "short", 0)])
print(*order)
"""


def test_a_greenlet_that_waits_for_the_database_holds_up_no_other(url: str) -> None:
    command = [sys.executable, "-c", COOPERATES, url]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout == "short long\n"


# backup and restore ---------------------------------------------------------------------------------------------------


def _named(parts: Parts) -> list[str]:
    with parts.db.read() as tx:
        names = list(tx.execute(sa.select(people.c.name)).scalars())
    parts.db.close()  # a restore is refused while anybody is there
    return names


@pytest.fixture
def kept(node: Callable[[], Parts], tmp_path: Path) -> tuple[Parts, Path]:
    """A site with a person, and a backup of before that person came."""
    parts = node()
    picture = parts.blobs.put(b"\x89PNG", "png")
    backup.write(parts, tmp_path / "kept.tar")
    with parts.db.transaction() as tx:
        tx.execute(people.insert().values(id="u9", org="o1", login="李工", name="李工", created=1))
    assert _named(parts) == ["李工"]
    parts.blobs.path(picture).unlink()
    return parts, tmp_path / "kept.tar"


def test_a_restore_brings_back_what_was_and_lays_aside_what_is(kept: tuple[Parts, Path], tmp_path: Path) -> None:
    parts, file = kept
    backup.restore(parts.config, file)
    assert _named(parts) == []
    assert len(list((parts.config.data / "media").rglob("*.png"))) == 1
    assert (parts.config.data / "epoch").read_text() == "restored"
    aside = parts.config.data / "before-restore-1" / dumps.DUMP
    dumps.load(parts.config, aside)
    assert _named(parts) == ["李工"]


def test_a_restore_is_refused_while_another_node_is_there(kept: tuple[Parts, Path], node: Callable[[], Parts]) -> None:
    parts, file = kept
    other = node()
    assert _seq(other.db) == 0
    with pytest.raises(BadSetting, match="先停下"):
        backup.restore(parts.config, file)
    other.db.close()
    assert _named(parts) == ["李工"]


def test_a_backup_of_the_other_engine_is_refused_in_words(kept: tuple[Parts, Path], tmp_path: Path) -> None:
    parts, file = kept
    with pytest.raises(BadSetting, match="另一种数据库"):
        backup.restore(replace(parts.config, database_url=""), file)
    assert not (parts.config.data / "before-restore-1").exists()


def test_a_dump_that_cannot_be_loaded_changes_nothing(kept: tuple[Parts, Path], tmp_path: Path) -> None:
    """The file is whole, but the database holds something that its tables hang on."""
    parts, file = kept
    with psycopg.connect(parts.config.url, autocommit=True) as connection:
        connection.execute("CREATE VIEW somebody_s AS SELECT name FROM people")
        connection.close()
    with pytest.raises(BadSetting, match="somebody_s"):
        backup.restore(parts.config, file)
    assert _named(parts) == ["李工"]
    assert not (parts.config.data / "before-restore-1").exists()
    with psycopg.connect(parts.config.url, autocommit=True) as connection:
        connection.execute("DROP VIEW somebody_s")


def test_a_missing_pg_dump_is_named(kept: tuple[Parts, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    parts, _ = kept
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadSetting, match="postgresql-client"):
        backup.write(parts, tmp_path / "none.tar")
    assert not (tmp_path / "none.tar").exists()


def test_a_backup_names_no_password(kept: tuple[Parts, Path]) -> None:
    with tarfile.open(kept[1]) as archive:
        dump = archive.extractfile(dumps.DUMP)
        assert dump is not None
        assert postgres.SECRET.encode() not in dump.read()


# the doctor, and a whole server ---------------------------------------------------------------------------------------


def _told(url: str, data: Path) -> list[str]:
    return [one.word for one in examine(Config(data=data, database_url=url)) if one.topic == "database"]


def test_the_doctor_says_how_postgresql_fares(url: str, tmp_path: Path) -> None:
    assert _told(url, tmp_path) == ["unsafe"]  # tests do without fsync
    assert _told("postgresql://nobody@127.0.0.1:9/none", tmp_path) == ["away"]


def test_a_site_on_postgresql_is_set_up_plays_a_line_and_proves_an_alert(tmp_path: Path) -> None:
    site = open_site(tmp_path / "var", {"PAOMADENG_DATABASE_URL": postgres.shared().bare()})
    try:
        site.become_owner("厂办")
        caller = site.token()
        site.run("swarm", "--screens", "6", "--seconds", "1", "--port", str(site.port))
        fleet = Fleet(site.url, [one.token for one in roster.read(site.data / "swarm.json")])
        assert fleet.run(60_000, lambda: fleet.welcome >= 6 and all(member.programme for member in fleet.members))
        versions = [member.programme for member in fleet.members]
        screens = [one["id"] for one in caller.get(site.url + "/api/v1/screens?limit=200").json()["items"]]
        line = {"name": "今日", "items": [{"kind": "slogan", "text": "安全第一，预防为主"}]}
        made = caller.post(site.url + "/api/v1/playlists", json=line).json()
        named = {"revision": made["revision"]}
        assert caller.post(f"{site.url}/api/v1/playlists/{made['id']}/submit", json=named).status_code == 200
        slot = {"playlist": made["id"], "targets": {"screens": screens}}
        assert caller.post(site.url + "/api/v1/slots", json=slot).status_code == 201
        assert fleet.run(60_000, lambda: all(a.programme != b for a, b in zip(fleet.members, versions, strict=True)))
        order = {"status": "actual", "severity": "extreme", "headline": "煤气泄漏", "targets": {"all": True}}
        alert = caller.post(site.url + "/api/v1/alerts", json=order).json()["id"]
        shown = (alert, 1)
        assert fleet.run(60_000, lambda: shown in fleet.tallies and len(fleet.tallies[shown].shown) == 6)
        fleet.close()
        assert caller.get(f"{site.url}/api/v1/alerts/{alert}").json()["deliveries"]["shown"] == 6
        assert caller.get(site.url + "/readyz").json()["checks"]["database"] == "ok"
        assert "审计记录完整" in site.run("audit", "verify")
    finally:
        site.kill()
