"""SQL of screens, groups and layouts; never commits, always within one organisation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from playlists.model import Colour, Region
from server.db import Transaction
from server.finding import best_first, contains, words_of
from server.hierarchy import lying_in
from server.screens.model import Group, Presence, Screen, StoredLayout
from server.tables import layouts, memberships, players, playlists, screen_groups, screens

FEW = 500  # bound parameters one statement may carry safely
BESIDE = ("groups", "presence", "players")  # what of a screen lies in other tables
COLUMNS = [screens.c[one.name] for one in fields(Screen) if one.name not in BESIDE]
MAKE: Any = Screen  # by position: a wall has a thousand, and names cost as much again
AT_COLOUR = [column.name for column in COLUMNS].index("colour")

# screens ----------------------------------------------------------------------------------------------------------


def insert_screen(tx: Transaction, **values: Any) -> None:
    """Add a screen's row."""
    tx.execute(screens.insert().values(**values))


def update_screen(tx: Transaction, org: str, screen: str, **values: Any) -> None:
    """Change columns of a screen."""
    tx.execute(screens.update().where(screens.c.org == org, screens.c.id == screen).values(**values))


def screen(tx: Transaction, org: str, name: str) -> Screen | None:
    """A screen in use, or None."""
    found = _screens(tx, org, screens.c.id == name)
    return found[0] if found else None


def screen_by_key(tx: Transaction, key_hash: str) -> Screen | None:
    """The screen in use that this key opens, in whatever organisation."""
    org = tx.execute(sa.select(screens.c.org).where(screens.c.key_hash == key_hash)).scalar()
    found = _screens(tx, org, screens.c.key_hash == key_hash) if org else ()
    return found[0] if found else None


def screen_anywhere(tx: Transaction, name: str) -> Screen | None:
    """A screen in use in whatever organisation; only for a player who proved that it is meant for it."""
    org = tx.execute(sa.select(screens.c.org).where(screens.c.id == name)).scalar()
    return screen(tx, org, name) if org else None


def page_of_screens(
    tx: Transaction, org: str, after: tuple[int, str], limit: int, within: Collection[str] | None = None
) -> tuple[Screen, ...]:
    """Screens in use in the order (created, id) after that place; ``within`` None means in any group or none."""
    later = sa.tuple_(screens.c.created, screens.c.id) > sa.tuple_(*map(sa.literal, after))
    return _screens(tx, org, later, *_inside(within), limit=limit)


def screens_found(
    tx: Transaction, org: str, asked: str, limit: int, within: Collection[str] | None = None
) -> tuple[Screen, ...]:
    """Screens in use with the words in their name, place, exit or muster point, names first."""
    said = (screens.c.name, screens.c.place, screens.c.exit, screens.c.muster_point)
    where = (contains(words_of(asked), *said), *_inside(within))
    return _screens(tx, org, *where, limit=limit, first=(best_first(asked, screens.c.name),))


def screens_among(
    tx: Transaction, org: str, ids: Collection[str], within: Collection[str] | None = None
) -> dict[str, Screen]:
    """Those of the screens that are in use, by id."""
    found = _screens(tx, org, screens.c.id.in_(ids), *_inside(within), limit=None)
    return {one.id: one for one in found}


def _inside(within: Collection[str] | None) -> list[sa.ColumnElement[bool]]:
    """The condition that a screen is in one of these groups; none for None."""
    if within is None:
        return []
    return [screens.c.id.in_(sa.select(memberships.c.screen).where(memberships.c.screen_group.in_(within)))]


def _screens(
    tx: Transaction, org: str, *where: sa.ColumnElement[bool], limit: int | None = 1,
    first: tuple[sa.ColumnElement[int], ...] = (),
) -> tuple[Screen, ...]:  # fmt: skip
    chosen = sa.select(*COLUMNS).where(screens.c.org == org, screens.c.retired.is_(None), *where)
    rows = tx.execute(chosen.order_by(*first, screens.c.created, screens.c.id).limit(limit)).all()
    ids = [row.id for row in rows]
    groups, told = groups_of(tx, org, ids), _presences(tx, org, ids)
    return tuple(_screen(row, groups.get(row.id, ()), told.get(row.id, ())) for row in rows)


def screens_lying_in(tx: Transaction, tops: Collection[str]) -> tuple[Screen, ...]:
    """The screens in use of these organisations and of all that lies in them, without their groups."""
    chosen = sa.select(*COLUMNS).where(lying_in(screens.c.org, tops), screens.c.retired.is_(None))
    rows = tx.execute(chosen.order_by(screens.c.created, screens.c.id)).all()
    told = _told(tx, lying_in(players.c.org, tops))
    return tuple(_screen(row, (), told.get(row.id, ())) for row in rows)


