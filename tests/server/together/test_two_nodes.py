"""Two nodes on a real PostgreSQL and a real Redis: what happens on one is seen on the other, whatever dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import websocket

from tests.players.stand import until
from tests.server.together.conftest import PATIENCE_S, Plant
from tests.server.together.node import Node
from tests.site import ROOT, free_port

Dial = Callable[[Node, str], "Player"]
NO_PLAYER = {"programme": "", "player": "test", "protocol": 1}


class Player:
    """A player's socket at one node."""

    def __init__(self, node: Node, token: str) -> None:
        self.ws: Any = websocket.create_connection(
            f"ws://127.0.0.1:{node.site.port}/socket.io/?EIO=4&transport=websocket", timeout=15, suppress_origin=True
        )
        self.ws.recv()
        self.ws.send("40/player," + json.dumps({"token": token}))
        assert self.frame().startswith('40/player,{"sid"')
        self.answer(1, "hello", {**NO_PLAYER, "nonce": "n"})

    def answer(self, number: int, event: str, told: dict[str, Any]) -> Any:
        """Ask something and return what is answered."""
        self.ws.send(f'42/player,{number}["{event}",{json.dumps(told)}]')
        while not (said := self.frame()).startswith(f"43/player,{number}["):
            pass
        return json.loads(said.partition("[")[2][:-1])

    def frame(self) -> str:
        while (said := str(self.ws.recv())) == "2":
            self.ws.send("3")
        return said

    def event(self, name: str) -> Any:
        """The next event of that name."""
        while True:
            head, _, body = self.frame().partition("[")
            if head == "42/player," and body.startswith(f'"{name}"'):
                return json.loads("[" + body)[1]

    def told(self, headline: str) -> Any:
        """The live set in which an alert of that headline stands."""
        while True:
            told = self.event("alerts_changed")
            if any(one["headline"] == headline for one in told["alerts"]):
                return told

    def ends(self) -> bool:
        """Whether the server ends it; pings are answered meanwhile."""
        try:
            while True:
                self.frame()
        except websocket.WebSocketTimeoutException:
            return False
        except (websocket.WebSocketException, OSError):
            return True


@pytest.fixture
def dial() -> Iterator[Callable[[Node, str], Player]]:
    made: list[Player] = []

    def call(node: Node, token: str) -> Player:
        made.append(Player(node, token))
        return made[-1]

    yield call
    for one in made:
        one.ws.shutdown()


def hear_each_other(plant: Plant) -> None:
    assert until(lambda: not any(node.get("/readyz")["warnings"] for node in plant.nodes), PATIENCE_S)


def test_an_alert_issued_at_one_node_is_told_and_proved_at_the_other(plant: Plant, dial: Dial) -> None:
    screen, token = plant.screen("东门")
    player = dial(plant.nodes[1], token)
    alert = plant.issue(0, screen, "一号疏散")
    told = player.told("一号疏散")
    (mine,) = [one for one in told["alerts"] if one["id"] == alert]
    proof = {"epoch": told["epoch"], "id": alert, "revision": mine["revision"], "shown_at": told["now"]}
    assert player.answer(7, "alert_shown", proof) == {"ok": True}
    rows = plant.ask(0, "GET", f"/api/v1/alerts/{alert}/deliveries").json()["items"]
    assert [row["shown_at"] is not None for row in rows if row["screen"] == screen] == [True]


def test_an_edit_at_one_node_nudges_the_players_of_the_other(plant: Plant, dial: Dial) -> None:
    screen, token = plant.screen("西门")
    player = dial(plant.nodes[1], token)
    made = plant.ask(
        0, "POST", "/api/v1/playlists", json={"name": "西门", "items": [{"kind": "slogan", "text": "安全"}]}
    )
    plant.ask(0, "POST", f"/api/v1/playlists/{made.json()['id']}/submit", json={})
    plant.ask(0, "POST", "/api/v1/slots", json={"playlist": made.json()["id"], "targets": {"screens": [screen]}})
    version = player.event("programme_published")["version"]
    seen = requests.get(
        f"{plant.nodes[1].site.url}/player/programme", headers={"Authorization": f"Bearer {token}"}, timeout=10
    ).json()
    assert version
    assert seen["screen"] == screen


def test_a_player_revoked_at_one_node_is_cut_off_at_the_other(plant: Plant, dial: Dial) -> None:
    screen, token = plant.screen("南门")
    player = dial(plant.nodes[1], token)
    (held,) = plant.ask(0, "GET", f"/api/v1/screens/{screen}/players").json()["items"]
    plant.ask(0, "POST", f"/api/v1/screens/{screen}/players/{held['id']}/revoke")
    assert player.ends()


