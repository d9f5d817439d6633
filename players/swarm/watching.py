"""Runs a fleet and says every few seconds how it stands, and of every alert how far it is."""

from __future__ import annotations

import resource
from collections.abc import Callable, Sequence

from players.swarm.faults import Faults
from players.swarm.fleet import Fleet, Tally

SAY_MS = 2_000
SPARE_FILES = 200


def most_files() -> int:
    """As many open sockets as this process may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard - SPARE_FILES


def watch(
    server: str, tokens: Sequence[str], faults: Faults, say: Callable[[str], None], *, seconds: int | None, rate: int
) -> Fleet:
    """Run the fleet for so long, or until it is interrupted."""
    fleet = Fleet(server, tokens, faults, rate=rate)
    left = -1 if seconds is None else seconds * 1_000
    try:
        while left:
            step = SAY_MS if left < 0 else min(SAY_MS, left)
            fleet.run(step)
            left = left if left < 0 else left - step
            say(line(fleet))
    except KeyboardInterrupt:
        pass
    finally:
        fleet.close()
    return fleet


def line(fleet: Fleet) -> str:
    """How a fleet stands, in one line."""
    parts = [f"{fleet.now() // 1000:5} s  {fleet.welcome}/{len(fleet.members)} connected"]
    parts += [f"{count} {what}" for what, count in (("drops", fleet.counts["drops"]),) if count]
    parts += [_alert(name, revision, tally) for (name, revision), tally in list(fleet.tallies.items())[-3:]]
    return "  ".join(parts)


def _alert(name: str, revision: int, tally: Tally) -> str:
    last = max(tally.shown.values(), default=0)
    return f"{name}.{revision}: painted {len(tally.painted)}, proved {len(tally.shown)}, last after {last} ms"
