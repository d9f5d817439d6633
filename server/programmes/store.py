"""Programmes, renditions and anchors in SQL, and what programmes are compiled from, for many screens at once."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from playlists.programme import Anchor
from server.db import Transaction
from server.programmes.model import Stored
from server.tables import (
    anchors,
    assets,
    branches,
    layouts,
    organisations,
    playlists,
    programme_heads,
    programmes,
    renditions,
    reviews,
    revisions,
    screens,
)

CHUNK = 500  # bound parameters one statement may carry safely
LONGEST_KEY = 400
DAY_MS = 86_400_000


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """The values, each once, in lists short enough for one statement."""
    every = sorted(set(values))
    for n in range(0, len(every), CHUNK):
        yield every[n : n + CHUNK]


def organisation(tx: Transaction, org: str) -> tuple[str, Mapping[str, Any], int]:
    """The zone and the settings of an organisation, and the percentage of its time that those above may fill."""
    placed = organisations.outerjoin(branches, branches.c.org == organisations.c.id)
    wanted = sa.select(organisations.c.zone, organisations.c.settings, branches.c.airtime).select_from(placed)
    row = tx.execute(wanted.where(organisations.c.id == org)).one()
    return row.zone, row.settings, row.airtime or 0


def every_organisation(tx: Transaction) -> list[tuple[str, str]]:
    """(id, zone) of every organisation."""
    return [(row.id, row.zone) for row in tx.execute(sa.select(organisations.c.id, organisations.c.zone))]


def living(tx: Transaction, org: str, wanted: Collection[str] | None = None) -> list[Any]:
    """The rows of screens in use, with their layout's regions; all of them when ``wanted`` is None."""
    statement = (
        sa.select(
            screens.c.id, screens.c.width, screens.c.height, screens.c.colour, screens.c.fallback, screens.c.blanked,
            screens.c.layout, layouts.c.width.label("layout_width"), layouts.c.height.label("layout_height"),
            layouts.c.regions, layouts.c.name.label("layout_name"),
        )
        .outerjoin(layouts, layouts.c.id == screens.c.layout)
        .where(screens.c.org == org, screens.c.retired.is_(None))
        .order_by(screens.c.id)
    )  # fmt: skip
    if wanted is None or len(wanted) > CHUNK:
        chosen = None if wanted is None else frozenset(wanted)
        return [row for row in tx.execute(statement) if chosen is None or row.id in chosen]
    return list(tx.execute(statement.where(screens.c.id.in_(wanted))))


def living_ids(tx: Transaction, org: str) -> list[str]:
    """The screens in use."""
    return [
        row.id for row in tx.execute(sa.select(screens.c.id).where(screens.c.org == org, screens.c.retired.is_(None)))
    ]


def stale_screens(tx: Transaction, org: str, begins: int) -> list[str]:
    """The screens in use whose programme is missing or does not begin at ``begins``."""
    found = (
        sa.select(screens.c.id)
        .outerjoin(programmes, programmes.c.screen == screens.c.id)
        .where(screens.c.org == org, screens.c.retired.is_(None))
        .where(sa.or_(programmes.c.begins.is_(None), programmes.c.begins != begins))
    )
    return [row.id for row in tx.execute(found)]


def with_fallback(tx: Transaction, org: str, playlist: str) -> list[str]:
    """The screens whose own fallback is ``playlist``."""
    return [
        row.id
        for row in tx.execute(sa.select(screens.c.id).where(screens.c.org == org, screens.c.fallback == playlist))
    ]


def approved(tx: Transaction, org: str, wanted: Iterable[str]) -> dict[str, str]:
    """The approved revision of each playlist that has one."""
    found: dict[str, str] = {}
    for some in chunks(wanted):
        rows = tx.execute(
            sa.select(playlists.c.id, playlists.c.approved).where(
                playlists.c.org == org,
                playlists.c.id.in_(some),
                playlists.c.approved.is_not(None),
                playlists.c.deleted.is_(None),
            )
        )
        found.update((row.id, row.approved) for row in rows)
    return found


