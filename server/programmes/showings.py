"""Items into showings: renditions looked up by what they are made of, and made once when they are new."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from media import jobs, renditions
from media.errors import Missing, Refused
from media.jobs import Work
from media.press import Failed
from media.profile import Profile
from media.renditions import Rendition
from playlists.model import DAY_MS, Effect, Kind, Page, Region, Showing
from server.db import Transaction
from server.parts import Parts
from server.press import pressed
from server.programmes import store
from server.programmes.model import Finding, Played

log = structlog.get_logger(__name__)

KEPT = 8_192
FRESH_MS = DAY_MS  # well below the month after which unused renditions, and then their pictures, are swept

Item = Mapping[str, Any]
Lamps = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The approved revision of an organisation's playlist on regions of one size and colour class."""

    org: str
    playlist: str
    revision: str
    lamps: Lamps


def lamps_of(region: Region, colour: str) -> Lamps:
    """What a rendition depends on of a region."""
    return (region.width, region.height, colour)


Tell = Callable[[str, int, int], None]
AT_ONCE = 4  # renditions between two words about progress


def tell_nobody(_org: str, _done: int, _of: int) -> None:
    """Told by nobody how far typesetting has come."""


class Showings:
    """Gives what plays for approved revisions, telling (organisation, done, of) while it sets type.

    The last ``KEPT`` answers are remembered: a revision never changes.
    """

    def __init__(self, parts: Parts, tell: Tell = tell_nobody) -> None:
        self._parts, self._tell = parts, tell
        self._kept: OrderedDict[Wanted, tuple[int, Played]] = OrderedDict()
        self._lock = threading.Lock()
        self._unsaved: dict[str, Mapping[str, Any]] = {}
        self._used: set[str] = set()

    def get(self, org: str, wanted: Iterable[Wanted]) -> dict[Wanted, Played]:
        """What plays for each of ``wanted``; slow work runs off the hub and outside transactions."""
        every, since = set(wanted), self._parts.clock.now() - FRESH_MS
        with self._lock:
            kept = {one: self._kept.get(one, (since, Played())) for one in every}
        found = {one: played for one, (at, played) in kept.items() if at > since}
        missing = sorted(every - found.keys(), key=lambda one: (one.playlist, one.lamps))
        if missing:
            found.update(self._make(org, missing))
        return found

    def _make(self, org: str, wanted: list[Wanted]) -> dict[Wanted, Played]:
        with self._parts.db.read() as tx:
            items, assets = _read(tx, wanted)
        works = {one: [_work(item, assets, one.lamps) for item in items.get(one.playlist, ())] for one in wanted}
        every = {one.key: one for some in works.values() for one in some if isinstance(one, Work)}
        found, new = _had(self._parts, every, dict(assets.values()), partial(self._tell, org))
        with self._lock:
            self._unsaved |= {key: renditions.to_json(one) for key, one in new.items() if isinstance(one, Rendition)}
            self._used |= found.keys()
        made = {**found, **new}
        played = {one: _played(one, items.get(one.playlist, ()), works[one], made) for one in wanted}
        self._keep(played)
        return played

    def save(self, tx: Transaction) -> None:
        """Remember new renditions in a transaction that is open anyway: one wait for the disk instead of two."""
        with self._lock:
            unsaved, self._unsaved = self._unsaved, {}
            used, self._used = self._used, set()
        if unsaved:
            store.put_renditions(tx, unsaved, self._parts.clock.now())
        store.use_renditions(tx, used, self._parts.clock.now())

    def flush(self) -> None:
        """Remember what came with no programme."""
        if self._unsaved or self._used:
            with self._parts.db.transaction() as tx:
                self.save(tx)

    def _keep(self, played: Mapping[Wanted, Played]) -> None:
        with self._lock:
            now = self._parts.clock.now()
            self._kept.update((one, (now, p)) for one, p in played.items() if not p.findings)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def _read(tx: Transaction, wanted: list[Wanted]) -> tuple[dict[str, list[dict[str, Any]]], dict[str, tuple[str, str]]]:
    """The items of each playlist and the assets they name, both under the organisation whose they are."""
    items: dict[str, list[dict[str, Any]]] = {}
    assets: dict[str, tuple[str, str]] = {}
    for org in dict.fromkeys(one.org for one in wanted):
        mine = store.items(tx, org, {one.playlist: one.revision for one in wanted if one.org == org})
        assets |= store.media_of_assets(tx, org, _assets(item for some in mine.values() for item in some))
        items |= mine
    return items, assets


