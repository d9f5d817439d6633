"""Work by the clock: sweeps and the daily roll, run by APScheduler from memory because the tables are the truth."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import structlog

from server import audit, backup
from server.accounts import sessions, site
from server.alerts import rehearsal
from server.db import UNREADY
from server.editorial import service as editorial
from server.health import ROAD_FAILURES, ROAD_SECONDS, note_job
from server.intake import polling, remembered
from server.intake import service as intake
from server.library import service as library
from server.nodes import BEAT_S, Node
from server.outbox import sending
from server.outbox import service as outbox
from server.parts import Parts
from server.playlog import keeping
from server.pool import breathe, off_hub
from server.programmes import handover
from server.programmes import service as programmes
from server.programmes.compiler import Compiler
from server.screens import commands, players

log = structlog.get_logger(__name__)

DAY_MS = 86_400_000
KEPT_COMMANDS_MS = 30 * DAY_MS
KEPT_DRAFTS_MS = 30 * DAY_MS
KEPT_PLAYERS_MS = 30 * DAY_MS
KEPT_TELLINGS_MS = 400 * DAY_MS


@dataclass(frozen=True, slots=True)
class Job:
    """A function called every ``every_s`` seconds by the node that leads, or by each of them ``everywhere``; ``first``,
    also when the process starts.

    Running it twice, late or not at all must do no harm.
    """

    name: str
    every_s: int
    run: Callable[[Parts], object]
    everywhere: bool = False
    first: bool = False


def forget_audit(parts: Parts) -> int:
    """Drop audit rows older than the site keeps them; the chain holds from the first row kept."""
    with parts.db.transaction() as tx:
        return audit.forget(tx, parts.clock.now() - parts.config.audit_days * DAY_MS)


def rehearse(parts: Parts) -> None:
    """Send a test alert down the road inside this process and note how long it took."""
    began = time.perf_counter()
    try:
        rehearsal.walk(parts, site.first(parts).id)
    except Exception:
        ROAD_FAILURES.inc()
        raise
    ROAD_SECONDS.set(time.perf_counter() - began)


def copy_to_mirror(parts: Parts) -> None:
    """Keep what the alert road needs while the database is away; looked at every second, copied now and then."""
    mirror, at = parts.db.mirror, parts.clock.now()
    if mirror is not None and mirror.is_due(at):
        with parts.db.read() as tx:
            rows = mirror.take(tx.execute, at, breathe)
        mirror.put(rows, off_hub)


HOUSEKEEPING: tuple[Job, ...] = (
    Job("sessions", 300, sessions.sweep),
    Job("guesses", 3_600, sessions.forget),
    Job("players", 3_600, lambda parts: players.forget(parts, parts.clock.now() - KEPT_PLAYERS_MS)),
    Job("commands", 3_600, lambda parts: commands.forget(parts, parts.clock.now() - KEPT_COMMANDS_MS)),
    Job("renditions", 3_600, programmes.sweep_renditions),
    Job("drafts", 3_600, lambda parts: editorial.forget(parts, parts.clock.now() - KEPT_DRAFTS_MS)),
    Job("assets", 3_600, library.sweep),
    Job("media", 3_600, library.tend, everywhere=True, first=True),
    Job("leftovers", 3_600, backup.sweep, everywhere=True, first=True),
    Job("plays", 3_600, keeping.forget),
    Job("outbox", 3_600, lambda parts: outbox.forget(parts, parts.clock.now() - KEPT_TELLINGS_MS)),
    Job("webhooks", 2, sending.run),
    Job("feeds", polling.EVERY_S, polling.poll),
    Job("messages", 3_600, intake.forget),
    Job("messages_unstored", 5, remembered.retry, everywhere=True),
    Job("audit", 3_600, forget_audit),
    Job("alert_road", 60, rehearse, everywhere=True),
    Job("mirror", 1, copy_to_mirror, everywhere=True),
)


def take_over(parts: Parts, compiler: Compiler) -> None:
    """Have what other processes touched compiled."""
    for org, screens in handover.take(parts).items():
        compiler.touch(org, screens)


def rolling(compiler: Compiler) -> tuple[Job, ...]:
    """What keeps programmes right: the roll works once a day, at each site's midnight; the rest finds what was missed.

    Facts of another process, such as a command on the command line, are handed over within a second.
    """
    return (
        Job("handover", 1, lambda parts: take_over(parts, compiler)),
        Job("roll", 60, lambda _: compiler.roll()),
        Job("compile", 300, lambda _: compiler.touch_all()),
    )


def run(parts: Parts, job: Job) -> bool:
    """Run one job now; a failing one is logged and tried again at its next turn. Return whether it went well."""
    try:
        job.run(parts)
        well = True
    except UNREADY as error:
        log.warning("job_waits", job=job.name, why=str(error)[:300])
        well = False
    except Exception:
        log.exception("job_failed", job=job.name)
        well = False
    note_job(parts.db, job.name, job.every_s, parts.clock.now(), well=well)
    return well


def turn(parts: Parts, job: Job, node: Node) -> None:
    """Run a job if it is this node's to run."""
    if job.everywhere or node.leads:
        run(parts, job)
    else:
        note_job(parts.db, job.name, job.every_s, parts.clock.now())


def start(parts: Parts, compiler: Compiler, node: Node, more: Sequence[Job] = ()) -> Any:
    """Start the scheduler in this process's hub; who leads compiles what is missing. ``shutdown(wait=False)`` ends it.

    Never called by ``create_app``: a process that only looks at the application must not start sweeping.
    """
    import gevent
    from apscheduler.schedulers.gevent import GeventScheduler

    from server import turning

    beat = Job("node", BEAT_S, lambda _: node.beat(), everywhere=True)
    run(parts, beat)
    scheduler = GeventScheduler(timezone=UTC)
    for job in (beat, *HOUSEKEEPING, *rolling(compiler), *more):
        note_job(parts.db, job.name, job.every_s, parts.clock.now())
        scheduler.add_job(
            turn, turning.Every(job.every_s, min(30, job.every_s // 10)), (parts, job, node), id=job.name,
            coalesce=True, max_instances=1, misfire_grace_time=None,
        )  # fmt: skip
        if job.first:
            gevent.spawn(turn, parts, job, node)
    scheduler.start()
    gevent.spawn(turning.follow, scheduler, parts.clock, gevent.sleep, turning.steady_ms)
    if node.leads:
        compiler.touch_all()
    return scheduler
