"""Whether a request came through a proxy of ours: only then is believed what it says of address, scheme and host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

PROXIED = "paomadeng.proxied"
Network = IPv4Network | IPv6Network
Wsgi = Callable[..., Iterable[bytes]]


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a list with commas between; raise ValueError for one that is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


class Proxies:
    """WSGI: believes ``count`` proxies in front, when the last of them speaks from one of the networks.

    Anybody else who sends their headers, such as a program that found the node's own port, is taken as what it is.
    """

    def __init__(self, app: Wsgi, count: int, trusted: Sequence[Network]) -> None:
        self._app, self._trusted = app, tuple(trusted)
        self._fixed: Any = ProxyFix(app, x_for=count, x_proto=count, x_host=count)
        self._is_ours = lru_cache(maxsize=1024)(self._find)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not self._is_ours(environ.get("REMOTE_ADDR", "")):
            return self._app(environ, start_response)
        environ[PROXIED] = "HTTP_X_FORWARDED_FOR" in environ
        told: Iterable[bytes] = self._fixed(environ, start_response)
        return told

    def _find(self, address: str) -> bool:
        try:
            one = ip_address(address)
        except ValueError:
            return False
        plain = getattr(one, "ipv4_mapped", None) or one
        return any(plain in network for network in self._trusted)
