"""Whether the server lives, whether it is ready, and its figures for Prometheus."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from pydantic import BaseModel

from server import nodes
from server.accounts.model import Identity
from server.alerts import escalation, unstored
from server.api import Answer, Api
from server.db import Database
from server.parts import Parts
from server.tables import players, position, screens

api = Api("health")

METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}
REQUESTS = Counter("paomadeng_requests_total", "HTTP requests", ["method", "status"])
SECONDS = Histogram("paomadeng_request_seconds", "Time to answer", buckets=(0.005, 0.02, 0.05, 0.1, 0.5, 2, 10))
SCREENS = Gauge("paomadeng_screens", "Screens in use")
ONLINE = Gauge("paomadeng_players_online", "Players connected")
STEPS_OVERDUE = Gauge("paomadeng_alert_steps_overdue", "Escalation steps not taken five seconds after they were due")
UNSTORED = Gauge("paomadeng_alerts_unstored", "Alerts that are out and that no table holds")
ROAD_SECONDS = Gauge("paomadeng_alert_road_seconds", "What a test alert took last: stored, encoded, proved, committed")
ROAD_FAILURES = Counter("paomadeng_alert_road_failures_total", "Test alerts that did not come through")
MIRROR = Gauge("paomadeng_mirror_fresh", "Whether alerts could go out, were the database away now")
AWAY = Gauge("paomadeng_database_away", "Whether the database could not be reached a moment ago")
DISK_FREE = Gauge("paomadeng_disk_free_bytes", "Room left where the data lies")

FULL = 0.9  # of the disk: then uploads are the next to fail
FAILURES = 3  # of a job in a row: one may meet a busy database
LATE_MS = 60_000  # beyond three turns of a job


@dataclass(slots=True)
class Turns:
    """How a job fares: when it last ended (UTC ms), its failures since it last went well."""

    every_s: int
    ended: int
    failures: int = 0


_jobs: WeakKeyDictionary[Database, dict[str, Turns]] = WeakKeyDictionary()


def note_job(database: Database, name: str, every_s: int, at: int, *, well: bool = True) -> None:
    """Remember that a job of this process was planned, or ran, at ``at``."""
    turns = _jobs.setdefault(database, {}).setdefault(name, Turns(every_s, at))
    turns.ended, turns.failures = at, 0 if well else turns.failures + 1


def count(method: str, status: int, seconds: float) -> None:
    """Count an answered request; a method nobody ever heard of makes no new series."""
    REQUESTS.labels(method if method in METHODS else "other", status).inc()
    SECONDS.observe(seconds)


class ReadyAnswer(BaseModel):
    """Each check is "ok" or says what is wrong."""

    ready: bool
    checks: dict[str, str]
    warnings: list[str]


@api.get("/healthz", "", media="text/plain", summary="The process lives")
def healthz(parts: Parts, who: Identity) -> Response:
    return Response("ok\n", mimetype="text/plain")


@api.get("/readyz", "", answer=ReadyAnswer, alike=(503,), summary="Whether database, disk, jobs and alerts are well")
def readyz(parts: Parts, who: Identity) -> Answer:
    """200 when the database takes a write, the disk has room and jobs run; else 503 with what is wrong.

    What only slows nodes down that work together is a warning: taking all of them out of service would not help.
    """
    checks = {"database": _database(parts), "disk": _disk(parts), "jobs": _jobs_told(parts), "alerts": _steps(parts)}
    status = 200 if all(word == "ok" for word in checks.values()) else 503
    warnings = [*_nodes(parts), *_media(parts)]
    return Answer(ReadyAnswer(ready=status == 200, checks=checks, warnings=warnings), status=status)


def _nodes(parts: Parts) -> list[str]:
    try:
        working = nodes.at_work(parts)
    except sa.exc.SQLAlchemyError:
        return []
    deaf = sum(node.deaf for node in working)
    told = [f"{deaf} of {len(working)} nodes do not hear the others: redis"] if deaf else []
    known = sorted({node.knows for node in working})
    return told if len(known) < 2 else [*told, f"nodes of two releases are at work: schemas {', '.join(known)}"]


def _media(parts: Parts) -> list[str]:
    """What is in the cache plays on while the bucket is away: only pictures that are new here wait for it."""
    try:
        parts.blobs.look()
    except OSError as error:
        return [f"shared media cannot be reached: {error.strerror}"]
    return []


def _database(parts: Parts) -> str:
    try:
        with parts.db.transaction() as tx:
            tx.execute(position.update().values(seq=position.c.seq))
    except sa.exc.SQLAlchemyError as error:
        return type(error).__name__
    return "ok"


def _steps(parts: Parts) -> str:
    """Whether every screen that did not prove an alert was followed up in time."""
    try:
        with parts.db.read() as tx:
            late = escalation.overdue(tx, parts.clock.now())
    except sa.exc.SQLAlchemyError as error:
        return type(error).__name__
    kept = len(unstored.pending(parts))
    return ", ".join([f"{late} steps overdue"] * bool(late) + [f"{kept} not stored"] * bool(kept)) or "ok"


def _disk(parts: Parts) -> str:
    usage = shutil.disk_usage(parts.config.data)
    return "ok" if usage.used < FULL * usage.total else f"{100 * usage.used // usage.total} % used"


def _jobs_told(parts: Parts) -> str:
    now, told = parts.clock.now(), []
    for name, turns in _jobs.get(parts.db, {}).items():
        if turns.failures >= FAILURES:
            told.append(f"{name} failed {turns.failures} times")
        elif now - turns.ended > 3_000 * turns.every_s + LATE_MS:
            told.append(f"{name} has not run for {(now - turns.ended) // 1_000} s")
    return ", ".join(told) or "ok"


@api.get("/metrics", "", media="text/plain", summary="Figures for Prometheus")
def metrics(parts: Parts, who: Identity) -> Response:
    with parts.db.read() as tx:
        SCREENS.set(tx.execute(sa.select(sa.func.count()).where(screens.c.retired.is_(None))).scalar_one())
        ONLINE.set(tx.execute(sa.select(sa.func.count()).where(players.c.online)).scalar_one())
        STEPS_OVERDUE.set(escalation.overdue(tx, parts.clock.now()))
    MIRROR.set(parts.db.mirror is None or parts.db.mirror.is_of_use)
    AWAY.set(parts.db.is_away)
    UNSTORED.set(len(unstored.pending(parts)))
    DISK_FREE.set(shutil.disk_usage(parts.config.data).free)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
