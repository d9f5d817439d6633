"""A move brings every row or nothing, whenever it is killed, and leaves nobody two sites to write to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from playlists.model import Colour
from server import lock
from server.accounts.model import system
from server.config import BadSetting, Config
from server.db import Database
from server.moving import TABLES, move
from server.screens import service
from server.screens.model import NewScreenOrder
from server.start import MOVED, open_parts, upgrade
from server.tables import audit, players, screen_groups, screens
from tests import postgres
from tests.server.blank import CHEAP
from tests.server.plant import Plant, open_plant
from tests.site import ROOT

pytestmark = pytest.mark.sqlite  # which everything is moved from


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with something in nearly every table, made by the migrations."""
    folder = tmp_path_factory.mktemp("plant")
    database = Database(f"sqlite:///{folder}/paomadeng.db")
    upgrade(engine=database.engine)
    database.close()
    plant = open_plant(folder, database_url=f"sqlite:///{folder}/made.db")
    plant.furnish()
    _copy_rows(plant, folder)
    plant.parts.db.close()
    return folder / "paomadeng.db"


def _copy_rows(plant: Plant, folder: Path) -> None:
    """What the plant made, in a database that also knows its schema's number."""
    target = Database(f"sqlite:///{folder}/paomadeng.db")
    with plant.parts.db.read() as source, target.transaction() as tx:
        for table in TABLES:
            if rows := [dict(row) for row in source.execute(table.select()).mappings()]:
                tx.execute(table.insert(), rows)
    target.close()


@pytest.fixture
def config(furnished: Path, tmp_path: Path) -> Config:
    (tmp_path / "paomadeng.db").write_bytes(furnished.read_bytes())
    return Config(data=tmp_path, password_mb=CHEAP)


@pytest.fixture
def to() -> Iterator[str]:
    url = postgres.shared().bare()
    yield url
    postgres.shared().drop(url)


def _rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    database = Database(url)
    with database.read() as tx:
        held = {t.name: sorted((tuple(row) for row in tx.execute(t.select())), key=repr) for t in TABLES}
    database.close()
    return held


def _is_empty(url: str) -> bool:
    database = Database(url)
    names = sa.inspect(database.engine).get_table_names()
    database.close()
    return names == []


def test_every_row_comes_over_as_it_was(config: Config, to: str) -> None:
    told: list[str] = []
    assert "***" in move(config, to, told.append)
    held = _rows(to)
    assert held == _rows(config.url)
    assert sum(map(bool, held.values())) > 25
    assert len(told) == len(TABLES)


def test_json_keeps_every_character_and_null_stays_null(config: Config, to: str) -> None:
    database = Database(config.url)
    with database.transaction() as tx:
        tx.execute(sa.text("""UPDATE organisations SET settings = '{"b": 1.10,  "a": "\\\\u706b"}'"""))
        tx.execute(players.update().values(report=sa.null()))
    database.close()
    move(config, to, lambda _: None)
    with psycopg.connect(to) as there:
        assert there.execute("SELECT settings::text FROM organisations").fetchone() == (
            '{"b": 1.10,  "a": "\\\\u706b"}',
        )
        assert there.execute("SELECT count(*) FROM players WHERE report IS NOT NULL").fetchone() == (0,)


def test_the_old_database_is_laid_to_rest_and_the_new_one_goes_on(config: Config, to: str) -> None:
    (config.data / "epoch").write_text("e" * 32)
    move(config, to, lambda _: None)
    with pytest.raises(BadSetting, match="已经搬到"):
        open_parts(config)
    parts = open_parts(replace(config, database_url=to))
    made = service.add(parts, system("o1"), NewScreenOrder("新屏", 192, 16, Colour.SINGLE))
    with parts.db.read() as tx:
        assert tx.execute(sa.select(screens.c.name).where(screens.c.id == made.screen.id)).scalar() == "新屏"
    parts.db.close()


