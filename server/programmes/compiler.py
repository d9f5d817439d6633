"""The worker that keeps every screen's programme up to date: facts in, programmes out, one screen once per burst."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from media.errors import Away
from playlists import calendar
from server.db import UNREADY, Transaction
from server.errors import Busy, DiskFull
from server.events import (
    Fact,
    PlaylistApproved,
    PlaylistWithdrawn,
    ProgrammePublished,
    ScreenChanged,
    SettingsChanged,
    SlotChanged,
)
from server.faults import translate
from server.parts import Parts
from server.pool import breathe, off_hub
from server.programmes import build, sources, store
from server.programmes.model import DAYS, Looks, Sources, Stored
from server.programmes.published import Published
from server.programmes.showings import Showings, Tell, Wanted, lamps_of, tell_nobody
from server.scheduling import service as scheduling

MATTERS = (PlaylistApproved, PlaylistWithdrawn, SlotChanged, ScreenChanged, SettingsChanged)

log = structlog.get_logger(__name__)

AGAIN_S = 1  # after a failure, such as a full disk, everything touched is tried again
ROWS = 50  # programmes written, and told of, before others get their turn


@dataclass(frozen=True, slots=True)
class Made:
    """Programmes that are to be stored: ``rows`` share the first part of ``built`` and the new pictures, ``media``."""

    built: build.Built
    rows: list[Stored]
    media: tuple[str, ...]


class Compiler:
    """Compiles touched screens, those of an edit before those of a daily roll.

    Everything here is a hint: what is lost with the process is found again by ``touch_all`` at the next start; what is
    ``left`` when a node ends it gives to another (``handover``).
    """

    def __init__(self, parts: Parts, *, hears: bool = True, tell: Tell = tell_nobody) -> None:
        """``hears`` facts of this process; without, it compiles only what it is told to touch.

        ``tell`` hears (organisation, done, of) while type is set.
        """
        self._parts = parts
        self._showings = Showings(parts, tell)
        self._published = Published()
        self._lock = threading.Lock()
        self._running = threading.RLock()
        self._facts: list[Fact] = []
        self._hurried: dict[tuple[str, str], None] = {}
        self._burst: list[tuple[str, str]] = []
        self._patient: dict[tuple[str, str], None] = {}
        self._wake: Any = None
        for kind in MATTERS if hears else ():
            parts.db.bus.subscribe(kind, self._hear)

    def _hear(self, fact: Fact) -> None:
        with self._lock:
            self._facts.append(fact)
        self._call()

    def touch(self, org: str, screens: Iterable[str], *, hurry: bool = True) -> None:
        """Have these screens compiled soon."""
        with self._lock:
            (self._hurried if hurry else self._patient).update(((org, screen), None) for screen in screens)
        self._call()

    def touch_all(self) -> None:
        """Have every screen compiled without hurry; those for which nothing changed cost no write."""
        with self._parts.db.read() as tx:
            every = {org: store.living_ids(tx, org) for org, _ in store.every_organisation(tx)}
        for org, screens in every.items():
            self.touch(org, screens, hurry=False)

    def roll(self) -> None:
        """Touch the screens whose programme is missing or does not begin today."""
        with self._parts.db.read() as tx:
            for org, zone in store.every_organisation(tx):
                begins, _ = calendar.day_bounds(zone, self._parts.clock.now(), DAYS)
                self.touch(org, store.stale_screens(tx, org, begins), hurry=False)

    def run_pending(self) -> int:
        """Compile all that is touched, also by what is said meanwhile; return how many programmes were published.

        Whatever it raises, such as that the database is locked, what was touched stays touched.
        """
        published = 0
        with self._running:
            while True:
                burst, patient = self._next()
                self._burst = [] if patient else burst
                if not burst:
                    self._showings.flush()
                    return published
                try:
                    for org in {org for org, _ in burst}:
                        published += self._compile(org, [screen for of, screen in burst if of == org], patient)
                except Exception:
                    self._put_back(burst)
                    raise

    def left(self) -> list[tuple[str, str]]:
        """Organisation and screen of what was edited here and is not compiled yet."""
        with self._lock:
            facts, begun = self._facts, [*self._burst, *self._hurried]
        with self._parts.db.read() as tx:
            return list(dict.fromkeys([*begun, *(one for fact in facts for one in touched_by(tx, fact))]))

    def _put_back(self, burst: list[tuple[str, str]]) -> None:
        """Nothing that was touched is forgotten because the database was busy."""
        with self._lock:
            self._hurried.update((one, None) for one in burst)

    def start(self) -> Any:
        """Work in a greenlet of its own from now on; return it."""
        import gevent
        import gevent.event

        self._wake = gevent.event.Event()
        self._wake.set()
        return gevent.spawn(self._work)

    def _work(self) -> None:
        import gevent

        while True:
            self._wake.wait()
            self._wake.clear()
            breathe()  # who caused this is to have an answer first
            if not self._worked():
                gevent.sleep(AGAIN_S)
                self._wake.set()

    def _worked(self) -> bool:
        """Do what is to be done; whether all of it could be."""
        try:
            self.run_pending()
        except UNREADY as error:
            log.warning("compile_waits", why=str(error)[:300])
        except Exception:
            log.exception("compile_failed")
        else:
            return True
        return False

    def _call(self) -> None:
        if self._wake is not None:
            self._wake.set()

    def _next(self) -> tuple[list[tuple[str, str]], bool]:
        """What to compile next, and whether it may be put off when something hurried comes."""
        with self._lock:
            facts, self._facts = self._facts, []
        if facts:
            try:
                self._resolve(facts)
                breathe()
            except Exception:
                with self._lock:
                    self._facts = [*facts, *self._facts]
                raise
        with self._lock:
            patient = not self._hurried
            burst = list(self._patient if patient else self._hurried)
            self._hurried = {}
            for one in burst:
                self._patient.pop(one, None)
        return burst, patient

    def _hurry(self) -> bool:
        return bool(self._facts or self._hurried)

    def _resolve(self, facts: list[Fact]) -> None:
        with self._parts.db.read() as tx:
            touched = {one: None for fact in facts for one in touched_by(tx, fact)}
        with self._lock:
            self._hurried.update(touched)

    def _compile(self, org: str, screens: list[str], patient: bool) -> int:
        with self._parts.db.read() as tx:
            read = sources.read(tx, org, screens)
        window = calendar.day_bounds(read.zone, self._parts.clock.now(), DAYS)
        published, left, made, enough, away = 0, dict(read.screens), list[Made](), 1, None
        for looks, alike in read.screens.items():
            if patient and self._hurry():
                break
            del left[looks]
            try:
                new = self._compile_alike(read, looks, alike, window)
            except Away as error:  # those whose pictures are all here need not wait for the store
                away = error
                continue
            except Exception as error:  # one odd screen must not keep the others from their programmes
                if isinstance(translate(error), (Busy, DiskFull)):
                    raise
                log.exception("compile_failed", screens=len(alike), first=alike[0])
                continue
            for one in new:
                made.append(one)
                if sum(len(one.rows) for one in made) >= enough:  # the first goes out at once, the others together
                    published, made, enough = published + self._publish(read, made), [], min(2 * enough, ROWS)
        self.touch(org, (screen for alike in left.values() for screen in alike), hurry=False)
        published += self._publish(read, made)
        if away:
            raise away
        return published

    def _compile_alike(
        self, read: Sources, looks: Looks, alike: tuple[str, ...], window: tuple[int, int]
    ) -> Iterable[Made]:
        wanted = _wanted(read, looks)
        played = self._showings.get(read.org, wanted.values())
        showings = {place: played[one].showings for place, one in wanted.items()}
        brief = build.brief(looks, read, window, showings)
        built = off_hub(build.first, brief)
        versions = built.versions(alike)
        if all(read.held.get(screen) == version for screen, version in versions.items()):
            return ()
        olds = self._published.of(self._parts, read, alike)
        built = off_hub(build.settled, brief, built, olds, dict(read.shapes), self._parts.clock.now())
        read.anchors.update(built.anchors)
        read.shapes.update(built.shapes)
        found = [finding for one in dict.fromkeys(wanted.values()) for finding in played[one].findings]
        told = tuple(finding.told() for finding in (*found, *build.left_out(brief, built)))
        media, now = build.unseen(built.programme, olds), self._parts.clock.now()
        parts = (alike[n : n + ROWS] for n in range(0, len(alike), ROWS))
        rows = (_rows(read, built, part, told, now) for part in parts)
        return (Made(built, some, media) for some in rows if some)

    def _publish(self, read: Sources, made: Sequence[Made]) -> int:
        """Store what was made in one transaction, for each waits for the disk, and tell of it.

        A screen for which another node published since this one read is left as it is and looked at again: what that
        node knew may be newer.
        """
        if not made:
            return 0
        with self._parts.db.transaction() as tx:
            self._showings.save(tx)
            made = self._unrivalled(tx, read, made)
            for one in made:
                store.put_anchors(tx, read.org, one.built.anchors, one.built.shapes)
                store.put_programmes(tx, read.org, one.built.head, one.rows)
                for row in one.rows:
                    tx.announce(ProgrammePublished(read.org, row.screen, row.version, one.media))
        for one in made:
            self._published.keep(read.org, {row.screen: row.version for row in one.rows}, one.built.programme)
        breathe()
        return sum(len(one.rows) for one in made)

    def _unrivalled(self, tx: Transaction, read: Sources, made: Sequence[Made]) -> list[Made]:
        """What was made without those screens whose programme is another one by now."""
        now = store.held_versions(tx, read.org, [row.screen for one in made for row in one.rows])
        rivals = {row.screen for one in made for row in one.rows if now.get(row.screen) != read.held.get(row.screen)}
        self.touch(read.org, rivals)
        left = [(one, [row for row in one.rows if row.screen not in rivals]) for one in made]
        return [Made(one.built, rows, one.media) for one, rows in left if rows]


def _rows(
    read: Sources, built: build.Built, alike: tuple[str, ...], told: tuple[dict[str, Any], ...], now: int
) -> list[Stored]:
    """What is to be stored for the screens whose version is new."""
    versions = [(s, v) for s, v in built.versions(alike).items() if read.held.get(s) != v]
    window = (built.programme.begins, built.programme.ends)
    return [Stored(s, v, built.tail(s, v), (*_told(read, s), *told), *window, now) for s, v in versions]


def _told(read: Sources, screen: str) -> tuple[dict[str, Any], ...]:
    return tuple(finding.told() for finding in read.findings[screen])


def _wanted(read: Sources, looks: Looks) -> dict[tuple[str, str], Wanted]:
    """For each (playlist, region) that may show on such a screen, the revision and the lamps it needs."""
    regions = {region.name: region for region in looks.layout.regions}
    places = [(slot.playlist, slot.region) for slot in looks.slots if slot.region in regions]
    places += [(looks.fallback, name) for name in regions if looks.fallback]
    places += [(one.slot.playlist, one.slot.region) for one in read.mandatory if one.slot.region in regions]

    def wanted(playlist: str, name: str) -> Wanted:
        lamps = lamps_of(regions[name], looks.colour.value)
        return Wanted(read.owner(playlist), playlist, read.approved[playlist], lamps)

    return {(playlist, name): wanted(playlist, name) for playlist, name in places if playlist in read.approved}


def touched_by(tx: Transaction, fact: Fact) -> Iterable[tuple[str, str]]:
    """(organisation, screen) of those whose programme a fact may change."""
    match fact:
        case SlotChanged(screens=screens):
            return _of(fact.org, screens)
        case ScreenChanged(screen=screen):
            return ((fact.org, screen),)
        case PlaylistApproved(playlist=playlist) | PlaylistWithdrawn(playlist=playlist):
            return _showing(tx, fact.org, playlist)
        case _:
            return _of(fact.org, store.living_ids(tx, fact.org))


def _showing(tx: Transaction, org: str, playlist: str) -> Iterable[tuple[str, str]]:
    _, settings, _ = store.organisation(tx, org)
    usual = settings.get("fallback") == playlist
    fallen = store.living_ids(tx, org) if usual else store.with_fallback(tx, org, playlist)
    return {*scheduling.screens_with(tx, org, playlist), *_of(org, fallen)}


def _of(org: str, screens: Iterable[str]) -> Iterable[tuple[str, str]]:
    return ((org, screen) for screen in screens)
