"""PostgreSQL is gone: what was last known of it lets an officer alarm and a player in, and nothing else go on."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc as sa_exc

from media.blobs import Blobs
from playlists.model import Colour
from server import jobs, tables
from server.accounts.model import Identity, Role
from server.alerts import service as alerts
from server.clock import FixedClock
from server.config import Config
from server.db import Database
from server.mirror import LATELY_MS, WHOLE, Mirror
from server.parts import Parts
from server.screens import groups
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from server.tables import metadata
from tests.postgres import PostgreSQL, postgresql
from tests.server.blank import CHEAP
from tests.server.conftest import NOON
from tests.server.web.desk import Desk
from tests.server.web.test_alerts import field, issued, shown_digits, typed


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    with postgresql() as made:
        yield made


@pytest.fixture
def parts(server: PostgreSQL, tmp_path: Path, clock: FixedClock) -> Iterator[Parts]:
    """A plant on a server that may be killed, with a mirror that is still empty."""
    config = Config(data=tmp_path, password_mb=CHEAP, database_url=server.bare())
    database = Database(config.url)
    metadata.create_all(database.engine)
    with database.transaction() as tx:
        row = {"id": "o1", "name": "一厂", "zone": "Asia/Shanghai", "locale": "zh", "created": NOON}
        tx.execute(tables.organisations.insert().values(**row, settings={"alerts": {"phone": "6119"}}))
        tx.execute(tables.position.insert().values(id=1, epoch="e" * 32, seq=7))
    database.mirror = Mirror()
    yield Parts(config, clock, database, Blobs(tmp_path / "media"))
    database.close()


@pytest.fixture
def kiln(parts: Parts, owner: Identity) -> str:
    made = groups.add_group(parts, owner, "三号窑").id
    screens.add(parts, owner, NewScreenOrder("东通道", 192, 16, Colour.SINGLE, place="三号窑", groups=(made,)))
    return made


@pytest.fixture
def away(server: PostgreSQL) -> Iterator[Any]:
    """A way to take the database away; it is back after the test."""
    gone: list[bool] = []

    def go() -> None:
        gone.append(True)
        server.send(signal.SIGQUIT)

    yield go
    if gone:
        server.start()


def rows(parts: Parts, name: str) -> list[tuple[Any, ...]]:
    table = metadata.tables[name]
    with parts.db.or_mirror(), parts.db.read() as tx:
        return sorted((tuple(row) for row in tx.execute(sa.select(table))), key=str)


def test_what_was_copied_reads_as_it_was(parts: Parts, owner: Identity, kiln: str, away: Any) -> None:
    desk = Desk(parts, owner, Role.SAFETY_OFFICER)
    issued(desk, kiln)
    jobs.copy_to_mirror(parts)
    copied = (*WHOLE, "alerts", "alert_groups", "alert_revisions", "deliveries", "alert_steps")
    before = {name: rows(parts, name) for name in copied}
    assert before["alerts"]
    assert before["deliveries"]
    away()
    assert {name: rows(parts, name) for name in copied} == before


def test_an_officer_alarms_through_the_page_while_everything_else_says_that_the_database_is_away(
    parts: Parts, owner: Identity, kiln: str, away: Any
) -> None:
    desk = Desk(parts, owner, Role.SAFETY_OFFICER)
    jobs.copy_to_mirror(parts)
    away()
    page = desk.text("/alert")
    word = {"csrf_token": field("csrf_token", page)}
    asked = desk.client.post("/alert/check", data={**word, "ticket": field("ticket", page), **typed(kiln)}).text
    form = {**word, "ticket": field("ticket", asked), "digit": list(shown_digits(asked)), **typed(kiln)}
    out = desk.client.post("/alert/issue", data=form, headers={"Accept": "text/html"})
    assert out.status_code == 303
    proof = desk.text(out.headers["Location"])
    assert "煤气泄漏 三号窑 撤离" in proof
    for path in ("/", "/playlists", "/screens"):
        assert desk.get(path).status_code == 503
    kept = alerts.is_kept(parts, re.findall(r"a[0-9a-f]{16}", out.headers["Location"])[0], 1)
    assert kept


def test_nothing_is_ever_written_by_what_was_last_known(parts: Parts, owner: Identity, away: Any) -> None:
    jobs.copy_to_mirror(parts)
    away()
    with parts.db.or_mirror(), pytest.raises(sa_exc.SQLAlchemyError):
        screens.add(parts, owner, NewScreenOrder("西通道", 192, 16, Colour.SINGLE))
    with pytest.raises(sa_exc.SQLAlchemyError), parts.db.read():
        pass  # who did not ask for the mirror is not given it


def test_a_copy_that_lacks_an_alert_is_of_no_use(parts: Parts, away: Any) -> None:
    jobs.copy_to_mirror(parts)
    mirror = parts.db.mirror
    assert mirror is not None
    assert (mirror.seq, mirror.is_of_use) == (7, True)
    mirror.must_know(8)
    assert not mirror.is_of_use
    away()
    with pytest.raises(sa_exc.TimeoutError), parts.db.or_mirror(), parts.db.read():
        pass


def test_a_copy_is_made_anew_after_a_while_and_at_once_when_it_lacks_something(parts: Parts, clock: FixedClock) -> None:
    mirror = parts.db.mirror
    assert mirror is not None
    assert mirror.is_due(clock.now())
    jobs.copy_to_mirror(parts)
    assert not mirror.is_due(clock.now() + 14_999)
    assert mirror.is_due(clock.now() + 15_000)
    mirror.must_know(8)
    assert mirror.is_due(clock.now())


def test_what_is_long_over_is_not_copied(
    parts: Parts, owner: Identity, kiln: str, clock: FixedClock, away: Any
) -> None:
    issued(Desk(parts, owner, Role.SAFETY_OFFICER), kiln)
    clock.pass_(LATELY_MS + 1)
    jobs.copy_to_mirror(parts)
    away()
    assert (rows(parts, "alerts"), rows(parts, "deliveries")) == ([], [])


def test_without_postgresql_there_is_nothing_to_mirror(parts: Parts, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    jobs.copy_to_mirror(replace(parts, db=database))
    assert not database.is_away
    database.close()