def test_a_target_that_holds_anything_is_refused_and_left_alone(config: Config, to: str) -> None:
    with psycopg.connect(to, autocommit=True) as there:
        there.execute("CREATE TABLE theirs (n integer)")
    with pytest.raises(BadSetting, match="不是空的"):
        move(config, to, lambda _: None)
    database = Database(to)
    assert sa.inspect(database.engine).get_table_names() == ["theirs"]
    database.close()
    assert not (config.data / MOVED).exists()


def test_another_site_is_refused_and_so_is_ours_once_it_went_on(config: Config, to: str) -> None:
    move(config, to, lambda _: None)
    (config.data / MOVED).unlink()
    with psycopg.connect(to, autocommit=True) as there:
        there.execute("UPDATE organisations SET name = 'went on'")
    with pytest.raises(BadSetting, match="organisations"):
        move(config, to, lambda _: None)
    with psycopg.connect(to, autocommit=True) as there:
        there.execute("UPDATE position SET epoch = 'another'")
    with pytest.raises(BadSetting, match="不是空的"):
        move(config, to, lambda _: None)


def test_it_is_refused_while_a_server_runs(config: Config, to: str) -> None:
    with lock.take(config.data), pytest.raises(BadSetting, match="先停下"):  # type: ignore[union-attr]
        move(config, to, lambda _: None)
    assert _is_empty(to)


@pytest.mark.parametrize("url", ["sqlite:///other.db", "mysql://h/n"])
def test_it_goes_to_postgresql_only(config: Config, url: str) -> None:
    with pytest.raises(BadSetting, match="SQLite"):
        move(config, url, lambda _: None)


def test_a_log_that_is_not_whole_is_not_moved(config: Config, to: str) -> None:
    database = Database(config.url)
    with database.transaction() as tx:
        tx.execute(audit.update().where(audit.c.seq == 3).values(act="forged"))
    database.close()
    with pytest.raises(BadSetting, match="审计"):
        move(config, to, lambda _: None)
    assert _is_empty(to)


def test_a_text_that_postgresql_cannot_hold_is_named_by_its_table(config: Config, to: str) -> None:
    database = Database(config.url)
    with database.transaction() as tx:
        tx.execute(screen_groups.update().values(name="a\0b"))
    database.close()
    with pytest.raises(BadSetting, match="screen_groups"):
        move(config, to, lambda _: None)
    assert _is_empty(to)


def test_a_database_that_is_not_utf_8_is_refused(config: Config) -> None:
    server = postgres.shared()
    server.ask("CREATE DATABASE {} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'", "ascii")
    with pytest.raises(BadSetting, match="UTF-8"):
        move(config, server.url("ascii"), lambda _: None)
    server.drop(server.url("ascii"))


# killed ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, len(TABLES) // 2, len(TABLES)])
def test_a_move_that_was_killed_left_nothing_and_can_be_run_again(config: Config, to: str, after: int) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
    command = [sys.executable, "-u", "-c", KILLED, str(config.data), to, str(after)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (-9, "")
    assert not (config.data / MOVED).exists()
    before = _rows(config.url)
    move(config, to, lambda _: None)  # waits until PostgreSQL has noticed
    assert _rows(to) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from server.config import Config
from server.moving import move
told = []
def tell(line):
    told.append(line)
    if len(told) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
move(Config(data=Path(sys.argv[1])), sys.argv[2], tell)
"""


def test_a_move_killed_after_its_last_commit_is_known_to_be_done(config: Config, to: str) -> None:
    move(config, to, lambda _: None)
    (config.data / MOVED).unlink()  # what it had not come to
    assert "***" in move(config, to, lambda _: None)
    assert (config.data / MOVED).exists()


def test_the_command_shows_how_far_it_is(config: Config, to: str) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
    command = [sys.executable, "-m", "server.cli", "--data", str(config.data), "move", "--to", to]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stderr.count("核对一致") == len(TABLES)
    assert postgres.SECRET not in done.stdout + done.stderr
    again = subprocess.run([*command[:-3], "screen", "list"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert (again.returncode, "已经搬到" in again.stderr) == (1, True)
