"""Signatures by each vendor's rule, limits of length, and what answers mean."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.outbox import formats
from server.outbox.model import Format

AT = 1_763_438_400_123


def test_dingtalk_is_signed_in_the_query_in_milliseconds_with_the_secret_as_key() -> None:
    sent = formats.outgoing(Format.DINGTALK, "SECabc", AT, "火灾", {})
    assert parse_qs(sent.query) == {"timestamp": [str(AT)], "sign": ["Pp7Fawt9YHiBmorqxSO3RZ+ueNoQNdLglrZzNt/2tQE="]}
    assert json.loads(sent.body) == {"msgtype": "text", "text": {"content": "火灾"}}


def test_feishu_is_signed_in_the_body_in_seconds_over_nothing() -> None:
    sent = formats.outgoing(Format.FEISHU, "SECabc", AT, "火灾", {})
    assert sent.query == ""
    assert json.loads(sent.body) == {
        "timestamp": str(AT // 1000), "sign": "+Fln4ZPQAhZq4gof4jMzCcUDxCBHIGRrauM+i+HwuDU=",
        "msg_type": "text", "content": {"text": "火灾"},
    }  # fmt: skip


def test_wecom_needs_no_signature() -> None:
    sent = formats.outgoing(Format.WECOM, "", AT, "火灾", {})
    assert (sent.query, sent.headers) == ("", {})


def test_a_program_gets_the_object_and_a_signature_over_time_and_body() -> None:
    sent = formats.outgoing(Format.GENERIC, "SECabc", AT, "火灾", {"moment": "issued"})
    assert json.loads(sent.body) == {"moment": "issued", "text": "火灾", "sent": AT}
    assert sent.headers == {
        "X-Paomadeng-Timestamp": str(AT),
        "X-Paomadeng-Signature": "sha256=16567bdcf9127def392f1bfa07cc728373632c433ca68d241589ba2d2f00df85",
    }


def test_without_a_secret_nothing_is_signed() -> None:
    assert formats.outgoing(Format.DINGTALK, "", AT, "火灾", {}).query == ""
    assert "sign" not in json.loads(formats.outgoing(Format.FEISHU, "", AT, "火灾", {}).body)
    assert formats.SIGNATURE not in formats.outgoing(Format.GENERIC, "", AT, "火灾", {}).headers


@given(st.text(), st.integers(4, 100))
def test_a_text_is_cut_between_characters_and_never_too_long(text: str, most: int) -> None:
    cut = formats.shortened(text, most)
    assert len(cut.encode()) <= most
    assert cut == text or text.startswith(cut.removesuffix("…"))


@pytest.mark.parametrize(("kind", "status", "body", "taken", "again"), [
    (Format.GENERIC, 204, b"", True, True),
    (Format.GENERIC, 500, b"", False, True),
    (Format.GENERIC, 429, b"", False, True),
    (Format.GENERIC, 404, b"", False, False),
    (Format.GENERIC, 302, b"", False, False),
    (Format.WECOM, 200, b'{"errcode":0,"errmsg":"ok"}', True, True),
    (Format.WECOM, 200, b'{"errcode":45009,"errmsg":"api freq out of limit"}', False, True),
    (Format.DINGTALK, 200, b'{"errcode":310000}', False, True),
    (Format.FEISHU, 200, b'{"code":0,"msg":"success"}', True, True),
    (Format.FEISHU, 200, b'{"StatusCode":0,"StatusMessage":"success"}', True, True),
    (Format.FEISHU, 200, b'{"code":19021,"msg":"sign match fail"}', False, True),
    (Format.FEISHU, 200, b"<html>", False, True),
    (Format.FEISHU, 200, b"[]", False, True),
    (Format.FEISHU, 200, b"{}", False, True),
])  # fmt: skip
def test_answers_mean_what_the_vendors_say_they_mean(
    kind: Format, status: int, body: bytes, taken: bool, again: bool
) -> None:
    found = formats.verdict(kind, status, body)
    assert (found.taken, found.again) == (taken, again)
