"""Whether a call is signed by its source, and now: HMAC-SHA256 over the time, a dot and the body."""

from __future__ import annotations

import hashlib
import hmac
import re

from server.intake.model import BadSignature

TIMESTAMP = "X-Paomadeng-Timestamp"
SIGNATURE = "X-Paomadeng-Signature"
WINDOW_MS = 300_000
"""How far a caller's clock may be from ours, either way."""
_NOBODY = "\0" * 32
_DIGITS = re.compile(r"[0-9]{1,14}")
_LEAST_MS = 100_000_000_000  # as seconds it would lie beyond the year 5000


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature as it stands in the header."""
    said = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={said.hexdigest()}"


def check(secret: str, timestamp: str, signature: str, body: bytes, at: int) -> int:
    """When the call was signed, in UTC ms; raise BadSignature. ``secret`` "" is nobody's and takes as long to refuse.

    The timestamp is in seconds, as shells have it, or in milliseconds, as our own webhooks send it.
    Only a caller who knows the secret is told that its clock is wrong.
    """
    well_formed = _DIGITS.fullmatch(timestamp) and signature.isascii()
    right = sign(secret or _NOBODY, timestamp if well_formed else "", body)
    if not (hmac.compare_digest(right.encode(), signature.encode()) and well_formed and secret):
        raise BadSignature()
    signed = int(timestamp) if int(timestamp) >= _LEAST_MS else int(timestamp) * 1000
    if abs(at - signed) > WINDOW_MS:
        raise BadSignature(detail="intake.clock_astray", seconds=(at - signed) // 1000)
    return signed
