"""Raw websockets to a server in a process of its own."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import websocket

WAIT_S = 10


@dataclass(slots=True)
class Tiny:
    """The process, where it listens, the token of its one player, and the file that holds its stderr."""

    process: subprocess.Popen[str]
    port: int
    token: str
    screen: str
    player: str
    errors: Path

    def tell(self, **order: str) -> Any:
        """Give an order and return what it answered."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class Wire:
    """A raw Engine.IO websocket."""

    def __init__(self, tiny: Tiny, sid: str = "", **more: Any) -> None:
        address = f"ws://127.0.0.1:{tiny.port}/socket.io/?EIO=4&transport=websocket"
        address += f"&sid={sid}" if sid else ""
        self.ws: Any = websocket.create_connection(
            address, timeout=WAIT_S, suppress_origin="origin" not in more, **more
        )
        self.opened = "" if sid else self.ws.recv()

    def join(self, token: str, namespace: str = "/player") -> str:
        """Ask to join a namespace and return the answer."""
        return self.ask(f"40{namespace}," + json.dumps({"token": token}))

    def ask(self, frame: str) -> str:
        """Send a frame and return the next one that is no ping."""
        self.ws.send(frame)
        return self.heard()

    def heard(self) -> str:
        """The next frame that is no ping."""
        while (answer := str(self.ws.recv())) == "2":
            self.ws.send("3")
        return answer

    def end(self) -> None:
        """Close it, whatever its state."""
        self.ws.shutdown()

    def closes(self) -> bool:
        """Whether the server ends the connection while we wait; pings stay unanswered."""
        try:
            while self.ws.recv() != "":
                pass
        except websocket.WebSocketTimeoutException:
            return False
        except (websocket.WebSocketException, OSError):
            return True
        return True
