"""A real S3 server on a free port, to be killed, held up and started again: rclone serves a folder."""

from __future__ import annotations

import io
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import urllib3
from minio import Minio

from tests.site import free_port

KEY, SECRET = "plant-one-media", "no/body+reads this"
WRITTEN = "no%2Fbody%2Breads%20this"
NAME = "media"


class Store:
    """One server with one bucket, whose objects are the files under ``objects``; its address stays over restarts."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.objects = folder / NAME
        self.objects.mkdir()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.address(WRITTEN)

    def address(self, secret: str, name: str = NAME) -> str:
        return f"http://{KEY}:{secret}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = shutil.which("rclone", path=str(Path(sys.executable).parent))
        assert program, "rclone is missing: run.py test installs it"
        command = [program, "serve", "s3", "--addr", f"127.0.0.1:{self.port}", "--auth-key", f"{KEY},{SECRET}"]
        command += ["--config", str(self.folder / "none"), "--vfs-cache-mode", "off"]
        self.process = subprocess.Popen(
            [*command, str(self.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while True:
            with suppress(urllib3.exceptions.HTTPError):
                urllib3.PoolManager().request("GET", f"http://127.0.0.1:{self.port}/", retries=False, timeout=5)
                return
            assert self.process.poll() is None, "rclone did not start"

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; wait for its end when that is one."""
        assert self.process is not None
        self.process.send_signal(number)
        if number in (signal.SIGKILL, signal.SIGTERM):
            self.process.wait(10)

    def held(self) -> set[str]:
        """The names of its objects."""
        return {path.name for path in self.objects.rglob("*") if path.is_file()}

    def write(self, key: str, data: bytes, at: int) -> None:
        """Store an object as if it had been written at ``at`` (UTC ms)."""
        client = Minio(f"127.0.0.1:{self.port}", access_key=KEY, secret_key=SECRET, secure=False, region="any")
        client.put_object(NAME, key, io.BytesIO(data), len(data), metadata={"mtime": str(at / 1_000)})

    def object(self, name: str) -> Path:
        return self.objects / name[:2] / name


@contextmanager
def store_in(folder: Path) -> Iterator[Store]:
    """A store that is gone afterwards, held up or not."""
    made = Store(folder)
    made.start()
    try:
        yield made
    finally:
        made.send(signal.SIGKILL)
