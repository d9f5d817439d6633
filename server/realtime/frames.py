"""RFC 6455 framing for the server's side, pure: bytes in become messages, messages become bytes."""

from __future__ import annotations

import struct
from typing import NamedTuple

from server.realtime.protocol import LARGEST_MESSAGE

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
BROKEN = -1  # no opcode: the peer broke the protocol, ``code`` says how; nothing after it is read

NORMAL, GOING_AWAY, PROTOCOL_ERROR, UNSUPPORTED, NO_CODE = 1000, 1001, 1002, 1003, 1005
NOT_UTF8, POLICY, TOO_BIG, SERVER_FAULT = 1007, 1008, 1009, 1011

_FIN, _RESERVED, _OPCODE, _MASKED = 0x80, 0x70, 0x0F, 0x80
_LONGEST_CONTROL = 125


class Frame(NamedTuple):
    """A whole message or a control frame; ``code`` belongs to CLOSE and BROKEN, ``text`` to TEXT, else ``data``."""

    kind: int
    data: bytes = b""
    text: str = ""
    code: int = 0


class Broken(Exception):
    """The peer broke the protocol; ``code`` is what it is closed with."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Reader:
    """Takes bytes in pieces of any size and gives what they complete, fragments joined, control frames in between.

    Sections in the comments are those of RFC 6455. ``frames`` counts every frame there was, fragments included.
    """

    __slots__ = ("_closed", "_held", "_kind", "_message", "_wanted", "frames")

    def __init__(self) -> None:
        self._held: bytearray | None = None  # the beginning of a frame
        self._wanted = 0  # bytes that have to be held before looking again is of use
        self._kind = CONTINUATION  # of the fragmented message under way, if any
        self._message: bytearray | None = None
        self._closed = False  # nothing counts after a close frame (5.5.1) or an error
        self.frames = 0

    def feed(self, data: bytes) -> list[Frame]:
        """Return what ``data`` completes; the last one may be CLOSE or BROKEN, after which nothing comes any more."""
        if self._closed:
            return []
        if self._held is None and self._message is None and (text := _sole(data)) is not None:
            self.frames += 1
            return [Frame(TEXT, b"", text)]
        return self._all(data)

    def _all(self, data: bytes) -> list[Frame]:
        found: list[Frame] = []
        if self._held is not None:
            self._held += data
            if len(self._held) < self._wanted:
                return found
            data = bytes(self._held)
            self._held = None
        at, end = 0, len(data)
        try:
            while at < end and not self._closed:
                size = self._one(data, at, end, found)
                if size == 0:
                    self._held = bytearray(data[at:])
                    break
                at += size
        except Broken as error:
            self._closed = True
            found.append(Frame(BROKEN, code=error.code))
        return found

    def _one(self, data: bytes, at: int, end: int, found: list[Frame]) -> int:
        """Read the frame at ``at`` and return its size, 0 while it is not all there."""
        self._wanted = 0
        if end - at < 2:
            return 0
        first, second = data[at], data[at + 1]
        size = second & 0x7F
        self._check(first, second, size)
        begin = at + 2
        if size > _LONGEST_CONTROL:
            more = 2 if size == 126 else 8
            if end - begin < more:
                return 0
            size, begin = self._extended(data, begin, more), begin + more
        if size + len(self._message or b"") > LARGEST_MESSAGE:
            raise Broken(TOO_BIG)
        payload, after = begin + 4, begin + 4 + size
        if after > end:
            self._wanted = after - at
            return 0
        self.frames += 1
        self._take(first, unmasked(data[begin:payload], data[payload:after]), found)
        return after - at

    def _check(self, first: int, second: int, size: int) -> None:
        """Refuse what no frame may be before its payload is waited for (5.1, 5.2, 5.4, 5.5)."""
        opcode = first & _OPCODE
        if first & _RESERVED or not second & _MASKED:
            raise Broken(PROTOCOL_ERROR)
        if opcode >= CLOSE:
            if opcode > PONG or not first & _FIN or size > _LONGEST_CONTROL:
                raise Broken(PROTOCOL_ERROR)
        elif opcode > BINARY or (opcode == CONTINUATION) == (self._message is None):
            raise Broken(PROTOCOL_ERROR)

    @staticmethod
    def _extended(data: bytes, begin: int, more: int) -> int:
        """A length of 16 or 64 bits; the shortest form is a must, the highest bit is 0 (5.2)."""
        size: int = struct.unpack_from("!H" if more == 2 else "!Q", data, begin)[0]
        if size < (126 if more == 2 else 1 << 16) or size >> 63:
            raise Broken(PROTOCOL_ERROR)
        return size

    def _take(self, first: int, payload: bytes, found: list[Frame]) -> None:
        opcode = first & _OPCODE
        if opcode >= CLOSE:
            found.append(self._control(opcode, payload))
        elif first & _FIN and self._message is None:
            found.append(_whole(opcode, payload))
        else:
            self._fragment(first, opcode, payload, found)

    def _fragment(self, first: int, opcode: int, payload: bytes, found: list[Frame]) -> None:
        if self._message is None:
            self._kind, self._message = opcode, bytearray()
        self._message += payload
        if first & _FIN:
            message, self._message = bytes(self._message), None
            found.append(_whole(self._kind, message))

    def _control(self, opcode: int, payload: bytes) -> Frame:
        if opcode != CLOSE:
            return Frame(opcode, payload)
        self._closed = True
        if not payload:
            return Frame(CLOSE, code=NO_CODE)
        if len(payload) == 1:
            raise Broken(PROTOCOL_ERROR)
        code = int.from_bytes(payload[:2], "big")
        if not may_be_sent(code):
            raise Broken(PROTOCOL_ERROR)
        return Frame(CLOSE, text=_text(payload[2:]), code=code)


def _sole(data: bytes) -> str | None:
    """The text, when these bytes are one whole text message of less than 64 KiB and nothing else: nearly all are.

    What it does not take, ``Reader`` reads frame by frame, and says what is wrong with it.
    """
    size = len(data)
    if size < 6 or data[0] != _FIN | TEXT:
        return None
    if data[1] == _MASKED | 126 and size - 8 > _LONGEST_CONTROL and size - 8 == data[2] << 8 | data[3]:
        begin = 8
    elif data[1] == _MASKED | size - 6 and size - 6 <= _LONGEST_CONTROL:
        begin = 6
    else:
        return None
    try:
        return unmasked(data[begin - 4 : begin], data[begin:]).decode()
    except UnicodeDecodeError:
        return None


def may_be_sent(code: int) -> bool:
    """Whether a close frame may carry the code (7.4): those defined, and the ranges for libraries and applications."""
    return 3000 <= code <= 4999 or (1000 <= code <= 1014 and code not in (1004, 1005, 1006))


def unmasked(mask: bytes, payload: bytes) -> bytes:
    """Undo the mask (5.3): the payload and its repeated mask as two large numbers, one XOR."""
    size = len(payload)
    if mask == b"\0\0\0\0" or not size:
        return payload
    repeated = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(repeated, "little")).to_bytes(size, "little")


def _whole(kind: int, payload: bytes) -> Frame:
    return Frame(TEXT, text=_text(payload)) if kind == TEXT else Frame(kind, payload)


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise Broken(NOT_UTF8) from error


def frame(opcode: int, payload: bytes) -> bytes:
    """A whole frame as a server sends it: never masked, never a fragment."""
    size = len(payload)
    if size <= _LONGEST_CONTROL:
        head = bytes((_FIN | opcode, size))
    elif size < 1 << 16:
        head = struct.pack("!BBH", _FIN | opcode, 126, size)
    else:
        head = struct.pack("!BBQ", _FIN | opcode, 127, size)
    return head + payload


def text(message: str) -> bytes:
    """A text message."""
    return frame(TEXT, message.encode())


def close(code: int) -> bytes:
    """A close frame."""
    return frame(CLOSE, b"" if code == NO_CODE else code.to_bytes(2, "big"))
