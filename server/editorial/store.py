"""Playlists, revisions and reviews in SQL; never commits."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from media.profile import Profile
from playlists import wire
from playlists.model import Item
from server.db import Transaction
from server.editorial.bodies import PlaylistQuery
from server.editorial.items import assets_in
from server.editorial.model import Entry, PlaylistRow, Revision
from server.paging import like, newest_first
from server.tables import (
    assets,
    memberships,
    organisations,
    people,
    playlists,
    reviews,
    revision_assets,
    revisions,
    screen_groups,
    screens,
    slot_groups,
    slot_screens,
    slots,
    tokens,
)

NEWEST = 50
SWEPT = 5_000  # revisions removed in one transaction
KEPT = 1_024  # revisions whose items are remembered
HEX_OF_SHA256 = 64
_read: OrderedDict[tuple[str, str], tuple[Item, ...]] = OrderedDict()


def add(tx: Transaction, org: str, row: PlaylistRow) -> None:
    """Insert a playlist."""
    tx.execute(playlists.insert().values(org=org, **_columns(row)))


def find(tx: Transaction, org: str, key: str, *, deleted: bool = False) -> PlaylistRow | None:
    """One playlist; deleted ones only when asked for."""
    statement = _live(org).where(playlists.c.id == key)
    if deleted:
        statement = sa.select(playlists).where(playlists.c.org == org, playlists.c.id == key)
    found = tx.execute(statement).mappings().first()
    return _row(found) if found else None


def named(tx: Transaction, org: str, name: str) -> PlaylistRow | None:
    """The oldest playlist of that name."""
    statement = _live(org).where(playlists.c.name == name).order_by(playlists.c.created, playlists.c.id).limit(1)
    found = tx.execute(statement).mappings().first()
    return _row(found) if found else None


def everything(tx: Transaction, org: str) -> tuple[PlaylistRow, ...]:
    """Every playlist, in the order they were made."""
    statement = _live(org).order_by(playlists.c.created, playlists.c.id)
    return tuple(_row(found) for found in tx.execute(statement).mappings())


def names_of_all(tx: Transaction, org: str) -> dict[str, str]:
    """The name of every playlist by its id."""
    return {row.id: row.name for row in tx.execute(_live(org).with_only_columns(playlists.c.id, playlists.c.name))}


def page(tx: Transaction, org: str, query: PlaylistQuery) -> tuple[PlaylistRow, ...]:
    """The playlists of one page and one more, the last changed first."""
    statement = _live(org)
    if query.q:
        statement = statement.where(playlists.c.name.ilike(like(query.q), escape="\\"))
    if query.state == "playing":
        statement = statement.where(playlists.c.approved.is_not(None))
    elif query.state == "waiting":
        statement = statement.where(playlists.c.submitted.is_not(None))
    elif query.state:
        statement = statement.where(playlists.c.state == query.state)
    if query.group:
        statement = statement.where(playlists.c.screen_group == query.group)
    rows = tx.execute(newest_first(statement, playlists.c.changed, playlists.c.id, query)).mappings()
    return tuple(_row(found) for found in rows)


def waiting(tx: Transaction, org: str) -> tuple[PlaylistRow, ...]:
    """Every playlist with a submitted revision, the longest waiting first."""
    statement = _live(org).where(playlists.c.submitted.is_not(None)).order_by(playlists.c.changed, playlists.c.id)
    return tuple(_row(found) for found in tx.execute(statement).mappings())


def unreviewed(tx: Transaction, org: str) -> tuple[PlaylistRow, ...]:
    """Every playlist that plays and has nothing submitted, in the order of their names."""
    statement = _live(org).where(playlists.c.approved.is_not(None), playlists.c.submitted.is_(None))
    return tuple(_row(found) for found in tx.execute(statement.order_by(playlists.c.name, playlists.c.id)).mappings())


def returned(tx: Transaction, org: str) -> tuple[PlaylistRow, ...]:
    """Every playlist whose revision was sent back, the last one first."""
    statement = _live(org).where(playlists.c.state == "returned").order_by(playlists.c.changed.desc(), playlists.c.id)
    return tuple(_row(found) for found in tx.execute(statement).mappings())


def replace_row(tx: Transaction, org: str, was: PlaylistRow, new: PlaylistRow) -> bool:
    """Write ``new`` if the row still stands as ``was`` did; tell whether it did."""
    same = [playlists.c.state == was.state, playlists.c.draft == was.draft]
    same += [playlists.c.submitted.is_not_distinct_from(was.submitted)]
    same += [playlists.c.approved.is_not_distinct_from(was.approved)]
    here = (playlists.c.org == org, playlists.c.id == was.id)
    return tx.execute(playlists.update().where(*here, *same).values(**_columns(new))).rowcount == 1


def keep_revision(tx: Transaction, org: str, revision: Revision, folded: Revision | None = None) -> Revision:
    """Store a revision, numbered after the last; one that is here already is answered as it is.

    It takes the place and the number of ``folded``, when given and the last.
    """
    held = find_revision(tx, org, revision.playlist, revision.hash)
    if held:
        return held
    last = tx.execute(_last_number(revision.playlist)).scalar() or 0
    if folded is not None and folded.number == last:
        _drop_revision(tx, folded)
        last -= 1
    number = last + 1
    tx.execute(
        revisions.insert().values(
            playlist=revision.playlist, hash=revision.hash, org=org, number=number, name=revision.name,
            items=wire.items_to_json(revision.items), by=revision.by, created=revision.created,
        )
    )  # fmt: skip
    shown = [
        {"playlist": revision.playlist, "revision": revision.hash, "asset": asset, "org": org}
        for asset in sorted(assets_in(revision.items))
    ]
    if shown:
        tx.execute(revision_assets.insert(), shown)
    return Revision(
        revision.playlist, revision.hash, number, revision.name, revision.items, revision.by, revision.created
    )


def _drop_revision(tx: Transaction, folded: Revision) -> None:
    for table in (revision_assets, revisions):
        name = table.c.revision if table is revision_assets else table.c.hash
        tx.execute(table.delete().where(table.c.playlist == folded.playlist, name == folded.hash))


def was_judged(tx: Transaction, playlist: str, revision: str) -> bool:
    """Whether anybody ever submitted, approved or returned this revision."""
    query = sa.select(reviews.c.id).where(reviews.c.playlist == playlist, reviews.c.revision == revision).limit(1)
    return tx.execute(query).first() is not None


def find_revision(tx: Transaction, org: str, playlist: str, name: str) -> Revision | None:
    """One revision of a playlist."""
    return revisions_of(tx, org, {playlist: name}).get(playlist)


def revisions_of(tx: Transaction, org: str, wanted: Mapping[str, str]) -> dict[str, Revision]:
    """For each playlist the revision of that name, where it exists."""
    statement = sa.select(revisions).where(revisions.c.org == org, revisions.c.playlist.in_(wanted.keys()))
    statement = statement.where(revisions.c.hash.in_(set(wanted.values())))
    found = (_revision(row) for row in tx.execute(statement).mappings())
    return {revision.playlist: revision for revision in found if wanted[revision.playlist] == revision.hash}


def newest_revisions(tx: Transaction, org: str, playlist: str) -> tuple[Revision, ...]:
    """The last revisions, newest first."""
    statement = sa.select(revisions).where(revisions.c.org == org, revisions.c.playlist == playlist)
    statement = statement.order_by(revisions.c.number.desc()).limit(NEWEST)
    return tuple(_revision(row) for row in tx.execute(statement).mappings())


def forget_revisions(tx: Transaction, before: int) -> int:
    """Remove drafts saved before that instant (UTC ms) which nobody can come back to; return how many.

    What was ever submitted stays as proof, what is current stays, and so do each playlist's newest ``NEWEST``.
    """
    own = revisions.c.playlist
    current = sa.or_(*(revisions.c.hash == playlists.c[name] for name in ("draft", "submitted", "approved")))
    later = revisions.alias()
    newer = sa.select(sa.func.count()).where(later.c.playlist == own, later.c.number > revisions.c.number)
    statement = sa.select(own, revisions.c.hash).where(
        revisions.c.created < before,
        ~sa.exists().where(playlists.c.id == own, current),
        ~sa.exists().where(reviews.c.playlist == own, reviews.c.revision == revisions.c.hash),
        newer.scalar_subquery() >= NEWEST,
    )
    gone = [{"of": row.playlist, "name": row.hash} for row in tx.execute(statement.limit(SWEPT))]
    for table, name in ((revision_assets, "revision"), (revisions, "hash")) if gone else ():
        tx.execute(
            table.delete().where(table.c.playlist == sa.bindparam("of"), table.c[name] == sa.bindparam("name")), gone
        )
    return len(gone)


def add_entry(tx: Transaction, org: str, playlist: str, entry: Entry) -> None:
    """Keep an act of the review chain; ids count upwards, because two acts may fall into one millisecond."""
    count = tx.execute(sa.select(sa.func.count()).where(reviews.c.playlist == playlist)).scalar() or 0
    key = f"{playlist}-{count + 1:06d}"
    tx.execute(
        reviews.insert().values(
            id=key, org=org, playlist=playlist, revision=entry.revision, act=entry.act, state=entry.state,
            by=entry.by, by_name=entry.by_name, reason=entry.reason, at=entry.at,
        )
    )  # fmt: skip


def history(tx: Transaction, org: str, playlist: str) -> tuple[Entry, ...]:
    """The last acts on a playlist, newest first."""
    statement = sa.select(reviews).where(reviews.c.org == org, reviews.c.playlist == playlist)
    statement = statement.order_by(reviews.c.id.desc()).limit(NEWEST)
    return tuple(_entry(row) for row in tx.execute(statement).mappings())


def acts_on(tx: Transaction, org: str, wanted: Mapping[str, str]) -> dict[str, list[Entry]]:
    """For each playlist every act on the revision of that name, newest first."""
    statement = sa.select(reviews).where(reviews.c.org == org, reviews.c.playlist.in_(wanted.keys()))
    statement = statement.where(reviews.c.revision.in_(set(wanted.values()))).order_by(reviews.c.id.desc())
    found: dict[str, list[Entry]] = {}
    for row in tx.execute(statement).mappings():
        if row["revision"] == wanted[row["playlist"]]:
            found.setdefault(row["playlist"], []).append(_entry(row))
    return found


def approved_rows(tx: Transaction, org: str, keys: Collection[str]) -> dict[str, str]:
    """For each of the playlists that has one, the name of its approved revision."""
    statement = sa.select(playlists.c.id, playlists.c.approved)
    statement = statement.where(playlists.c.org == org, playlists.c.id.in_(keys), playlists.c.deleted.is_(None))
    return {row.id: row.approved for row in tx.execute(statement) if row.approved}


def uses(tx: Transaction, org: str, keys: Iterable[str]) -> dict[str, int]:
    """For each playlist that plays anywhere, how many slots, screens (as fallback) and the site play it."""
    wanted = tuple(keys)
    slotted = sa.select(slots.c.playlist).where(slots.c.org == org, slots.c.deleted.is_(None))
    fallen = sa.select(screens.c.fallback).where(screens.c.org == org, screens.c.retired.is_(None))
    counted: dict[str, int] = {}
    for statement in (slotted.where(slots.c.playlist.in_(wanted)), fallen.where(screens.c.fallback.in_(wanted))):
        for key in tx.execute(statement).scalars():
            counted[key] = counted.get(key, 0) + 1
    site = _site_fallback(tx, org)
    return counted | ({site: counted.get(site, 0) + 1} if site in wanted else {})


def reached(tx: Transaction, org: str, keys: Collection[str]) -> dict[str, set[str]]:
    """For each playlist the groups of all screens it is scheduled on or fallback of."""
    here = (slots.c.org == org, slots.c.deleted.is_(None), slots.c.playlist.in_(keys))
    member = memberships.c.screen_group
    of_groups = sa.select(slots.c.playlist, slot_groups.c.screen_group).join_from(slots, slot_groups).where(*here)
    of_screens = sa.select(slots.c.playlist, member).join_from(slots, slot_screens)
    of_screens = of_screens.join(memberships, memberships.c.screen == slot_screens.c.screen).where(*here)
    anywhere = sa.select(slots.c.playlist, screen_groups.c.id).join(screen_groups, screen_groups.c.org == slots.c.org)
    fallen = sa.select(screens.c.fallback, member).join_from(screens, memberships)
    fallen = fallen.where(screens.c.org == org, screens.c.retired.is_(None), screens.c.fallback.in_(keys))
    found: dict[str, set[str]] = {}
    rows: Iterable[Any] = tx.execute(sa.union(of_groups, of_screens, anywhere.where(*here, slots.c.everywhere), fallen))
    for playlist, group in rows:
        found.setdefault(playlist, set()).add(group)
    if (site := _site_fallback(tx, org)) in keys:
        every = sa.select(screen_groups.c.id).where(screen_groups.c.org == org)
        found.setdefault(site, set()).update(tx.execute(every).scalars())
    return found


def names(tx: Transaction, org: str, keys: Collection[str]) -> dict[str, str]:
    """The names of people and tokens by their ids."""
    found: dict[str, str] = {}
    for table in (people, tokens):
        rows = tx.execute(sa.select(table.c.id, table.c.name).where(table.c.org == org, table.c.id.in_(keys)))
        found |= {row.id: row.name for row in rows}
    return found


def media_of_assets(tx: Transaction, org: str, keys: Collection[str]) -> dict[str, str]:
    """For each living asset the name of its blob."""
    statement = sa.select(assets.c.id, assets.c.media).where(assets.c.org == org, assets.c.id.in_(keys))
    return {row.id: row.media for row in tx.execute(statement.where(assets.c.deleted.is_(None)))}


def profiles(tx: Transaction, org: str, keys: Collection[str]) -> dict[str, Profile]:
    """What each screen can show, over its whole surface."""
    statement = sa.select(screens).where(screens.c.org == org, screens.c.id.in_(keys), screens.c.retired.is_(None))
    rows = tx.execute(statement)
    return {row.id: Profile(row.width, row.height, row.colour, row.pitch_um, row.distance_m) for row in rows}


def _site_fallback(tx: Transaction, org: str) -> str:
    """The playlist of screens that have no fallback of their own, or ""."""
    settings = tx.execute(sa.select(organisations.c.settings).where(organisations.c.id == org)).scalar() or {}
    return str(settings.get("fallback") or "")


def _live(org: str) -> sa.Select[Any]:
    return sa.select(playlists).where(playlists.c.org == org, playlists.c.deleted.is_(None))


def _last_number(playlist: str) -> sa.Select[Any]:
    return sa.select(sa.func.max(revisions.c.number)).where(revisions.c.playlist == playlist)


def _columns(row: PlaylistRow) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "state": row.state, "screen_group": row.group, "draft": row.draft,
        "submitted": row.submitted, "approved": row.approved, "starter": row.starter, "editors": list(row.editors),
        "by": row.by, "created": row.created, "changed": row.changed, "deleted": row.deleted,
    }  # fmt: skip


def _row(found: Mapping[Any, Any]) -> PlaylistRow:
    return PlaylistRow(
        id=found["id"], name=found["name"], state=found["state"], group=found["screen_group"], draft=found["draft"],
        submitted=found["submitted"], approved=found["approved"], starter=found["starter"],
        editors=tuple(found["editors"]), by=found["by"], created=found["created"], changed=found["changed"],
        deleted=found["deleted"],
    )  # fmt: skip


def _revision(found: Mapping[Any, Any]) -> Revision:
    items = _items(found)
    return Revision(
        found["playlist"], found["hash"], found["number"], found["name"], items, found["by"], found["created"]
    )


def _items(found: Mapping[Any, Any]) -> tuple[Item, ...]:
    """The items of a revision, read once: a revision is named by its content and never changes."""
    key = (found["playlist"], found["hash"])
    items = _read.get(key)
    if items is None:
        items = wire.items_from_json(found["items"])
        if len(found["hash"]) == HEX_OF_SHA256:
            _read[key] = items
        while len(_read) > KEPT:
            _read.popitem(last=False)
    return items


def _entry(found: Mapping[Any, Any]) -> Entry:
    return Entry(*(found[name] for name in ("act", "revision", "state", "by", "by_name", "reason", "at")))
