"""A server process: what it answers and pushes is read from the tables; what it remembers dies with it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from playlists.alert import Alert
from playlists.alertwire import alert_object
from tests.simulation.agenda import Agenda
from tests.simulation.truth import Truth

TICK_MS = 1_000
PING_MS = 10_000
TOLD_MS = 4  # from the commit to the push: an instant at which a process may die

Message = dict[str, Any]


@cache
def sent(alert: Alert) -> str:
    """An alert as it crosses the wire."""
    return json.dumps(alert_object(alert))


class Connection:
    """A socket between one player and one node; a stuck one carries nothing from the server any more."""

    def __init__(self, player: Any, node: Node) -> None:
        self.player, self.node, self.open, self.stuck = player, node, True, False

    def push(self, message: Message) -> None:
        """Send something towards the player."""
        if self.open and not self.stuck:
            self.player.line.carry(self.player.hear, message)

    def close(self) -> None:
        """End it; the player hears of that even when the socket was stuck."""
        self.open = False
        self.player.line.carry(self.player.hung_up, self)


class Node:
    """One of the nodes over one database; ``peers`` are all of them, reached while ``bus`` is up."""

    def __init__(self, agenda: Agenda, truth: Truth, peers: list[Node], skew: int) -> None:
        self.agenda, self.truth, self.peers, self.skew = agenda, truth, peers, skew
        self.up, self.life, self.bus = True, 0, True
        self.since = agenda.at
        self.connections: list[Connection] = []
        self.told = (truth.rows.epoch, truth.rows.seq)
        agenda.after(TICK_MS, self.tick, 0)
        agenda.after(PING_MS, self.ping, 0)

    def now(self) -> int:
        """This machine's clock."""
        return self.agenda.at + self.skew

    # life

    def crash(self) -> None:
        """Die at once; every socket is gone."""
        self.up, self.life = False, self.life + 1
        gone, self.connections = self.connections, []
        for one in gone:
            one.close()

    def start(self) -> None:
        """Come back with nothing but the tables."""
        if not self.up:
            self.up, self.since = True, self.agenda.at
            self.told = (self.truth.rows.epoch, -1)
            self.agenda.after(TICK_MS, self.tick, self.life)
            self.agenda.after(PING_MS, self.ping, self.life)

    def accept(self, player: Any) -> Connection:
        """Take a player's new socket."""
        made = Connection(player, self)
        self.connections = [one for one in self.connections if one.open] + [made]
        return made

    def ping(self, life: int) -> None:
        """Tell every socket that this end is alive."""
        if life == self.life and self.up:
            for one in self.connections:
                one.push({"event": "ping"})
            self.agenda.after(PING_MS, self.ping, life)

    # what it answers

    def position(self) -> Message:
        """What every beat is answered."""
        return {"now": self.now(), "epoch": self.truth.rows.epoch, "seq": self.truth.rows.seq}

    def whole(self, screen: str) -> Message:
        """The whole live set of a screen with its position."""
        now = self.now()
        return {**self.position(), "alerts": [sent(a) for a in self.truth.live(screen) if now < a.expires]}

    def hello(self, screen: str, told: Message) -> Message:
        """Everything a player needs."""
        return {**self.whole(screen), "nonce": told["nonce"], "programme": self.truth.rows.programmes[screen]}

    def beat(self, screen: str, told: Message) -> Message:
        """The position, for the player to compare."""
        return {**self.position(), "programme": self.truth.rows.programmes[screen]}

    def programme(self, screen: str, told: Message) -> Message:
        """What is to be on the screen, with the epoch for the ghost."""
        return {"programme": self.truth.rows.programmes[screen], "ghost": self.truth.rows.epoch, "turn": told["turn"]}

    def proof(self, screen: str, told: Message) -> Message:
        """Store a proof, or refuse what is not of this epoch or this site."""
        row = self.truth.rows.deliveries.get((told["id"], told["revision"], screen))
        if row is None or not self.same_epoch(told):
            return {"ok": False, "of": told}
        if told["kind"] == "shown":
            row.received = row.shown = True
        else:
            row.received = True
        return {"ok": True, "of": told}

    def same_epoch(self, told: Message) -> bool:
        """Whether a proof was made under this state."""
        return bool(told["epoch"] == self.truth.rows.epoch)

    # what it does by itself

    def issue(self, alert: Alert, target: str, answered: Any) -> None:
        """Commit, answer, then push."""
        self.truth.commit(alert, target, self.now())
        answered(self.truth.rows.epoch, alert)
        self.agenda.after(TOLD_MS, self.announce, self.life)

    def publish(self, screen: str, version: int) -> None:
        """Commit a programme, then nudge its screen."""
        self.truth.rows.programmes[screen] = version
        self.agenda.after(TOLD_MS, self.nudge, screen, self.life)

    def nudge(self, screen: str, life: int) -> None:
        """Tell the sockets of a screen that a newer programme is out."""
        if life != self.life:
            return
        for node in self.reached():
            for one in node.connections:
                if one.player.screen == screen:
                    one.push({"event": "programme_published"})

    def reached(self) -> list[Node]:
        """The nodes whose sockets hear what this one says: itself, and the others while the bus between them is up."""
        return [node for node in self.peers if node is self or (self.bus and node.bus and node.up)]

    def announce(self, life: int) -> None:
        """Tell the sockets of this node, and through the bus those of the others, where the state is."""
        if life != self.life:
            return
        for node in self.reached():
            node.tell_all()

    def tell_all(self) -> None:
        """Give every socket of this node the live set of its screen."""
        self.told = (self.truth.rows.epoch, self.truth.rows.seq)
        for one in self.connections:
            one.push({"event": "alerts_changed", **self.whole(one.player.screen)})

    def tick(self, life: int) -> None:
        """Once a second: tell what another process committed, work the steps that are due."""
        if life != self.life or not self.up:
            return
        self.agenda.after(TICK_MS, self.tick, life)
        if self.told != (self.truth.rows.epoch, self.truth.rows.seq):
            self.tell_all()
        rows, now = self.truth.rows, self.now()
        for (alert, revision, step), due in list(rows.due.items()):
            if due <= now and rows.due.pop((alert, revision, step), 0):
                self.step(alert, revision, step)

    def step(self, alert: str, revision: int, step: str) -> None:
        """Again to the unproven, then their sockets are closed, then they are named."""
        unproven = self.truth.unproven(alert, revision)
        if step == "name":
            for screen in unproven:
                self.truth.rows.deliveries[alert, revision, screen].named = True
            return
        for node in self.reached():
            node.urge(unproven, step)

    def urge(self, screens: tuple[str, ...], step: str) -> None:
        """Send again to the sockets of some screens, or end them so that they come anew."""
        for one in self.connections:
            if one.open and one.player.screen in screens:
                if step == "again":
                    one.push({"event": "alerts_changed", **self.whole(one.player.screen)})
                else:
                    one.close()
