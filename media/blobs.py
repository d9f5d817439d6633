"""A store of files named by what they hold."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from media.errors import Missing, Refused

NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,8}")
EXT = re.compile(r"[a-z0-9]{1,8}")
ABANDONED_MS = 3_600_000

Apart = Callable[..., Any]


def here(work: Callable[..., Any], *args: Any) -> Any:
    """Just do it."""
    return work(*args)


class Blobs:
    """Files under ``root``, two levels deep, each called ``<sha256 of its bytes>.<ext>``.

    Putting is atomic and idempotent: a reader sees a whole file or none, also after a power cut. ``apart`` runs what
    keeps the disk busy for long; a copy that goes to another process does it there.
    """

    def __init__(self, root: Path, apart: Apart = here) -> None:
        self.root = root
        self._apart = apart

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.root,)

    def put(self, data: bytes, ext: str, *, derived: bool = False) -> str:
        """Keep the bytes and return their name; the same bytes always get the same name.

        Bytes that are ``derived`` from others are whole or absent after a power cut: they can be made again, and
        waiting for the folder would keep an edit from the glass.
        """
        if not EXT.fullmatch(ext):
            raise Refused("blob_name", name=ext)
        name = f"{hashlib.sha256(data).hexdigest()}.{ext}"
        target = self._place(name)
        if not self._whole(target, len(data)):
            self._write(target, data)
            if not derived:
                _sync_folder(target.parent)
        return name

    def path(self, name: str) -> Path:
        """Where the blob lies; raise Missing when it is absent or the name is not a blob's."""
        target = self._place(name)
        if not target.is_file():
            raise Missing(name)
        return target

    def size(self, name: str) -> int:
        """How many bytes it holds; raise Missing as ``path`` does."""
        return self.path(name).stat().st_size

    def has(self, name: str) -> bool:
        """Whether the blob is here; False for anything that is not a blob's name."""
        try:
            return self.path(name).is_file()
        except Missing:
            return False

    def sweep(self, keep: Collection[str], older_than_ms: int, now: int) -> int:
        """Remove blobs not in ``keep`` and not touched since ``now - older_than_ms`` (UTC ms); return how many."""
        return int(self._apart(self._sweep, keep, older_than_ms, now))

    def tend(self, kept: Callable[[], Collection[str]], older_than_ms: int, now: int) -> None:
        """What each node does for its own folder, where there is more to it than that."""

    def look(self) -> None:
        """Raise ``Away`` when blobs cannot be reached that are not here; all of them are."""

    def share(self) -> int:
        """Give others what only this folder holds; nobody has another one."""
        return 0

    def gather(self) -> None:
        """See to it that this folder holds everything, as it does."""

    def _sweep(self, keep: Collection[str], older_than_ms: int, now: int) -> int:
        wanted = frozenset(keep)
        gone = 0
        for file in self._files():
            written = file.stat().st_mtime_ns // 1_000_000
            if NAME.fullmatch(file.name):
                if file.name not in wanted and written < now - older_than_ms:
                    file.unlink(missing_ok=True)
                    gone += 1
            elif file.name.startswith(".put-") and written < now - ABANDONED_MS:
                file.unlink(missing_ok=True)
        return gone

    def _files(self) -> Iterator[Path]:
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(entry for entry in folder.iterdir() if entry.is_file())

    def _place(self, name: str) -> Path:
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise Missing(name)
        return self.root / name[:2] / name

    @staticmethod
    def _whole(target: Path, size: int) -> bool:
        """Whether a complete copy is here; its time is renewed so that a sweep under way spares it."""
        try:
            if target.stat().st_size != size:
                return False
            os.utime(target)
        except FileNotFoundError:
            return False
        return True

    def _write(self, target: Path, data: bytes) -> None:
        for folder in (self.root, target.parent):
            _open_folder(folder)
        handle, draft = tempfile.mkstemp(prefix=".put-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(draft, 0o644)
            os.replace(draft, target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise


def _open_folder(folder: Path) -> None:
    """See to it that it is there, readable whatever the umask: a proxy of another user may send what lies in it."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        os.chmod(folder, 0o755)  # noqa: S103  # nosec B103 - names are hashes, the folder above is closed


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can open a folder (Windows cannot)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
