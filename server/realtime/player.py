"""The /player namespace: who connects, what a player asks, what it is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from server.accounts.model import Identity
from server.errors import Invalid, Problem, Unauthenticated, Violation
from server.parts import Parts
from server.playlog import service as playlog
from server.realtime import position, protocol, wirejson
from server.realtime.alerts import AlertRoad, RawProof
from server.realtime.answers import each
from server.realtime.guard import Guard
from server.realtime.peers import Ask, Member
from server.realtime.position import Standing
from server.realtime.presence import Presence
from server.realtime.proofs import Proofs
from server.realtime.wirejson import Written
from server.screens import commands, players
from server.screens.model import Report

LARGEST_REPORT = 8_000  # characters of what a beat tells, as JSON

Short = Annotated[str, Field(max_length=80)]
Count = Annotated[int, Field(ge=0, le=2**53)]


class Told(BaseModel):
    """What a player sends; fields of later players are let through unread."""

    model_config = ConfigDict(extra="ignore")


class Hello(Told):
    """A player starts, or noticed that it differs."""

    nonce: Annotated[str, Field(min_length=1, max_length=80)]
    protocol: int
    player: Short = ""
    pixels: Annotated[list[int], Field(max_length=2)] | None = None
    epoch: Short = ""
    programme: Short = ""
    seq: Count = 0
    clock: Any = None


class OtherProtocol(Problem):
    """A player that speaks otherwise than this server: nothing it says could be trusted to mean what it seems to."""

    status, slug = 409, "protocol"


class Beat(Told):
    """A player is alive and says where it stands."""

    epoch: Short = ""
    programme: Short = ""
    seq: Count = 0
    cues: dict[Short, Any] = {}
    clock: Any = None
    health: dict[Short, Any] = {}


class CommandDone(Told):
    """The outcome of a command."""

    id: Short
    ok: bool
    result: dict[str, Any] = {}


class Players:
    """Handlers of the namespace; all they know of a peer is the identity its token gave it when it joined."""

    def __init__(
        self, guard: Guard, parts: Parts, presence: Presence, road: AlertRoad, proofs: Proofs[RawProof]
    ) -> None:
        self._guard, self._parts, self._presence, self._road, self._proofs = guard, parts, presence, road, proofs
        self._locale = parts.config.locale
        guard.open_door(protocol.PLAYER, self.join, self.gone)
        guard.on_ask(protocol.PLAYER, protocol.HELLO, self.hello)
        guard.on_ask(protocol.PLAYER, protocol.BEAT, self.beat)
        for event, call in ((protocol.PLAYS_REPORTED, self.plays_reported), (protocol.COMMAND_DONE, self.command_done)):
            guard.on_ask(protocol.PLAYER, event, each(call, guard.refuse))
        for event in (protocol.ALERT_RECEIVED, protocol.ALERT_SHOWN):
            guard.on_note(protocol.PLAYER, event, self.proof)

    def join(self, asks: list[Ask]) -> None:
        """Let in whoever holds a device token that counts; nothing is told here, ``hello`` is answered."""
        try:
            with self._parts.db.or_mirror():
                found = players.authenticate_players(self._parts, [_token(ask) for ask in asks])
        except Exception as error:
            for ask in asks:
                self._guard.turn_away(ask, error)
            return
        for ask in asks:
            who = found.get(_token(ask))
            if who is None:
                self._guard.turn_away(ask, Unauthenticated(detail="screens.no_token"))
            else:
                self._guard.admit(ask, who, (protocol.screen_room(who.screen), protocol.player_room(who.id)))

    def gone(self, member: Member) -> None:
        """A socket is gone; its player is offline unless another socket of it stands."""
        player = member.who.id
        if not self._guard.rooms.of(protocol.PLAYER, protocol.player_room(player)):
            self._presence.tell(Report(player, self._now(), online=False))

    def hello(self, asks: list[Ask]) -> None:
        """Answer with the whole position; a start, a reconnect and a difference all come here."""
        try:
            held = self._road.held([ask.who for ask in asks])
        except Exception as error:
            self._refuse_all(asks, error)
            return
        self._with_standings(asks, lambda who, told, found: self._hello(who, told, found, held[who.id]))

    def _hello(self, who: Identity, told: dict[str, Any], found: Standing, held: tuple[int, Written]) -> Written:
        hello, now = Hello.model_validate(told), self._now()
        if hello.protocol != protocol.PROTOCOL:
            raise OtherProtocol(protocol=protocol.PROTOCOL, spoken=hello.protocol)
        self._presence.tell(Report(who.id, now, online=True, programme=hello.programme, version=hello.player))
        answer = {"ok": True, "nonce": hello.nonce, "screen": found.screen}
        return wirejson.joined({**answer, **found.position(), "seq": held[0], "now": now}, alerts=held[1])

    def beat(self, asks: list[Ask]) -> None:
        """Answer with the position; a player that holds another says hello again."""
        self._with_standings(asks, self._beat)

    def _beat(self, who: Identity, told: dict[str, Any], found: Standing) -> dict[str, Any]:
        beat = Beat.model_validate(told)
        body = {"cues": beat.cues, "clock": beat.clock, "health": beat.health}
        if len(wirejson.dumps(body)) > LARGEST_REPORT:
            raise Invalid((Violation("health", "realtime.too_much"),))
        self._presence.tell(Report(who.id, self._now(), online=True, programme=beat.programme, body=body))
        return {"ok": True, **found.position(), "now": self._now()}

    def _with_standings(self, asks: list[Ask], call: Callable[..., Written | dict[str, Any]]) -> None:
        """Answer each by ``call(who, told, standing)``; the standings of all are read at once."""
        try:
            with self._parts.db.or_mirror():
                found = position.standings(self._parts, [ask.who for ask in asks])
        except Exception as error:
            self._refuse_all(asks, error)
            return

        def answer(who: Identity, told: dict[str, Any]) -> Written | dict[str, Any]:
            if who.id not in found:
                raise Unauthenticated(detail="screens.no_token")
            return call(who, told, found[who.id])

        each(answer, self._guard.refuse)(asks)

    def _refuse_all(self, asks: list[Ask], error: Exception) -> None:
        for ask in asks:
            self._guard.refuse(ask, error)

    def plays_reported(self, who: Identity, told: dict[str, Any]) -> dict[str, Any]:
        """Store a batch of plays and say of each what became of it."""
        return playlog.verdict_object(playlog.report(self._parts, who, told.get("plays")), self._locale)

    def command_done(self, who: Identity, told: dict[str, Any]) -> dict[str, Any]:
        """Store the outcome of a command."""
        done = CommandDone.model_validate(told)
        commands.done(self._parts, who, done.id, ok=done.ok, result=done.result)
        return {"ok": True}

    def proof(self, ask: Ask) -> None:
        """Note the proof of an alert; it is acknowledged once it is stored."""
        self._proofs.add(RawProof(ask.who, ask.name, ask.told), ask.answer)

    def _now(self) -> int:
        return self._parts.clock.now()


def _token(ask: Ask) -> str:
    token = ask.told.get("token")
    return token if isinstance(token, str) else ""
