"""The real application under the simulator's players and network: real tables, real sockets, seeded time.

``tests.simulation`` models the server; here its players talk to ``server.realtime`` by the Socket.IO test client, and
every check of ``tests.simulation.guarantees`` is made against what a fresh read of the tables says.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask
from flask_socketio import SocketIOTestClient

from media.blobs import Blobs
from playlists.alert import Alert
from playlists.model import Colour
from playlists.precedence import alert_at
from server import tables
from server.accounts.model import Grant, Identity, nobody
from server.alerts import service as alerts
from server.clock import FixedClock
from server.config import Config
from server.db import Database
from server.engines import is_postgresql
from server.parts import Parts
from server.realtime import attach, routes
from server.screens import groups, pairing, players, service
from server.screens.model import NewScreenOrder
from tests.simulation.agenda import START, Agenda
from tests.simulation.guarantees import Broken, Watch, promise
from tests.simulation.network import CLEAR
from tests.simulation.node import Message
from tests.simulation.player import Player

TICK_MS = 1_000
QUIET_MS, LOOK_MS = 32_000, 3_000  # as long as it may take, and how often to look whether it is so already
NAMED = "name"
TABLES = tables.metadata.sorted_tables
Rows = dict[sa.Table, list[dict[str, Any]]]


class Now:
    """The agenda's instant as the server's clock."""

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda

    def now(self) -> int:
        return self.agenda.at


@dataclass
class Memory:
    """What the checks compare with: the live set that a fresh read gave at every position."""

    history: dict[tuple[int, int, str], tuple[Alert, ...]] = field(default_factory=dict)

    def note(self, place: tuple[int, int, str], live: tuple[Alert, ...], at: int) -> None:
        """Keep what is live at a position; what expired there meanwhile was of it too."""
        before = self.history.get(place, ())
        self.history[place] = (*live, *(alert for alert in before if alert.expires <= at and alert not in live))


class Socket:
    """A player's connection: the library's test client, and a line that may lose what it carries."""

    def __init__(self, server: Server, player: Player) -> None:
        self.node, self.player, self.open, self.stuck = server, player, True, False
        token = server.site.tokens[player.screen]
        self.client: Any = SocketIOTestClient(
            server.app, server.realtime.socketio, namespace="/player", auth={"token": token}
        )

    def stands(self) -> bool:
        """Whether the server has not hung up."""
        return self.client.eio_sid in self.node.realtime.polling.peers

    def pump(self) -> None:
        """Carry what the server has sent; tell the player when it hung up."""
        if not self.open:
            return
        if not self.stands():
            self.open = False
            self.player.line.carry(self.player.hung_up, self)
            return
        for one in self.client.get_received("/player"):
            if one["name"] == "alerts_changed" and not self.stuck:
                told = self.node.site.told(one["args"][0])
                self.player.line.carry(self.player.hear, {"event": "alerts_changed", **told})


class Server:
    """One process' life: the application on the site's tables; a restart is another one."""

    def __init__(self, site: Site) -> None:
        self.site, self.up = site, True
        self.parts = site.opened()
        self.app = Flask("site")
        attach.attach(self.app, self.parts, lambda environ: None)
        self.realtime: attach.Realtime = self.app.extensions[attach.EXTENSION]
        self.realtime.presence.nobody()
        self.realtime.alerts.begin()
        self.sockets: list[Socket] = []
        self.second = 0
        site.agenda.after(TICK_MS, self.tick)

    def tick(self) -> None:
        """What a server does once a second."""
        if self.up:
            self.second += 1
            self.realtime.tick(self.second)
            self.site.settle()
            self.site.agenda.after(TICK_MS, self.tick)

    def die(self) -> None:
        """Be killed: nothing is told any more, every socket is gone."""
        self.up = False
        for one in self.sockets:
            if one.open:
                one.open = False
                one.player.line.carry(one.player.hung_up, one)
        self.parts.db.close()

    def accept(self, player: Player) -> Socket:
        """Take a player's socket."""
        self.sockets = [one for one in self.sockets if one.open]
        self.sockets.append(Socket(self, player))
        return self.sockets[-1]

    def _ask(self, screen: str, event: str, told: Message) -> Message:
        self.site.settle()
        socket = next((one for one in self.sockets if one.open and one.player.screen == screen), None)
        if socket is None:
            return self._fall_back(screen, told)
        answer = socket.client.emit(event, told, namespace="/player", callback=True) or {}
        self.site.settle()
        return answer if isinstance(answer, dict) else {}

    def _fall_back(self, screen: str, told: Message) -> Message:
        """The road by HTTP."""
        who = players.authenticate_player(self.parts, self.site.tokens[screen])
        assert who is not None
        found = routes.alerts(self.parts, who).model_dump()
        return {"ok": True, **found, "nonce": told.get("nonce", "")}

    def hello(self, screen: str, told: Message) -> Message:
        answer = self._ask(screen, "hello", {"nonce": told["nonce"], "protocol": 1})
        assert answer.get("ok"), answer
        return {**self.site.told(answer), "nonce": answer["nonce"], "programme": 0}

    def beat(self, screen: str, told: Message) -> Message:
        answer = self._ask(screen, "beat", {})
        assert answer.get("ok"), answer
        epoch = self.site.ordinal(answer["epoch"])
        return {"now": answer["now"], "epoch": epoch, "seq": answer["seq"], "programme": 0}

    def proof(self, screen: str, told: Message) -> Message:
        body = {"epoch": self.site.epochs[told["epoch"]], "id": told["id"], "revision": told["revision"]}
        self.site.settle()
        if all(not one.open or one.player.screen != screen for one in self.sockets):
            return {"ok": False, "of": told}
        answer = self._ask(screen, f"alert_{told['kind']}", body)
        return {"ok": bool(answer.get("ok")), "of": told}


