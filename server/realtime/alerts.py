"""The alert road's last stretch: every change goes to every player of the site, proofs and changes to the desk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Annotated, Any, NamedTuple

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from playlists.alert import Alert
from playlists.alertwire import alert_objects
from server import events
from server.accounts.model import Identity
from server.alerts import service
from server.alerts.model import Proof, ProofKind, StoredAlert
from server.db import SOON_S, UNREADY
from server.errors import Problem
from server.parts import Parts
from server.realtime import protocol, wirejson
from server.realtime.asks import Spawn
from server.realtime.push import Push

log = structlog.get_logger(__name__)

PROOFS_S = 0.1  # proofs are told to the desk together, this often at most
LATE_EVERY_S = 5

LONGEST, LARGEST_REVISION, LATEST = 80, 2**31 - 1, 2**53  # of what a proof says
KINDS = {protocol.ALERT_RECEIVED: ProofKind.RECEIVED, protocol.ALERT_SHOWN: ProofKind.SHOWN}


class ProofTold(BaseModel):
    """An alert is on a player's disk, or painted at ``shown_at`` (UTC ms by its corrected clock)."""

    model_config = ConfigDict(extra="ignore")

    epoch: Annotated[str, Field(max_length=LONGEST)]
    id: Annotated[str, Field(max_length=LONGEST)]
    revision: Annotated[int, Field(ge=0, le=LARGEST_REVISION)]
    shown_at: Annotated[int, Field(ge=0, le=LATEST)] | None = None


class RawProof(NamedTuple):
    """What a player proves of an alert: ``event`` is ALERT_RECEIVED or ALERT_SHOWN, ``told`` as it came, unread."""

    who: Identity
    event: str
    told: dict[str, Any]

    def read(self) -> Proof:
        """The proof as the service takes it; raise ValidationError."""
        told = self.told if _is_plain(self.told) else ProofTold.model_validate(self.told).model_dump()
        return Proof(self.who, KINDS[self.event], told["epoch"], told["id"], told["revision"], told.get("shown_at"))


def _is_plain(told: dict[str, Any]) -> bool:
    """Whether a proof is as every player of ours writes it; anything else is for ``ProofTold``, four times as slow."""
    shown_at = told.get("shown_at")
    return (
        _is_short(told.get("epoch"))
        and _is_short(told.get("id"))
        and _is_count(told.get("revision"), LARGEST_REVISION)
        and (shown_at is None or _is_count(shown_at, LATEST))
    )


def _is_short(value: Any) -> bool:
    return type(value) is str and len(value) <= LONGEST


