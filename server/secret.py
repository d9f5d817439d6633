"""The server's own secret: it signs cookies and hides addresses, and lies beside the database, not in it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path


def key(data: Path) -> bytes:
    """The secret of a data folder; made once, readable by this user only."""
    path = data / "secret.key"
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        draft.replace(path)  # whole or not at all: an empty key would sign for anybody
    return path.read_text().encode()


def hidden(data: Path, text: str) -> str:
    """A keyed hash: whoever has the database alone cannot find out what it stands for."""
    return hmac.new(key(data), text.encode(), hashlib.sha256).hexdigest()