def items(tx: Transaction, org: str, wanted: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The items of the given revisions, by playlist."""
    found: dict[str, list[dict[str, Any]]] = {}
    for some in chunks(wanted):
        rows = tx.execute(
            sa.select(revisions.c.playlist, revisions.c.hash, revisions.c["items"]).where(
                revisions.c.org == org, revisions.c.playlist.in_(some), revisions.c.hash.in_([wanted[p] for p in some])
            )
        )
        found.update((row.playlist, row._mapping["items"]) for row in rows if wanted[row.playlist] == row.hash)
    return found


def media_of_assets(tx: Transaction, org: str, wanted: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(sha256, blob name) of each asset; one deleted later still plays where it was approved."""
    found: dict[str, tuple[str, str]] = {}
    for some in chunks(wanted):
        rows = tx.execute(
            sa.select(assets.c.id, assets.c.sha256, assets.c.media).where(assets.c.org == org, assets.c.id.in_(some))
        )
        found.update((row.id, (row.sha256, row.media)) for row in rows)
    return found


def held_versions(tx: Transaction, org: str, wanted: Collection[str]) -> dict[str, str]:
    """The published version of each screen."""
    statement = sa.select(programmes.c.screen, programmes.c.version).where(programmes.c.org == org)
    if len(wanted) <= CHUNK:
        statement = statement.where(programmes.c.screen.in_(wanted))
    return {row.screen: row.version for row in tx.execute(statement)}


def held_bodies(tx: Transaction, org: str, wanted: Collection[str]) -> list[str]:
    """The published programmes of the screens, as text."""
    return [
        row.head + row.body
        for some in chunks(wanted)
        for row in tx.execute(_texts().where(programmes.c.org == org, programmes.c.screen.in_(some)))
    ]


def programme(tx: Transaction, org: str, screen: str) -> Stored | None:
    """A screen's published programme."""
    row = tx.execute(_texts().where(programmes.c.org == org, programmes.c.screen == screen)).first()
    if row is None:
        return None
    body = row.head + row.body
    return Stored(row.screen, row.version, body, tuple(row.findings), row.begins, row.ends, row.compiled)


def _texts() -> sa.Select[Any]:
    """Programmes with the text of their heads."""
    of_head = (programme_heads.c.org == programmes.c.org) & (programme_heads.c.hash == programmes.c.head)
    columns = [column for column in programmes.c if column.name != "head"]
    text = sa.func.coalesce(programme_heads.c.text, "").label("head")
    return sa.select(text, *columns).join_from(programmes, programme_heads, of_head, isouter=True)


def screen_state(tx: Transaction, org: str, screen: str) -> Any | None:
    """(id, retired) of a screen."""
    return tx.execute(
        sa.select(screens.c.id, screens.c.retired).where(screens.c.org == org, screens.c.id == screen)
    ).first()


def put_programmes(tx: Transaction, org: str, head: str, rows: Sequence[Stored]) -> None:
    """Store programmes in place of those there; their texts are ``head``, kept once, and their own ``body``.

    What is there is read within, since two compilers may meet.
    """
    name = _put_head(tx, org, head)
    held = _heads_held(tx, org, [row.screen for row in rows])
    values = [
        {
            "screen": row.screen, "org": org, "version": row.version, "head": name, "body": row.body,
            "findings": list(row.findings), "begins": row.begins, "ends": row.ends, "compiled": row.compiled,
        }
        for row in rows
    ]  # fmt: skip
    new = [value for value in values if value["screen"] not in held]
    old = [{**value, "which": value["screen"]} for value in values if value["screen"] in held]
    if new:
        tx.execute(programmes.insert(), new)
    if old:
        names = ("version", "head", "body", "findings", "begins", "ends", "compiled")
        change = programmes.update().where(programmes.c.screen == sa.bindparam("which"))
        tx.execute(change.values({name: sa.bindparam(name) for name in names}), old)
    _drop_heads(tx, org, {one for one in held.values() if one not in ("", name)})


def _put_head(tx: Transaction, org: str, head: str) -> str:
    if not head:
        return ""
    name = hashlib.sha256(head.encode()).hexdigest()
    here = (programme_heads.c.org == org, programme_heads.c.hash == name)
    if tx.execute(sa.select(programme_heads.c.hash).where(*here)).first() is None:
        tx.execute(programme_heads.insert().values(org=org, hash=name, text=head))
    return name


def _heads_held(tx: Transaction, org: str, wanted: Iterable[str]) -> dict[str, str]:
    """The name of each screen's head, for those that have a programme."""
    found: dict[str, str] = {}
    for some in chunks(wanted):
        query = sa.select(programmes.c.screen, programmes.c.head)
        rows = tx.execute(query.where(programmes.c.org == org, programmes.c.screen.in_(some)))
        found.update((row.screen, row.head) for row in rows)
    return found


def _drop_heads(tx: Transaction, org: str, left: Collection[str]) -> None:
    """Forget heads that no programme begins with any more."""
    if left:
        in_use = sa.exists().where(programmes.c.org == org, programmes.c.head == programme_heads.c.hash)
        here = (programme_heads.c.org == org, programme_heads.c.hash.in_(left), ~in_use)
        tx.execute(programme_heads.delete().where(*here))


def known_anchors(tx: Transaction, org: str) -> tuple[dict[str, Anchor], dict[str, str]]:
    """Every anchor by loop key, and the shape it was set for."""
    rows = list(tx.execute(sa.select(anchors).where(anchors.c.org == org)))
    return {row.loop: Anchor(row.since, row.anchor) for row in rows}, {row.loop: row.shape for row in rows}


def put_anchors(tx: Transaction, org: str, found: Mapping[str, Anchor], shapes: Mapping[str, str]) -> None:
    """Store anchors; a loop of very many playlists has none and starts afresh when edited."""
    for key, anchor in found.items():
        if len(key) <= LONGEST_KEY:
            tx.execute(anchors.delete().where(anchors.c.org == org, anchors.c.loop == key))
            tx.execute(
                anchors.insert().values(
                    org=org, loop=key, since=anchor.since_ms, anchor=anchor.anchor_ms, shape=shapes.get(key, "")
                )
            )


def known_renditions(tx: Transaction, keys: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """The renditions made before, by key."""
    return {
        row.key: row.body
        for some in chunks(keys)
        for row in tx.execute(sa.select(renditions.c.key, renditions.c.body).where(renditions.c.key.in_(some)))
    }


def put_renditions(tx: Transaction, made: Mapping[str, Mapping[str, Any]], now: int) -> None:
    """Remember renditions; one that another process remembered first stays."""
    known = known_renditions(tx, made)
    rows = [{"key": k, "body": v, "created": now, "used": now} for k, v in made.items() if k not in known]
    if rows:
        tx.execute(renditions.insert(), rows)


def use_renditions(tx: Transaction, keys: Iterable[str], now: int) -> None:
    """Note that renditions are in use; at most once a day each, so that most runs write nothing."""
    for some in chunks(keys):
        tx.execute(
            renditions.update().where(renditions.c.key.in_(some), renditions.c.used < now - DAY_MS).values(used=now)
        )


def forget_renditions(tx: Transaction, unused_since: int) -> int:
    """Drop what nothing has used since then (UTC ms); return how many."""
    return tx.execute(renditions.delete().where(renditions.c.used < unused_since)).rowcount


def renditions_by_age(tx: Transaction, unused_since: int) -> dict[str, Mapping[str, Any]]:
    """The renditions not marked as used since then (UTC ms), by key."""
    rows = tx.execute(sa.select(renditions.c.key, renditions.c.body).where(renditions.c.used < unused_since))
    return {row.key: row.body for row in rows}


def every_body(tx: Transaction) -> Iterator[str]:
    """The texts of all programmes; what several have in common comes once."""
    for column in (programme_heads.c.text, programmes.c.body):
        yield from tx.execute(sa.select(column)).scalars()


def approvals(tx: Transaction, org: str, wanted: Mapping[str, str]) -> dict[str, Any]:
    """By playlist, the row of the act that approved the given revision."""
    found: dict[str, Any] = {}
    for some in chunks(wanted):
        rows = tx.execute(
            sa.select(reviews)
            .where(reviews.c.org == org, reviews.c.playlist.in_(some), reviews.c.state == "approved")
            .order_by(reviews.c.at)
        )
        found.update((row.playlist, row) for row in rows if wanted[row.playlist] == row.revision)
    return found


def names(tx: Transaction, org: str, wanted: Iterable[str]) -> dict[str, str]:
    """The names of playlists."""
    return {
        row.id: row.name
        for some in chunks(wanted)
        for row in tx.execute(
            sa.select(playlists.c.id, playlists.c.name).where(playlists.c.org == org, playlists.c.id.in_(some))
        )
    }
