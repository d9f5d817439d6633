"""Two compilers may meet at one screen; the later programme stands, and neither fails."""

from __future__ import annotations

import sqlalchemy as sa

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
from server.tables import programme_heads


def test_the_later_of_two_programmes_stored_without_knowing_of_each_other_stands(parts: Parts, owner: Identity) -> None:
    screen = screens.add(parts, owner, NewScreenOrder("东门", 192, 16, Colour.SINGLE)).screen.id
    for version in ("first", "second"):
        with parts.db.transaction() as tx:
            store.put_programmes(tx, "o1", "", [Stored(screen, version, "{}", (), 0, 1, 0)])
    with parts.db.read() as tx:
        found = store.programme(tx, "o1", screen)
    assert found is not None
    assert found.version == "second"


def test_what_alike_programmes_have_in_common_is_stored_once_and_forgotten_when_none_begins_so(
    parts: Parts, owner: Identity
) -> None:
    keys = [screens.add(parts, owner, NewScreenOrder(name, 192, 16, Colour.SINGLE)).screen.id for name in "东西"]
    for head in ('{"a":1', '{"b":2'):
        with parts.db.transaction() as tx:
            store.put_programmes(tx, "o1", head, [Stored(key, "v", f',"s":"{key}"}}', (), 0, 1, 0) for key in keys])
    with parts.db.read() as tx:
        heads = list(tx.execute(sa.select(programme_heads.c.text)).scalars())
        bodies = store.held_bodies(tx, "o1", keys)
    assert heads == ['{"b":2']
    assert sorted(bodies) == sorted(f'{{"b":2,"s":"{key}"}}' for key in keys)


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
