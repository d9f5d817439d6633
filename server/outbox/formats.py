"""A message as each vendor takes it, signed as each asks, and what its answer means. Pure.

企业微信: the key in the address is the credential; answers ``errcode``. 钉钉: HMAC-SHA256 with the secret as key over
``ms\\nsecret``, base64, in the query. 飞书: the key is ``seconds\\nsecret`` and the message empty, in the body; answers
``code``. Any other program: HMAC-SHA256 over ``ms.body``, hexadecimal, in a header.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from server.outbox.model import Format

TIMESTAMP, SIGNATURE = "X-Paomadeng-Timestamp", "X-Paomadeng-Signature"
LONGEST_BYTES = {Format.WECOM: 2_048, Format.DINGTALK: 15_000, Format.FEISHU: 15_000}
ACCEPTED = range(200, 300)
PASSING = (408, 425, 429)  # of the client errors those that pass by themselves


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One POST: ``query`` is added to the address, ``body`` is JSON in UTF-8."""

    body: bytes
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer means; ``again`` says that trying again may help."""

    taken: bool
    said: str
    again: bool = True


def outgoing(kind: Format, secret: str, at: int, text: str, told: dict[str, Any]) -> Outgoing:
    """The message ``text``, or for a program the object ``told``, as sent at ``at`` (UTC ms)."""
    if kind is Format.GENERIC:
        return _generic(secret, at, {**told, "text": text, "sent": at})
    text = shortened(text, LONGEST_BYTES[kind])
    if kind is Format.FEISHU:
        return Outgoing(_json({**_feishu_sign(secret, at // 1000), "msg_type": "text", "content": {"text": text}}))
    body = _json({"msgtype": "text", "text": {"content": text}})
    return Outgoing(body, _dingtalk_sign(secret, at) if kind is Format.DINGTALK else "")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _hmac(key: str, message: str) -> bytes:
    return hmac.digest(key.encode(), message.encode(), "sha256")


def _generic(secret: str, at: int, told: dict[str, Any]) -> Outgoing:
    body = _json(told)
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return Outgoing(body, headers={TIMESTAMP: str(at), **({SIGNATURE: f"sha256={signed}"} if secret else {})})


def _dingtalk_sign(secret: str, at: int) -> str:
    if not secret:
        return ""
    return urlencode({"timestamp": at, "sign": base64.b64encode(_hmac(secret, f"{at}\n{secret}")).decode()})


def _feishu_sign(secret: str, seconds: int) -> dict[str, str]:
    if not secret:
        return {}
    return {"timestamp": str(seconds), "sign": base64.b64encode(_hmac(f"{seconds}\n{secret}", "")).decode()}


def shortened(text: str, most: int) -> str:
    """A text of at most so many bytes of UTF-8, cut between characters."""
    data = text.encode()
    return text if len(data) <= most else data[: most - 3].decode(errors="ignore") + "…"


def verdict(kind: Format, status: int, body: bytes) -> Verdict:
    """Whether a message was taken: by the status, and for the vendors by the code in the answer as well."""
    if status not in ACCEPTED:
        return Verdict(False, f"HTTP {status}", again=status >= 500 or status in PASSING)
    if kind is Format.GENERIC:
        return Verdict(True, f"HTTP {status}")
    try:
        answer = json.loads(body)
        code = answer.get("errcode", answer.get("code", answer.get("StatusCode")))
    except (ValueError, AttributeError, RecursionError):
        return Verdict(False, "outbox.strange_answer")
    words = str(answer.get("errmsg", answer.get("msg", "")))[:200]
    return Verdict(code == 0, f"{code} {words}".strip())
