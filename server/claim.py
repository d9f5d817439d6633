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
    port: int

    def listen(self) -> None:
        """Take callers from now on, if it does not yet; raise BadSetting when another program was quicker."""
        try:
            self.listener.listen(BACKLOG)
        except OSError as error:
            self.drop()
            raise BadSetting(_taken(self.port, error)) from error

    def drop(self) -> None:
        """Give both back."""
        self.listener.close()
        if self.holding is not None:
            self.holding.close()


def claim(config: Config, *, shared: bool = False) -> Claim:
    """Make and hold the data folder and open the port; raise BadSetting when either is taken or cannot be.

    ``shared`` with other nodes of this machine, the folder is held by their parent and the port is open to them all.
    Where there are other nodes, callers go to those until this one is ready and listens; else they wait in line.

    The folder comes first and is held before anything in it is touched: no server migrates under another.
    """
    make_folder(config)
    if shared:
        return _opened(None, config, shared=True)
    holding = lock.take(config.data)
    if holding is None:
        raise BadSetting(say("start.other", config.locale, data=config.data))
    try:
        return _opened(holding, config)
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


def _opened(holding: IO[str] | None, config: Config, *, shared: bool = False) -> Claim:
    made = Claim(holding, _bound(config, shared=shared), config.port)
    if not config.redis_url:
        made.listen()
    return made


def _taken(port: int, error: OSError) -> str:
    return f"port = {port}: {error.strerror}; choose another with --port N"


def _bound(config: Config, *, shared: bool) -> socket.socket:
    """A socket at the port; under gevent it is one of gevent's, for the module was patched first of all."""
    listener = socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((config.host, config.port))
    except OSError as error:
        listener.close()
        raise BadSetting(_taken(config.port, error)) from error
    return listener
