"""What compiling costs: one edit among 1,000 screens, 500 slots and 10,000 items over nine days; prints a table.

Run by hand: ``python -m tests.bench.compile [screens]``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from media import canvas
from media.blobs import Blobs
from server import tables
from server.accounts.model import system
from server.clock import FixedClock
from server.config import Config
from server.db import Database
from server.events import PlaylistApproved, ProgrammePublished
from server.parts import Parts
from server.programmes.compiler import Compiler
from server.scheduling import service as scheduling
from server.scheduling.model import SlotOrder, SlotQuery, Targets

NOON = 1_763_438_400_000
SLOTS, PER_PLAYLIST, GROUPS, ROUNDS = 500, 20, 50, 15
PROFILES = ((192, 16, "single"), (256, 64, "dual"), (512, 128, "full"), (1280, 720, "full"))
SHIFTS = ("00:00-24:00", "08:00-16:00", "16:00-24:00", "22:00-06:00", "11:30-13:00")


@contextmanager
def site(count: int) -> Iterator[Parts]:
    """A plant of ``count`` screens in 50 groups, each group with ten slots of its own, three dayparts at a time."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        tables.metadata.create_all(database.engine)
        parts = Parts(Config(data=Path(folder)), FixedClock(NOON), database, Blobs(Path(folder) / "media"))
        _fill(parts, count)
        yield parts
        database.close()


def _fill(parts: Parts, count: int) -> None:
    with parts.db.transaction() as tx:
        tx.execute(
            tables.organisations.insert().values(
                id="o1", name="", zone="Asia/Shanghai", locale="zh", settings={"fallback": "p0"}, created=1
            )
        )
        groups = [{"id": f"g{n}", "org": "o1", "name": f"g{n}", "created": 1} for n in range(GROUPS)]
        tx.execute(tables.screen_groups.insert(), groups)
        tx.execute(tables.screens.insert(), [_screen(n) for n in range(count)])
        members = [{"screen": f"s{n}", "screen_group": f"g{n % GROUPS}", "org": "o1"} for n in range(count)]
        tx.execute(tables.memberships.insert(), members)
        for n in range(SLOTS):
            _playlist(tx, n)
            _slot(tx, n)
    with parts.db.transaction() as tx:
        _renditions(parts, tx)


def _screen(n: int) -> dict[str, Any]:
    width, height, colour = PROFILES[n % GROUPS % len(PROFILES)]
    return {
        "id": f"s{n}", "org": "o1", "name": f"s{n}", "width": width, "height": height, "colour": colour,
        "key_hash": f"{n:064d}", "created": 1,
    }  # fmt: skip


def _items(n: int, text: str = "安全生产人人有责") -> list[dict[str, Any]]:
    return [{"id": f"i{k}", "kind": "slogan", "text": f"{text} {n}-{k}"} for k in range(PER_PLAYLIST)]


def _hash(n: int) -> str:
    """A name as a revision's content would give it."""
    return f"{n:064x}"


def _playlist(tx: Any, n: int) -> None:
    values = {"org": "o1", "name": f"p{n}", "state": "approved", "draft": _hash(n), "created": 1, "changed": 1}
    tx.execute(tables.playlists.insert().values(id=f"p{n}", approved=_hash(n), **values))
    revision = {"org": "o1", "number": 1, "name": "", "items": _items(n), "created": 1}
    tx.execute(tables.revisions.insert().values(playlist=f"p{n}", hash=_hash(n), **revision))


