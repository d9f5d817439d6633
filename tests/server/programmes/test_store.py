"""Two compilers may meet at one screen; the later programme stands, and neither fails."""

from __future__ import annotations

from playlists.model import Colour
from server.accounts.model import Identity
from server.parts import Parts
from server.programmes import store
from server.programmes.model import Stored
from server.screens import service as screens
from server.screens.model import NewScreenOrder


def test_the_later_of_two_programmes_stored_without_knowing_of_each_other_stands(parts: Parts, owner: Identity) -> None:
    screen = screens.add(parts, owner, NewScreenOrder("东门", 192, 16, Colour.SINGLE)).screen.id
    for version in ("first", "second"):
        with parts.db.transaction() as tx:
            store.put_programmes(tx, "o1", [Stored(screen, version, "{}", (), 0, 1, 0)])
    with parts.db.read() as tx:
        found = store.programme(tx, "o1", screen)
    assert found is not None
    assert found.version == "second"
