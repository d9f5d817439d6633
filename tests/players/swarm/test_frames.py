"""The fleet's own websocket frames: whole messages however the bytes come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from players.swarm import frames


def from_server(data: bytes, opcode: int = frames.TEXT, *, last: bool = True) -> bytes:
    """A frame as a server sends it: unmasked."""
    size = len(data)
    head = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2) if size < 65_536 else b"\x7f" + size.to_bytes(8)
    return bytes([(0x80 if last else 0) | opcode]) + head + data


@given(st.lists(st.binary(max_size=300), max_size=6), st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_messages_come_whole_however_they_are_cut(messages: list[bytes], cuts: list[int]) -> None:
    data, reader, found = b"".join(map(from_server, messages)), frames.Reader(), []
    while data:
        for cut in cuts:
            found += reader.feed(data[:cut])
            data = data[cut:]
    assert found == [(frames.TEXT, message) for message in messages]


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 200_000])
def test_every_length_is_read(size: int) -> None:
    assert frames.Reader().feed(from_server(b"x" * size)) == [(frames.TEXT, b"x" * size)]


def test_fragments_are_joined_and_a_ping_between_them_is_heard() -> None:
    data = from_server(b"fi", last=False) + from_server(b"?", frames.PING) + from_server(b"re", frames.CONTINUATION)
    assert frames.Reader().feed(data) == [(frames.PING, b"?"), (frames.TEXT, b"fire")]


@pytest.mark.parametrize("data", [b"\x81\x80\0\0\0\0", b"\x81\x7f" + (10**9).to_bytes(8)])
def test_what_no_server_sends_is_refused(data: bytes) -> None:
    with pytest.raises(frames.Broken):
        frames.Reader().feed(data)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_what_is_sent_says_its_length_and_is_masked(size: int) -> None:
    sent = frames.sent(b"x" * size)
    assert sent[0] == 0x81
    assert sent[1] & 0x80
    assert sent.endswith(b"x" * size)
