"""Whether the server lives, whether it is ready, and its figures for Prometheus."""

from __future__ import annotations

import shutil

import sqlalchemy as sa
from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

from server.api import parts, to_json
from server.tables import players, position, screens

blueprint = Blueprint("health", __name__)

METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}
REQUESTS = Counter("paomadeng_requests_total", "HTTP requests", ["method", "status"])
SECONDS = Histogram("paomadeng_request_seconds", "Time to answer", buckets=(0.005, 0.02, 0.05, 0.1, 0.5, 2, 10))
SCREENS = Gauge("paomadeng_screens", "Screens in use")
ONLINE = Gauge("paomadeng_players_online", "Players connected")
DISK_FREE = Gauge("paomadeng_disk_free_bytes", "Room left where the data lies")

FULL = 0.9  # of the disk: then uploads are the next to fail


def count(method: str, status: int, seconds: float) -> None:
    """Count an answered request; a method nobody ever heard of makes no new series."""
    REQUESTS.labels(method if method in METHODS else "other", status).inc()
    SECONDS.observe(seconds)


@blueprint.get("/healthz")
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when the database takes a write and the disk has room; else 503 with what is wrong."""
    checks = {"database": _database(), "disk": _disk()}
    status = 200 if all(word == "ok" for word in checks.values()) else 503
    return Response(to_json({"ready": status == 200, "checks": checks}), status=status, mimetype="application/json")


def _database() -> str:
    try:
        with parts().db.transaction() as tx:
            tx.execute(position.update().values(seq=position.c.seq))
    except sa.exc.SQLAlchemyError as error:
        return type(error).__name__
    return "ok"


def _disk() -> str:
    usage = shutil.disk_usage(parts().config.data)
    return "ok" if usage.used < FULL * usage.total else f"{100 * usage.used // usage.total} % used"


@blueprint.get("/metrics")
def metrics() -> Response:
    with parts().db.read() as tx:
        SCREENS.set(tx.execute(sa.select(sa.func.count()).where(screens.c.retired.is_(None))).scalar_one())
        ONLINE.set(tx.execute(sa.select(sa.func.count()).where(players.c.online)).scalar_one())
    DISK_FREE.set(shutil.disk_usage(parts().config.data).free)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
