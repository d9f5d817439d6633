"""Playlists as folders of Markdown: taken in whole or not at all, and written out so that they read back the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from media import starter as drawings
from media.errors import Refused as MediaRefused
from playlists import blocks, frontmatter, wire
from playlists.folder import KINDS, parse_playlist, write_playlist
from server import sources
from server.accounts.model import Identity
from server.editorial import items as drafts
from server.editorial import service as editorial
from server.editorial.model import PlaylistView
from server.errors import Invalid, Refused, Violation
from server.library import service as library
from server.library.model import Asset
from server.parts import Parts
from server.sources import Source
from server.words import say

STARTER = Path(__file__).parent.parent / "playlists" / "starter"
PICTURES = ("asset", "portrait")
Wire = dict[str, object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A playlist file as read: ``lines`` tells where each item begins, ``errors`` stand at ``<file>:<line>``."""

    file: str
    name: str
    items: tuple[Wire, ...]
    lines: tuple[int, ...]
    errors: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, by the playlists' names; ``playlists`` are their ids by file."""

    made: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    pictures: int = 0
    playlists: Mapping[str, str] = field(default_factory=dict)

    def told(self, locale: str) -> str:
        """One line for people."""
        counts = {"made": len(self.made), "changed": len(self.changed), "same": len(self.same)}
        return say("import.told", locale, **counts, pictures=self.pictures)


def import_path(parts: Parts, who: Identity, path: Path) -> Imported:
    """Take playlists in as drafts, by name: new ones are made, others changed where they differ.

    All or nothing: raises Invalid with every fault at ``<file>:<line>``, Refused for a path that cannot be taken.
    """
    source = sources.opened(path)
    sheets = [_sheet(source, name) for name in source.texts()]
    if not sheets:
        raise Refused(detail="import.nothing", path=str(path))
    _refuse(_faults(sheets))
    pictures = _wanted(source, sheets)
    taken = {name: _take(parts, who, source, name) for name in sorted(set(pictures.values()))}
    return _store(parts, who, sheets, pictures, taken)


def import_starter(parts: Parts, who: Identity, locale: str) -> dict[str, str]:
    """Bring the shipped playlists, approved; answers each file's playlist, such as ``01-slogans``."""
    drawn = drawings.draw()
    texts = sources.opened(STARTER / locale)
    source = Source({**texts.files, **{f"pictures/{name}": _held(data) for name, data in drawn.items()}})
    sheets = [_sheet(source, name) for name in source.texts()]
    _refuse(_faults(sheets))
    pictures = _wanted(source, sheets)
    taken = {name: _take(parts, who, source, name) for name in sorted(set(pictures.values()))}
    with parts.db.transaction():
        done = _store(parts, who, sheets, pictures, taken, starter=True)
        for playlist in done.playlists.values():
            editorial.submit(parts, who, playlist)
    return {PurePosixPath(file).stem: playlist for file, playlist in done.playlists.items()}


def export_path(parts: Parts, who: Identity, path: Path) -> str:
    """Write every playlist's draft into a new folder with its pictures; raise Refused when something is there."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Refused(detail="export.not_empty", path=str(path))
    with parts.db.read() as tx:
        views = editorial.everything(tx, who.org)
        shown = {asset for view in views for asset in drafts.assets_in(view.items)}
        media = library.media_of(tx, who.org, shown)
    try:
        (path / "pictures").mkdir(parents=True, exist_ok=True)
        for name in sorted(set(media.values())):
            (path / "pictures" / name).write_bytes(parts.blobs.path(name).read_bytes())
        for number, view in enumerate(views, 1):
            text = write_playlist(view.name, [_named(item, media) for item in wire.items_to_json(view.items)])
            (path / f"{number:02d}-{_file_name(view.name)}.md").write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refused(detail="export.not_written", path=str(path), why=error.strerror or "") from error
    return say("export.told", parts.config.locale, n=len(views), pictures=len(set(media.values())), path=str(path))


def _sheet(source: Source, file: str) -> Sheet:
    try:
        text = source.bytes_of(file, sources.TEXT_BYTES).decode()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return Sheet(file, file, (), (), (Violation(f"{file}:{line}", "import.not_utf8"),))
    found = parse_playlist(text, PurePosixPath(file).stem)
    front = frontmatter.parse(text)
    read, _ = blocks.read(front.body, front.body_line, KINDS.get(found.kind, blocks.WORDED))
    lines = tuple(one.line for one in read)
    faults = tuple(
        Violation(f"{file}:{fault.line}", f"folder.{fault.rule}", (("about", fault.about),)) for fault in found.errors
    )
    return Sheet(file, found.name, found.items, lines, faults or _broken(file, found.name, found.items, lines))


def _broken(file: str, name: str, items: Sequence[Wire], lines: Sequence[int]) -> tuple[Violation, ...]:
    """The rules that a file's name and items break, at their lines; pictures still go by file names here."""
    bare = [{key: value for key, value in item.items() if key not in PICTURES} for item in items]
    try:
        found = drafts.checked(name, drafts.read(bare), finished=False)
    except Invalid as invalid:
        found = invalid.violations
    return tuple(
        Violation(f"{file}:{_line(violation.field, lines)}", violation.rule, violation.params) for violation in found
    )


