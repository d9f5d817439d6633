"""A whole server of sockets in its own process, gevent patched: argv is the data folder; commands come on stdin.

With ``without-epoll`` behind the folder it runs as on a system that has none.
"""

# ruff: noqa: E402
import select
import sys

if "without-epoll" in sys.argv:
    del select.epoll

from gevent import monkey

monkey.patch_all()

import json
from pathlib import Path

from flask import Flask
from gevent.fileobject import FileObjectThread

from media.blobs import Blobs
from playlists.model import Colour
from server.accounts.model import Grant, Identity, nobody
from server.clock import SystemClock
from server.parts import Parts
from server.realtime import attach
from server.realtime.front import Front
from server.screens import commands, pairing, players, service
from server.screens.model import CommandKind, NewScreenOrder
from server.tables import organisations, position
from tests.server.blank import lay, told

OWNER = Identity("o1", "person", "u1", "厂办", grants=(Grant("*"),), session="session-1")


def build(data: Path) -> Parts:
    config = told(data)
    database = lay(config)
    with database.transaction() as tx:
        tx.execute(
            organisations.insert().values(id="o1", name="厂", zone="Asia/Shanghai", locale="zh", settings={}, created=0)
        )
        tx.execute(position.insert().values(id=1, epoch="e" * 32, seq=0))
    return Parts(config, SystemClock(), database, Blobs(data / "media"))


def identify(environ: dict[str, str]) -> Identity | None:
    return OWNER if "session=good" in environ.get("HTTP_COOKIE", "") else None


def obey(parts: Parts, order: dict[str, str]) -> None:
    if order["do"] == "revoke":
        players.revoke(parts, OWNER, order["screen"], order["player"])
    elif order["do"] == "identify":
        commands.order(parts, OWNER, order["screen"], CommandKind.IDENTIFY)


def main() -> None:
    parts = build(Path(sys.argv[1]))
    app = Flask("tiny")
    attach.attach(app, parts, identify)
    attach.start(app)
    keyed = service.add(parts, OWNER, NewScreenOrder("东门条屏", 192, 16, Colour.SINGLE))
    given = pairing.by_key(parts, nobody("o1", "zh"), keyed.key)
    server = Front(("127.0.0.1", 0), app, app.extensions[attach.EXTENSION].engine, log=None)
    server.start()
    told = {"port": server.server_port, "token": given.token, "screen": given.screen.id, "player": given.player}
    print(json.dumps(told), flush=True)
    for line in FileObjectThread(sys.stdin.fileno(), "r"):
        obey(parts, json.loads(line))
        print(json.dumps("done"), flush=True)
    server.stop()


if __name__ == "__main__":
    main()
