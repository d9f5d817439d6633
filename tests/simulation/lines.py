"""Lines on which nothing goes as usual: every push is lost, or every message comes twice and in any order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.simulation.network import Line
from tests.simulation.node import Message
from tests.simulation.player import Player

SHUFFLED_MS = 200  # more, both ways, and no clock could follow the time as closely as is promised
NEVER = 2**60


class Deaf(Player):
    """Hears nothing the server says by itself: what it has it was answered."""

    def hear(self, message: Message) -> None:
        pass

    def clear_since(self) -> int:
        return NEVER


class Shuffling(Line):
    """Carries whatever is not lost twice, each copy in its own time, both ways, answers too."""

    def carry(self, deliver: Callable[..., object], *args: Any) -> None:
        for _ in range(2):
            if self._agenda.random.random() >= self.weather.loss:
                ms = self.weather.least_ms + self._agenda.random.randrange(SHUFFLED_MS)
                self._agenda.after(ms, deliver, *args)


class Shuffled(Player):
    """At the end of such a line."""

    line_kind = Shuffling

    def clear_since(self) -> int:
        return NEVER


LINES: dict[str, type[Player]] = {"usual": Player, "without pushes": Deaf, "shuffled": Shuffled}
