"""A player's line to the plant: it loses, doubles, delays and reorders messages, and is cut for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.simulation.agenda import Agenda


@dataclass(frozen=True, slots=True)
class Weather:
    """Chances from 0 to 1 and delays in ms; ``late`` is the chance that a copy comes as much as 20 s later."""

    name: str
    loss: float
    twice: float
    late: float
    least_ms: int
    most_ms: int


CLEAR = Weather("clear", 0.0, 0.05, 0.0, 1, 80)
ROUGH = Weather("rough", 0.25, 0.25, 0.1, 2, 900)
SLOW = Weather("slow", 0.02, 0.1, 0.05, 300, 1_400)
CUT = Weather("cut", 1.0, 0.0, 0.0, 1, 1)
NO_SOCKETS = Weather("no sockets", 0.0, 0.1, 0.05, 5, 200)  # a proxy that lets HTTP through and nothing else
LATEST_MS = 20_000


class Line:
    """Both directions between one player and the plant; a message is carried, or not, as the weather has it."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self.weather = CLEAR
        self.since = agenda.at  # when this weather began

    def turn(self, weather: Weather) -> None:
        """Change the weather; what is on its way arrives all the same."""
        self.weather, self.since = weather, self._agenda.at

    def carry(self, deliver: Callable[..., object], *args: Any) -> None:
        """Hand a message to ``deliver`` never, once or twice, each copy in its own time."""
        random, weather = self._agenda.random.random, self.weather
        for chance in (1.0 - weather.loss, weather.twice):
            if random() < chance:
                late = LATEST_MS if weather.late and random() < weather.late else weather.most_ms
                self._agenda.after(weather.least_ms + int(random() * (late - weather.least_ms)), deliver, *args)
