"""One server per data folder: a lock the operating system takes back when the process dies."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

NAME = "serving.lock"


def take(data: Path) -> IO[str] | None:
    """Hold the folder for this process; None when another one serves it. Keep the file open as long as it serves."""
    file = (data / NAME).open("a+")
    try:
        _lock(file)
    except OSError:
        file.close()
        return None
    return file


def held(data: Path) -> bool:
    """Whether a running server holds the folder."""
    if not (data / NAME).exists():
        return False
    mine = take(data)
    if mine is None:
        return True
    mine.close()
    return False


def _lock(file: IO[str]) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
