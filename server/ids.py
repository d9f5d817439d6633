"""Random names: short ids for rows, long secrets for credentials, easily read codes for people."""

from __future__ import annotations

import hashlib
import secrets

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L: see protocol, "Identity"


def new_id(prefix: str) -> str:
    """Return an id of 64 random bits such as ``s5f0c…``, safe in URLs and file names."""
    return prefix + secrets.token_hex(8)


def new_secret(prefix: str) -> str:
    """Return a credential of 256 random bits; its prefix tells what it opens."""
    return prefix + secrets.token_urlsafe(32)


def new_code(length: int = 6) -> str:
    """Return a code to be read off a wall and typed."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def digest(secret: str) -> str:
    """Return what is stored of a credential; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
