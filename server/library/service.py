"""Use cases of the library: take pictures in, find them, put them aside safely."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

import structlog

from media import jobs
from media.errors import Damaged, Missing, Refused
from media.press import Failed
from playlists.rules import clean
from server import audit
from server.accounts.model import Identity
from server.db import Transaction
from server.errors import Conflict, NotFound
from server.events import AssetChanged
from server.ids import new_id
from server.library import store
from server.library.model import Asset, AssetQuery
from server.paging import Listing, cursor
from server.parts import Parts
from server.pool import off_hub
from server.press import pressed_patiently
from server.screens import commands
from server.words import say

log = structlog.get_logger(__name__)

DAY_MS = 86_400_000
KEPT_MS = 7 * DAY_MS
NAME_CHARACTERS = 200
MEDIA = re.compile(r'"media": ?"([^"]+)"')
NAMED = 5  # playlists told by name when an asset is in use


@dataclass(frozen=True, slots=True)
class Added:
    """An asset, and whether it is new to the library."""

    asset: Asset
    new: bool


def add(parts: Parts, who: Identity, data: bytes, name: str) -> Added:
    """Take a picture in; one that is here already is answered as it is. Raises ``media.errors.Refused``."""
    who.must("content")
    held = held_copy(parts, who, data)
    return Added(held, new=False) if held else keep(parts, who, take_in(parts, data), name)


def held_copy(parts: Parts, who: Identity, data: bytes) -> Asset | None:
    """The living asset whose stored copy is exactly these bytes: an export that comes back."""
    name = off_hub(lambda: hashlib.sha256(data).hexdigest())
    with parts.db.read() as tx:
        held = store.same(tx, who.org, name)
    return held if held and held.deleted is None else None


def take_in(parts: Parts, data: bytes) -> Asset:
    """Decode, re-encode and store a picture; no row knows it yet. Slow: never inside a transaction."""
    try:
        found = pressed_patiently(jobs.take_in, data, parts.blobs)
    except Failed as failed:
        log.error("upload_broke_a_press", size=len(data), trace=str(failed))
        raise Refused("picture_broken") from failed
    return Asset(
        id="", name="", kind="image", sha256=found.media.split(".")[0], media=found.media, thumbnail=found.thumbnail,
        width=found.width, height=found.height, bytes=found.bytes, by="", created=0,
    )  # fmt: skip


def keep(parts: Parts, who: Identity, taken: Asset, name: str) -> Added:
    """Enter a picture that was taken in."""
    name = _named(name) or say("library.unnamed", who.locale)
    now = parts.clock.now()
    asset = replace(taken, id=new_id("a"), name=name, by=who.id, created=now)
    with parts.db.transaction() as tx:
        held = store.same(tx, who.org, asset.sha256)
        if held and held.deleted is None:
            return Added(held, new=False)
        if held:
            asset = replace(held, name=name, deleted=None)
            store.mark_deleted(tx, who.org, held.id, None)
            store.rename(tx, who.org, held.id, name)
        else:
            store.add(tx, who.org, asset)
        audit.record(tx, who, now, "asset.add", asset.id, after={"name": name, "sha256": asset.sha256})
        tx.announce(AssetChanged(who.org, asset.id))
    return Added(asset, new=True)


def get(parts: Parts, who: Identity, key: str) -> Asset:
    """One asset; raise NotFound."""
    with parts.db.read() as tx:
        return _found(store.find(tx, who.org, key))


def listing(parts: Parts, who: Identity, query: AssetQuery) -> Listing[Asset]:
    """One page of the library, the newest first."""
    with parts.db.read() as tx:
        found = store.page(tx, who.org, query)
    more = cursor(found[query.limit - 1].created, found[query.limit - 1].id) if len(found) > query.limit else None
    return Listing(found[: query.limit], more)


def find(parts: Parts, who: Identity, asked: str, limit: int) -> tuple[Asset, ...]:
    """Assets by the words in their names, the best first; ``used`` is not counted."""
    with parts.db.read() as tx:
        return store.named(tx, who.org, asked, limit)


def rename(parts: Parts, who: Identity, key: str, name: str) -> Asset:
    """Call an asset something else; raise NotFound."""
    who.must("content")
    with parts.db.transaction() as tx:
        was = _found(store.find(tx, who.org, key))
        new = replace(was, name=_named(name) or was.name)
        store.rename(tx, who.org, key, new.name)
        audit.record(
            tx, who, parts.clock.now(), "asset.rename", key, before={"name": was.name}, after={"name": new.name}
        )
        tx.announce(AssetChanged(who.org, key))
    return new


def delete(parts: Parts, who: Identity, key: str) -> None:
    """Put an asset aside; raise Conflict, naming the playlists, while any shows it."""
    who.must("content")
    now = parts.clock.now()
    with parts.db.transaction() as tx:
        asset = _found(store.find(tx, who.org, key))
        users = store.users(tx, who.org, key)
        if users:
            names = ", ".join(name for _, name in users[:NAMED])
            told = [{"id": playlist, "name": name} for playlist, name in users]
            raise Conflict(detail="library.in_use", n=len(users), names=names, playlists=told)
        store.mark_deleted(tx, who.org, key, now)
        audit.record(tx, who, now, "asset.delete", key, before={"name": asset.name, "sha256": asset.sha256})
        tx.announce(AssetChanged(who.org, key))


def restore(parts: Parts, who: Identity, key: str) -> Asset:
    """Bring an asset back; one that is there is answered as it is. Raises NotFound when it was swept."""
    who.must("content")
    with parts.db.transaction() as tx:
        asset = _found(store.find(tx, who.org, key, deleted=True))
        if asset.deleted is not None:
            store.mark_deleted(tx, who.org, key, None)
            audit.record(tx, who, parts.clock.now(), "asset.restore", key)
            tx.announce(AssetChanged(who.org, key))
    return replace(asset, deleted=None)


def media_of(tx: Transaction, org: str, keys: Collection[str]) -> dict[str, str]:
    """For each asset the name of its blob."""
    return store.media_of(tx, org, keys)


def media_path(parts: Parts, name: str) -> Path:
    """Where a blob lies; raise NotFound."""
    try:
        return parts.blobs.path(name)
    except Damaged as error:
        log.error("media_damaged", name=name)
        raise NotFound() from error
    except Missing as error:
        raise NotFound() from error


def thumbnail_of(parts: Parts, who: Identity, key: str) -> str:
    """The name of an asset's small picture, also while it is put aside: an undo still shows it."""
    with parts.db.read() as tx:
        return _found(store.find(tx, who.org, key, deleted=True)).thumbnail


