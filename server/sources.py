"""Where an import comes from: a file, a folder or a ZIP, read only within itself and within limits."""

from __future__ import annotations

import posixpath
import stat
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from server.errors import Invalid, Refused, Violation

MOST_FILES = 5_000
MIB = 1024 * 1024
TEXT_BYTES = MIB

Read = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Source:
    """Files by their path within the source, with ``/`` between; each is read on demand, up to so many bytes."""

    files: Mapping[str, Read]

    def texts(self) -> tuple[str, ...]:
        """The paths of all playlist files, in order."""
        names = (name for name in self.files if name.lower().endswith(".md"))
        return tuple(sorted(name for name in names if posixpath.basename(name).lower() != "readme.md"))

    def bytes_of(self, name: str, limit: int) -> bytes:
        """A file's bytes; raise Invalid when there are more than ``limit``."""
        data = self.files[name](limit + 1)
        if len(data) > limit:
            raise Invalid((Violation(name, "import.too_large", (("limit_mb", limit // MIB),)),))
        return data

    def beside(self, text: str, wanted: str) -> str | None:
        """The path of a picture that a file names: beside it or in a folder ``pictures``; None when absent."""
        here = posixpath.dirname(text)
        for folder in (here, posixpath.join(here, "pictures"), "pictures"):
            name = posixpath.normpath(posixpath.join(folder, wanted))
            if name in self.files:
                return name
        return None


def leaves(name: str) -> bool:
    """Whether a path leads out of the source, is absolute or is no honest path at all."""
    odd = "\\" in name or "\x00" in name or ":" in name or name.startswith("/")
    return odd or posixpath.normpath(name).split("/")[0] == ".."


def opened(path: Path) -> Source:
    """The source at a path; raise Refused when there is none or it reaches outside itself."""
    if path.is_dir():
        return _folder(path)
    if path.is_file() and path.suffix.lower() == ".md":
        return Source({path.name: _reader(path)})
    if path.is_file() and zipfile.is_zipfile(path):
        return _zip(path)
    raise Refused(detail="import.no_source", path=str(path))


def _folder(root: Path) -> Source:
    inside = root.resolve()
    files: dict[str, Read] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if any(part.startswith(".") for part in name.split("/")) or not path.is_file():
            continue
        if not path.resolve().is_relative_to(inside):
            raise Refused(detail="import.outside", name=name)
        files[name] = _reader(path)
        _count(files)
    return Source(files)


def _zip(path: Path) -> Source:
    files: dict[str, Read] = {}
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if leaves(entry.filename) or stat.S_ISLNK(entry.external_attr >> 16):
                raise Refused(detail="import.outside", name=entry.filename)
            if not entry.is_dir():
                files[posixpath.normpath(entry.filename)] = _entry(path, entry.filename)
                _count(files)
    return Source(files)


def _count(files: Mapping[str, Read]) -> None:
    if len(files) > MOST_FILES:
        raise Refused(detail="import.too_many", limit=MOST_FILES)


def _reader(path: Path) -> Read:
    def read(limit: int) -> bytes:
        with path.open("rb") as file:
            return file.read(limit)

    return read


def _entry(path: Path, name: str) -> Read:
    def read(limit: int) -> bytes:
        try:
            with zipfile.ZipFile(path) as archive, archive.open(name) as file:
                return file.read(limit)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
            raise Refused(detail="import.broken_zip", name=name) from error

    return read