def test_one_of_two_leads_and_the_other_does_when_it_is_killed(plant: Plant) -> None:
    (first,) = plant.leading()
    process = plant.nodes[first].site.process
    assert process is not None
    plant.nodes[first].send(signal.SIGKILL)
    assert until(lambda: plant.leading() != [first], PATIENCE_S)
    plant.nodes[first].start()
    assert plant.leading() == [1 - first]


def test_while_redis_is_away_alerts_still_reach_the_other_node(plant: Plant, dial: Dial) -> None:
    screen, token = plant.screen("北门")
    player = dial(plant.nodes[1], token)
    plant.redis.send(signal.SIGKILL)
    assert until(lambda: plant.nodes[0].get("/readyz")["warnings"], PATIENCE_S)
    plant.issue(0, screen, "无 Redis 疏散")
    player.told("无 Redis 疏散")
    plant.redis.start()
    hear_each_other(plant)


def test_while_postgresql_is_away_an_alert_reaches_the_players_of_its_node_and_is_stored_later(
    plant: Plant, dial: Dial
) -> None:
    screen, token = plant.screen("库房")
    here, there = dial(plant.nodes[0], token), dial(plant.nodes[1], token)
    before = plant.issue(0, screen, "停库之前")
    for player in (here, there):
        player.told("停库之前")
    assert until(lambda: "paomadeng_mirror_fresh 1.0" in plant.metrics(0), PATIENCE_S)
    plant.database.send(signal.SIGQUIT)
    order = {
        "status": "exercise", "severity": "severe", "headline": "停库疏散", "instruction": "到东门广场集合",
        "targets": {"screens": [screen]}, "presentation": "takeover", "expires_in_s": 600,
    }  # fmt: skip
    made = plant.ask(0, "POST", "/api/v1/alerts", json=order).json()
    assert made["stored"] is False
    told = here.told("停库疏散")
    assert {one["headline"] for one in told["alerts"]} == {"停库之前", "停库疏散"}
    assert told["stored"] is False
    assert here.answer(8, "hello", {**NO_PLAYER, "nonce": "m"})["ok"]
    assert dial(plant.nodes[0], token).answer(9, "beat", {})["ok"]  # who reconnects is let in
    refused = plant.caller.get(f"{plant.nodes[0].site.url}/api/v1/playlists", timeout=20)
    assert refused.status_code == 503
    plant.database.start()
    there.told("停库疏散")
    assert plant.ask(1, "GET", f"/api/v1/alerts/{made['id']}").json()["headline"] == "停库疏散"
    for alert in (before, made["id"]):
        plant.ask(1, "POST", f"/api/v1/alerts/{alert}/clear", json={})


def test_a_node_that_ends_hands_its_players_over(plant: Plant, dial: Dial) -> None:
    screen, token = plant.screen("大厅")
    player = dial(plant.nodes[1], token)
    assert plant.nodes[1].site.process is not None
    plant.nodes[1].site.process.send_signal(signal.SIGTERM)
    assert player.ends()
    again = dial(plant.nodes[0], token)
    plant.issue(0, screen, "换班后疏散")
    again.told("换班后疏散")
    plant.nodes[1].site.process.wait(30)
    plant.nodes[1].start()


def test_workers_share_a_port_are_started_again_and_end_together(plant: Plant, tmp_path: Path) -> None:
    settings = plant.nodes[0].site.env | {"PAOMADENG_DATA": str(tmp_path), "PAOMADENG_PORT": str(free_port())}
    command = [sys.executable, "-m", "server.cli", "serve", "--host", "127.0.0.1", "--workers", "2"]
    with (tmp_path / "log").open("a") as log:
        parent = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, stderr=log, text=True)
    assert parent.stdout is not None
    assert settings["PAOMADENG_PORT"] in parent.stdout.readline()
    first = plant.processes(settings["PAOMADENG_PORT"], 2)
    os.kill(min(first), signal.SIGKILL)
    again = plant.processes(settings["PAOMADENG_PORT"], 2, without=min(first))
    assert max(first) in again
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(40) == 0
    assert plant.processes(settings["PAOMADENG_PORT"], 0, without=min(first)) == set()
    parent.stdout.close()


def test_workers_need_a_database_and_a_redis_that_several_may_use(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
    command = [sys.executable, "-m", "server.cli", "serve", "--data", str(tmp_path), "--workers", "2"]
    done = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "PAOMADENG_REDIS_URL" in done.stderr
