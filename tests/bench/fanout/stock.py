"""Flask-SocketIO as it comes, on gevent."""

# ruff: noqa: E402
from gevent import monkey

monkey.patch_all()

import json
import sys
from typing import Any

from flask import Flask
from flask_socketio import SocketIO
from gevent import spawn
from gevent.fileobject import FileObjectThread
from gevent.pywsgi import WSGIServer

from tests.bench.fanout.server import Told, listening, payload


def main() -> None:
    """Serve until stdin ends."""
    app, told = Flask("stock"), Told()
    sockets: Any = SocketIO(app, async_mode="gevent", ping_interval=600)
    here = set[str]()

    def shown(sid: str, data: Any) -> dict[str, bool]:
        told.proved()
        return {"ok": True}

    sockets.server.on("connect", lambda sid, environ, auth=None: here.add(sid))
    sockets.server.on("disconnect", lambda sid, reason: here.discard(sid))
    sockets.server.on("hello", lambda sid, told: {"ok": True})
    sockets.server.on("alert_shown", shown)
    server: Any = WSGIServer(("127.0.0.1", int(sys.argv[1])), app, log=None)
    server.start()
    listening(server.server_port)
    spawn(obey, sockets, told, here).join()


def obey(sockets: Any, told: Told, here: set[str]) -> None:
    """Broadcast whenever told to."""
    for line in FileObjectThread(sys.stdin.fileno(), "r"):
        event, value = json.loads(payload(json.loads(line)["mark"])[2:])
        told.begin(len(here))
        sockets.emit(event, value)
        told.issued()


if __name__ == "__main__":
    main()
