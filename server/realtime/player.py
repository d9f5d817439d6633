"""The /player namespace: who connects, what a player asks, what it is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from server.accounts.model import Identity
from server.errors import Conflict, Invalid, Unauthenticated, Violation
from server.parts import Parts
from server.playlog import service as playlog
from server.realtime import position, protocol, wirejson
from server.realtime.answers import answering, refusal
from server.realtime.presence import Presence
from server.screens import commands, players
from server.screens.model import Report

WHO = "paomadeng.player"  # where a connection keeps its identity
LARGEST_REPORT = 8_000  # characters of what a beat tells, as JSON

Short = Annotated[str, Field(max_length=80)]
Count = Annotated[int, Field(ge=0, le=2**53)]


class Told(BaseModel):
    """What a player sends; fields of later players are let through unread."""

    model_config = ConfigDict(extra="ignore")


class Hello(Told):
    """A player starts, or noticed that it differs."""

    nonce: Annotated[str, Field(min_length=1, max_length=80)]
    protocol: int = protocol.PROTOCOL
    player: Short = ""
    pixels: Annotated[list[int], Field(max_length=2)] | None = None
    epoch: Short = ""
    programme: Short = ""
    seq: Count = 0
    clock: Any = None


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
    """Handlers of the namespace; all they know of a peer is the identity its token gave it at connect."""

    def __init__(self, server: Any, parts: Parts, presence: Presence) -> None:
        self._server, self._parts, self._presence = server, parts, presence
        self._locale = parts.config.locale
        self._handle("connect", self.connect)
        self._handle("disconnect", self.disconnect)
        asked: dict[str, Callable[[Identity, dict[str, Any]], dict[str, Any]]] = {
            protocol.HELLO: self.hello,
            protocol.BEAT: self.beat,
            protocol.PLAYS_REPORTED: self.plays_reported,
            protocol.COMMAND_DONE: self.command_done,
            protocol.ALERT_RECEIVED: self.alert,
            protocol.ALERT_SHOWN: self.alert,
        }
        for event, handler in asked.items():
            self._handle(event, answering(self._as_player(handler), self._locale))

    def _handle(self, event: str, handler: Callable[..., Any]) -> None:
        self._server.on(event, handler, namespace=protocol.PLAYER)

    def _as_player(self, handler: Callable[[Identity, dict[str, Any]], dict[str, Any]]) -> Callable[..., Any]:
        def handle(sid: str, told: dict[str, Any]) -> dict[str, Any]:
            who = self._server.get_environ(sid, protocol.PLAYER)[WHO]
            try:
                return handler(who, told)
            except Unauthenticated:
                self._server.start_background_task(self._server.disconnect, sid, namespace=protocol.PLAYER)
                raise

        return handle

    def connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Let in whoever holds a device token that counts; nothing is emitted here, ``hello`` is answered."""
        token = auth.get("token") if isinstance(auth, dict) else None
        try:
            who = players.authenticate_player(self._parts, token) if isinstance(token, str) else None
            if who is None:
                raise Unauthenticated(detail="screens.no_token")
        except Exception as error:
            raise refusal(error, self._locale) from None
        environ[WHO] = who
        for room in (protocol.screen_room(who.screen), protocol.player_room(who.id)):
            self._server.enter_room(sid, room, namespace=protocol.PLAYER)

    def disconnect(self, sid: str, reason: str = "") -> None:
        """A socket is gone; its player is offline unless another socket of it stands."""
        who = self._server.get_environ(sid, protocol.PLAYER).get(WHO)
        if who is None:
            return
        room = protocol.player_room(who.id)
        others = (one for one, _ in self._server.manager.get_participants(protocol.PLAYER, room) if one != sid)
        if next(others, None) is None:
            self._presence.tell(Report(who.id, self._parts.clock.now(), online=False))

    def hello(self, who: Identity, told: dict[str, Any]) -> dict[str, Any]:
        """Answer with the whole position; a start, a reconnect and a difference all come here."""
        hello = Hello.model_validate(told)
        found = position.standing(self._parts, who)
        self._presence.tell(Report(who.id, self._now(), online=True, programme=hello.programme, version=hello.player))
        answer = {"ok": True, "nonce": hello.nonce, "screen": found.screen, **found.position(), "alerts": []}
        return {**answer, "now": self._now()}

    def beat(self, who: Identity, told: dict[str, Any]) -> dict[str, Any]:
        """Answer with the position; a player that holds another says hello again."""
        beat = Beat.model_validate(told)
        found = position.standing(self._parts, who)
        body = {"cues": beat.cues, "clock": beat.clock, "health": beat.health}
        if len(wirejson.dumps(body)) > LARGEST_REPORT:
            raise Invalid((Violation("health", "realtime.too_much"),))
        self._presence.tell(Report(who.id, self._now(), online=True, programme=beat.programme, body=body))
        return {"ok": True, **found.position(), "now": self._now()}

    def plays_reported(self, who: Identity, told: dict[str, Any]) -> dict[str, Any]:
        """Store a batch of plays and say of each what became of it."""
        return playlog.verdict_object(playlog.report(self._parts, who, told.get("plays")), self._locale)

    def command_done(self, who: Identity, told: dict[str, Any]) -> dict[str, Any]:
        """Store the outcome of a command."""
        done = CommandDone.model_validate(told)
        commands.done(self._parts, who, done.id, ok=done.ok, result=done.result)
        return {"ok": True}

    def alert(self, who: Identity, told: dict[str, Any]) -> dict[str, Any]:
        """Proof of an alert; this server has issued none."""
        raise Conflict(detail="realtime.no_alerts")

    def _now(self) -> int:
        return self._parts.clock.now()
