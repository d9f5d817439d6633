"""Where playlists play: their slots, and the screens these reach."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from server.accounts.model import Identity
from server.parts import Parts
from server.scheduling import store
from server.scheduling.model import SlotRow
from server.scheduling.targets import screens_of_each


@dataclass(frozen=True, slots=True)
class Places:
    """A playlist's living slots, and per slot the ids of the screens in use that it reaches."""

    slots: tuple[SlotRow, ...] = ()
    reached: tuple[frozenset[str], ...] = ()

    @property
    def screens(self) -> frozenset[str]:
        """Every screen that any of the slots reaches."""
        return frozenset().union(*self.reached)


def places(parts: Parts, who: Identity, playlists: Collection[str]) -> dict[str, Places]:
    """For each of some playlists where it plays; one read of the schedule for all of them."""
    with parts.db.read() as tx:
        rows = store.of_playlists(tx, who.org, playlists)
        reached = screens_of_each(tx, who.org, {row.targets for row in rows})
    found: dict[str, list[SlotRow]] = {playlist: [] for playlist in playlists}
    for row in rows:
        found[row.playlist].append(row)
    return {
        playlist: Places(tuple(mine), tuple(reached[row.targets] for row in mine)) for playlist, mine in found.items()
    }