def _line(path: str, lines: Sequence[int]) -> int:
    parts = path.split(".")
    return lines[int(parts[1])] if len(parts) > 1 and parts[1].isdigit() else 1


def _faults(sheets: Sequence[Sheet]) -> Iterator[Violation]:
    first: dict[str, str] = {}
    for sheet in sheets:
        yield from sheet.errors
        if first.setdefault(sheet.name, sheet.file) != sheet.file:
            yield Violation(
                f"{sheet.file}:1", "import.name_twice", (("other", first[sheet.name]), ("name", sheet.name))
            )


def _wanted(source: Source, sheets: Sequence[Sheet]) -> dict[tuple[str, str], str]:
    """For each (playlist file, picture it names) the picture's path; raise Invalid for every one that is missing."""
    found: dict[tuple[str, str], str] = {}
    lost: list[Violation] = []
    for sheet in sheets:
        for item, line in zip(sheet.items, sheet.lines, strict=True):
            for wanted in (str(item[name]) for name in PICTURES if item.get(name)):
                path = None if sources.leaves(wanted) else source.beside(sheet.file, wanted)
                if path:
                    found[sheet.file, wanted] = path
                else:
                    rule = "import.outside" if sources.leaves(wanted) else "import.no_picture"
                    lost.append(Violation(f"{sheet.file}:{line}", rule, (("name", wanted),)))
    _refuse(lost)
    return found


@dataclass(frozen=True, slots=True)
class _Taken:
    """A picture ready to be entered: an asset of the library, or one that no row knows yet."""

    asset: Asset
    known: bool


def _take(parts: Parts, who: Identity, source: Source, name: str) -> _Taken:
    data = source.bytes_of(name, parts.config.upload_mb * sources.MIB)
    held = library.held_copy(parts, who, data)
    try:
        return _Taken(held or library.take_in(parts, data), held is not None)
    except MediaRefused as refused:
        raise Invalid((Violation(name, f"media.{refused.rule}", tuple(sorted(refused.params.items()))),)) from refused


def _store(
    parts: Parts, who: Identity, sheets: Sequence[Sheet], pictures: Mapping[tuple[str, str], str],
    taken: Mapping[str, _Taken], *, starter: bool = False,
) -> Imported:  # fmt: skip
    """Enter pictures and playlists in one transaction."""
    sorted_: dict[str, list[str]] = {"made": [], "changed": [], "same": []}
    playlists: dict[str, str] = {}
    new = 0
    with parts.db.transaction():
        assets: dict[str, str] = {}
        for name, picture in taken.items():
            added = None if picture.known else library.keep(parts, who, picture.asset, PurePosixPath(name).name)
            assets[name] = added.asset.id if added else picture.asset.id
            new += bool(added and added.new)
        for sheet in sheets:
            ids = {wanted: assets[path] for (file, wanted), path in pictures.items() if file == sheet.file}
            view, how = _enter(parts, who, sheet.name, [_named(item, ids) for item in sheet.items], starter=starter)
            sorted_[how].append(sheet.name)
            playlists[sheet.file] = view.id
    made, changed, same = (tuple(sorted_[how]) for how in ("made", "changed", "same"))
    return Imported(made, changed, same, new, playlists)


def _enter(parts: Parts, who: Identity, name: str, items: Sequence[Wire], *, starter: bool) -> tuple[PlaylistView, str]:
    with parts.db.read() as tx:
        held = editorial.named(tx, who.org, name)
    if held is None:
        return editorial.create(parts, who, name, items, starter=starter), "made"
    saved = editorial.save(parts, who, held.id, held.revision, editorial.Order(items=items))
    return saved, "same" if saved.revision == held.revision else "changed"


def _named(item: Mapping[str, object], names: Mapping[str, str]) -> Wire:
    """The item with its pictures under their other names."""
    swapped = {name: names.get(str(item[name]), item[name]) for name in PICTURES if name in item}
    return {**item, **swapped}


def _file_name(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name).strip("-")[:60] or "playlist"


def _held(data: bytes) -> sources.Read:
    return lambda limit: data[:limit]


def _refuse(violations: Iterator[Violation] | Sequence[Violation]) -> None:
    found = tuple(violations)
    if found:
        raise Invalid(found)