def sweep(parts: Parts) -> int:
    """Remove assets put aside a week ago and every blob that nothing needs; return how many blobs went.

    Blobs younger than a day stay in any case: what is being typeset has no row yet.
    """
    now = parts.clock.now()
    with parts.db.transaction() as tx:
        store.forget(tx, now - KEPT_MS)
    return parts.blobs.sweep(_needed(parts), DAY_MS, now)


def tend(parts: Parts) -> None:
    """Let this node's own folder forget what nothing needs, and share what it alone holds; most have no such folder."""
    parts.blobs.tend(partial(_needed, parts), DAY_MS, parts.clock.now())


def _needed(parts: Parts) -> frozenset[str]:
    """Every blob that a row names."""
    with parts.db.read() as tx:
        named, texts = frozenset(store.asset_media(tx)), list(store.texts_with_media(tx))
    return named | off_hub(_media_in, texts) | commands.kept_media(parts)


def _media_in(texts: list[str]) -> frozenset[str]:
    """Every blob that JSON texts name; runs in a thread, for there are many and they are long."""
    return frozenset(media for text in texts for media in MEDIA.findall(text))


def _named(name: str) -> str:
    """A file's name without its folders, on one line, printable."""
    last = PurePosixPath(clean(name).replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable()).strip()[:NAME_CHARACTERS]


def _found(asset: Asset | None) -> Asset:
    if asset is None:
        raise NotFound()
    return asset
