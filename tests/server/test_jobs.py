"""Jobs: harmless when repeated, quiet about nothing when they fail."""

from __future__ import annotations

import json

import pytest

from server import audit, jobs, tables
from server.accounts import lockout
from server.accounts import service as accounts
from server.accounts.model import Identity
from server.app import create_app
from server.clock import FixedClock
from server.jobs import DAY_MS, Job
from server.parts import Parts
from server.programmes.compiler import Compiler
from server.scheduling import service as scheduling
from server.scheduling.model import SlotOrder, Targets
from tests.server.scheduling.site import Site


@pytest.mark.parametrize("job", jobs.HOUSEKEEPING, ids=lambda job: job.name)
def test_every_sweep_may_run_twice_on_an_empty_site(parts: Parts, job: Job) -> None:
    assert [jobs.run(parts, job), jobs.run(parts, job)] == [True, True]


def test_a_failing_job_is_logged_and_reaches_nobody(parts: Parts) -> None:
    def fail(_: Parts) -> None:
        raise RuntimeError

    assert jobs.run(parts, Job("fail", 60, fail)) is False


def test_old_audit_rows_go_and_the_rest_still_verifies(parts: Parts, owner: Identity, clock: FixedClock) -> None:
    for _ in range(3):
        with parts.db.transaction() as tx:
            audit.record(tx, owner, clock.now(), "test.act")
        clock.pass_(200 * DAY_MS)
    assert jobs.forget_audit(parts) == 1
    with parts.db.read() as tx:
        assert list(audit.verify(tx)) == []


def test_the_newest_audit_row_stays_however_old(parts: Parts, owner: Identity, clock: FixedClock) -> None:
    with parts.db.transaction() as tx:
        audit.record(tx, owner, clock.now(), "test.act")
    clock.pass_(9_999 * DAY_MS)
    assert jobs.forget_audit(parts) == 0


def test_a_rendition_on_a_screen_outlives_any_sweep_and_one_on_none_does_not(
    parts: Parts, owner: Identity, clock: FixedClock
) -> None:
    site, compiler = Site(parts), Compiler(parts)
    for text in ("还在放", "早撤了"):
        playlist = site.playlist({"id": text, "kind": "slogan", "text": text})
        slot = scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=("s-gate",))))
        compiler.run_pending()
    scheduling.remove(parts, owner, slot.id)
    compiler.run_pending()
    clock.pass_(40 * DAY_MS)
    sweep = next(job for job in jobs.HOUSEKEEPING if job.name == "renditions")
    assert jobs.run(parts, sweep)
    with parts.db.read() as tx:
        assert [row.body["text"] for row in tx.execute(tables.renditions.select())] == ["还在放"]


def test_plays_are_kept_as_long_as_the_audit_log(parts: Parts, clock: FixedClock) -> None:
    Site(parts)
    old, young = clock.now() - 401 * DAY_MS, clock.now() - 399 * DAY_MS
    more = {"org": "o1", "screen": "s-gate", "region": "main", "playlist": "", "item": "i1", "media": "", "stored": 0}
    with parts.db.transaction() as tx:
        for begins in (old, young):
            tx.execute(tables.plays.insert().values(id=str(begins), begins=begins, ends=begins + 1, **more))
    assert all(jobs.run(parts, job) for job in jobs.HOUSEKEEPING)
    with parts.db.read() as tx:
        assert [row.begins for row in tx.execute(tables.plays.select())] == [young]


def test_wrong_guesses_and_old_links_are_forgotten_and_a_running_pause_is_not(parts: Parts, clock: FixedClock) -> None:
    accounts.owner_link(parts)
    with parts.db.transaction() as tx:
        for name in ("gone", "here"):
            lockout.miss(tx, name, "192.0.2.7", clock.now())
        clock.pass_(40 * DAY_MS)
        lockout.miss(tx, "here", "192.0.2.8", clock.now())
    assert all(jobs.run(parts, job) for job in jobs.HOUSEKEEPING)
    with parts.db.read() as tx:
        assert {row.key for row in tx.execute(tables.attempts.select())} == {"account:here", "address:192.0.2.8"}
        assert tx.execute(tables.links.select()).all() == []


def test_players_whose_token_ended_long_ago_are_forgotten_and_the_others_stay(parts: Parts, clock: FixedClock) -> None:
    Site(parts)
    more = {"org": "o1", "screen": "s-gate", "paired": 0}
    with parts.db.transaction() as tx:
        for name, revoked in (("v1", clock.now()), ("v2", clock.now() + 20 * DAY_MS), ("v3", None)):
            tx.execute(tables.players.insert().values(id=name, token_hash=name, revoked=revoked, **more))
    clock.pass_(31 * DAY_MS)
    assert all(jobs.run(parts, job) for job in jobs.HOUSEKEEPING)
    with parts.db.read() as tx:
        assert {row.id for row in tx.execute(tables.players.select())} == {"v2", "v3"}


def test_a_job_that_keeps_failing_or_stops_running_makes_the_server_unready(parts: Parts, clock: FixedClock) -> None:
    def fail(_: Parts) -> None:
        raise RuntimeError

    job = Job("sweep", 60, fail)
    told = []
    for _ in range(3):
        told.append(_jobs_check(parts))
        jobs.run(parts, job)
    told.append(_jobs_check(parts))
    jobs.run(parts, Job("sweep", 60, lambda _: None))
    clock.pass_(300_000)
    told.append(_jobs_check(parts))
    assert told == ["ok", "ok", "ok", "sweep failed 3 times", "sweep has not run for 300 s"]


def _jobs_check(parts: Parts) -> str:
    answer = create_app(parts)[0].test_client().get("/readyz")
    return str(json.loads(answer.data)["checks"]["jobs"])