CLIENTS: dict[Any, Any] = SocketIOTestClient.clients  # type: ignore[attr-defined]


class FreshWatch(Watch):
    """The simulator's checks, less those that need its tables; proofs are checked by what was painted."""

    def answered(self, player: Player, name: str, told: Message, answer: Message) -> None:
        if name == "proof" and answer["ok"]:
            key = (player.screen, told["epoch"], told["id"], told["revision"])
            held = self.glass if told["kind"] == "shown" else self.disks
            promise(key in held, "proved, and neither painted nor on disk:", key)


WHO = Identity("o1", "person", "u1", "安全员", grants=(Grant("*"),), address="192.0.2.1")


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of three screens, the last two in a group, and the token of each one's player."""

    rows: Rows
    group: str
    tokens: dict[str, str]


@cache
def furnished(config: Config) -> Plan:
    """Made once: every sequence begins with these rows again."""
    tokens = {}
    database = opened(config.url)
    with database.transaction() as tx:
        row = {"id": "o1", "name": "一厂", "zone": "Asia/Shanghai", "locale": "zh", "settings": {}, "created": START}
        tx.execute(tables.organisations.insert().values(**row))
        tx.execute(tables.position.insert().values(id=1, epoch="first", seq=0))
    parts = Parts(config, FixedClock(START), database, Blobs(config.data / "media"))
    group = groups.add_group(parts, WHO, "车间").id
    for number in range(3):
        order = NewScreenOrder(f"屏{number}", 192, 16, Colour.SINGLE, groups=(group,) if number else ())
        keyed = service.add(parts, WHO, order)
        tokens[keyed.screen.id] = pairing.by_key(parts, nobody("o1", "zh"), keyed.key).token
    return Plan(rows_of(database), group, tokens)


