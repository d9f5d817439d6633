"""The request that becomes a websocket: what it must hold, what is answered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.realtime import handshake

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
GOOD = {
    "REQUEST_METHOD": "GET", "HTTP_HOST": "paoma", "HTTP_UPGRADE": "websocket", "HTTP_CONNECTION": "Upgrade",
    "HTTP_SEC_WEBSOCKET_VERSION": "13", "HTTP_SEC_WEBSOCKET_KEY": KEY,
}  # fmt: skip
HEAD = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: paoma\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY.encode()
)


def test_the_key_of_the_rfc_is_answered_as_there() -> None:
    answer = handshake.answer(GOOD)
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n" in answer
    assert b"xtension" not in answer


@pytest.mark.parametrize("change", [{}, {"HTTP_UPGRADE": "WebSocket"}, {"HTTP_CONNECTION": "keep-alive, UPGRADE"}])
def test_a_good_request_has_no_fault(change: dict[str, str]) -> None:
    environ: dict[str, Any] = {**GOOD, **change}
    assert handshake.is_asked(environ)
    assert handshake.fault(environ) == ""


@pytest.mark.parametrize(
    "change",
    [{"REQUEST_METHOD": "POST"}, {"HTTP_HOST": ""}, {"HTTP_CONNECTION": "keep-alive"}, {"HTTP_SEC_WEBSOCKET_KEY": ""},
     {"HTTP_SEC_WEBSOCKET_KEY": "short"}, {"HTTP_SEC_WEBSOCKET_KEY": "?" * 24}, {"HTTP_SEC_WEBSOCKET_KEY": "A" * 24},
     {"HTTP_SEC_WEBSOCKET_KEY": "é" * 24}],
)  # fmt: skip
def test_a_request_that_lacks_something_is_bad(change: dict[str, str]) -> None:
    assert handshake.fault({**GOOD, **change}) == handshake.BAD


@pytest.mark.parametrize("version", ["", "8", "14", "013"])
def test_another_version_is_told_ours(version: str) -> None:
    assert handshake.fault({**GOOD, "HTTP_SEC_WEBSOCKET_VERSION": version}) == handshake.UPGRADE_REQUIRED
    assert b"Sec-WebSocket-Version: 13\r\n" in handshake.refusal(handshake.UPGRADE_REQUIRED)
    assert b"Version" not in handshake.refusal(handshake.BAD)


def test_a_head_is_read_as_wsgi_would() -> None:
    environ = handshake.read(HEAD + b"\r\nX-Forwarded-For: 192.0.2.7 ")
    assert environ is not None
    assert environ.items() >= GOOD.items()
    assert environ["PATH_INFO"] == "/socket.io/"
    assert environ["QUERY_STRING"] == "EIO=4&transport=websocket"
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.7"


@pytest.mark.parametrize(
    "head",
    [b"", b"GET", b"GET /", HEAD.replace(b"1.1", b"1.0"), HEAD + b"\r\nHost: other", HEAD + b"\r\n folded",
     HEAD + b"\r\nnocolon", HEAD + b"\r\nX_Y: 1", HEAD + b"\r\nX Y: 1", HEAD + b"\r\n: 1", HEAD + b"\r\nHost\t: 1"],
)  # fmt: skip
def test_an_unusual_head_is_left_to_the_http_server(head: bytes) -> None:
    assert handshake.read(head) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_head_or_none(head: bytes) -> None:
    environ = handshake.read(head)
    assert environ is None or set(environ) >= {"REQUEST_METHOD", "PATH_INFO", "QUERY_STRING"}