def glimpse(parts: Parts, work: Work, pictures: Mapping[str, str]) -> Rendition | Finding:
    """One rendition that nobody may ever want again: its pictures are swept later unless it is published."""
    found, made = _had(parts, {work.key: work}, pictures, partial(tell_nobody, ""))
    return {**made, **found}[work.key]


def _had(
    parts: Parts, works: Mapping[str, Work], pictures: Mapping[str, str], tell: Callable[[int, int], None]
) -> tuple[dict[str, Rendition], dict[str, Rendition | Finding]]:
    with parts.db.read() as tx:
        bodies = store.known_renditions(tx, works)
    known = {key: renditions.from_json(body) for key, body in bodies.items()}
    found = {key: one for key, one in known.items() if all(parts.blobs.has(page.media) for page in one.pages)}
    new = [work for key, work in works.items() if key not in found]
    made: dict[str, Rendition | Finding] = {}
    for at in range(0, len(new), AT_ONCE):
        some = new[at : at + AT_ONCE]
        outcomes = _pressed(some, parts, pictures)
        made |= {work.key: _told(work, outcomes[work.key]) for work in some}
        tell(len(made), len(new))
    return found, made


def _told(work: Work, outcome: jobs.Outcome) -> Rendition | Finding:
    match outcome:
        case Refused():
            return Finding(f"media.{outcome.rule}", params=outcome.params)
        case Missing():
            return Finding("programmes.picture_missing")
        case jobs.Stumble():
            log.error("typesetting_failed", item=work.item.get("id"), width=work.profile.width, trace=outcome.trace)
            return Finding("programmes.typesetting_failed")
        case _:
            return outcome


def _pressed(works: list[Work], parts: Parts, pictures: Mapping[str, str]) -> dict[str, jobs.Outcome]:
    try:
        return pressed(jobs.make_all, works, parts.blobs, pictures)
    except Failed as failed:  # one of them broke the press: find out which
        if len(works) == 1:
            return {works[0].key: jobs.Stumble(str(failed))}
        return {key: one for work in works for key, one in _pressed([work], parts, pictures).items()}


def work(item: Item, assets: Mapping[str, tuple[str, str]], profile: Profile) -> Work | Finding:
    """What is to be made of an item, or why it cannot be."""
    values = dict(item)
    for name in ("asset", "portrait"):
        if values.get(name):
            if values[name] not in assets:
                return Finding("programmes.picture_missing")
            values[name] = assets[values[name]][0]
    return Work(renditions.key(values, profile), values, profile)


def _work(item: Item, assets: Mapping[str, tuple[str, str]], lamps: Lamps) -> Work | Finding:
    return work(item, assets, Profile(*lamps))


def _assets(items: Iterable[Item]) -> set[str]:
    return {item[name] for item in items for name in ("asset", "portrait") if item.get(name)}


def _played(
    wanted: Wanted, items: Iterable[Item], works: list[Work | Finding], made: Mapping[str, Rendition | Finding]
) -> Played:
    showings: list[Showing] = []
    findings: list[Finding] = []
    for item, work in zip(items, works, strict=True):
        outcome = work if isinstance(work, Finding) else made[work.key]
        if isinstance(outcome, Finding):
            findings.append(Finding(outcome.rule, wanted.playlist, str(item.get("id")), params=outcome.params))
        else:
            showings.append(showing(str(item["id"]), outcome, wanted.playlist))
    return Played(tuple(showings), tuple(findings))


def showing(item: str, rendition: Rendition, playlist: str = "") -> Showing:
    """A rendition as the core plays it."""
    pages = tuple(Page(page.media, page.width, page.height, page.duration_ms) for page in rendition.pages)
    return Showing(
        item, Kind(rendition.kind), Effect(rendition.effect), rendition.speed, pages, rendition.text, playlist
    )
