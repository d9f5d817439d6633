"""Websocket frames of RFC 6455 as a peer sends and reads them: masked out, whole messages in."""

from __future__ import annotations

import struct

TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0
MASK = b"\0\0\0\0"  # a mask of zeros is a mask: nothing here has to be hidden from a proxy
LARGEST = 4_000_000


def sent(data: bytes, opcode: int = TEXT) -> bytes:
    """One whole message."""
    size = len(data)
    if size < 126:
        head = bytes([0x80 | opcode, 0x80 | size])
    elif size < 65_536:
        head = bytes([0x80 | opcode, 0xFE]) + struct.pack(">H", size)
    else:
        head = bytes([0x80 | opcode, 0xFF]) + struct.pack(">Q", size)
    return head + MASK + data


class Broken(Exception):
    """What came is no websocket traffic we could ask for."""


class Reader:
    """Bytes in, whole messages out: (opcode, payload), fragments joined, control frames as they come."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._parts = bytearray()
        self._opcode = CONTINUATION

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The messages that are whole with ``data``; raise Broken."""
        self._held += data
        found = []
        while (frame := self._frame()) is not None:
            last, opcode, payload = frame
            if opcode >= CLOSE:
                found.append((opcode, payload))
                continue
            if opcode != CONTINUATION:
                self._opcode, self._parts = opcode, bytearray()
            self._parts += payload
            if len(self._parts) > LARGEST:
                raise Broken("too long")
            if last:
                found.append((self._opcode, bytes(self._parts)))
        return found

    def _frame(self) -> tuple[bool, int, bytes] | None:
        held = self._held
        if len(held) < 2:
            return None
        size, at = held[1], 2
        if size & 0x80:
            raise Broken("a server does not mask")
        if size >= 126:
            at = 4 if size == 126 else 10
            if len(held) < at:
                return None
            size = int.from_bytes(held[2:at])
        if size > LARGEST:
            raise Broken("too long")
        if len(held) < at + size:
            return None
        first, payload = held[0], bytes(held[at : at + size])
        del held[: at + size]
        return bool(first & 0x80), first & 0x0F, payload
