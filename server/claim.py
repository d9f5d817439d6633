"""What a server takes before it loads anything: its folder and its port, so that who calls meanwhile waits in line."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import IO

from server import lock
from server.config import BadSetting, Config
from server.words import say

BACKLOG = 4096  # a storm of returning players overflows the usual 256


@dataclass(frozen=True, slots=True)
class Claim:
    """The folder, held for as long as ``holding`` is open, and the port, where callers are taken in line.

    A node among several of one machine holds no folder: its parent does.
    """

    holding: IO[str] | None
    listener: socket.socket

    def drop(self) -> None:
        """Give both back."""
        self.listener.close()
        if self.holding is not None:
            self.holding.close()


def claim(config: Config, *, shared: bool = False) -> Claim:
    """Make and hold the data folder and open the port; raise BadSetting when either is taken or cannot be.

    ``shared`` with other nodes of this machine, the folder is held by their parent and the port is open to them all.

    The folder comes first and is held before anything in it is touched: no server migrates under another.
    """
    make_folder(config)
    if shared:
        return Claim(None, _listen(config, shared=True))
    holding = lock.take(config.data)
    if holding is None:
        raise BadSetting(say("start.other", config.locale, data=config.data))
    try:
        return Claim(holding, _listen(config))
    except BadSetting:
        holding.close()
        raise


def make_folder(config: Config) -> None:
    """See to it that the data folder is there and may be written; raise BadSetting."""
    try:
        config.data.mkdir(parents=True, exist_ok=True)
        (config.data / ".probe").write_bytes(b"")
        (config.data / ".probe").unlink()
    except OSError as error:
        raise BadSetting(f"data = {config.data}: {error.strerror}; choose another with --data DIR") from error


def _listen(config: Config, *, shared: bool = False) -> socket.socket:
    """A listening socket; under gevent it is one of gevent's, for the module was patched first of all."""
    listener = socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((config.host, config.port))
    except OSError as error:
        listener.close()
        raise BadSetting(f"port = {config.port}: {error.strerror}; choose another with --port N") from error
    listener.listen(BACKLOG)
    return listener
