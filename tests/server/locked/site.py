"""A gevent process whose database a process beside it holds locked: argv is the folder and what to try; prints JSON.

A second greenlet counts its turns meanwhile. Nothing here looks at a clock: were the whole process to wait, that
greenlet would have no turn, and the other process would not be told to let go.
"""

# ruff: noqa: E402
from gevent import monkey

monkey.patch_all()

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
import sqlalchemy as sa

from media.blobs import Blobs
from playlists.alert import Severity, Status
from playlists.model import Colour
from server.accounts.model import Grant, Identity
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Targets
from server.clock import SystemClock
from server.engines import trouble
from server.parts import Parts
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from server.tables import organisations, position
from tests.server.blank import lay, told

OWNER = Identity("o1", "person", "u1", "厂办", grants=(Grant("*"),))
ORDER = IssueAlert(Status.ACTUAL, Severity.EXTREME, "火灾", "撤离", Targets(everywhere=True), 600)
HOLD = """
import sys
from tests.server.hindered import held
with held(sys.argv[1]):
    print("locked", flush=True)
    sys.stdin.readline()
print("free", flush=True)
sys.stdin.readline()
"""
ENOUGH = 10


class Other:
    """The process beside this one."""

    def __init__(self, url: str) -> None:
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process: Any = subprocess.Popen([sys.executable, "-c", HOLD, url], **pipes)
        self._hear()

    def _hear(self) -> None:
        self._process.stdout.readline()

    def let_go(self) -> None:
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self._hear()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def build(data: Path) -> Parts:
    config = told(data)
    parts = Parts(config, SystemClock(), lay(config), Blobs(data / "media"))
    with parts.db.transaction() as tx:
        row = {"id": "o1", "name": "一厂", "zone": "Asia/Shanghai", "locale": "zh", "settings": {}, "created": 1}
        tx.execute(organisations.insert().values(**row))
        tx.execute(position.insert().values(id=1, epoch="e", seq=0))
    screens.add(parts, OWNER, NewScreenOrder("东门", 192, 16, Colour.SINGLE))
    return parts


def raise_seq(parts: Parts) -> None:
    with parts.db.transaction() as tx:
        tx.execute(position.update().values(seq=position.c.seq + 1))


def stays(parts: Parts, other: Other, turns: list[int]) -> dict[str, Any]:
    """The lock stays: a usual write fails in the end, an alert goes out from memory."""
    kind = ""
    try:
        raise_seq(parts)
    except sa.exc.OperationalError as error:
        kind = str(trouble(error))
    waited = len(turns)
    issued = alerts.issue(parts, OWNER, ORDER)
    return {"error": kind, "turns": waited, "turns_of_alert": len(turns) - waited, "stored": issued.stored}


def let_go(parts: Parts, other: Other, turns: list[int]) -> dict[str, Any]:
    """The lock goes once the other greenlet has had its turns: what waited is written, every write of it."""

    def when_enough() -> None:
        while len(turns) < ENOUGH:
            gevent.sleep(0)
        other.let_go()

    writers = [gevent.spawn(raise_seq, parts) for _ in range(5)]
    waiting: list[Any] = [*writers, gevent.spawn(when_enough)]
    gevent.joinall(waiting, raise_error=True)
    with parts.db.read() as tx:
        return {"seq": tx.execute(sa.select(position.c.seq)).scalar_one()}


def within(parts: Parts, other: Other, turns: list[int]) -> dict[str, Any]:
    """Nobody else has a turn between the first and the last statement of a transaction."""
    other.let_go()
    gevent.sleep(0)
    with parts.db.transaction() as tx:
        before = len(turns)
        for _ in range(50):
            tx.execute(position.update().values(seq=position.c.seq + 1))
        return {"turns": len(turns) - before}


TRIES: dict[str, Callable[[Parts, Other, list[int]], dict[str, Any]]] = {
    "stays": stays, "let_go": let_go, "within": within,
}  # fmt: skip


def main() -> None:
    """Do one of the tries."""
    data = Path(sys.argv[1])
    parts = build(data)
    other, turns = Other(parts.config.url), list[int]()

    def count() -> None:
        while True:
            turns.append(0)
            gevent.sleep(0.001)

    counting = gevent.spawn(count)
    try:
        print(json.dumps(TRIES[sys.argv[2]](parts, other, turns)))
    finally:
        counting.kill()
        other.end()


if __name__ == "__main__":
    main()
