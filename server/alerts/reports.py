"""What became of an alert, in figures: how soon its screens showed it, and which did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playlists.alert import Status
from server.accounts.model import Identity
from server.alerts import archive, service
from server.alerts.model import Delivery, Revision, State, StoredAlert
from server.paging import PageQuery
from server.parts import Parts

PROVED = (State.SHOWN, State.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Times:
    """From the revision to the paint, in ms, over the screens that showed it; None when none did."""

    first: int | None
    p50: int | None
    p95: int | None
    p99: int | None
    max: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """How the screens of one organisation fared: ``organisation`` is its name, "" for one's own."""

    organisation: str
    shown: int
    count: int
    times: Times


@dataclass(frozen=True, slots=True)
class Report:
    """One revision of an alert: the screens that showed it, the slowest first, and those that failed, by place."""

    alert: StoredAlert
    revision: Revision
    revisions: tuple[Revision, ...]
    times: Times
    shown: tuple[Delivery, ...]
    failed: tuple[Delivery, ...]

    @property
    def count(self) -> int:
        """How many screens it was for."""
        return len(self.shown) + len(self.failed)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The same by organisation, one's own first; none where it was for screens of one only."""
        names = sorted({row.organisation for row in (*self.shown, *self.failed)})
        return tuple(map(self._part, names)) if len(names) > 1 else ()

    def _part(self, name: str) -> Part:
        took = [row.took_ms or 0 for row in self.shown if row.organisation == name]
        failed = sum(row.organisation == name for row in self.failed)
        return Part(name, len(took), len(took) + failed, times(took))


def report(parts: Parts, who: Identity, alert: str, revision: int | None = None) -> Report:
    """What became of a revision, of the first that went out when none is named; raise NotFound."""
    held = service.get(parts, who, alert)
    kept = service.history(parts, who, alert)
    chosen = next((one for one in kept if one.revision == revision), None) or _first_out(kept)
    rows = [row for row, _ in service.deliveries_of(parts, who, alert, revision=chosen.revision)]
    shown = sorted((row for row in rows if row.state in PROVED), key=lambda row: (-(row.took_ms or 0), row.name))
    failed = sorted((row for row in rows if row.state not in PROVED), key=_place)
    return Report(held, chosen, kept, times([row.took_ms or 0 for row in shown]), tuple(shown), tuple(failed))


def _place(row: Delivery) -> tuple[str, str, str]:
    return row.organisation, row.place, row.name


def _first_out(kept: Sequence[Revision]) -> Revision:
    """The first revision that any screen was given: not the one that waited for a second person."""
    return next((one for one in kept if one.body.get("phase") == "live"), kept[0])


def times(took: Sequence[int]) -> Times:
    """Fastest, percentiles and slowest of these delays (ms)."""
    if not took:
        return Times(None, None, None, None, None)
    ordered = sorted(took)
    p50, p95, p99 = (percentile(ordered, share) for share in (50, 95, 99))
    return Times(ordered[0], p50, p95, p99, ordered[-1])


def percentile(ordered: Sequence[int], share: int) -> int:
    """The nearest-rank percentile of sorted values: the least that at least ``share`` % of them do not exceed."""
    return ordered[max(0, -(-share * len(ordered) // 100) - 1)]


def last_drill(parts: Parts, who: Identity) -> Report | None:
    """The report of the last drill of one's own that is over, or None."""
    wanted = archive.Narrowed(Status.EXERCISE, over_by=parts.clock.now(), own=True)
    found = archive.search(parts, who, PageQuery(limit=1), wanted).items
    return report(parts, who, found[0].id) if found else None
