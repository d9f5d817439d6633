"""Drives a Chromium of any age by the few words of its debugging protocol that never changed."""

from __future__ import annotations

import base64
import itertools
import json
import os
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

import websocket

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--no-zygote",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)


class Engine:
    """One running browser with one page; a context manager."""

    def __init__(self, program: str, width: int, height: int) -> None:
        self.home = tempfile.TemporaryDirectory()
        folder = Path(program).parent
        libraries = f"{folder / 'lib'}:{folder}"
        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self.home.name}", f"--window-size={width},{height}", "about:blank"],
            env={**os.environ, "LD_LIBRARY_PATH": libraries, "HOME": self.home.name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.count = itertools.count(1)
        try:
            self.meet(width, height)
        except BaseException:
            self.end()
            raise

    def meet(self, width: int, height: int) -> None:
        """Reach the browser's page and give it its size."""
        self.socket = websocket.create_connection(self.page_address(), timeout=20, suppress_origin=True)
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)

    def page_address(self) -> str:
        """Wait until the browser tells its port, then ask it for the page."""
        port = Path(self.home.name) / "DevToolsActivePort"
        for _ in range(600):
            if port.is_file() and port.read_text().strip():
                break
            time.sleep(0.05)
        number = port.read_text().splitlines()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{number}/json/list") as answer:
            pages = json.load(answer)
        return str(next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page"))

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Ask one thing and wait for its answer; what the browser says of itself is passed over."""
        number = next(self.count)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != number:
            pass
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return dict(answer["result"])

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page; promises are awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def screenshot(self) -> bytes:
        """The page as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()
        self.end()

    def end(self) -> None:
        """Stop the browser and forget its home."""
        self.process.terminate()
        self.process.wait(10)
        self.home.cleanup()