def _slot(tx: Any, n: int) -> None:
    values = {"org": "o1", "playlist": f"p{n}", "region": "main", "created": n, "changed": n}
    daypart = {"clock": SHIFTS[n // GROUPS % len(SHIFTS)], "weekdays": [1, 2, 3, 4, 5, 6, 7]}
    tx.execute(tables.slots.insert().values(id=f"t{n}", daypart=daypart, priority=50 + n // GROUPS % 3, **values))
    tx.execute(tables.slot_groups.insert().values(slot=f"t{n}", screen_group=f"g{n % GROUPS}", org="o1"))


def _renditions(parts: Parts, tx: Any) -> None:
    """Pretend that everything was typeset before: compiling is measured here, typesetting elsewhere."""
    from media.profile import Profile
    from media.renditions import key

    names = {size: parts.blobs.put(canvas.png(canvas.blank(400, size[1], size[2])), "png") for size in PROFILES}
    rows = []
    for n in range(SLOTS):
        sizes = {PROFILES[n % GROUPS % len(PROFILES)], *(PROFILES if n == 0 else ())}
        for size in sizes:
            rows += [_rendition(key(item, Profile(*size)), item, names[size], size) for item in _items(n)]
    tx.execute(tables.renditions.insert(), rows)


def _rendition(key: str, item: dict[str, Any], media: str, size: tuple[int, int, str]) -> dict[str, Any]:
    page = {"media": media, "width": 400, "height": size[1], "duration_ms": 9_867}
    body = {"effect": "scroll", "speed": 60, "pages": [page], "text": item["text"], "kind": "slogan"}
    return {"key": key, "body": body, "created": NOON, "used": NOON}


def _ms(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor time; the second does not depend on who else uses the machine."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) * 1_000, (time.process_time() - processor) * 1_000


def _median(times: list[tuple[float, float]]) -> tuple[float, float]:
    return median(wall for wall, _ in times), median(processor for _, processor in times)


class Edit:
    """One line of one playlist changed, approved and compiled, again and again; typesetting included."""

    n = 0

    def __init__(self, parts: Parts, compiler: Compiler, playlist: int) -> None:
        self.parts, self.compiler, self.playlist = parts, compiler, playlist

    def __call__(self) -> None:
        Edit.n += 1
        items = _items(self.playlist)
        items[0]["text"] = f"改过的一句话 {self.playlist} {Edit.n}"
        name, revision = f"p{self.playlist}", f"e{Edit.n}"
        with self.parts.db.transaction() as tx:
            values = {"org": "o1", "number": 2, "name": "", "items": items, "created": 1}
            tx.execute(tables.revisions.insert().values(playlist=name, hash=revision, **values))
            tx.execute(tables.playlists.update().where(tables.playlists.c.id == name).values(approved=revision))
            tx.announce(PlaylistApproved("o1", name, revision))
        self.compiler.run_pending()


class Unseen:
    """A playlist approved that no screen shows."""

    def __init__(self, parts: Parts, compiler: Compiler) -> None:
        self.parts, self.compiler = parts, compiler

    def __call__(self) -> None:
        self.parts.db.bus.publish([PlaylistApproved("o1", "nowhere", "r")])
        self.compiler.run_pending()


def _retarget(parts: Parts, slot: str, targets: Targets) -> None:
    who = system("o1")
    row = scheduling.get(parts, who, slot)
    order = SlotOrder(row.playlist, targets, row.region, row.daypart, 90)
    scheduling.change(parts, who, slot, str(row.changed), order)


def measure(count: int) -> None:
    """Print one line for each kind of change."""
    with site(count) as parts:
        compiler, heard = Compiler(parts), list[ProgrammePublished]()
        parts.db.bus.subscribe(ProgrammePublished, heard.append)
        compiler.touch_all()
        print(f"{count} screens, {SLOTS} slots, {SLOTS * PER_PLAYLIST} items, 9 days\n")
        print(f"{'what':<58}{'screens':>8}{'ms':>10}{'CPU ms':>10}{'CPU/screen':>11}")
        _line("everything, from nothing", _ms(compiler.run_pending), len(heard))
        heard.clear()
        compiler.touch_all()
        _line("everything touched again, nothing changed", _ms(compiler.run_pending), count)
        assert not heard
        slots = [row.id for row in scheduling.listed(parts, system("o1"), SlotQuery(limit=200))[0]]
        for reach in (1, 10, 20, 100, count):
            _reach(parts, compiler, heard, slots[0], reach)
        _line("a fact that touches no screen", _median([_ms(Unseen(parts, compiler)) for _ in range(ROUNDS)]), 0)


def _reach(parts: Parts, compiler: Compiler, heard: list[ProgrammePublished], slot: str, reach: int) -> None:
    everywhere = Targets(screens=tuple(f"s{n}" for n in range(reach)))
    _retarget(parts, slot, everywhere)
    compiler.run_pending()
    playlist = int(scheduling.get(parts, system("o1"), slot).playlist[1:])
    edit = Edit(parts, compiler, playlist)
    edit()
    heard.clear()
    times = [_ms(edit) for _ in range(ROUNDS if reach <= 100 else 3)]
    assert len(heard) == reach * len(times), (len(heard), reach)
    _line(f"one line edited on {reach} screens, typesetting included", _median(times), reach)


def _line(what: str, ms: tuple[float, float], screens: int) -> None:
    wall, processor = ms
    each = f"{processor / screens:>11.2f}" if screens else f"{'-':>11}"
    print(f"{what:<58}{screens:>8}{wall:>10.1f}{processor:>10.1f}{each}", flush=True)


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
