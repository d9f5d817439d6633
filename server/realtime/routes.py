"""The player's fall-back road over HTTP: the time, and the live alerts with their position."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from playlists.alertwire import alert_objects
from server.accounts import marks
from server.accounts.model import Identity
from server.alerts import service
from server.api import Api
from server.parts import Parts
from server.realtime import position
from server.screens.players import must_be_player

api = Api("realtime")


class TimeAnswer(BaseModel):
    """The server's clock, UTC ms."""

    now: int


class AlertsAnswer(BaseModel):
    """The whole live set for the player's screen, and its position."""

    now: int
    epoch: str
    seq: int
    alerts: list[Any]


@api.get("/player/time", "", answer=TimeAnswer, summary="The server's clock")
def time(parts: Parts, who: Identity) -> TimeAnswer:
    must_be_player(who)
    return TimeAnswer(now=parts.clock.now())


@api.get("/player/alerts", "", answer=AlertsAnswer, summary="The live alerts for the player's screen")
def alerts(parts: Parts, who: Identity) -> AlertsAnswer:
    must_be_player(who)
    position.standing(parts, who)  # a token that ended meanwhile gets nothing
    now = parts.clock.now()
    found = service.held_by(parts, who.org, [who.screen], now)
    mine = found.of(who.screen)
    if keys := [(alert.id, alert.revision, who.screen) for alert in mine]:
        marks.mark(parts, lambda tx: service.mark_sent(parts, keys))
    return AlertsAnswer(now=now, epoch=found.epoch, seq=found.seq, alerts=alert_objects(mine))
