"""Two compilers may meet at one screen; the later programme stands, and neither fails."""

from __future__ import annotations

from playlists.model import Colour
from server.accounts.model import Identity
from server.editorial import service as editorial
from server.parts import Parts
from server.programmes import store
from server.programmes.compiler import Compiler
from server.programmes.model import Stored
from server.scheduling import service as scheduling
from server.scheduling.model import SlotOrder, Targets
from server.screens import service as screens
from server.screens.model import NewScreenOrder


def test_the_later_of_two_programmes_stored_without_knowing_of_each_other_stands(parts: Parts, owner: Identity) -> None:
    screen = screens.add(parts, owner, NewScreenOrder("东门", 192, 16, Colour.SINGLE)).screen.id
    for version in ("first", "second"):
        with parts.db.transaction() as tx:
            store.put_programmes(tx, "o1", "", [Stored(screen, version, "{}", (), 0, 1, 0)])
    with parts.db.read() as tx:
        found = store.programme(tx, "o1", screen)
    assert found is not None
    assert found.version == "second"


def test_typesetting_tells_how_far_it_has_come(parts: Parts, owner: Identity) -> None:
    told: list[tuple[str, int, int]] = []
    screen = screens.add(parts, owner, NewScreenOrder("东门", 192, 16, Colour.SINGLE)).screen.id
    items = [{"kind": "slogan", "text": f"第 {n} 条"} for n in range(9)]
    playlist = editorial.create(parts, owner, "九条", items)
    editorial.submit(parts, owner, playlist.id)
    scheduling.add(parts, owner, SlotOrder(playlist.id, Targets(screens=(screen,))))
    compiler = Compiler(parts, tell=lambda *word: told.append(word))
    compiler.touch("o1", [screen])
    compiler.run_pending()
    assert told == [("o1", 4, 9), ("o1", 8, 9), ("o1", 9, 9)]
