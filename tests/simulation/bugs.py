"""Deliberate bugs: each makes one rule wrong, and the simulation is worth something only if it finds every one."""

from __future__ import annotations

from typing import Any

from playlists.alert import Alert, Phase
from playlists.precedence import alert_at
from tests.simulation.node import TOLD_MS, Message, Node, sent
from tests.simulation.plant import Kinds
from tests.simulation.player import DISK_MS, Held, Player
from tests.simulation.truth import Rows, Truth


class ForgetsEpoch(Player):
    """Compares sequences only."""

    def same(self, answer: Message) -> bool:
        return bool((answer["seq"], answer["programme"]) == (self.held.seq, self.programme))

    def foreign(self, message: Message) -> bool:
        return False


class TakesOtherEpochs(Player):
    """Takes another epoch from a push, where only an answer to a hello may bring one."""

    def newer(self, message: Message) -> bool:
        return self.foreign(message) or super().newer(message)

    def alerts_changed(self, message: Message) -> None:
        if self.newer(message):
            self.adopt(message)


class TakesOlder(Player):
    """Takes whatever push comes, older ones too."""

    def newer(self, message: Message) -> bool:
        return True


class TakesOlderAnswers(Player):
    """Lets the answer to a hello undo a push that overtook it."""

    def welcomed(self, answer: Message) -> None:
        if self.expected(answer):
            self.nonce = ""
            self.adopt(answer)


class ReusesNonce(Player):
    """Takes any answer to any hello, also one that was sent before the server was restored."""

    def expected(self, answer: Message) -> bool:
        return True


class SaysReceivedBeforeDisk(Player):
    """Says to have an alert on disk when it is in memory."""

    def adopt(self, message: Message) -> None:
        super().adopt(message)
        for alert in self.held.alerts:
            self.prove("received", self.held, alert)


class SaysShownBeforePainting(Player):
    """Says to have shown what it has on disk."""

    def written(self, held: Held, life: int) -> None:
        super().written(held, life)
        if life == self.life:
            for alert in held.alerts:
                self.prove("shown", held, alert)


class WritesTwice(Player):
    """Keeps the position and the alerts by two puts."""

    def put(self, held: Held) -> None:
        if self.writing is None:
            self.writing = held
            self.agenda.after(self.agenda.random.randint(1, DISK_MS), self.half_written, held, self.life)

    def half_written(self, held: Held, life: int) -> None:
        if life == self.life:
            self.disk = Held(held.epoch, held.seq, self.disk.alerts)
            self.agenda.after(self.agenda.random.randint(1, DISK_MS), self.written, held, life)


class TrustsTheWallClock(Player):
    """Asks the machine what time it is."""

    def now(self) -> int:
        return self.wall()


class ExpiresOnArrival(Player):
    """Looks at an alert's end when it comes and not when it is painted."""

    def due(self, now: int) -> Alert | None:
        return alert_at(self.held.alerts, min([now, *(alert.expires - 1 for alert in self.held.alerts)]))


class IgnoresDifferences(Player):
    """Sees that the server stands elsewhere, and does nothing about it."""

    def compare(self, answer: Message) -> None:
        pass


class TakesBeatsForState(Player):
    """Notes the position a beat is answered without having what belongs to it."""

    def compare(self, answer: Message) -> None:
        self.held = Held(answer["epoch"], answer["seq"], self.held.alerts)
        super().compare(answer)


class DropsAllClears(Player):
    """Takes a cleared alert for none."""

    def taken(self, message: Message) -> tuple[Alert, ...]:
        return tuple(alert for alert in super().taken(message) if alert.phase is Phase.LIVE)


class TakesAnyProgramme(Player):
    """Swaps in whichever programme comes last, whenever it was asked for."""

    def current(self, answer: Message) -> bool:
        return True


class SaysItOnce(Player):
    """Does not repeat a proof that was not answered."""

    def repeating(self) -> int:
        return 2_000


class ProvesAcrossEpochs(Node):
    """Stores a proof whatever epoch it was made under."""

    def same_epoch(self, told: Message) -> bool:
        return True


class TellsOnce(Node):
    """Does not send again to those who have not proved."""

    def urge(self, screens: tuple[str, ...], step: str) -> None:
        if step != "again":
            super().urge(screens, step)


class TellsTheDifference(Node):
    """Pushes what is new instead of the whole live set."""

    def tell_all(self) -> None:
        whole = self.whole
        newest = max(self.truth.rows.alerts.values(), key=lambda alert: alert.effective, default=None)
        self.whole = lambda screen: {**whole(screen), "alerts": [sent(newest)] if newest else []}  # type: ignore[method-assign]
        super().tell_all()
        self.whole = whole  # type: ignore[method-assign]


class AnswersBeforeCommit(Node):
    """Says "issued" and commits a moment later."""

    def issue(self, alert: Alert, target: str, answered: Any) -> None:
        answered_later = self.truth.rows.epoch
        self.agenda.after(TOLD_MS, self.late, alert, target, self.life)
        answered(answered_later, alert)

    def late(self, alert: Alert, target: str, life: int) -> None:
        if life == self.life:
            self.truth.commit(alert, target, self.now())
            self.announce(life)


class EscalatesFromMemory(Node):
    """Keeps the steps that are due in the process instead of in rows."""

    def crash(self) -> None:
        self.truth.rows.due.clear()
        super().crash()


class MovesPositionApart(Truth):
    """Commits a revision in one transaction and its position in another, which sometimes never comes."""

    def moved(self) -> None:
        self.lost = not getattr(self, "lost", True)
        if self.lost:
            self.note()
        else:
            super().moved()


class ForgetsLateJoiners(Truth):
    """Moves a screen without moving the position."""

    def move(self, screen: str, at: int) -> None:
        seq = self.rows.seq
        super().move(screen, at)
        self.rows.seq = seq
        self.note()


class RestoresUnderTheSameEpoch(Truth):
    """Goes back without saying so."""

    def restore(self, backup: Rows) -> None:
        epoch = self.rows.epoch
        super().restore(backup)
        self.rows.epoch = epoch
        self.note()


def bugs() -> dict[str, Kinds]:
    """Every bug by its name."""
    players = (
        ForgetsEpoch, TakesOtherEpochs, TakesOlder, TakesOlderAnswers, ReusesNonce, SaysReceivedBeforeDisk,
        SaysShownBeforePainting, WritesTwice, TrustsTheWallClock, ExpiresOnArrival, IgnoresDifferences,
        TakesBeatsForState, DropsAllClears, TakesAnyProgramme, SaysItOnce,
    )  # fmt: skip
    nodes = (ProvesAcrossEpochs, TellsOnce, TellsTheDifference, AnswersBeforeCommit, EscalatesFromMemory)
    truths = (MovesPositionApart, ForgetsLateJoiners, RestoresUnderTheSameEpoch)
    found = {kind.__name__: Kinds(player=kind) for kind in players}
    found |= {kind.__name__: Kinds(node=kind) for kind in nodes}
    return found | {kind.__name__: Kinds(truth=kind) for kind in truths}
