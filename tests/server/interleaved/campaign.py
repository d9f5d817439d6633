"""How many sequences are tried at length, and from which seed; none unless the environment asks for some."""

from __future__ import annotations

import os
import secrets

SEQUENCES = int(os.environ.get("SEQUENCES", "0"))
SEED = int(os.environ.get("SEED") or secrets.randbits(32))
