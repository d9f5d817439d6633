"""Items as people send them, made into what a revision holds: cleaned, with stable ids, named by their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from playlists import rules, wire
from playlists.model import Item, Playlist
from server import errors

Wire = Mapping[str, object]

PICTURES = ("asset", "portrait")  # the fields of an item that name an asset
_BLANK = "-"


def read(items: Sequence[Wire], held: Sequence[Item] = ()) -> tuple[Item, ...]:
    """Items from their wire form, an id given where there is none; raise Invalid with paths such as ``items.3.text``.

    An item without id that says what one of ``held`` says keeps that one's id; any other gets one made of what it
    says, so that the same folder imported twice is the same revision.
    """
    try:
        found = wire.items_from_json(list(items), mint=lambda: _BLANK)
    except rules.Malformed as error:
        raise errors.Invalid(told(error.violations)) from error
    return _with_ids([_cleaned(item) for item in found], held)


def checked(name: str, items: tuple[Item, ...], *, finished: bool) -> tuple[errors.Violation, ...]:
    """What is wrong; a draft that is not ``finished`` may still lack texts and pictures."""
    broken = rules.playlist_violations(Playlist("", name, items))
    return told(v for v in broken if finished or v.rule not in rules.UNFINISHED)


def told(violations: Iterable[rules.Violation]) -> tuple[errors.Violation, ...]:
    """The core's violations as those of the shell, with words from the catalogue."""
    return tuple(errors.Violation(v.field, f"rules.{v.rule}", tuple(sorted(v.params.items()))) for v in violations)


def revision_of(name: str, items: Sequence[Item]) -> str:
    """The name of a revision: SHA-256 over the canonical JSON of its name and items."""
    content = {"name": name, "items": wire.items_to_json(items)}
    return hashlib.sha256(wire.canonical(content)).hexdigest()


def assets_in(items: Iterable[Item]) -> frozenset[str]:
    """The ids of all assets that the items show."""
    return frozenset(asset for item in items for asset in (item.asset, item.portrait) if asset)


def lost_assets(items: Sequence[Item], known: Collection[str]) -> tuple[errors.Violation, ...]:
    """A violation for every picture that is not among the ``known`` assets."""
    fields = {f"items.{n}.{name}": getattr(item, name) for n, item in enumerate(items) for name in PICTURES}
    return tuple(
        errors.Violation(field, "rules.no_asset") for field, asset in fields.items() if asset and asset not in known
    )


def content_of(item: Item) -> str:
    """What an item says, apart from its id; equal for equal items."""
    return hashlib.sha256(wire.canonical(wire.item_to_json(replace(item, id="")))).hexdigest()


def _cleaned(item: Item) -> Item:
    text, title, body, person = (rules.clean(text) for text in (item.text, item.title, item.body, item.person))
    return replace(item, text=text, title=title, body=body, person=person)


def _with_ids(items: Sequence[Item], held: Sequence[Item]) -> tuple[Item, ...]:
    taken = {item.id for item in items}
    spare: dict[str, list[str]] = {}
    for item in held:
        if item.id not in taken:
            spare.setdefault(content_of(item), []).append(item.id)
    return tuple(replace(item, id=_new_id(item, spare, taken)) if item.id == _BLANK else item for item in items)


def _new_id(item: Item, spare: dict[str, list[str]], taken: set[str]) -> str:
    content = content_of(item)
    if spare.get(content):
        return spare[content].pop(0)
    stem, n = f"i{content[:16]}", 1
    while (name := stem if n == 1 else f"{stem}-{n}") in taken:
        n += 1
    taken.add(name)
    return name
