"""The player's rules of ``docs/player-protocol.md``, those of ``players/screen/alerts.js``, once more in Python.

Nothing in it knows of the simulation's truth: it hears messages, reads its own two clocks and keeps one state on disk.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from playlists.alert import Alert
from playlists.alertwire import alert_from
from playlists.precedence import alert_at, next_alert_change
from tests.simulation.agenda import Agenda
from tests.simulation.clockwork import Clockwork, Kept
from tests.simulation.network import CLEAR, CUT, NO_SOCKETS, Line
from tests.simulation.node import Connection, Message, Node

FRAME_MS = 1_000
BEAT_MS, JITTER_MS = 10_000, 1_000
ANSWER_MS = 5_000
SILENCE_MS = 15_000
REPEAT_MS = 2_000
DISK_MS = 150


@dataclass(frozen=True, slots=True)
class Held:
    """Where the player stands: one value, kept on disk by one put."""

    epoch: int = -1
    seq: int = -1
    alerts: tuple[Alert, ...] = ()


Proof = tuple[str, int, str, int]  # kind, epoch, alert, revision


@cache
def read(text: str) -> Alert:
    """An alert as it came."""
    return alert_from(json.loads(text))


class Player:
    """One screen's player; ``choose`` gives a node that answers, or None."""

    line_kind: type[Line] = Line

    def __init__(self, agenda: Agenda, screen: str, choose: Callable[[], Node | None], watch: Any) -> None:
        self.agenda, self.screen, self.choose, self.watch = agenda, screen, choose, watch
        self.line = self.line_kind(agenda)
        self.disk, self.disk_clock, self.disk_programme = Held(), Kept(), 0
        self.rtc_error, self.rtc_kept = 0, 0  # wall clock less true time, ms: now, and when the disk last noted it
        self.on, self.life, self.confirms = False, 0, True
        self.boot()

    # power

    def boot(self) -> None:
        """Start from the disk, then look for a server."""
        self.on, self.life = True, self.life + 1
        self.booted, self.since = self.agenda.at, self.agenda.at
        self.clock = Clockwork(self.disk_clock, self.wall())
        self.held, self.programme = self.disk, self.disk_programme
        self.connection: Connection | None = None
        self.nonce, self.turn, self.heard = "", 0, self.agenda.at
        self.proved: set[Proof] = set()
        self.waiting: dict[Proof, int] = {}
        self.writing: Held | None = None
        self.painted: Alert | None = None
        self.turn_of: tuple[tuple[Alert, ...], int, int, Alert | None] = ((), 0, 0, None)
        life = self.life
        for ms, act in ((0, self.frame), (1, self.tend), (5, self.beating), (REPEAT_MS, self.repeating)):
            self.agenda.after(ms, self.every, act, life)
        self.watch.booted(self)

    def blind(self) -> bool:
        """Whether it cannot know the time: no answer since the boot, and a wall clock that lost it meanwhile."""
        return not self.clock.contact and self.rtc_error != self.rtc_kept

    def cut_power(self) -> None:
        """Lose everything but the disk; what was being written is not there."""
        self.on, self.painted = False, None
        self.life += 1
        if self.connection:
            self.connection.open = False

    def every(self, act: Callable[[], int], life: int) -> None:
        """Have ``act`` happen, and again after as many ms as it says."""
        if life == self.life:
            self.agenda.after(act(), self.every, act, life)

    # clocks

    def reading(self) -> int:
        """Ms since the boot."""
        return self.agenda.at - self.booted

    def wall(self) -> int:
        """The machine's own idea of the time."""
        return self.agenda.at + self.rtc_error

    def now(self) -> int:
        """What time the server says it is."""
        return self.clock.at(self.reading())

    # the line

    def tend(self) -> int:
        """Connect where no socket stands, leave one that has been silent for too long."""
        if self.connection and self.agenda.at - self.heard > SILENCE_MS:
            self.connection.open, self.connection = False, None
        if self.connection is None:
            self.connect()
        return 1_000

    def connect(self) -> None:
        """Open a socket and say hello: a start, whatever came before."""
        node = self.choose()
        if node is None or self.line.weather in (CUT, NO_SOCKETS):
            return
        self.connection = node.accept(self)
        self.heard = self.since = self.agenda.at
        self.hello()

    def hung_up(self, connection: Connection) -> None:
        """The server closed the socket."""
        if self.connection is connection:
            self.connection = None

    def ask(self, name: str, told: Message, then: Callable[[Message], None]) -> None:
        """Send a question; the answer comes as the line has it, perhaps twice, perhaps long after."""
        connection, life, sent = self.connection, self.life, self.reading()

        def answered(answer: Message) -> None:
            if life == self.life and self.on:
                self.take_time(sent, answer)
                then(answer)
                self.watch.looked(self)

        def asked() -> None:
            node = connection.node if connection else self.choose()
            if node is not None and node.up and not (connection and connection.stuck):
                answer = getattr(node, name)(self.screen, told)
                self.watch.answered(self, name, told, answer)
                self.line.carry(answered, answer)

        self.line.carry(asked)

    def take_time(self, sent: int, answer: Message) -> None:
        """Learn from an answer what time it is, unless it took too long."""
        received = self.reading()
        self.heard = self.agenda.at
        if "now" in answer and received - sent <= ANSWER_MS:
            self.clock.sample(sent, received, answer["now"])
            self.disk_clock, self.rtc_kept = self.clock.kept(received, self.wall()), self.rtc_error

    # position

    def hello(self) -> None:
        """Ask for everything, under a nonce that is good for one answer."""
        self.nonce = f"{self.agenda.random.getrandbits(32):08x}"
        self.ask("hello", {"nonce": self.nonce}, self.welcomed)

    def welcomed(self, answer: Message) -> None:
        """The whole state: the only way into another epoch."""
        if not self.expected(answer):
            return
        self.nonce = ""
        if answer["epoch"] != self.held.epoch or answer["seq"] >= self.held.seq:
            self.adopt(answer)
        if answer["programme"] != self.programme:
            self.fetch()

    def expected(self, answer: Message) -> bool:
        """Whether this answers the one hello that waits for an answer."""
        return bool(answer["nonce"] == self.nonce)

    def beating(self) -> int:
        """Say where we stand, or ask for everything by HTTP where no socket stands."""
        if self.connection:
            self.ask("beat", {}, self.compare)
        elif self.line.weather is not CUT:
            self.hello()
        return BEAT_MS + self.agenda.random.randint(-JITTER_MS, JITTER_MS)

    def compare(self, answer: Message) -> None:
        """The server stands elsewhere: ask for everything. The promise everything rests on."""
        if not self.same(answer):
            self.hello()

    def same(self, answer: Message) -> bool:
        """Whether the server stands where we do."""
        ours = (self.held.epoch, self.held.seq, self.programme)
        return bool((answer["epoch"], answer["seq"], answer["programme"]) == ours)

    def hear(self, message: Message) -> None:
        """Something the server said by itself."""
        if not self.on:
            return
        self.heard = self.agenda.at
        if message["event"] == "alerts_changed":
            self.alerts_changed(message)
        elif message["event"] == "programme_published":
            self.fetch()
        self.watch.looked(self)

    def alerts_changed(self, message: Message) -> None:
        """A newer live set of our epoch is taken; another epoch is a reason to ask."""
        if self.foreign(message):
            self.hello()
        elif self.newer(message):
            self.adopt(message)

    def foreign(self, message: Message) -> bool:
        """Whether a push speaks of another epoch."""
        return bool(message["epoch"] != self.held.epoch)

    def newer(self, message: Message) -> bool:
        """Whether a push is later than what we hold."""
        return bool(message["seq"] > self.held.seq)

    def adopt(self, message: Message) -> None:
        """Hold a whole live set: on the glass with the next frame, then on the disk."""
        self.held = Held(message["epoch"], message["seq"], self.taken(message))
        self.put(self.held)
        self.paint()

    def taken(self, message: Message) -> tuple[Alert, ...]:
        """The alerts of a message."""
        return tuple(map(read, message["alerts"]))

    # the disk

    def put(self, held: Held) -> None:
        """Write the state as one value; the newest of those waiting follows."""
        if self.writing is None:
            self.writing = held
            self.agenda.after(self.agenda.random.randint(1, DISK_MS), self.written, held, self.life)

    def written(self, held: Held, life: int) -> None:
        """The state is on the disk: now it may be said."""
        if life != self.life:
            return
        self.disk, self.writing = held, None
        self.watch.kept(self)
        if held != self.held:
            self.put(self.held)
        for alert in held.alerts:
            self.prove("received", held, alert)

    # proof

    def prove(self, kind: str, held: Held, alert: Alert) -> None:
        """Say something of a revision until it is answered."""
        proof = (kind, held.epoch, alert.id, alert.revision)
        if self.confirms and proof not in self.proved and proof not in self.waiting:
            self.waiting[proof] = 0
            self.say(proof, alert)

    def say(self, proof: Proof, alert: Alert | None) -> None:
        """Send a proof."""
        if self.connection:
            kind, epoch, name, revision = proof
            told = {"kind": kind, "epoch": epoch, "id": name, "revision": revision}
            self.ask("proof", told, self.settled)

    def repeating(self) -> int:
        """Send what has not been answered once more."""
        for proof in list(self.waiting):
            self.say(proof, None)
        return REPEAT_MS

    def settled(self, answer: Message) -> None:
        """A proof was stored, or is of no use: then we may stand elsewhere than the server."""
        told = answer["of"]
        proof = (told["kind"], told["epoch"], told["id"], told["revision"])
        if self.waiting.pop(proof, None) is not None:
            self.proved.add(proof)
            if not answer["ok"]:
                self.hello()

    # the glass

    def frame(self) -> int:
        """Paint, and step the clock where nothing moves."""
        if self.painted is None:
            self.clock.settle()
        self.paint()
        return FRAME_MS

    def paint(self) -> None:
        """Show what is to be shown now, and say so of every revision that is."""
        shown = self.due(self.now())
        self.painted = shown
        if shown is not None:
            self.prove("shown", self.held, shown)
        self.watch.painted(self)

    def due(self, now: int) -> Alert | None:
        """The alert that is on at an instant; looked up again when something may have changed."""
        alerts, begins, ends, alert = self.turn_of
        if alerts is not self.held.alerts or not begins <= now < ends:
            alert, after = alert_at(self.held.alerts, now), next_alert_change(self.held.alerts, now)
            self.turn_of = (self.held.alerts, now, 2**60 if after is None else after, alert)
        return alert

    # the programme

    def fetch(self) -> None:
        """Ask for the programme; only the answer to the newest question counts."""
        self.turn += 1
        self.ask("programme", {"turn": self.turn}, self.fetched)

    def fetched(self, answer: Message) -> None:
        """Swap it in, and keep it; a question that came twice on its way has one answer over HTTP."""
        if self.current(answer):
            self.turn += 1
            self.programme = self.disk_programme = answer["programme"]
            self.watch.swapped(self, answer)

    def current(self, answer: Message) -> bool:
        """Whether this answers the newest question."""
        return bool(answer["turn"] == self.turn)

    def clear_since(self) -> int:
        """Since when line, socket and power have been whole; the end of time while one is not."""
        whole = self.on and self.connection and self.connection.open and not self.connection.stuck
        return max(self.line.since, self.since) if whole and self.line.weather is CLEAR else 2**60
