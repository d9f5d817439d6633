"""The HTTP request that becomes a websocket (RFC 6455, 4.2), pure: what is wrong with it, and how it is answered."""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from typing import Any

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
BAD, UPGRADE_REQUIRED = "400 BAD REQUEST", "426 UPGRADE REQUIRED"
VERSION = "13"


def is_asked(environ: dict[str, Any]) -> bool:
    """Whether a request wants to become a websocket."""
    return bool(environ.get("HTTP_UPGRADE", "").lower() == "websocket")


def fault(environ: dict[str, Any]) -> str:
    """The status line a request is refused with, or ""."""
    connection = {word.strip().lower() for word in environ.get("HTTP_CONNECTION", "").split(",")}
    if environ.get("REQUEST_METHOD") != "GET" or "upgrade" not in connection or not environ.get("HTTP_HOST"):
        return BAD
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != VERSION:
        return UPGRADE_REQUIRED
    return "" if _is_key(environ.get("HTTP_SEC_WEBSOCKET_KEY", "")) else BAD


def _is_key(key: str) -> bool:
    try:
        return len(key) == 24 and len(b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def answer(environ: dict[str, Any]) -> bytes:
    """The head that switches protocols; no extension is ever agreed to, so a bomb of zeros never unfolds in here."""
    key = environ["HTTP_SEC_WEBSOCKET_KEY"].encode()
    accept = b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        + accept
        + b"\r\n\r\n"
    )


def refusal(status: str) -> bytes:
    """A whole answer that says no and closes."""
    version = f"Sec-WebSocket-Version: {VERSION}\r\n" if status == UPGRADE_REQUIRED else ""
    return f"HTTP/1.1 {status}\r\n{version}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()


def read(head: bytes) -> dict[str, Any] | None:
    """A WSGI environment from a whole request head, with what matters for a websocket; None for anything unusual."""
    lines = head.decode("latin-1").split("\r\n")
    method, _, rest = lines[0].partition(" ")
    target, _, version = rest.rpartition(" ")
    if version != "HTTP/1.1":
        return None
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        key = "HTTP_" + name.upper().replace("-", "_")
        if not colon or not name.replace("-", "").isalnum() or key in environ:
            return None
        environ[key] = value.strip(" \t")
    return environ
