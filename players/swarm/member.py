"""One simulated player: what it says and when, by the rules of ``docs/player-protocol.md``. It owns no socket.

Times are integer ms of the fleet's own steady clock; the server's time is that plus an offset from answers.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from players.swarm import packets
from players.swarm.faults import Fault
from playlists.alert import Alert
from playlists.alertwire import alerts_from
from playlists.precedence import alert_at

BEAT_MS, JITTER_MS = 10_000, 1_000
REPEAT_MS = 3_000
DISK_MS, FRAME_MS = (2, 30), (8, 40)  # until an alert is on a disk, until a frame is painted
ASTRAY_MS = 86_400_000

Json = dict[str, Any]
Proof = tuple[str, str, str, int]  # event, epoch, alert, revision
After = Callable[[int, Callable[[], None]], None]


class Member:
    """A player with its position and its proofs; ``send`` puts a text on its line, ``fetch`` asks for the programme."""

    def __init__(self, number: int, token: str, fault: Fault, now: Callable[[], int], after: After, seed: int) -> None:
        self.number, self.token, self.fault = number, token, fault
        self._now, self._after, self._random = now, after, Random(seed * 1_000_003 + number)
        self.send: Callable[[str], None] = lambda _: None
        self.fetch: Callable[[], None] = lambda: None
        self.watch: Callable[[Member, str, Json], None] = lambda *_: None
        self.epoch, self.seq, self.programme = "", 0, ""
        self.alerts: tuple[Alert, ...] = ()
        self.welcome = False
        self.offset = 0
        self._line = 0
        self._asked = 0
        self._waiting: dict[int, tuple[str, int, Json]] = {}
        self._proofs: dict[Proof, Json] = {}
        self._proved: set[Proof] = set()

    # the line

    def opened(self) -> None:
        """A socket stands: ask to be let in."""
        self._line += 1
        self._waiting.clear()
        self.send(packets.joining(self.token))

    def closed(self) -> None:
        """It is gone."""
        self._line += 1
        self.welcome = False

    def hear(self, text: str) -> None:
        """Something came."""
        if text == packets.PING:
            self.send(packets.PONG)
        elif packets.joined(text):
            self._hello()
            self._later(self._beat_ms(), self._beat)
            self._later(REPEAT_MS, self._repeat)
        elif (answered := packets.answer(text)) is not None:
            self._answered(*answered)
        elif (told := packets.told(text)) is not None:
            self._told(*told)

    def _later(self, ms: int, act: Callable[[], None]) -> None:
        """Do something in a while, on this line only."""
        line = self._line
        self._after(ms, lambda: act() if line == self._line else None)

    def _ask(self, event: str, told: Json) -> None:
        self._asked += 1
        self._waiting[self._asked] = (event, self._now(), told)
        self.send(packets.asking(self._asked, event, told))

    # position

    def _hello(self) -> None:
        self._nonce = f"{self._random.getrandbits(64):016x}"
        place = {"epoch": self.epoch, "programme": self.programme, "seq": self.seq, "clock": self._clock()}
        self._ask("hello", {"nonce": self._nonce, "protocol": 1, "player": "swarm", "pixels": [192, 16], **place})

    def _clock(self) -> Json:
        astray = self._random.randint(-ASTRAY_MS, ASTRAY_MS) if self.fault is Fault.WRONG_CLOCK else 0
        return {"offset": self.offset, "error": 0, "rtt": 1, "wall": self.server_now() + astray}

    def server_now(self) -> int:
        """What time the server says it is; a wrong clock of the machine does no harm."""
        return self._now() + self.offset

    def _beat_ms(self) -> int:
        return BEAT_MS + self._random.randint(-JITTER_MS, JITTER_MS)

    def _beat(self) -> None:
        place = {"epoch": self.epoch, "programme": self.programme, "seq": self.seq}
        self._ask("beat", {**place, "cues": {}, "clock": self._clock(), "health": {"frames": self._now() // 17}})
        self._later(self._beat_ms(), self._beat)

    def _answered(self, number: int, answer: Json) -> None:
        event, sent, told = self._waiting.pop(number, ("", 0, {}))
        if answer.get("now"):
            self.offset = int(answer["now"]) - (sent + self._now()) // 2
        if event == "hello" and answer.get("ok") and answer.get("nonce") == self._nonce:
            self._welcomed(answer)
        elif event == "beat" and answer.get("ok") and self._differs(answer):
            self._hello()
        elif event in ("alert_received", "alert_shown"):
            self._settled((event, told["epoch"], told["id"], told["revision"]), answer)

    def _differs(self, answer: Json) -> bool:
        return (answer["epoch"], answer["seq"], answer["programme"]) != (self.epoch, self.seq, self.programme)

    def _welcomed(self, answer: Json) -> None:
        self.welcome = True
        if answer["epoch"] != self.epoch or answer["seq"] >= self.seq:
            self._adopt(answer)
        if answer["programme"] != self.programme:
            self.fetch()
        self.watch(self, "hello", answer)

    def _told(self, event: str, told: Json) -> None:
        self.watch(self, event, told)
        if event == "programme_published":
            self.fetch()
        elif event == "alerts_changed" and told["epoch"] != self.epoch:
            self._hello()
        elif event == "alerts_changed" and told["seq"] >= self.seq:
            self._adopt(told)

    def fetched(self, version: str) -> None:
        """The programme is here."""
        self.programme = version

    # alerts

    def _adopt(self, answer: Json) -> None:
        self.epoch, self.seq, self.alerts = answer["epoch"], answer["seq"], _alerts(answer["alerts"])
        if self.alerts and self.fault is not Fault.SILENT:
            self._later(self._random.randint(*DISK_MS), self._received)
            self._later(self._random.randint(*FRAME_MS), self._painted)

    def _received(self) -> None:
        for alert in self.alerts:
            self._prove("alert_received", alert, {})

    def _painted(self) -> None:
        at = self.server_now()
        alert = alert_at(self.alerts, at)
        if alert is not None:
            self._prove("alert_shown", alert, {"shown_at": at})
            self.watch(self, "painted", {"id": alert.id, "revision": alert.revision, "at": at})

    def _prove(self, event: str, alert: Alert, more: Json) -> None:
        proof = (event, self.epoch, alert.id, alert.revision)
        if proof not in self._proved and proof not in self._proofs:
            self._proofs[proof] = {"epoch": self.epoch, "id": alert.id, "revision": alert.revision, **more}
            self._ask(event, self._proofs[proof])

    def _settled(self, proof: Proof, answer: Json) -> None:
        if self._proofs.pop(proof, None) is None:
            return
        self._proved.add(proof)
        if answer.get("ok"):
            self.watch(self, "proved", {"event": proof[0], "id": proof[2], "revision": proof[3]})
        else:
            self._hello()

    def _repeat(self) -> None:
        """Say again what was not answered; look again at what is due by now."""
        for proof, told in list(self._proofs.items()):
            self._ask(proof[0], told)
        if self.alerts and self.fault is not Fault.SILENT:
            self._painted()
        self._later(REPEAT_MS, self._repeat)


_READ: dict[int, tuple[list[Any], tuple[Alert, ...]]] = {}


def _alerts(objects: list[Any]) -> tuple[Alert, ...]:
    """The alerts of a message; the very list that thousands were told (``packets.told``) is read once."""
    held = _READ.get(id(objects))
    if held is None or held[0] is not objects:
        if len(_READ) > 64:
            _READ.clear()
        held = _READ[id(objects)] = (objects, alerts_from(objects))
    return held[1]
