"""Standard Socket.IO programs against a real server: on websockets, on polling, and changing over."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
import socketio

from tests.server.realtime.raw import WAIT_S, Tiny

WAYS = ["websocket", "polling", "polling,websocket"]
ROOT = Path(__file__).parents[3]
Dial = Callable[..., socketio.Client]


@pytest.fixture
def dial(tiny: Tiny) -> Iterator[Dial]:
    made: list[socketio.Client] = []

    def call(way: str, namespace: str = "/player", **more: Any) -> socketio.Client:
        made.append(socketio.Client(reconnection=False))
        address = f"http://127.0.0.1:{tiny.port}"
        made[-1].connect(address, transports=way.split(","), namespaces=[namespace], wait_timeout=WAIT_S, **more)
        return made[-1]

    yield call
    for one in made:
        one.disconnect()


@pytest.mark.parametrize("way", WAYS)
def test_the_python_library_joins_asks_and_hears(tiny: Tiny, dial: Dial, way: str) -> None:
    player, heard = dial(way, auth={"token": tiny.token}), SimpleQueue[Any]()
    player.on("command", heard.put, namespace="/player")
    assert player.transport() == way.rpartition(",")[2]
    assert (
        player.call("hello", {"nonce": "n1", "protocol": 1}, namespace="/player", timeout=WAIT_S)["screen"]["name"]
        == "东门条屏"
    )
    tiny.tell(do="identify", screen=tiny.screen)
    assert heard.get(timeout=WAIT_S)["kind"] == "identify"
    assert player.call("beat", {}, namespace="/player", timeout=WAIT_S)["ok"]


@pytest.mark.parametrize("way", WAYS)
def test_the_python_library_is_told_why_it_may_not_join(dial: Dial, way: str) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        dial(way, auth={"token": "pmp_wrong"})


@pytest.mark.parametrize("way", WAYS)
def test_a_desk_joins_by_its_cookie(dial: Dial, way: str) -> None:
    assert dial(way, "/desk", headers={"Cookie": "session=good"}).connected


@pytest.fixture
def script(tiny: Tiny) -> Iterator[Callable[[str, str], subprocess.Popen[str]]]:
    made: list[subprocess.Popen[str]] = []
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")

    def call(way: str, token: str) -> subprocess.Popen[str]:
        command = [node, str(Path(__file__).with_name("peer.mjs")), str(tiny.port), token, way]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        made.append(subprocess.Popen(command, text=True, cwd=ROOT, **pipes))  # type: ignore[call-overload]
        return made[-1]

    yield call
    for one in made:
        one.kill()
        one.communicate()


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


@pytest.mark.parametrize("way", WAYS)
def test_the_javascript_library_joins_asks_hears_and_leaves(
    tiny: Tiny, script: Callable[[str, str], subprocess.Popen[str]], way: str
) -> None:
    process = script(way, tiny.token)
    assert told(process) == {"transport": way.rpartition(",")[2], "ok": True, "screen": "东门条屏"}
    tiny.tell(do="identify", screen=tiny.screen)
    assert told(process) == {"command": "identify"}
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    assert told(process) == {"again": True}
    assert told(process) == {"left": "io client disconnect"}
    assert process.wait(WAIT_S) == 0


@pytest.mark.parametrize("way", ["websocket", "polling"])
def test_the_javascript_library_is_told_why_it_may_not_join(
    script: Callable[[str, str], subprocess.Popen[str]], way: str
) -> None:
    answer = told(script(way, "pmp_wrong"))
    assert answer["data"]["status"] == 401
    assert answer["error"] == answer["data"]["title"]
