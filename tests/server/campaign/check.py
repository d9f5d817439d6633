"""After quiet: whether every promise was kept, and every screen holds what the tables say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playlists.alert import Phase
from tests.server.campaign.work import Promises
from tests.server.campaign.world import World

LIVE = """SELECT a.id, a.revision, a.phase, d.screen FROM alerts a JOIN deliveries d ON d.alert = a.id
 AND d.revision = a.revision WHERE a.status <> 'test' AND a.phase = 'live' AND a.expires > %s"""


def broken(world: World, promises: Promises) -> Iterator[str]:
    """Every promise that was not kept; these never heal."""
    with world.direct() as database:
        rows = database.execute("SELECT id, revision, phase, headline FROM alerts").fetchall()
        stored = {row[0]: row[1:] for row in rows}
        yield from _alerts(stored, promises)
        yield from _lines(database, promises)
        yield from _proofs(database, world, promises)
        repeated = database.execute(
            "SELECT headline FROM alert_revisions r, LATERAL (SELECT r.body->>'headline' AS headline) b"
            " WHERE r.act = 'issue' GROUP BY headline HAVING count(*) > 1"
        )
        yield from (f"issued twice: {headline}" for (headline,) in repeated)


def faulty(promises: Promises) -> Iterator[str]:
    """Answers that own a fault of the program: what is away, held or full has words of its own."""
    yield from (f"{count} x {act}" for act, count in promises.counts.items() if act.endswith(": 500"))


def _alerts(stored: dict[str, Any], promises: Promises) -> Iterator[str]:
    for alert, said in promises.alerts.items():
        if not said.stored:
            continue  # it was said that only memory has it
        if alert not in stored:
            yield f"lost: {alert} {said.headline}"
            continue
        revision, phase, headline = stored[alert]
        if said.unsure:
            continue
        if revision != said.revision or (phase != Phase.LIVE.value) != said.ended:
            yield f"{alert}: revision {revision} {phase}, promised {said.revision} {'ended' if said.ended else 'live'}"
        elif not said.ended and headline != said.headline:
            yield f"{alert}: says {headline}, promised {said.headline}"


def _lines(database: Any, promises: Promises) -> Iterator[str]:
    asked = "SELECT r.items->0->>'text' FROM playlists p JOIN revisions r ON r.playlist = p.id AND r.hash = p.approved"
    for name, line in promises.lines.items():
        found = database.execute(f"{asked} WHERE p.id = %s", (name,)).fetchone()
        if found is None or found[0] not in (line.text, *line.maybe):
            yield f"{name}: approved {found}, promised {line.text} or one of {line.maybe}"


def _proofs(database: Any, world: World, promises: Promises) -> Iterator[str]:
    """Proof that was acknowledged to its player, of what was stored from the first."""
    assert world.fleet is not None
    rows = database.execute("SELECT alert, revision, screen FROM deliveries WHERE shown IS NOT NULL").fetchall()
    shown = set(rows)
    safe = {alert for alert, said in promises.alerts.items() if said.stored and not said.unsure}
    for (alert, revision), tally in world.fleet.tallies.items():
        for number in tally.shown:
            screen = world.screens[number].screen
            if alert in safe and (alert, revision, screen) not in shown:
                yield f"proof lost: {alert} {revision} of {screen}"


def differing(world: World) -> list[str]:
    """The screens that do not hold what the tables say; these heal within a beat or two."""
    assert world.fleet is not None
    with world.direct() as database:
        (now,) = database.execute("SELECT (extract(epoch FROM now()) * 1000)::bigint").fetchone() or (0,)
        wanted: dict[str, set[tuple[str, int]]] = {}
        for alert, revision, _, screen in database.execute(LIVE, (now,)):
            wanted.setdefault(screen, set()).add((alert, revision))
        versions = dict(database.execute("SELECT screen, version FROM programmes").fetchall())
    wrong = []
    for member, hired in zip(world.fleet.members, world.screens, strict=True):
        held = {(one.id, one.revision) for one in member.alerts if one.phase is Phase.LIVE}
        if held != wanted.get(hired.screen, set()):
            wrong.append(f"{hired.screen}: {len(held ^ wanted.get(hired.screen, set()))} alerts differ")
        elif member.programme != versions.get(hired.screen, ""):
            wrong.append(f"{hired.screen}: programme {member.programme}, not {versions.get(hired.screen)}")
    return wrong