def _screen(row: Any, groups: tuple[str, ...], told: Sequence[Any]) -> Screen:
    own = list(row)
    own[AT_COLOUR] = Colour(row.colour)
    made: Screen = MAKE(*own, groups, merged(told), len(told))
    return made


def names(tx: Transaction, org: str, within: Collection[str] | None = None) -> dict[str, str]:
    """The name of every screen in use in the order (created, id); ``within`` None means in any group or none."""
    chosen = sa.select(screens.c.id, screens.c.name).where(screens.c.org == org, screens.c.retired.is_(None))
    ordered = chosen.where(*_inside(within)).order_by(screens.c.created, screens.c.id)
    return {row.id: row.name for row in tx.execute(ordered)}


def merged(told: Sequence[Any]) -> Presence:
    """One presence from the rows of a screen's live players: the last to speak of those online counts."""
    if not told:
        return Presence()
    last = max(told, key=lambda row: (row.online, row.last_seen or 0))
    seen = max((row.last_seen for row in told if row.last_seen is not None), default=None)
    cue = last.report.get("cues") if isinstance(last.report, dict) else None
    return Presence(bool(last.online), seen, last.programme, cue, last.version)


def presences(tx: Transaction, org: str, ids: Collection[str]) -> dict[str, Presence]:
    """What the players of several screens told last."""
    told = _presences(tx, org, ids)
    return {screen: merged(told.get(screen, [])) for screen in ids}


def _presences(tx: Transaction, org: str, ids: Collection[str]) -> dict[str, list[Any]]:
    few = [players.c.screen.in_(ids)] if len(ids) <= FEW else []
    return _told(tx, players.c.org == org, *few)


def _told(tx: Transaction, *where: sa.ColumnElement[bool]) -> dict[str, list[Any]]:
    """What the living players told last, by screen."""
    columns = (
        players.c.screen,
        players.c.online,
        players.c.last_seen,
        players.c.programme,
        players.c.report,
        players.c.version,
    )
    found: dict[str, list[Any]] = {}
    for row in tx.execute(sa.select(*columns).where(players.c.revoked.is_(None), *where).order_by(players.c.id)):
        found.setdefault(row.screen, []).append(row)
    return found


def samples(tx: Transaction, org: str) -> tuple[Screen, ...]:
    """The sample screens still in use."""
    return _screens(tx, org, screens.c.sample.is_(sa.true()), limit=None)


def living(tx: Transaction, org: str) -> tuple[str, ...]:
    """Ids of every screen in use, in the order (created, id)."""
    chosen = sa.select(screens.c.id).where(screens.c.org == org, screens.c.retired.is_(None))
    return tuple(tx.execute(chosen.order_by(screens.c.created, screens.c.id)).scalars())


def reached(
    tx: Transaction, org: str, ids: Collection[str], groups: Collection[str], everywhere: bool
) -> tuple[str, ...]:
    """Ids of the screens in use that are named or directly in one of the groups, in the order (created, id)."""
    if everywhere:
        return living(tx, org)
    members = sa.select(memberships.c.screen).where(memberships.c.org == org, memberships.c.screen_group.in_(groups))
    chosen = sa.select(screens.c.id).where(screens.c.org == org, screens.c.retired.is_(None))
    chosen = chosen.where(sa.or_(screens.c.id.in_(ids), screens.c.id.in_(members)))
    return tuple(tx.execute(chosen.order_by(screens.c.created, screens.c.id)).scalars())


def name_taken(tx: Transaction, org: str, name: str, but: str = "") -> bool:
    """Whether another screen in use bears this name."""
    where = (screens.c.org == org, screens.c.name == name, screens.c.retired.is_(None), screens.c.id != but)
    return tx.execute(sa.select(screens.c.id).where(*where)).first() is not None


def has_playlist(tx: Transaction, org: str, playlist: str) -> bool:
    """Whether there is such a playlist to fall back on."""
    where = (playlists.c.org == org, playlists.c.id == playlist, playlists.c.deleted.is_(None))
    return tx.execute(sa.select(playlists.c.id).where(*where)).first() is not None


# groups -----------------------------------------------------------------------------------------------------------


def groups(tx: Transaction, org: str) -> dict[str, Group]:
    """Every group of the organisation by id, in the order (created, id)."""
    chosen = sa.select(screen_groups).where(screen_groups.c.org == org)
    rows = tx.execute(chosen.order_by(screen_groups.c.created, screen_groups.c.id))
    return {row.id: Group(row.id, row.name, row.parent, row.steps, row.created) for row in rows}


def insert_group(tx: Transaction, org: str, group: Group) -> None:
    """Add a group's row."""
    tx.execute(
        screen_groups.insert().values(
            org=org, id=group.id, name=group.name, parent=group.parent, steps=group.steps, created=group.created
        )
    )


