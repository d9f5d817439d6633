"""Who is on: what players tell is gathered for a moment and written to the players' rows, which are the truth."""

from __future__ import annotations

import structlog

from server.db import SOON_S, UNREADY
from server.parts import Parts
from server.pool import breathe
from server.realtime import protocol
from server.screens import players
from server.screens.model import Report

log = structlog.get_logger(__name__)

TOGETHER = 150  # reports in one transaction: some 5 ms


class Presence:
    """A thousand beats in ten seconds become ten transactions; nothing here is asked about who is online."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._told: dict[str, Report] = {}

    def tell(self, report: Report) -> None:
        """Keep what a player told until the next ``flush``."""
        self._told[report.player] = _merged(self._told.get(report.player), report)

    def flush(self) -> None:
        """Write what was told, some hundreds at a time; keep what cannot be written while the database is busy."""
        told, self._told = list(self._told.values()), {}
        try:
            while told:
                players.report(self._parts, told[:TOGETHER])
                del told[:TOGETHER]
                breathe()
        except Exception as error:
            log.warning("presence_not_written", players=len(told), why=str(error)[:300])
            for report in told:
                newer = self._told.get(report.player)
                self._told[report.player] = _merged(report, newer) if newer else report

    def sweep(self) -> None:
        """Mark offline who was silent for 25 s; the next sweep does, while the database is busy."""
        try:
            players.silence(self._parts, self._parts.clock.now() - protocol.SILENT_MS, SOON_S)
        except UNREADY as error:
            log.warning("sweep_waits", why=str(error)[:300])

    def nobody(self) -> None:
        """Mark everybody offline: at a start no socket stands yet. Where other nodes may be, the sweep finds who is."""
        if not self._parts.config.redis_url:
            players.silence(self._parts, 2**53)


def _merged(older: Report | None, newer: Report) -> Report:
    if older is None:
        return newer
    return newer._replace(
        programme=older.programme if newer.programme is None else newer.programme,
        version=older.version if newer.version is None else newer.version,
        body=older.body if newer.body is None else newer.body,
    )
