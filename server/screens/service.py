"""Use cases around screens: add, look, change, blank, renew the key, retire."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from server import audit
from server.accounts.model import NOWHERE, Identity
from server.db import Transaction
from server.errors import Invalid, NotFound, Violation
from server.events import PlayerRevoked, ScreenChanged, ScreenRetired
from server.ids import digest, new_id, new_secret
from server.naming import name_violations
from server.parts import Parts
from server.revisions import must_hold, revision_of
from server.screens import alarms, player_store, store
from server.screens.groups import groups_over, must_exist, resolve_targets
from server.screens.layouts import layout_of, size_violations
from server.screens.model import Keyed, NewScreenOrder, Presence, Screen
from server.screens.tree import GroupTree, group_tree

__all__ = [
    "GroupTree",
    "add",
    "change",
    "get",
    "group_tree",
    "groups_of",
    "groups_of_each",
    "groups_over",
    "insert",
    "layout_of",
    "list_screens",
    "living",
    "presences",
    "remove_samples",
    "renew_key",
    "resolve_targets",
    "retire",
    "screens_in",
    "set_blanked",
    "visible",
]

FILLED = {"exit", "muster_point"}  # what a live alert says differently on each screen
KEY = "pmk_"


def add(parts: Parts, who: Identity, order: NewScreenOrder) -> Keyed:
    """Make a screen; its key is returned this once. Raise Invalid for a taken name, a wrong size, unknown groups."""
    with parts.db.transaction() as tx:
        return insert(tx, who, parts.clock.now(), order)


def insert(tx: Transaction, who: Identity, at: int, order: NewScreenOrder) -> Keyed:
    """Make a screen inside a transaction of a larger use case; raises as ``add`` does."""
    tree = group_tree(tx, who.org)
    must_exist(tree.groups, order.groups)
    who.must("screens", tree.above(order.groups))
    values = {name: getattr(order, name) for name in NewScreenOrder.__slots__ if name != "groups"}
    values |= {"name": order.name.strip(), "colour": order.colour.value}
    _check(tx, who.org, values)
    made, key = new_id("s"), new_secret(KEY)
    store.insert_screen(tx, id=made, org=who.org, created=at, key_hash=digest(key), **values)
    store.set_groups(tx, who.org, made, dict.fromkeys(order.groups))
    audit.record(tx, who, at, "screen.add", made, after={**values, "groups": list(order.groups)})
    tx.announce(ScreenChanged(who.org, made))
    return Keyed(living(tx, who.org, made), key)


def living(tx: Transaction, org: str, screen: str) -> Screen:
    """A screen in use; raise NotFound."""
    found = store.screen(tx, org, screen)
    if found is None:
        raise NotFound()
    return found


def visible(tx: Transaction, who: Identity, screen: str, scope: str = "read") -> Screen:
    """A screen in use for which ``who`` holds ``scope``; raise NotFound or Forbidden."""
    found = living(tx, who.org, screen)
    who.must(scope, groups_over(tx, who.org, screen))
    return found


def groups_of(tx: Transaction, org: str, screens: Collection[str]) -> dict[str, frozenset[str]]:
    """For each of the screens the groups it is directly in."""
    found = store.groups_of(tx, org, screens)
    return {screen: frozenset(found.get(screen, ())) for screen in screens}


def get(parts: Parts, who: Identity, screen: str) -> Screen:
    """One screen with its presence; raise NotFound."""
    with parts.db.read() as tx:
        return visible(tx, who, screen)


def list_screens(
    parts: Parts, who: Identity, *, group: str | None = None, after: tuple[int, str] = (-1, ""), limit: int = 100
) -> tuple[Screen, ...]:
    """Screens ``who`` may see in the order (created, screen), after that place; ``group`` includes the groups in it."""
    with parts.db.read() as tx:
        tree = group_tree(tx, who.org)
        within = _seen(tree, who)
        if group is not None:
            below = tree.below([group])
            within = below if within is None else within & below
        return store.page_of_screens(tx, who.org, after, limit, within)


def screens_in(parts: Parts, tops: Collection[str]) -> tuple[Screen, ...]:
    """The screens of these organisations and of all that lies in them, without their groups."""
    if not tops:
        return ()
    with parts.db.read() as tx:
        return store.screens_lying_in(tx, tops)


def screens_of(parts: Parts, who: Identity, ids: Collection[str]) -> dict[str, Screen]:
    """Those of the screens that ``who`` may see, by id."""
    with parts.db.read() as tx:
        return store.screens_among(tx, who.org, ids, _seen(group_tree(tx, who.org), who))


def screen_names(parts: Parts, who: Identity) -> dict[str, str]:
    """The names of the screens ``who`` may see, by id, in the order (created, screen)."""
    with parts.db.read() as tx:
        return store.names(tx, who.org, _seen(group_tree(tx, who.org), who))


def groups_of_each(parts: Parts, who: Identity, ids: Collection[str]) -> dict[str, frozenset[str]]:
    """For each of the screens the groups it is directly in."""
    with parts.db.read() as tx:
        return groups_of(tx, who.org, ids)


def find_screens(parts: Parts, who: Identity, asked: str, limit: int) -> tuple[Screen, ...]:
    """Screens ``who`` may see by the words people say of them, names first."""
    with parts.db.read() as tx:
        return store.screens_found(tx, who.org, asked, limit, _seen(group_tree(tx, who.org), who))


def _seen(tree: GroupTree, who: Identity) -> frozenset[str] | None:
    """The groups whose screens ``who`` may see; None for every screen, in a group or none."""
    return None if who.may("read", NOWHERE) else tree.below(grant.group for grant in who.grants)


def presences(parts: Parts, org: str, screens: Collection[str]) -> dict[str, Presence]:
    """The presence of several screens by id."""
    with parts.db.read() as tx:
        return store.presences(tx, org, screens)


def revision(screen: Screen) -> str:
    """What names a screen as it stands, for whoever changes it."""
    return revision_of(_told(screen))


def change(parts: Parts, who: Identity, screen: str, changes: Mapping[str, Any], held: str = "") -> Screen:
    """Change fields of ``Screen`` (groups included); raise Invalid for what does not fit together.

    Raises Stale when ``held`` names another revision than stands.
    """
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        before = visible(tx, who, screen, "screens")
        must_hold(held, _told(before))
        values = {name: value for name, value in changes.items() if value != getattr(before, name)}
        if not values:
            return before
        _move(tx, who, before, values.pop("groups", None))
        _check(tx, who.org, {**_told(before), **values}, screen)
        if values.keys() & FILLED and alarms.alarmed(tx, who.org, at):
            alarms.move_position(tx)  # a live alert names another exit there now: every player has to hear of it
        if values:
            store.update_screen(tx, who.org, screen, **values)
        after = living(tx, who.org, screen)
        audit.record(tx, who, at, "screen.change", screen, before=_told(before), after=_told(after))
        tx.announce(ScreenChanged(who.org, screen))
        return after


def _move(tx: Transaction, who: Identity, screen: Screen, groups: tuple[str, ...] | None) -> None:
    if groups is None:
        return
    tree = group_tree(tx, who.org)
    must_exist(tree.groups, groups)
    who.must("screens", tree.above(groups))
    store.set_groups(tx, who.org, screen.id, dict.fromkeys(groups))


def _check(tx: Transaction, org: str, values: Mapping[str, Any], but: str = "") -> None:
    found = list(size_violations(values["width"], values["height"]))
    found.extend(name_violations(values["name"]))
    if store.name_taken(tx, org, values["name"], but):
        found.append(Violation("name", "screens.name_taken"))
    found.extend(_reference_violations(tx, org, values))
    if found:
        raise Invalid(tuple(found))


def _reference_violations(tx: Transaction, org: str, values: Mapping[str, Any]) -> list[Violation]:
    found = []
    if values.get("layout"):
        layout = store.layout(tx, org, values["layout"])
        if layout is None:
            found.append(Violation("layout", "screens.unknown_layout"))
        elif (layout.width, layout.height) != (values["width"], values["height"]):
            size = (("height", layout.height), ("width", layout.width))
            found.append(Violation("layout", "screens.layout_size", size))
    if values.get("fallback") and not store.has_playlist(tx, org, values["fallback"]):
        found.append(Violation("fallback", "screens.unknown_playlist"))
    return found


def set_blanked(tx: Transaction, who: Identity, at: int, screen: Screen, *, blanked: bool) -> None:
    """Make a screen black, or let it play again, within the transaction of the command."""
    if screen.blanked == blanked:
        return
    store.update_screen(tx, who.org, screen.id, blanked=blanked)
    audit.record(tx, who, at, "screen.blank" if blanked else "screen.unblank", screen.id)
    tx.announce(ScreenChanged(who.org, screen.id))


def renew_key(parts: Parts, who: Identity, screen: str) -> str:
    """Return a new screen key; the old one no longer pairs. Players already paired play on."""
    at, key = parts.clock.now(), new_secret(KEY)
    with parts.db.transaction() as tx:
        visible(tx, who, screen, "screens")
        store.update_screen(tx, who.org, screen, key_hash=digest(key))
        audit.record(tx, who, at, "screen.key", screen)
    return key


def retire(parts: Parts, who: Identity, screen: str) -> None:
    """Take a screen out of use: its tokens end, its playlog stays."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        _retire(tx, who, at, visible(tx, who, screen, "screens"))


def remove_samples(parts: Parts, who: Identity) -> int:
    """Retire every sample screen; return how many."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        who.must("screens", NOWHERE)
        samples = store.samples(tx, who.org)
        for screen in samples:
            _retire(tx, who, at, screen)
    return len(samples)


def _retire(tx: Transaction, who: Identity, at: int, screen: Screen) -> None:
    store.update_screen(tx, who.org, screen.id, retired=at, layout=None)
    audit.record(tx, who, at, "screen.retire", screen.id, before=_told(screen))
    for player in player_store.players_of(tx, who.org, screen.id):
        player_store.revoke(tx, who.org, player.id, at)
        tx.announce(PlayerRevoked(who.org, screen.id, player.id))
    tx.announce(ScreenRetired(who.org, screen.id))


def _told(screen: Screen) -> dict[str, Any]:
    names = ("name", "place", "width", "height", "pitch_um", "distance_m", "exit", "muster_point", "layout", "fallback")
    told = {name: getattr(screen, name) for name in names}
    return {**told, "colour": screen.colour.value, "groups": list(screen.groups)}
