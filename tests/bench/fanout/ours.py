"""Paomadeng's own application on a data folder filled before: argv is port and folder."""

# ruff: noqa: E402
from gevent import monkey

monkey.patch_all()

import json
import sys
from pathlib import Path
from typing import Any

import gevent
import sqlalchemy as sa
from gevent.fileobject import FileObjectThread

from playlists.alert import Severity, Status
from server import lean
from server.accounts.model import Grant, Identity
from server.alerts import service
from server.alerts.model import IssueAlert, Targets, UpdateAlert
from server.app import create_app
from server.config import Config
from server.events import AlertProved
from server.parts import Parts
from server.realtime.attach import EXTENSION, Realtime, start
from server.realtime.front import Front
from server.start import open_parts
from server.tables import alerts, organisations, screens
from tests.bench.fanout.server import TEXT, Told, listening, payload


def main() -> None:
    """Serve until stdin ends."""
    lean.give_memory_back()
    parts = open_parts(Config(data=Path(sys.argv[2]), port=int(sys.argv[1])))
    with parts.db.transaction() as tx:
        tx.execute(alerts.update().values(expires=0))  # of an earlier run
    app, _ = create_app(parts)
    realtime: Realtime = app.extensions[EXTENSION]
    assert realtime.engine is not None
    address = ("127.0.0.1", int(sys.argv[1]))
    server: Any = Front(address, app.wsgi_app, realtime.engine, log=None, backlog=4_096)
    start(app)
    server.start()
    lean.settle()
    listening(server.server_port)
    gevent.spawn(obey, parts, realtime).join()


def obey(parts: Parts, realtime: Realtime) -> None:
    """Tell a state to everybody, or issue an alert and wait for its proof, whenever told to."""
    told = Told()
    with parts.db.read() as tx:
        org = tx.execute(sa.select(organisations.c.id)).scalar_one()
        everybody = list(tx.execute(sa.select(screens.c.id).where(screens.c.id.like("f%"))).scalars())
    parts.db.bus.subscribe(AlertProved, lambda fact: told.proved(len(fact.screens)))
    alert = ""
    for number, line in enumerate(FileObjectThread(sys.stdin.fileno(), "r")):
        order = json.loads(line)
        who = Identity(org, "person", f"officer-{number}", "officer", grants=(Grant("*"),), fresh=2**53)
        if order["proof"]:
            headline = f"{TEXT[:20]} {order['mark']}"
            told.begin(len(realtime.guard.rooms.everybody("/player")))
            if alert:
                service.update(parts, who, alert, UpdateAlert(headline=headline))
            else:
                alert = service.issue(parts, who, _alert(headline)).alert_id
        else:
            text = payload(order["mark"]).partition(",")[2][:-1]
            told.begin(0)
            realtime.push.live_sets({text: everybody})
        told.issued()


def _alert(headline: str) -> IssueAlert:
    return IssueAlert(Status.EXERCISE, Severity.EXTREME, headline, TEXT, Targets(everywhere=True), 3_600)


if __name__ == "__main__":
    main()
