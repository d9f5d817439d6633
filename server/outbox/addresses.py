"""Where a webhook may point: http and https, to a host somebody entered, by an address that was looked at."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from server.errors import Violation

LONGEST = 2_000
VENDORS = ("qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn", "open.larksuite.com")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # as a last part it makes a whole name an IPv4 address
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*", re.I)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Place:
    """A webhook's address taken apart; ``target`` is path and query."""

    scheme: str
    host: str
    port: int
    target: str


class NotAllowed(Exception):
    """No address behind a host is one we connect to."""


def place(address: str) -> Place | None:
    """Read an address; None for one that is none of ours: another scheme, a login, an odd way to write a number."""
    if len(address) > LONGEST or not address.isascii() or re.search(r"[\x00-\x20\x7f\\]", address):
        return None
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _is_host(host) or port == 0:
        return None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target)


def _is_host(host: str) -> bool:
    """A name, or an IP address as everybody writes it; ``0x7f.1`` and ``2130706433`` are neither."""
    try:
        return str(ipaddress.ip_address(host)) == host.lower() and _is_allowed(ipaddress.ip_address(host), host)
    except ValueError:
        return _NAME.fullmatch(host) is not None and not _NUMBER.fullmatch(host.rpartition(".")[2])


def violations(address: str) -> tuple[Violation, ...]:
    """What speaks against an address that somebody entered."""
    return () if place(address) else (Violation("address", "outbox.address"),)


def resolve(found: Place) -> str:
    """The IP address to connect to; raise NotAllowed, OSError when the name leads nowhere.

    Private addresses are where a plant's own gateways are: they are allowed, for the host is one that somebody with
    the right to change settings entered, and no answer of it leads elsewhere. A vendor's name leads out, never in.
    """
    answers = socket.getaddrinfo(found.host, found.port, type=socket.SOCK_STREAM)
    for *_, where in answers:
        name = str(where[0]).split("%")[0]
        if _is_allowed(ipaddress.ip_address(name), found.host):
            return name
    raise NotAllowed(found.host)


def _is_allowed(ip: Ip, host: str) -> bool:
    ip = _plain(ip)
    if host in VENDORS:
        return ip.is_global
    if ip.is_loopback:
        return True
    return not (ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved)


def _plain(ip: Ip) -> Ip:
    """The IPv4 address inside an IPv6 one, where there is one."""
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return inner or ip
    return ip


def told(address: str) -> str:
    """An address as it may be listed: what follows the host opens the chat group."""
    found = place(address)
    return f"{found.scheme}://{found.host}/…" if found else ""
