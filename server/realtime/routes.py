"""The player's fall-back road over HTTP: the time, and the live alerts with their position."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from playlists.alertwire import alert_objects
from server.accounts import marks
from server.accounts.model import Identity
from server.alerts import service
from server.alerts.model import Proof, ProofKind
from server.api import Api
from server.errors import Problem
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


class ProofBody(BaseModel):
    """A player has a revision on its disk, or has painted it at ``shown_at`` (UTC ms by its corrected clock)."""

    model_config = ConfigDict(extra="forbid")

    kind: ProofKind
    epoch: Annotated[str, Field(max_length=80)]
    id: Annotated[str, Field(max_length=80)]
    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]
    shown_at: Annotated[int, Field(ge=0, le=2**53)] | None = None


class ProofsBody(BaseModel):
    """Proofs of a player that no socket reaches."""

    model_config = ConfigDict(extra="forbid")

    proofs: Annotated[list[ProofBody], Field(max_length=100)]


class ProofsAnswer(BaseModel):
    """``refused`` are the places in the list of what this server did not send; all others are stored."""

    ok: bool
    refused: list[int]


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


@api.post("/player/alerts/proofs", "", body=ProofsBody, answer=ProofsAnswer, summary="Prove alerts without a socket")
def prove(parts: Parts, who: Identity, body: ProofsBody) -> ProofsAnswer:
    must_be_player(who)
    proofs = [Proof(who, one.kind, one.epoch, one.id, one.revision, one.shown_at) for one in body.proofs]
    verdicts = service.prove(parts, proofs)
    return ProofsAnswer(ok=True, refused=[n for n, one in enumerate(verdicts) if isinstance(one, Problem)])
