"""A plant whose whole story hangs on one number: nodes, players, weather, and people who issue alerts in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playlists.alert import Alert, Phase, Presentation, Severity, Status, Urgency
from tests.simulation.agenda import Agenda
from tests.simulation.guarantees import PROMPT_MS, SKEW_MS, Watch
from tests.simulation.network import CLEAR, CUT, NO_SOCKETS, ROUGH, SLOW
from tests.simulation.node import Node
from tests.simulation.player import Player
from tests.simulation.truth import Rows, Truth

STORY_MS, QUIET_MS = 55_000, 45_000
DAY_MS = 86_400_000
ALL_CLEAR_MS = 60_000


@dataclass(frozen=True, slots=True)
class Kinds:
    """What the plant is made of; a deliberate bug puts another class in a place."""

    node: type[Node] = Node
    player: type[Player] = Player
    truth: type[Truth] = Truth


RIGHT = Kinds()


class Plant:
    """One seed's world."""

    def __init__(self, seed: int, kinds: Kinds = RIGHT) -> None:
        self.agenda = Agenda(seed)
        random = self.random = self.agenda.random
        screens = [f"s{n}" for n in range(random.randint(1, 3))]
        self.truth = kinds.truth(screens)
        self.watch = Watch(self.agenda, self.truth)
        self.nodes: list[Node] = []
        for _ in range(random.choice((1, 1, 2, 3))):
            skew = random.randint(-SKEW_MS, SKEW_MS)
            self.nodes.append(kinds.node(self.agenda, self.truth, self.nodes, skew))
        self.players = [kinds.player(self.agenda, name, self.choose, self.watch) for name in screens]
        if random.random() < 0.2:
            self.players[0].confirms = False
        self.backups: list[Rows] = [self.truth.rows.copy()]
        self.made = 0
        acts = (
            (self.issue, 6), (self.change, 6), (self.move, 2), (self.publish, 3), (self.turn, 6), (self.stick, 1),
            (self.crash, 2), (self.back_up, 2), (self.restore, 1), (self.power, 3), (self.split, 1),
        )  # fmt: skip
        # Every seed leaves out some kinds of act, so that rare ones meet undisturbed.
        self.acts = [act for act in acts if act[1] == 6 or random.random() < 0.6]

    def choose(self) -> Node | None:
        """A node that answers, as a proxy would find one."""
        up = [node for node in self.nodes if node.up]
        return self.random.choice(up) if up else None

    # the story

    def run(self) -> int:
        """Let it all happen and raise Broken when a promise is not kept; return how much happened."""
        at, kinds, weights = 0, [a for a, _ in self.acts], [w for _, w in self.acts]
        while at < STORY_MS:
            self.agenda.after(at, self.random.choices(kinds, weights)[0])
            at += self.random.choice((5, 300, 2_000, 6_000))
        self.agenda.run(STORY_MS)
        self.calm()
        self.agenda.run(QUIET_MS)
        self.watch.quiet(self.players)
        return self.agenda.done

    def calm(self) -> None:
        """No more faults; what is on its way still arrives."""
        for node in self.nodes:
            node.start()
            node.bus = True
        for player in self.players:
            player.line.turn(CLEAR)
            if not player.on:
                player.boot()

    def issue(self) -> None:
        """Somebody issues an alert."""
        at, pick = self.agenda.at, self.random.choice
        self.made += 1
        lasting = pick((4_000, 15_000, 30_000, 600_000, 600_000))
        alert = Alert(
            f"a{self.made}", 1, Phase.LIVE, pick((Status.ACTUAL, Status.ACTUAL, Status.EXERCISE)), pick(list(Severity)),
            Urgency.IMMEDIATE, Presentation.TAKEOVER, "Ⅰ级", f"{self.random.getrandbits(32):x}", "撤离", at, at,
            at + lasting,
        )  # fmt: skip
        self.order(alert, pick(("all", "shop")))

    def change(self) -> None:
        """Somebody updates, clears or corrects an alert that is live."""
        at, rows = self.agenda.at, self.truth.rows
        live = [a for a in rows.alerts.values() if a.phase is Phase.LIVE and a.expires > at]
        if not live:
            return
        old = self.random.choice(live)
        phase = self.random.choice((Phase.LIVE, Phase.CLEARED, Phase.CLEARED, Phase.CORRECTED))
        expires = old.expires if phase is Phase.LIVE else at + ALL_CLEAR_MS
        words = f"{self.random.getrandbits(32):x}"
        self.order(
            replace(old, revision=old.revision + 1, phase=phase, headline=words, effective=at, expires=expires),
            rows.targets[old.id],
        )

    def order(self, alert: Alert, target: str) -> None:
        """Have any node issue a revision."""
        node = self.choose()
        if node is not None:
            node.issue(alert, target, self.watch.issued)
            rows, at = self.truth.rows, self.agenda.at
            told = [player for player in self.players if player.screen in rows.members[target]]
            self.agenda.after(PROMPT_MS, self.watch.prompt, told, self.nodes, rows.seq, rows.epoch, at)

    def move(self) -> None:
        """A screen joins the workshop, or leaves it."""
        if node := self.choose():
            self.truth.move(self.random.choice(self.players).screen, node.now())
            node.announce(node.life)

    def publish(self) -> None:
        """A programme is approved."""
        self.made += 1
        if node := self.choose():
            node.publish(self.random.choice(self.players).screen, self.made)

    # faults

    def turn(self) -> None:
        """A line's weather changes."""
        self.random.choice(self.players).line.turn(self.random.choice((CLEAR, CLEAR, ROUGH, SLOW, CUT, NO_SOCKETS)))

    def stick(self) -> None:
        """A socket carries nothing any more, and neither end knows."""
        connection = self.random.choice(self.players).connection
        if connection:
            connection.stuck = True

    def crash(self) -> None:
        """A node dies, and is started again."""
        node = self.random.choice(self.nodes)
        if node.up:
            node.crash()
            self.agenda.after(self.random.choice((500, 3_000, 8_000)), node.start)

    def back_up(self) -> None:
        """A backup is made, and may be needed soon."""
        self.backups.append(self.truth.rows.copy())
        if self.random.random() < 0.4:
            self.agenda.after(self.random.choice((1_500, 5_000)), self.restore)

    def restore(self) -> None:
        """An older state is put back; every node is down meanwhile."""
        for node in self.nodes:
            if node.up:
                node.crash()
            self.agenda.after(1_000, node.start)
        self.truth.restore(self.random.choice(self.backups))
        for ms in (1_200, 2_500):  # people do again what was lost
            self.agenda.after(ms, self.change)

    def power(self) -> None:
        """A player loses power; its clock may be lost with it."""
        player = self.random.choice(self.players)
        if player.on:
            player.cut_power()
            if self.random.random() < 0.3:
                player.rtc_error = self.random.choice((-20 * 365 * DAY_MS, -3_600_000, 3_600_000, 9 * DAY_MS, 0))
            self.agenda.after(self.random.choice((400, 4_000, 20_000)), self.power_back, player)

    def power_back(self, player: Player) -> None:
        """And has it again."""
        if not player.on:
            player.boot()

    def split(self) -> None:
        """The bus between the nodes fails for a while."""
        node = self.random.choice(self.nodes)
        node.bus = False
        node.since = self.agenda.at
        self.agenda.after(6_000, setattr, node, "bus", True)
