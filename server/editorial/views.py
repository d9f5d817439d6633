"""What the desk reads: playlists, their history, the inbox, and a look at items before they are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from media import jobs
from media.blobs import Blobs
from media.errors import Refused
from media.profile import Profile
from media.values import Facts
from playlists import wire
from playlists.model import Item, Kind
from playlists.review import Act, State, acts
from server.accounts.model import Identity
from server.db import Transaction
from server.editorial import shown, store
from server.editorial.bodies import PlaylistQuery
from server.editorial.changes import changes
from server.editorial.held import row_of
from server.editorial.items import Wire, assets_in, checked, lost_assets, read
from server.editorial.model import Detail, Inbox, Lacking, PlaylistRow, PlaylistView, Revision, Waiting
from server.errors import NotFound, Violation
from server.paging import Listing, cursor
from server.parts import Parts
from server.pool import off_hub
from server.press import pressed
from server.screens.service import GroupTree, group_tree

compare = lru_cache(maxsize=128)(changes)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """How an item turns out on profile number ``profile``: its facts, or why it cannot be set."""

    profile: int
    facts: Facts | None
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """An item with its violations (paths such as ``items.3.text``) and its facts on each profile."""

    item: Item
    violations: tuple[Violation, ...]
    facts: tuple[ItemFacts, ...]


def get(parts: Parts, who: Identity, playlist: str) -> Detail:
    """One playlist with all that is known of it; raise NotFound."""
    with parts.db.read() as tx:
        row = row_of(tx, who.org, playlist)
        view = shown.view(tx, who.org, row)
        approved = shown.approved_items(tx, who.org, [playlist]).get(playlist)
        revisions, history = store.newest_revisions(tx, who.org, playlist), store.history(tx, who.org, playlist)
        names = store.names(tx, who.org, {row.by, *(revision.by for revision in revisions)})
        tree = group_tree(tx, who.org)
        again = row.state == State.APPROVED and shown.lacks_review(tx, who.org, row)
        may = _may(who, replace(row, state=State.DRAFT.value) if again else row, view, tree)
    return Detail(view, approved[1] if approved else (), revisions, history, may, names)


def listing(parts: Parts, who: Identity, query: PlaylistQuery) -> tuple[Listing[PlaylistView], Mapping[str, str]]:
    """One page of playlists, the last changed first, and the names behind ``by``."""
    with parts.db.read() as tx:
        rows = store.page(tx, who.org, query)
        kept = rows[: query.limit]
        found = shown.views(tx, who.org, kept)
        names = store.names(tx, who.org, {row.by for row in kept})
    more = cursor(kept[-1].changed, kept[-1].id) if len(rows) > query.limit else None
    return Listing(found, more), names


def lacking_review(parts: Parts, who: Identity, playlists: Sequence[PlaylistRow]) -> frozenset[str]:
    """Of these, the ids of those that play with fewer reviews than are asked for now: a group became stricter later."""
    with parts.db.read() as tx:
        return frozenset(shown.lacking_review(tx, who.org, playlists))


def lacking(parts: Parts, who: Identity) -> tuple[Lacking, ...]:
    """Of what concerns this person, that which plays with fewer reviews than are asked for now and waits for none."""
    with parts.db.read() as tx:
        tree, rows = group_tree(tx, who.org), store.unreviewed(tx, who.org)
        found = shown.lacking_review(tx, who.org, rows)
    each = [(row, tree.above([row.group])) for row in rows if row.id in found]
    return tuple(
        Lacking(row, *found[row.id], changed=row.draft != row.approved, may=who.may("content", lineage))
        for row, lineage in each
        if who.may("content", lineage) or who.may("review", lineage)
    )


def names(parts: Parts, who: Identity) -> dict[str, str]:
    """The name of every playlist by its id."""
    with parts.db.read() as tx:
        return store.names_of_all(tx, who.org)


def rows(parts: Parts, who: Identity) -> tuple[PlaylistRow, ...]:
    """Every playlist as stored, in the order they were made: for lists that show no items."""
    with parts.db.read() as tx:
        return store.everything(tx, who.org)


def revision(parts: Parts, who: Identity, playlist: str, name: str) -> Revision:
    """One revision; raise NotFound."""
    with parts.db.read() as tx:
        row_of(tx, who.org, playlist)
        found = store.find_revision(tx, who.org, playlist, name)
    if found is None:
        raise NotFound()
    return found


def inbox(parts: Parts, who: Identity) -> Inbox:
    """What waits for this person to review, and what came back to them."""
    with parts.db.read() as tx:
        tree = group_tree(tx, who.org)
        rows = [row for row in store.waiting(tx, who.org) if shown.awaits(tx, who, row, tree)]
        waiting = [_waiting(tx, who.org, row) for row in rows]
        back = [row for row in store.returned(tx, who.org) if who.id in row.editors]
        reasons = [store.history(tx, who.org, row.id)[0].reason for row in back]
        returned = tuple(zip(shown.views(tx, who.org, back), reasons, strict=True))
    seen = (replace(one, changes=off_hub(compare, one.playing, one.items)) for one in waiting)
    return Inbox(tuple(seen), returned)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of review as a person looks at it: ``why`` is why they may not decide on it, "" when they may.

    Without a submitted revision the waiting one is the draft.
    """

    waiting: Waiting
    detail: Detail
    why: str


