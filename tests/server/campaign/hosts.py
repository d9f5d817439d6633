"""Machines of their own for the nodes: network namespaces on a bridge, whose cables can be pulled or made bad.

Only root may make them, and not everywhere; without them all nodes live on this machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

NET = f"10.213.{os.getpid() % 250}"  # campaigns side by side have each their own
BAD = ("tbf", "rate", "256kbit", "burst", "4k", "latency", "300ms")  # what has to wait longer is lost


@dataclass(frozen=True)
class Host:
    """A machine with one cable, of which we hold the near end."""

    name: str
    address: str
    cable: str

    @property
    def prefix(self) -> tuple[str, ...]:
        """What a command begins with to be run there."""
        return ("ip", "netns", "exec", self.name)

    def pull(self) -> None:
        """Let nothing through, and tell nobody."""
        _must("ip", "link", "set", self.cable, "down")

    def spoil(self) -> None:
        """Let little through in a second, and lose what has to wait."""
        _must("tc", "qdisc", "replace", "dev", self.cable, "root", *BAD)
        _must(*self.prefix, "tc", "qdisc", "replace", "dev", "eth0", "root", *BAD)

    def mend(self) -> None:
        """Plug it in again, as good as new; it may be so already."""
        _must("ip", "link", "set", self.cable, "up")
        _may("tc", "qdisc", "delete", "dev", self.cable, "root")
        _may(*self.prefix, "tc", "qdisc", "delete", "dev", "eth0", "root")


@contextmanager
def hosts(count: int) -> Iterator[tuple[str, tuple[Host, ...]]]:
    """The address of this machine on the bridge and the machines there; ("127.0.0.1", ()) where none can be made."""
    bridge = f"pm{os.getpid() % 100_000}"
    made = tuple(Host(f"{bridge}-{number}", f"{NET}.{number + 11}", f"{bridge}v{number}") for number in range(count))
    if not shutil.which("ip") or not shutil.which("tc"):
        yield "127.0.0.1", ()
        return
    try:
        yield (f"{NET}.1", made) if _wired(bridge, made) else ("127.0.0.1", ())
    finally:
        for host in made:
            _may("ip", "link", "delete", host.cable)
            _may("ip", "netns", "delete", host.name)
        _may("ip", "link", "delete", bridge)


def _wired(bridge: str, made: Sequence[Host]) -> bool:
    """Make the machines and their cables; False where that may not be."""
    try:
        _must("ip", "link", "add", bridge, "type", "bridge")
        _must("ip", "address", "add", f"{NET}.1/24", "dev", bridge)
        _must("ip", "link", "set", bridge, "up")
        for host in made:
            _plug(host, bridge)
            host.spoil()
            host.mend()
    except subprocess.CalledProcessError:
        return False
    return True


def _plug(host: Host, bridge: str) -> None:
    _must("ip", "netns", "add", host.name)
    _must("ip", "link", "add", host.cable, "type", "veth", "peer", "name", "eth0", "netns", host.name)
    _must("ip", "link", "set", host.cable, "master", bridge, "up")
    _must(*host.prefix, "ip", "address", "add", f"{host.address}/24", "dev", "eth0")
    for link in ("lo", "eth0"):
        _must(*host.prefix, "ip", "link", "set", link, "up")


def _must(*words: str) -> None:
    subprocess.run(words, capture_output=True, check=True)


def _may(*words: str) -> bool:
    return subprocess.run(words, capture_output=True, check=False).returncode == 0
