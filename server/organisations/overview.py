"""Figures of the organisations at and below one's own: screens that are there, and what is mandatory on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from server.accounts.model import NOWHERE, Identity
from server.db import Transaction
from server.hierarchy import Hierarchy, hierarchy
from server.organisations import overview_store, service
from server.organisations.model import Organisation
from server.parts import Parts
from server.playlog import service as playlog
from server.pool import breathe
from server.scheduling.mandatory import Mandate, mandates_at

HOURS = 24  # whole ones before the present hour, which counts too
HOUR_MS = playlog.HOUR_MS
CHUNK = 100  # organisations counted between two breaths: some 8 ms of processor


@dataclass(frozen=True, slots=True)
class Figures:
    """One organisation by itself, without those below: screens in use and there, live alerts, mandatory content.

    ``alerts`` are its own and those of organisations above that reach it, exercises left out.
    ``asked`` is the percentage of airtime mandatory content is to have there, no more than the organisation's limit;
    ``measured`` what it had of all plays of the last day, None where nothing was reported; ``reached`` how many screens
    showed any of it. ``by_hours`` says that some of it has limited hours, so that a whole day is no measure for it.
    """

    organisation: Organisation
    screens: int
    online: int
    alerts: int
    asked: int
    measured: float | None
    reached: int
    by_hours: bool

    @property
    def compliance(self) -> float | None:
        """How much of what was asked was shown, 0 to 1; None where that cannot be told."""
        if not self.asked or self.measured is None or self.by_hours:
            return None
        return min(1.0, self.measured / self.asked)


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums over everything at and below one's own organisation."""

    organisations: int
    screens: int
    online: int
    reached: int
    to_reach: int


def overview(parts: Parts, who: Identity) -> tuple[Figures, ...]:
    """Figures of one's own organisation and all below, each before those in it; for whoever may read everything."""
    who.must("read", NOWHERE)
    at = parts.clock.now()
    every = service.listed(parts, who)
    found: list[Figures] = []
    with parts.db.read() as tx:
        tree, mandates = hierarchy(tx), mandates_at(tx, at)
        alerts = Counter(org for own, named in overview_store.alerts(tx, at) for org in {own} | tree.within(named))
        for start in range(0, len(every), CHUNK):
            found += _figures(tx, every[start : start + CHUNK], tree, mandates, alerts, at)
            breathe()
    return tuple(found)


def totals(figures: Collection[Figures]) -> Totals:
    """The sums of figures."""
    asked = [one for one in figures if one.asked]
    return Totals(
        len(figures), sum(one.screens for one in figures), sum(one.online for one in figures),
        sum(one.reached for one in asked), sum(one.screens for one in asked),
    )  # fmt: skip


def _figures(
    tx: Transaction, some: Collection[Organisation], tree: Hierarchy, mandates: Collection[Mandate],
    alerts: Mapping[str, int], at: int,
) -> Iterator[Figures]:  # fmt: skip
    orgs = [one.id for one in some]
    screens, online = overview_store.screens(tx, orgs), overview_store.online(tx, orgs)
    since = at // HOUR_MS - HOURS
    shown = playlog.time_shown(tx, orgs, since) if mandates else {}
    mine = playlog.playlists_shown(tx, orgs, {one.playlist for one in mandates}, since) if mandates else {}
    reaching = _reaching(tree, orgs, mandates)
    for one in some:
        over, total = reaching.get(one.id, ()), shown.get(one.id, 0)
        limit = one.branch.airtime if one.branch else 0
        reached, ms = mine.get(one.id, (0, 0)) if over else (0, 0)
        yield Figures(
            one, screens.get(one.id, 0), online.get(one.id, 0), alerts.get(one.id, 0),
            min(limit, sum(mandate.share for mandate in over)), 100 * ms / total if total else None, reached,
            any(mandate.by_hours for mandate in over),
        )  # fmt: skip


def _reaching(
    tree: Hierarchy, orgs: Collection[str], mandates: Collection[Mandate]
) -> Mapping[str, tuple[Mandate, ...]]:
    """By organisation the mandatory slots that reach it."""
    wanted, found = frozenset(orgs), dict[str, tuple[Mandate, ...]]()
    for mandate in mandates:
        for org in tree.within([mandate.organisation]) & wanted:
            found[org] = (*found.get(org, ()), mandate)
    return found