def piece(parts: Parts, who: Identity, playlist: str) -> Piece:
    """A playlist as its reviewer sees it, whether or not it waits for this person; raise NotFound."""
    detail = get(parts, who, playlist)
    with parts.db.read() as tx:
        row = row_of(tx, who.org, playlist)
        waiting, why = _waiting(tx, who.org, row), _why(tx, who, row)
    return Piece(replace(waiting, changes=off_hub(compare, waiting.playing, waiting.items)), detail, why)


def sent(parts: Parts, who: Identity) -> tuple[PlaylistView, ...]:
    """What this person wrote or passed on and others still review, longest waiting first."""
    with parts.db.read() as tx:
        rows = [
            row for row in store.waiting(tx, who.org)
            if who.id in row.editors or who.id in shown.passed(store.history(tx, who.org, row.id))
        ]  # fmt: skip
        return shown.views(tx, who.org, rows)


def _why(tx: Transaction, who: Identity, row: PlaylistRow) -> str:
    if row.submitted is None:
        return "not_submitted"
    if not who.may("review", group_tree(tx, who.org).above([row.group])):
        return "not_yours"
    if who.id in row.editors:
        return "own_work"
    return "passed_before" if who.id in shown.passed(store.history(tx, who.org, row.id)) else ""


def check(
    parts: Parts, who: Identity, items: Sequence[Wire], screens: Sequence[str] = (), profiles: Sequence[Profile] = ()
) -> tuple[tuple[Looked, ...], tuple[Violation, ...]]:
    """What is wrong with items and how they turn out on each screen, then each profile; nothing is stored.

    The second value is what is wrong with the list as a whole. Raises Invalid for what is no item at all, NotFound
    for an unknown screen.
    """
    found = read(items)
    with parts.db.read() as tx:
        media = store.media_of_assets(tx, who.org, assets_in(found))
        of_screens = store.profiles(tx, who.org, screens)
    if missing := [key for key in screens if key not in of_screens]:
        raise NotFound(screens=missing)
    broken = (*checked("-", found, finished=True), *lost_assets(found, media))
    wanted = (*(of_screens[key] for key in screens), *profiles)
    facts = _facts(found, _bad(broken), wanted, media, parts.blobs)
    own = [tuple(v for v in broken if v.field.startswith(f"items.{n}.")) for n in range(len(found))]
    whole = tuple(v for v in broken if v.field == "items")
    return tuple(Looked(*one) for one in zip(found, own, facts, strict=True)), whole


def preview(text: str) -> str:
    """Markdown as sanitised HTML; raise ``media.errors.Refused`` for what would take too long."""
    return pressed(jobs.html, text)


def _facts(
    items: Sequence[Item], bad: frozenset[int], profiles: Sequence[Profile], media: Mapping[str, str], blobs: Blobs
) -> list[tuple[ItemFacts, ...]]:
    """The facts of every sound item of text on every profile."""
    sound = [n for n, item in enumerate(items) if n not in bad and item.kind is not Kind.IMAGE]
    wanted = [(wire.item_to_json(items[n]), profile) for n in sound for profile in profiles]
    pictures = {asset: media[asset] for asset in assets_in(items) if asset in media}
    told = iter(pressed(jobs.facts, wanted, blobs, pictures) if wanted else ())
    found: dict[int, tuple[ItemFacts, ...]] = {
        n: tuple(_fact(number, one) for number, one in zip(range(len(profiles)), told, strict=False)) for n in sound
    }
    return [found.get(n, ()) for n in range(len(items))]


def _fact(profile: int, told: Facts | Refused) -> ItemFacts:
    return ItemFacts(profile, None, told) if isinstance(told, Refused) else ItemFacts(profile, told)


def _bad(violations: Sequence[Violation]) -> frozenset[int]:
    """The numbers of the items that break a rule."""
    paths = (violation.field.split(".") for violation in violations)
    return frozenset(int(path[1]) for path in paths if len(path) > 1)


def _waiting(tx: Transaction, org: str, row: PlaylistRow) -> Waiting:
    found = store.find_revision(tx, org, row.id, row.submitted or row.draft)
    playing = shown.approved_items(tx, org, [row.id]).get(row.id)
    sent = next((entry for entry in store.history(tx, org, row.id) if entry.act == Act.SUBMIT), None)
    items = found.items if found else ()
    return Waiting(shown.view(tx, org, row, found), items, playing[1] if playing else (), sent, ())


def _may(who: Identity, row: PlaylistRow, view: PlaylistView, tree: GroupTree) -> tuple[str, ...]:
    """The acts that would not be refused, for the buttons of the desk."""
    lineage = tree.above([row.group])
    writes, reviews = who.may("content", lineage), who.may("review", lineage)
    mine = {Act.EDIT: writes, Act.SUBMIT: writes, Act.APPROVE: reviews, Act.RETURN: reviews}
    state = State(row.state)
    found = [act for act in acts(state, view.steps, who.id in row.editors) if mine.get(act)]
    found += [Act.WITHDRAW] if (row.approved or row.submitted) and (writes or reviews) else []
    return tuple(act.value for act in found)