class Site:
    """Three screens, two of them in a group, and people who issue alerts."""

    def __init__(self, config: Config, seed: int, kind: type[Player] = Player) -> None:
        self.agenda, self.config = Agenda(seed), config
        plan = furnished(config)
        put_back(config.url, plan.rows)
        self.epochs: list[str] = []
        self.group, self.tokens, self.screens, self.who = plan.group, plan.tokens, list(plan.tokens), WHO
        self.memory, self.noted = Memory(), ("", -1)
        self.eye = eye(config.url)
        self.server = self._server = Server(self)
        self.settle()
        self.watch = FreshWatch(self.agenda, self.memory)  # type: ignore[arg-type]
        self.players = [kind(self.agenda, screen, self.choose, self.watch) for screen in self.screens]

    # what the players see of the site

    def choose(self) -> Any:
        """The server, while it is up."""
        return self.server if self.server.up else None

    def ordinal(self, epoch: str) -> int:
        """Epochs in the order they were."""
        if epoch not in self.epochs:
            self.epochs.append(epoch)
        return self.epochs.index(epoch)

    def told(self, answer: Message) -> Message:
        """A position with its live set as the simulator's players take it."""
        texts = [json.dumps(one, ensure_ascii=False) for one in answer["alerts"]]
        return {"now": answer["now"], "epoch": self.ordinal(answer["epoch"]), "seq": answer["seq"], "alerts": texts}

    def settle(self, *, changed: bool = False) -> None:
        """After anything the server did: note what is live now by a fresh read, carry what was sent."""
        stands, self.noted = self.noted, self.eye.execute("SELECT epoch, seq FROM position").fetchone()
        if changed or stands != self.noted:
            self._note(*self.noted)
        for one in self._server.sockets:
            one.pump()

    def _note(self, epoch: str, seq: int) -> None:
        with self._server.parts.db.read() as tx:
            for screen in self.screens:
                self.memory.note((self.ordinal(epoch), seq, screen), self.live(tx, screen), self.agenda.at)

    def live(self, tx: Any, screen: str) -> tuple[Alert, ...]:
        """What is for a screen now, by a fresh read."""
        return alerts.live_for(tx, "o1", screen, self.agenda.at)

    # what people and accidents do

    def opened(self) -> Parts:
        """The collaborators of one process on the site's tables."""
        return Parts(self.config, Now(self.agenda), opened(self.config.url), Blobs(self.config.data / "media"))

    @contextmanager
    def beside(self) -> Iterator[Parts]:
        """The same site in another process, such as a command."""
        yield self.opened()
        if self.server.up:
            self.settle(changed=True)

    def restart(self, downtime_ms: int) -> None:
        """Kill the server, and start another on the same tables."""
        self.server.die()
        self.agenda.run(downtime_ms)
        self.server = self._server = Server(self)
        self.settle()

    def restore(self, backup: Rows) -> None:
        """Put older rows back, under an epoch that never was."""
        self.server.die()
        put_back(self.config.url, backup, epoch=f"epoch {len(self.epochs)}")
        self.server = self._server = Server(self)
        self.settle()

    def backup(self) -> Rows:
        """The rows as they are."""
        return rows_of(self._server.parts.db)

    # once all is quiet

    def quiet(self) -> None:
        """Everything heals; then every screen shows what it should and every revision is proven or named."""
        if not self.server.up:
            self.server = self._server = Server(self)
        for player in self.players:
            player.line.turn(CLEAR)
            if not player.on:
                player.boot()
        for _ in range(QUIET_MS // LOOK_MS - 1):
            self.agenda.run(LOOK_MS)
            with suppress(Broken):
                return self._settled()
        self.agenda.run(LOOK_MS)
        return self._settled()

    def _settled(self) -> None:
        with self.server.parts.db.read() as tx:
            row = tx.execute(sa.select(tables.position)).one()
            for player in self.players:
                live = self.live(tx, player.screen)
                place = (self.ordinal(row.epoch), row.seq)
                promise((player.held.epoch, player.held.seq) == place, "stands elsewhere:", player.screen, place)
                player.paint()
                due = alert_at(live, player.now())
                promise(player.painted == due, "shows", player.painted, "instead of", due)
            self._proven(tx)

    def _proven(self, tx: Any) -> None:
        done = {
            (one.alert, one.revision)
            for one in tx.execute(sa.select(tables.alert_steps))
            if one.step == NAMED and one.done
        }
        for one in tx.execute(sa.select(tables.deliveries)):
            old = one.created < self.agenda.at - QUIET_MS
            promise(one.shown or not old or (one.alert, one.revision) in done, "neither proven nor named:", one)

    def close(self) -> None:
        """Give everything back."""
        self._server.up = False
        self.eye.close()
        self._server.parts.db.close()
        CLIENTS.clear()  # the library keeps every one, and each its server


def rows_of(database: Database) -> Rows:
    """Every row of every table."""
    with database.read() as tx:
        held = {table: [dict(row) for row in tx.execute(table.select()).mappings()] for table in TABLES}
    return {table: rows for table, rows in held.items() if rows}


def put_back(url: str, rows: Rows, **position: Any) -> None:
    """Make these all the rows there are, but for what ``position`` says of that."""
    with opened(url).transaction() as tx:
        for table in reversed(TABLES):
            tx.execute(table.delete())
        for table, held in rows.items():
            tx.execute(table.insert(), held)
        if position:
            tx.execute(tables.position.update().values(**position))


def eye(url: str) -> Any:
    """A connection that only looks, past everything that would make looking slow."""
    if is_postgresql(url):
        return psycopg.connect(url, autocommit=True)
    return sqlite3.connect(url.removeprefix("sqlite:///"))


def opened(url: str) -> Database:
    """A database of its own as a process would open it, but for what that costs: all share one engine, and with it the
    statements that are compiled already; and no power is lost here, so that the disk need not be waited for."""
    database = Database(url)
    database.engine = engine(url)
    return database


@cache
def engine(url: str) -> sa.Engine:
    """The one engine of a database."""
    made = Database(url).engine
    if not is_postgresql(url):
        sa.event.listen(made, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return made
