"""The player's clock by the rules of ``players/screen/clock.js``: a monotonic reading, an offset from round trips."""

from __future__ import annotations

from dataclasses import dataclass

KEPT = 8
STEP_MS = 1_000
SLEW_DIVISOR = 20  # 5 %


@dataclass(slots=True)
class Kept:
    """What of the clock survives a power cut: server less wall clock, and the newest server time, in ms."""

    skew: int = 0
    latest: int = 0


class Clockwork:
    """Follows the server; readings are ms since the boot, answers are the server's ms."""

    def __init__(self, kept: Kept, wall: int) -> None:
        self._applied = max(wall + kept.skew, kept.latest)
        self._target = self._applied
        self._slewed = 0
        self._samples: list[tuple[int, int]] = []  # (round trip, offset)
        self.contact = False

    def at(self, reading: int) -> int:
        """The server's time at a reading, slewed by at most 5 %."""
        room = max(0, reading - self._slewed) // SLEW_DIVISOR
        if room:
            self._slewed = reading
            self._applied += max(-room, min(room, self._target - self._applied))
        return reading + self._applied

    def sample(self, sent: int, received: int, server: int) -> None:
        """Take a round trip in; the shortest of the last eight counts, a jump forgets the older ones."""
        trip, offset = received - sent, server - (sent + received) // 2
        if self._samples and abs(self._samples[-1][1] - offset) > self._samples[-1][0] + trip + STEP_MS:
            self._samples = []
        self._samples = [*self._samples, (trip, offset)][-KEPT:]
        self._target = min(self._samples)[1]
        if not self.contact or self._target - self._applied > STEP_MS:
            self._applied = self._target
        self.contact = True

    def slewed(self, reading: int) -> int:
        """What ``at`` is on its way to."""
        return reading + self._target

    def settle(self) -> None:
        """Step back at once: nothing is moving."""
        if abs(self._target - self._applied) > STEP_MS:
            self._applied = self._target

    def kept(self, received: int, wall: int) -> Kept:
        """What to remember."""
        server = received + self._target
        return Kept(server - wall, server)