def update_group(tx: Transaction, org: str, group: Group) -> None:
    """Write a group's name, parent and steps."""
    where = (screen_groups.c.org == org, screen_groups.c.id == group.id)
    tx.execute(screen_groups.update().where(*where).values(name=group.name, parent=group.parent, steps=group.steps))


def delete_group(tx: Transaction, org: str, group: str) -> None:
    """Remove a group and its memberships; the database refuses while something else refers to it."""
    tx.execute(memberships.delete().where(memberships.c.org == org, memberships.c.screen_group == group))
    tx.execute(screen_groups.delete().where(screen_groups.c.org == org, screen_groups.c.id == group))


def groups_of(tx: Transaction, org: str, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Per screen the groups it is directly in."""
    found: dict[str, tuple[str, ...]] = {}
    chosen = sa.select(memberships.c.screen, memberships.c.screen_group).where(memberships.c.org == org)
    if len(ids) <= FEW:
        chosen = chosen.where(memberships.c.screen.in_(ids))
    for row in tx.execute(chosen.order_by(memberships.c.screen_group)):
        found[row.screen] = (*found.get(row.screen, ()), row.screen_group)
    return found


def counts(tx: Transaction, org: str) -> dict[str, int]:
    """How many screens in use are directly in each group."""
    joined = memberships.join(screens, screens.c.id == memberships.c.screen)
    chosen = sa.select(memberships.c.screen_group, sa.func.count().label("number")).select_from(joined)
    where = (memberships.c.org == org, screens.c.retired.is_(None))
    rows = tx.execute(chosen.where(*where).group_by(memberships.c.screen_group))
    return {row.screen_group: row.number for row in rows}


def set_groups(tx: Transaction, org: str, screen: str, ids: Iterable[str]) -> None:
    """Put a screen in exactly these groups."""
    tx.execute(memberships.delete().where(memberships.c.org == org, memberships.c.screen == screen))
    rows = [{"org": org, "screen": screen, "screen_group": group} for group in ids]
    if rows:
        tx.execute(memberships.insert(), rows)


# layouts ----------------------------------------------------------------------------------------------------------


def insert_layout(tx: Transaction, org: str, layout: StoredLayout) -> None:
    """Add a layout's row."""
    tx.execute(layouts.insert().values(org=org, id=layout.id, created=layout.created, **_layout_values(layout)))


def update_layout(tx: Transaction, org: str, layout: StoredLayout) -> None:
    """Write a layout's name and regions."""
    where = (layouts.c.org == org, layouts.c.id == layout.id)
    tx.execute(layouts.update().where(*where).values(**_layout_values(layout)))


def delete_layout(tx: Transaction, org: str, layout: str) -> None:
    """Remove a layout no screen in use hangs on; retired screens let go of it."""
    retired = (screens.c.org == org, screens.c.layout == layout, screens.c.retired.is_not(None))
    tx.execute(screens.update().where(*retired).values(layout=None))
    tx.execute(layouts.delete().where(layouts.c.org == org, layouts.c.id == layout))


def layout(tx: Transaction, org: str, name: str) -> StoredLayout | None:
    """A layout, or None."""
    row = tx.execute(sa.select(layouts).where(layouts.c.org == org, layouts.c.id == name)).first()
    return _layout(row) if row else None


def all_layouts(tx: Transaction, org: str, size: tuple[int, int] | None = None) -> tuple[StoredLayout, ...]:
    """Layouts in the order (created, id), optionally only those for one size in px."""
    chosen = sa.select(layouts).where(layouts.c.org == org).order_by(layouts.c.created, layouts.c.id)
    if size:
        chosen = chosen.where(layouts.c.width == size[0], layouts.c.height == size[1])
    return tuple(_layout(row) for row in tx.execute(chosen))


def screens_with_layout(tx: Transaction, org: str, layout: str) -> tuple[str, ...]:
    """Screens in use that hang on a layout."""
    where = (screens.c.org == org, screens.c.layout == layout, screens.c.retired.is_(None))
    return tuple(tx.execute(sa.select(screens.c.id).where(*where).order_by(screens.c.id)).scalars())


def _layout(row: Any) -> StoredLayout:
    regions = tuple(Region(**region) for region in row.regions)
    return StoredLayout(row.id, row.name, row.width, row.height, regions, row.created)


def _layout_values(layout: StoredLayout) -> dict[str, Any]:
    fields = ("name", "x", "y", "width", "height")
    regions = [{name: getattr(region, name) for name in fields} for region in layout.regions]
    return {"name": layout.name, "width": layout.width, "height": layout.height, "regions": regions}
