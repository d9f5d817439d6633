"""A store of files that nodes of several machines share: a bucket, and each node's folder as its cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from pathlib import Path
from threading import Lock
from typing import Any

from media.blobs import NAME, Apart, Blobs, here
from media.bucket import Bucket, bucket
from media.errors import Damaged

LOCKS = 256  # two that want the same blob share one, so that it is fetched once


class Shared(Blobs):
    """The same as ``Blobs``; a name that ``put`` returned is held by the bucket, whatever becomes of this machine.

    What is here is read from here, also while the store is away; ``Away`` is raised only for what is not. A copy that
    goes to another process takes the address along, not the connections.
    """

    def __init__(self, root: Path, url: str, apart: Apart = here) -> None:
        super().__init__(root, apart)
        self.url = url
        self._locks = tuple(Lock() for _ in range(LOCKS))
        self._known: set[str] = set()
        self._damaged: set[str] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.root, self.url)

    @property
    def bucket(self) -> Bucket:
        """Where everybody's blobs are."""
        return bucket(self.url)

    def put(self, data: bytes, ext: str, *, derived: bool = False) -> str:
        """Keep the bytes here and in the bucket. There they are written anew each time, so that a sweep spares them."""
        name = super().put(data, ext, derived=derived)
        self.bucket.put(_key(name), data)
        self._damaged.discard(name)
        return name

    def path(self, name: str) -> Path:
        """Where the blob lies in the cache, fetched if need be; raise Missing."""
        target = self._place(name)
        if not target.is_file():
            with self._locks[int(name[:2], 16)]:
                if not target.is_file():
                    self._fetch(name, target)
        return target

    def has(self, name: str) -> bool:
        """Whether it is here or in the bucket, which is asked once."""
        if not NAME.fullmatch(name):
            return False
        if self._place(name).is_file() or name in self._known:
            return True
        if name in self._damaged or not self.bucket.has(_key(name)):
            return False
        self._known.add(name)
        return True

    def sweep(self, keep: Collection[str], older_than_ms: int, now: int) -> int:
        """Sweep the cache, and the bucket by the same rule; return how many left the bucket."""
        super().sweep(keep, older_than_ms, now)
        wanted = frozenset(keep)
        old = [key for key, written in self.bucket.listing() if written < now - older_than_ms]
        gone = [key for key in old if _is_blob(key) and _name(key) not in wanted]
        self.bucket.remove(gone)
        self._known.clear()
        return len(gone)

    def tend(self, kept: Callable[[], Collection[str]], older_than_ms: int, now: int) -> None:
        """Sweep the cache alone, and share what is left."""
        super().sweep(kept(), older_than_ms, now)
        self.share()

    def look(self) -> None:
        """Raise ``Away`` when the bucket cannot be reached."""
        self.bucket.look()

    def share(self) -> int:
        """Give the bucket what only this folder holds, as after a restore or a first use; return how much it was."""
        held = {_name(key) for key, _ in self.bucket.listing()}
        files = self._apart(lambda: list(self._files()))
        lacking = [file for file in files if NAME.fullmatch(file.name) and file.name not in held]
        for file in lacking:
            self.bucket.put(_key(file.name), self._apart(file.read_bytes))
        return len(lacking)

    def gather(self) -> None:
        """Fetch whatever the bucket holds, so that this folder alone holds everything."""
        for key, _ in self.bucket.listing():
            if _is_blob(key):
                self.path(_name(key))

    def _fetch(self, name: str, target: Path) -> None:
        data = self.bucket.get(_key(name))
        if self._apart(_digest, data) != name.partition(".")[0]:
            self._known.discard(name)
            self._damaged.add(name)
            raise Damaged(name)
        self._apart(self._write, target, data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _key(name: str) -> str:
    """As in the folder, so that any tool can copy the one to the other."""
    return f"{name[:2]}/{name}"


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _is_blob(key: str) -> bool:
    return bool(NAME.fullmatch(_name(key))) and key == _key(_name(key))