def _is_count(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


class Told(NamedTuple):
    """The revision of an alert that was announced, and the organisations it named."""

    revision: int
    named: tuple[str, ...]


UNTOLD = Told(0, ())


class AlertRoad:
    """Nothing here is truth: a lost push heals by the next beat, what was told is read from the tables each time."""

    def __init__(self, push: Push, parts: Parts, spawn: Spawn, sleep: Callable[[float], None]) -> None:
        self._push, self._parts, self._spawn, self._sleep = push, parts, spawn, sleep
        self._seq = -1  # the newest position that was pushed
        self._told: dict[str, Told] = {}  # what was announced here of each live alert
        self._sent: set[tuple[str, int, str]] = set()
        self._proved: dict[tuple[str, str], set[str]] = {}

    def subscribe(self) -> None:
        """Listen to everything that changes a live set, or proves one."""
        bus = self._parts.db.bus
        bus.subscribe(events.AlertsChanged, self.changed)
        bus.subscribe(events.AlertProved, self.proved)
        bus.subscribe(events.AlertSeen, self.seen)
        bus.subscribe(events.ScreenChanged, self.late_joiners)
        bus.subscribe(events.PlayerPaired, self.late_joiners)
        bus.subscribe(events.SettingsChanged, self.late_joiners)

    # to players -----------------------------------------------------------------------------------------------------

    def changed(self, fact: events.AlertsChanged) -> None:
        """Send every player whom the alert is or was for its whole live set, on every node; tell the desks."""
        self._announce(fact)
        self._push.others_notice()

    def _announce(self, fact: events.AlertsChanged) -> None:
        before = self._told.get(fact.alert, UNTOLD).named
        self._told[fact.alert] = Told(fact.revision, fact.named)
        orgs = self._reached(fact.org, {*before, *fact.named})
        self.push(orgs)
        kept = service.is_kept(self._parts, fact.alert, fact.revision)
        self._push.alert_changed(fact, orgs, _marked(not kept))

    def _reached(self, org: str, named: Collection[str]) -> frozenset[str]:
        with self._parts.db.or_mirror():
            return service.organisations(self._parts, org, named)

    def push(self, orgs: Collection[str], only: frozenset[str] | None = None) -> None:
        """Send the live sets to all screens of these organisations that are here, or to some; each is encoded once."""
        at, here = self._parts.clock.now(), self._push.screens(orgs)
        wanted = here if only is None else here & only
        with self._parts.db.or_mirror():
            found = self._position(orgs, at, wanted if self._push.is_shared or only is not None else None)
        groups: dict[int, tuple[tuple[Alert, ...], list[str]]] = {}
        for screen in wanted:
            mine = found.of(screen)
            groups.setdefault(id(mine), (mine, []))[1].append(screen)
        told = {"epoch": found.epoch, "seq": found.seq, "now": at, **_marked(found.stored)}
        sets = {wirejson.dumps({**told, "alerts": alert_objects(mine)}): those for mine, those in groups.values()}
        self._push.live_sets(sets)
        for mine, those in groups.values():
            self._sent.update((alert.id, alert.revision, screen) for screen in those for alert in mine)
        self._note(found.seq)

    def _position(self, orgs: Collection[str], at: int, only: Collection[str] | None) -> service.Position:
        """Where the live sets stand; ``only`` names their screens where others than those may be many."""
        org = next(iter(orgs)) if len(orgs) == 1 else None
        if only is None:
            return service.position(self._parts, org, at)
        return service.held_by(self._parts, org, only, at)

    def held(self, peers: Sequence[Identity]) -> dict[str, tuple[int, wirejson.Written]]:
        """By player the seq and the live set, as JSON, for those who start or differ, read together."""
        return dict(self._held(peers))

    def _held(self, peers: Sequence[Identity]) -> Iterator[tuple[str, tuple[int, wirejson.Written]]]:
        orgs, screens = {who.org for who in peers}, {who.screen for who in peers}
        org = next(iter(orgs)) if len(orgs) == 1 else None
        with self._parts.db.or_mirror():
            found = service.held_by(self._parts, org, screens, self._parts.clock.now())
        written: dict[int, wirejson.Written] = {}
        for who in peers:
            mine = found.of(who.screen)
            self._sent.update((alert.id, alert.revision, who.screen) for alert in mine)
            if id(mine) not in written:
                written[id(mine)] = wirejson.Written(wirejson.dumps(alert_objects(mine)))
            yield who.id, (found.seq, written[id(mine)])

    def late_joiners(self, fact: events.ScreenChanged | events.PlayerPaired | events.SettingsChanged) -> None:
        """A screen that came or moved while alerts are live is for them too."""
        service.rejoin(self._parts, fact.org)

    def store(self, proofs: Sequence[RawProof]) -> list[Exception | None]:
        """Store a batch of proofs in one transaction; say of each what speaks against it, or None."""
        verdicts: list[Exception | None] = [None] * len(proofs)
        read: list[tuple[int, Proof]] = []
        for number, raw in enumerate(proofs):
            try:
                read.append((number, raw.read()))
            except ValidationError as error:
                verdicts[number] = error
        answers = service.prove(self._parts, [proof for _, proof in read])
        for (number, proof), answer in zip(read, answers, strict=True):
            if isinstance(answer, Problem):
                verdicts[number] = answer
            else:  # who proved it was sent it: that is written with the proof
                self._sent.discard((proof.id, proof.revision, proof.player.screen))
        return verdicts

    # to the desk ----------------------------------------------------------------------------------------------------

    def proved(self, fact: events.AlertProved) -> None:
        """Note proofs; they are told together in a moment."""
        waiting = bool(self._proved)
        self._proved.setdefault((fact.org, fact.alert), set()).update(fact.screens)
        if not waiting:
            self._spawn(self._tell_soon)

    def seen(self, fact: events.AlertSeen) -> None:
        """A person saw it: its rows are to be read again."""
        self.proved(events.AlertProved(fact.org, fact.alert, ()))

    def _tell_soon(self) -> None:
        self._sleep(PROOFS_S)
        told, self._proved = self._proved, {}
        for (org, alert), screens in told.items():
            self._push.alert_proved(org, alert, sorted(screens))

    # once a second --------------------------------------------------------------------------------------------------

    def tick(self, second: int) -> None:
        """Announce what other processes wrote, then write: what was sent, what is kept, steps, late joiners."""
        work = [self.notice, self._write_sent, self._store_kept, self._escalate]
        for each in (*work, *([self._rejoin] if second % LATE_EVERY_S == 0 else [])):
            try:
                each()
            except UNREADY as error:
                log.warning("alert_tick_waits", work=each.__name__, why=str(error)[:300])
            except Exception:  # one that fails must not hold up the others; the next second tries again
                log.exception("alert_tick_failed", work=each.__name__)

    def _write_sent(self) -> None:
        sent, self._sent = self._sent, set()
        try:
            service.mark_sent(self._parts, sent)
        except Exception:
            self._sent |= sent
            raise

    def _store_kept(self) -> None:
        service.retry(self._parts)

    def _escalate(self) -> None:
        service.escalate(self._parts, self._perform)

    def _perform(self, due: service.Due) -> None:
        if due.screens and due.step is service.Step.AGAIN:
            named = self._told.get(due.alert, UNTOLD).named
            self.push(self._reached(due.org, named), frozenset(due.screens))
        if due.step is service.Step.RECONNECT:
            for screen in due.screens:
                self._push.reconnect(screen)

    def _rejoin(self) -> None:
        for org in service.alarmed(self._parts):
            service.rejoin(self._parts, org, SOON_S)

    def begin(self) -> None:
        """Take what stands as told: whoever comes from now on asks for it."""
        seq, live = service.standing(self._parts)
        self._note(seq)
        self._told = {one.id: Told(one.revision, one.organisations) for one in live}

    def _standing(self) -> tuple[int, tuple[StoredAlert, ...]]:
        with self._parts.db.or_mirror():
            return service.standing(self._parts)

    def _note(self, seq: int) -> None:
        """This position was told: nothing older may be taken for how alerts stand."""
        self._seq = max(self._seq, seq)
        if self._parts.db.mirror is not None:
            self._parts.db.mirror.must_know(self._seq)

    def notice(self) -> None:
        """Announce here what another process, such as a command beside this one, issued or changed."""
        seq, live = self._standing()
        moved = seq > self._seq
        fresh = [one for one in live if self._told.get(one.id, UNTOLD).revision != one.revision]
        self._told = {one.id: self._told.get(one.id, UNTOLD) for one in live}
        if fresh:
            for one in fresh:
                self._announce(events.AlertsChanged(one.org, one.id, one.revision, seq, one.organisations))
        elif moved:
            each = {(one.org, one.organisations) for one in live}
            if orgs := {org for own, named in each for org in self._reached(own, named)}:
                self.push(orgs)
            self._note(seq)


def _marked(stored: bool) -> dict[str, Any]:
    """What is added to a message while some of it is in no table: screens that reconnect elsewhere will miss it."""
    return {} if stored else {"stored": False}
