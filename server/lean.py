"""What a start leaves out, gives back and asks of the system, so that the server listens sooner and serves more."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any

UNUSED = ("requests", "websocket", "aiohttp", "rich")
"""Loaded by libraries when they are there, for uses the server has not: a socket client, coloured traces."""

EMPTY = ("limits.aio",)
"""Loaded by libraries in any case, for another kind of server: rate limits for asyncio."""

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # of glibc's mallopt(3)
BLOCK = 128 * 1024

SELDOM = 10_000, 20, 20  # objects more than before, and rounds of the younger ones, before garbage is looked for


def give_memory_back() -> None:
    """Let pictures' memory return to the system when they are done; on systems without glibc, leave all as it is.

    By default glibc raises these limits with the first large picture and keeps what it once had.
    """
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        for option, value in ((M_TRIM_THRESHOLD, BLOCK), (M_MMAP_THRESHOLD, BLOCK), (M_ARENA_MAX, 2)):
            libc.mallopt(option, value)


def take_turns() -> None:
    """Have threads that compute give way to the hub within 1 ms; Python's own is 5, for every time it wants a turn."""
    sys.setswitchinterval(0.001)


def settle() -> None:
    """Say that the server is made: what is there stays for good, and is never looked through again for garbage.

    What comes and goes with thousands of sockets is counted, not part of rings: it is looked through more seldom than
    Python would, which is after every 700 objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def open_many() -> None:
    """Open as many sockets as the system allows: the usual soft limit of 1,024 is less than a plant has players."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def imports() -> Iterator[None]:
    """Import without what is not used, and build a body's validator when the first such body comes.

    Nothing is collected meanwhile, and what came is never looked through again: it stays for good.
    """
    collects = gc.isenabled()
    gc.disable()
    away: dict[str, Any] = dict.fromkeys(UNUSED)  # None makes an import fail as if absent
    away |= {name: ModuleType(name) for name in EMPTY}
    away = {name: put for name, put in away.items() if name not in sys.modules}
    sys.modules.update(away)
    import pydantic

    pydantic.BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        pydantic.BaseModel.model_config.pop("defer_build")
        for name in away:
            del sys.modules[name]
        gc.freeze()
        if collects:
            gc.enable()
