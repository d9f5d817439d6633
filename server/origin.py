"""The address under which people and players reach this server."""

from __future__ import annotations

import socket

from server.config import Config


def address(config: Config) -> str:
    """The address people type, without a slash at its end."""
    if config.public_url:
        return config.public_url.rstrip("/")
    host = config.host if config.host not in ("0.0.0.0", "::", "") else own_address()  # noqa: S104  # nosec B104
    return f"http://{host}:{config.port}"


def own_address() -> str:
    """The address of the interface that faces the plant; nothing is sent (a datagram socket only looks up a route)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
