"""What is promised of delivery, checked at every step and once all is quiet."""

from __future__ import annotations

from typing import Any

from playlists.alert import Alert
from playlists.precedence import alert_at
from tests.simulation.agenda import Agenda
from tests.simulation.node import Message
from tests.simulation.player import ANSWER_MS, FRAME_MS, Player
from tests.simulation.truth import STEPS, Truth

SKEW_MS = 100  # between the nodes' clocks and true time
TOLERANCE_MS = ANSWER_MS // 2 + SKEW_MS + FRAME_MS  # a clock from one bad round trip, and a frame
AGAIN_MS = STEPS[0][1]
CALM_MS, PROMPT_MS = 2_000, 5_000


class Broken(AssertionError):
    """A promise that was not kept."""


def promise(kept: object, what: str, *about: object) -> None:
    """Raise Broken unless something holds."""
    if not kept:
        raise Broken(" ".join([what, *map(str, about)]))


class Watch:
    """Sees everything, says nothing to anybody; remembers what was painted, kept, proved and answered."""

    def __init__(self, agenda: Agenda, truth: Truth) -> None:
        self.agenda, self.truth = agenda, truth
        self.glass: dict[tuple[str, int, str, int], Alert] = {}
        self.disks: set[tuple[str, int, str, int]] = set()
        self.said: dict[str, tuple[int, int]] = {}  # the furthest position a screen said to have on disk
        self.place: dict[str, tuple[int, int]] = {}
        self.newest: dict[tuple[str, int, str], int] = {}
        self.swaps: dict[str, tuple[int, int]] = {}
        self.orders: list[tuple[int, Alert]] = []

    # at every step

    def booted(self, player: Player) -> None:
        """What a screen said to have on disk is there after a power cut."""
        place = (player.disk.epoch, player.disk.seq)
        promise(place >= self.said.get(player.screen, place), "lost what it said was on disk:", player.screen, place)
        self.place[player.screen] = place
        self.newest = {key: n for key, n in self.newest.items() if key[0] != player.screen}
        self.looked(player)

    def looked(self, player: Player) -> None:
        """A screen holds exactly what was committed at the position it claims, and never goes back."""
        held, place = player.held, (player.held.epoch, player.held.seq)
        if place == (-1, -1):
            return
        promise(place >= self.place[player.screen], "went back:", player.screen, self.place[player.screen], place)
        self.place[player.screen] = place
        committed = self.truth.history.get((*place, player.screen))
        promise(committed is not None, "holds a position that never was:", player.screen, place)
        gone = set(committed or ()).symmetric_difference(held.alerts)
        wrong = [a for a in gone if a in held.alerts or a.expires > self.agenda.at + SKEW_MS]
        promise(not wrong, "holds a mixture:", player.screen, place, wrong)

    def kept(self, player: Player) -> None:
        """Note what is on a disk."""
        disk = player.disk
        self.disks |= {(player.screen, disk.epoch, a.id, a.revision) for a in disk.alerts}

    def painted(self, player: Player) -> None:
        """Nothing is painted before its time, after it, or after a newer revision of itself."""
        alert, at = player.painted, self.agenda.at
        if alert is None:
            return
        if not player.blind():
            promise(at < alert.expires + TOLERANCE_MS, "painted", at - alert.expires, "ms after it expired:", alert)
        self.glass[player.screen, player.held.epoch, alert.id, alert.revision] = alert
        key = (player.screen, player.held.epoch, alert.id)
        promise(alert.revision >= self.newest.get(key, 0), "painted an older revision again:", player.screen, alert)
        self.newest[key] = alert.revision

    def answered(self, player: Player, name: str, told: Message, answer: Message) -> None:
        """A proof that is taken is true: of this very text, on the disk or painted under the epoch it names."""
        if name != "proof" or not answer["ok"]:
            return
        key = (player.screen, told["epoch"], told["id"], told["revision"])
        if told["kind"] == "received":
            promise(key in self.disks, "proved, and not on the disk:", key)
            place = (player.disk.epoch, player.disk.seq)
            self.said[player.screen] = max(place, self.said.get(player.screen, place))
        else:
            committed = self.truth.rows.revisions[told["id"], told["revision"]]
            promise(self.glass.get(key) == committed, "proved, and not what was shown:", key)

    def swapped(self, player: Player, answer: Message) -> None:
        """A programme is never replaced by an older one."""
        place = (answer["ghost"], answer["programme"])
        promise(place >= self.swaps.get(player.screen, place), "an older programme came back:", player.screen, place)
        self.swaps[player.screen] = place

    def issued(self, epoch: int, alert: Alert) -> None:
        """Note what somebody was told to be issued."""
        self.orders.append((epoch, alert))
        self.durable()

    def durable(self) -> None:
        """What was answered is in the tables, unless a restore went back before it."""
        rows = self.truth.rows
        for epoch, alert in self.orders:
            promise(epoch != rows.epoch or (alert.id, alert.revision) in rows.revisions, "answered and lost:", alert)

    def prompt(self, players: list[Player], nodes: list[Any], seq: int, epoch: int, issued: int) -> None:
        """Five seconds after the issue: where at most the first push could be lost, the second has arrived."""
        calm = all(node.up and node.bus and node.since <= issued for node in nodes)
        if not calm or epoch != self.truth.rows.epoch:
            return
        for player in players:
            if player.since <= issued and player.clear_since() <= issued + CALM_MS and player.confirms:
                promise(player.held.seq >= seq, "not told again:", player.screen, player.held.seq, seq)

    # once all is quiet

    def quiet(self, players: list[Player]) -> None:
        """Every screen shows what it should, and every revision is proven on each screen or named there."""
        self.durable()
        for player in players:
            self._shows(player)
        for (alert, revision, screen), row in self.truth.rows.deliveries.items():
            promise(row.shown or row.named, "neither proven nor named:", alert, revision, screen)

    def _shows(self, player: Player) -> None:
        rows, screen = self.truth.rows, player.screen
        promise((player.held.epoch, player.held.seq) == (rows.epoch, rows.seq), "stands elsewhere:", screen)
        promise(player.programme == rows.programmes[screen], "shows another programme:", screen)
        player.paint()  # the frame that is due
        due = alert_at(self.truth.live(screen), player.now())
        promise(player.painted == due, "shows", player.painted, "instead of", due, screen)
        self._knows_the_time(player)
        before = alert_at(self.truth.live(screen), player.now() - PROMPT_MS)
        if due is not None and player.confirms and due == before:
            promise(rows.deliveries[due.id, due.revision, screen].shown, "shows without proof:", due, screen)

    def _knows_the_time(self, player: Player) -> None:
        """The time it follows is right; what a first, slow answer put in front of it is slewed away at 5 %."""
        right, at = player.clock.slewed(player.reading()), self.agenda.at
        promise(abs(right - at) <= SKEW_MS * 2, "follows the wrong time:", player.screen)
        promise(abs(player.now() - at) <= TOLERANCE_MS, "has the wrong time:", player.screen)
