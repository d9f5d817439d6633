"""Assets in SQL, with who uses them; never commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from server.db import Transaction
from server.finding import best_first, contains, words_of
from server.library.model import Asset, AssetQuery
from server.paging import like, newest_first
from server.tables import assets, playlists, programme_heads, programmes, renditions, revision_assets

_FIELDS = ("id", "name", "kind", "sha256", "media", "thumbnail", "width", "height", "bytes", "by", "created", "deleted")


def add(tx: Transaction, org: str, asset: Asset) -> None:
    """Insert an asset."""
    tx.execute(assets.insert().values(org=org, **{name: getattr(asset, name) for name in _FIELDS}))


def find(tx: Transaction, org: str, key: str, *, deleted: bool = False) -> Asset | None:
    """One asset; deleted ones only when asked for."""
    statement = sa.select(assets).where(assets.c.org == org, assets.c.id == key)
    if not deleted:
        statement = statement.where(assets.c.deleted.is_(None))
    return _first(tx, org, statement)


def same(tx: Transaction, org: str, sha256: str) -> Asset | None:
    """The asset that shows the same picture, a living one rather than a deleted one."""
    statement = sa.select(assets).where(assets.c.org == org, assets.c.sha256 == sha256)
    return _first(tx, org, statement.order_by(assets.c.deleted.is_not(None), assets.c.created, assets.c.id).limit(1))


def page(tx: Transaction, org: str, query: AssetQuery) -> tuple[Asset, ...]:
    """The assets of one page and one more, the newest first."""
    statement = sa.select(assets).where(assets.c.org == org, assets.c.deleted.is_(None))
    if query.q:
        statement = statement.where(assets.c.name.ilike(like(query.q), escape="\\"))
    rows = tx.execute(newest_first(statement, assets.c.created, assets.c.id, query)).mappings().all()
    counted = _uses(tx, org, [row["id"] for row in rows])
    return tuple(replace(_asset(row), used=counted.get(row["id"], 0)) for row in rows)


def named(tx: Transaction, org: str, asked: str, limit: int) -> tuple[Asset, ...]:
    """Living assets with the words in their names, the best first, among equals the newest."""
    statement = sa.select(assets).where(assets.c.org == org, assets.c.deleted.is_(None))
    statement = statement.where(contains(words_of(asked), assets.c.name))
    statement = statement.order_by(best_first(asked, assets.c.name), assets.c.created.desc(), assets.c.id)
    return tuple(_asset(row) for row in tx.execute(statement.limit(limit)).mappings())


def rename(tx: Transaction, org: str, key: str, name: str) -> None:
    """Call an asset something else."""
    tx.execute(assets.update().where(assets.c.org == org, assets.c.id == key).values(name=name))


def mark_deleted(tx: Transaction, org: str, key: str, at: int | None) -> None:
    """Put an asset aside at an instant (UTC ms), or bring it back with None."""
    tx.execute(assets.update().where(assets.c.org == org, assets.c.id == key).values(deleted=at))


def users(tx: Transaction, org: str, key: str) -> tuple[tuple[str, str], ...]:
    """Id and name of every playlist whose draft, submitted or approved revision shows the asset."""
    statement = sa.select(playlists.c.id, playlists.c.name).distinct().select_from(_shown())
    statement = statement.where(playlists.c.org == org, playlists.c.deleted.is_(None), revision_assets.c.asset == key)
    return tuple((row.id, row.name) for row in tx.execute(statement.order_by(playlists.c.name, playlists.c.id)))


def media_of(tx: Transaction, org: str, keys: Collection[str]) -> dict[str, str]:
    """For each asset its blob's name, also of those put aside: what is approved plays on."""
    statement = sa.select(assets.c.id, assets.c.media).where(assets.c.org == org, assets.c.id.in_(keys))
    return {row.id: row.media for row in tx.execute(statement)}


def forget(tx: Transaction, deleted_before: int) -> int:
    """Remove the rows of assets put aside before an instant (UTC ms) that no playlist shows any more."""
    shown = sa.select(revision_assets.c.asset).select_from(_shown())
    shown = shown.where(sa.or_(playlists.c.deleted.is_(None), playlists.c.deleted >= deleted_before))
    gone = assets.delete().where(assets.c.deleted < deleted_before, assets.c.id.not_in(shown))
    return tx.execute(gone).rowcount


def asset_media(tx: Transaction) -> Iterator[str]:
    """The name of every blob that an asset needs."""
    for row in tx.execute(sa.select(assets.c.media, assets.c.thumbnail)):
        yield from (row.media, row.thumbnail)


def texts_with_media(tx: Transaction) -> Iterator[str]:
    """The JSON texts of everything else that names blobs: renditions and programmes, unparsed."""
    for column in (sa.cast(renditions.c.body, sa.Text), programme_heads.c.text, programmes.c.body):
        yield from tx.execute(sa.select(column)).scalars()


def _shown() -> sa.Join:
    revision = revision_assets.c.revision
    current = (revision == playlists.c.draft, revision == playlists.c.submitted, revision == playlists.c.approved)
    return sa.join(revision_assets, playlists, sa.and_(revision_assets.c.playlist == playlists.c.id, sa.or_(*current)))


def _uses(tx: Transaction, org: str, keys: Iterable[str]) -> dict[str, int]:
    count = sa.func.count(sa.distinct(playlists.c.id)).label("used")
    statement = sa.select(revision_assets.c.asset, count).select_from(_shown()).group_by(revision_assets.c.asset)
    statement = statement.where(playlists.c.org == org, playlists.c.deleted.is_(None))
    rows = tx.execute(statement.where(revision_assets.c.asset.in_(tuple(keys))))
    return {row.asset: row.used for row in rows}


def _first(tx: Transaction, org: str, statement: sa.Select[Any]) -> Asset | None:
    row = tx.execute(statement).mappings().first()
    return replace(_asset(row), used=_uses(tx, org, [row["id"]]).get(row["id"], 0)) if row else None


def _asset(row: Mapping[Any, Any]) -> Asset:
    return Asset(**{name: row[name] for name in _FIELDS})
