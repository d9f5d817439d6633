"""What a start leaves out, so that the server listens sooner and stays smaller."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pydantic

UNUSED = ("requests", "websocket", "aiohttp", "rich")
"""Loaded by libraries when they are there, for uses the server has not: a socket client, coloured traces."""


@contextmanager
def imports() -> Iterator[None]:
    """Import without what is not used, and build a body's validator when the first such body comes."""
    left_out = [name for name in UNUSED if name not in sys.modules]
    pydantic.BaseModel.model_config["defer_build"] = True
    sys.modules.update(dict.fromkeys(left_out))  # type: ignore[arg-type]  # None makes an import fail as if absent
    try:
        yield
    finally:
        pydantic.BaseModel.model_config.pop("defer_build")
        for name in left_out:
            del sys.modules[name]
