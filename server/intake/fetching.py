"""Fetching from another host: only hosts that the machine's owner allows, and only at the address that was checked."""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from server.config import Config
from server.errors import Violation
from server.intake.model import FetchFailed
from server.version import VERSION

PORTS = {"http": 80, "https": 443}
LARGEST = 4 * 1024 * 1024
"""The most bytes of a feed; a message within may have two MiB."""
SECONDS = 20
"""For everything together: name, connection, headers, body."""
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart; ``entry`` is how the allow-list names its host."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def entry(self) -> str:
        """The host, with its port when that is not the usual one."""
        named = f"[{self.host}]" if ":" in self.host else self.host
        return named if self.port == PORTS[self.scheme] else f"{named}:{self.port}"


def allowed(text: str) -> frozenset[str]:
    """The hosts of a setting: names or numbers, with a port if it is an unusual one, between commas or spaces."""
    return frozenset(word.lower() for word in re.split(r"[\s,]+", text) if word)


def violations(address: str, config: Config) -> Iterator[Violation]:
    """What speaks against fetching from an address, as far as can be told without looking there."""
    try:
        permit(address, config)
    except FetchFailed as refusal:
        yield Violation("address", refusal.detail, tuple(sorted(refusal.params.items())))


def permit(address: str, config: Config) -> Place:
    """The address taken apart; raise FetchFailed when it is none or its host is not allowed."""
    place = parse(address)
    if place.entry not in allowed(config.feed_hosts) | allowed(config.feed_private_hosts):
        raise FetchFailed(detail="intake.host_not_allowed", host=place.entry)
    return place


def parse(address: str) -> Place:
    """Take an address apart; raise FetchFailed for odd ones, whatever a resolver might make of them."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    odd = re.search(r"[\s\\\x00-\x1f\x7f]", address) or not host or parts.username is not None
    if odd or parts.scheme not in PORTS or not (_is_name(host) or _is_number(host)):
        raise FetchFailed(detail="intake.no_address")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return Place(
        parts.scheme, host, PORTS[parts.scheme] if port is None else port, path + (f"?{query}" if query else "")
    )


def _is_name(host: str) -> bool:
    """A name whose last part is no number; 127.1, 0x7f000001 and 2130706433 are numbers in disguise."""
    return bool(_HOST.fullmatch(host)) and not _NUMBER.fullmatch(host.rpartition(".")[2])


def _is_number(host: str) -> bool:
    """An IP address in its one usual notation."""
    try:
        return str(ipaddress.ip_address(host)) == host and "%" not in host
    except ValueError:
        return False


def is_public(number: str) -> bool:
    """Whether an IP address belongs to the open internet, also when it wears the clothes of the other family."""
    found: Address = ipaddress.ip_address(number.partition("%")[0])
    inner: Address | None = None
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if inner is not None:
        return is_public(str(inner))
    return found.is_global and not found.is_multicast


def fetch(address: str, config: Config, limit: int = LARGEST, seconds: float = SECONDS) -> bytes:
    """What is at an address, at most ``limit`` bytes; raise FetchFailed.

    Connects to the very number it checked, follows nothing, and gives up after ``seconds``.
    """
    place = permit(address, config)
    try:
        with _connected(place, config, seconds) as connection, _watched(connection, seconds) as late:
            data = _asked(place, connection, limit)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchFailed(detail="intake.no_answer", host=place.entry) from error
    if late.is_set():  # what had come until then looks whole to the library
        raise FetchFailed(detail="intake.no_answer", host=place.entry)
    return data


@contextmanager
def _watched(connection: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """End a connection when its time is over, whatever waits for it, and say so in the event."""
    late = threading.Event()
    timer = threading.Timer(seconds, _cut, [connection, late])
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _cut(connection: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _connected(place: Place, config: Config, seconds: float) -> socket.socket:
    """A connection to the first number behind the name, once every number behind it may be connected to."""
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    may_be_private = place.entry in allowed(config.feed_private_hosts)
    if not may_be_private and not all(is_public(str(where[0])) for *_, where in found):
        raise FetchFailed(detail="intake.private_address", host=place.entry)
    family, kind, protocol, _, where = found[0]
    connection = socket.socket(family, kind, protocol)
    try:
        connection.settimeout(seconds / 2)
        connection.connect(where)
        if place.scheme == "https":
            return ssl.create_default_context().wrap_socket(connection, server_hostname=place.host)
    except BaseException:
        connection.close()
        raise
    return connection


def _asked(place: Place, connection: socket.socket, limit: int) -> bytes:
    headers = {
        "Host": place.entry,
        "User-Agent": f"Paomadeng/{VERSION}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    asking = http.client.HTTPConnection(place.host, place.port)
    asking.sock = connection
    with closing(asking):
        asking.request("GET", place.path, headers=headers)
        with asking.getresponse() as answer:
            return _whole(place, answer, limit)


def _whole(place: Place, answer: http.client.HTTPResponse, limit: int) -> bytes:
    if answer.status != 200:
        rule = "intake.redirects" if 300 <= answer.status < 400 else "intake.bad_status"
        raise FetchFailed(detail=rule, host=place.entry, status=answer.status)
    data = answer.read(limit + 1)
    if len(data) > limit:
        raise FetchFailed(detail="intake.too_much", host=place.entry, limit_mib=limit // 2**20)
    return data
