"""The library: what is taken in, what is refused, and what may not go while it is needed."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from media.errors import Refused
from server.accounts.model import Identity
from server.clock import FixedClock
from server.editorial import service as editorial
from server.errors import Conflict, NotFound
from server.library import service
from server.library.model import AssetQuery
from server.parts import Parts
from server.tables import audit, commands, programmes, renditions, screens

DAY = 86_400_000


def picture(colour: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def shown(parts: Parts, who: Identity, asset: str, name: str = "门口") -> str:
    return editorial.create(parts, who, name, [{"kind": "image", "asset": asset}]).id


def test_a_picture_is_stored_with_its_size_and_thumbnail(parts: Parts, owner: Identity) -> None:
    asset = service.add(parts, owner, picture(), "窑.png").asset
    assert (asset.name, asset.kind, asset.width, asset.height) == ("窑.png", "image", 40, 30)
    assert parts.blobs.has(asset.media)
    assert parts.blobs.has(asset.thumbnail)
    assert asset.media.startswith(asset.sha256)


def test_the_same_picture_again_is_the_same_asset(parts: Parts, owner: Identity) -> None:
    first = service.add(parts, owner, picture(), "a.png")
    again = service.add(parts, owner, picture(), "b.png")
    assert (first.new, again.new, again.asset) == (True, False, first.asset)


@pytest.mark.parametrize(
    "data", [b"", b"not a picture", picture()[:60], b"<svg onload=alert(1)>", b"GIF89a" + b"\0" * 9]
)
def test_what_is_no_picture_is_refused_and_leaves_nothing(parts: Parts, owner: Identity, data: bytes) -> None:
    with pytest.raises(Refused):
        service.add(parts, owner, data, "x.png")
    assert service.listing(parts, owner, AssetQuery()).items == ()


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/窑.png", "窑.png"),
        ("C:\\Users\\x\\a.png", "a.png"),
        ("a\r\nb\x00.png", "ab.png"),
        ("  ", "没有名字的图"),
    ],
)
def test_a_name_keeps_no_folder_and_no_control_character(
    parts: Parts, owner: Identity, given_name: str, kept: str
) -> None:
    assert service.add(parts, owner, picture(), given_name).asset.name == kept


def test_an_asset_in_use_is_not_deleted_and_the_playlists_are_named(parts: Parts, owner: Identity) -> None:
    asset = service.add(parts, owner, picture(), "a.png").asset
    users = [{"id": shown(parts, owner, asset.id, name), "name": name} for name in ("东门", "西门")]
    with pytest.raises(Conflict) as refused:
        service.delete(parts, owner, asset.id)
    assert refused.value.params["n"] == 2
    assert sorted(refused.value.params["playlists"], key=str) == sorted(users, key=str)
    assert service.get(parts, owner, asset.id).used == 2


def test_an_asset_that_only_the_approved_revision_shows_is_in_use(parts: Parts, owner: Identity) -> None:
    asset = service.add(parts, owner, picture(), "a.png").asset
    playlist = editorial.submit(parts, owner, shown(parts, owner, asset.id))
    text = editorial.Order(items=[{"kind": "slogan", "text": "改成文字"}])
    editorial.save(parts, owner, playlist.id, playlist.revision, text)
    with pytest.raises(Conflict):
        service.delete(parts, owner, asset.id)
    editorial.submit(parts, owner, playlist.id)
    service.delete(parts, owner, asset.id)


def test_a_deleted_asset_comes_back_as_it_was(parts: Parts, owner: Identity) -> None:
    asset = service.add(parts, owner, picture(), "a.png").asset
    service.delete(parts, owner, asset.id)
    with pytest.raises(NotFound):
        service.get(parts, owner, asset.id)
    assert service.restore(parts, owner, asset.id) == asset == service.get(parts, owner, asset.id)
    service.delete(parts, owner, asset.id)
    assert service.add(parts, owner, picture(), "b.png").asset.id == asset.id


def test_another_organisation_sees_nothing_of_it(parts: Parts, owner: Identity) -> None:
    asset = service.add(parts, owner, picture(), "a.png").asset
    stranger = Identity("o2", "person", "u2", "外人", grants=owner.grants)
    assert service.listing(parts, stranger, AssetQuery()).items == ()
    for act in (service.get, service.delete, service.restore):
        with pytest.raises(NotFound):
            act(parts, stranger, asset.id)


def test_the_library_is_paged_and_searched_as_typed(parts: Parts, owner: Identity, clock: FixedClock) -> None:
    for n in range(5):
        service.add(parts, owner, picture(size=(20 + n, 20)), f"图{n}_100%.png")
        clock.pass_(1 if n % 2 else 0)
    seen: list[str] = []
    cursor: str | None = None
    while cursor or not seen:
        page = service.listing(parts, owner, AssetQuery(limit=2, cursor=cursor))
        seen += [asset.name for asset in page.items]
        cursor = page.next
    assert sorted(seen) == [f"图{n}_100%.png" for n in range(5)]
    assert len(service.listing(parts, owner, AssetQuery(q="3_100%")).items) == 1
    assert service.listing(parts, owner, AssetQuery(q="3%png")).items == ()


def test_the_sweep_spares_what_anything_needs(parts: Parts, owner: Identity, clock: FixedClock) -> None:
    kept = service.add(parts, owner, picture("red"), "a.png").asset
    gone = service.add(parts, owner, picture("blue"), "b.png").asset
    playing = parts.blobs.put(b"typeset", "png")
    with parts.db.transaction() as tx:
        row = {"id": "s1", "org": "o1", "name": "s", "width": 1, "height": 1, "colour": "full", "key_hash": "k"}
        tx.execute(screens.insert().values(created=0, **row))
        body = f'{{"loops":[{{"showings":[{{"pages":[{{"media":"{playing}"}}]}}]}}]}}'
        more = {"version": "v", "findings": [], "begins": 0, "ends": 1, "compiled": 0}
        tx.execute(programmes.insert().values(screen="s1", org="o1", body=body, **more))
    service.delete(parts, owner, gone.id)
    _age(parts.blobs.root, clock.pass_(8 * DAY) - 2 * DAY)
    assert service.sweep(parts) == 2
    assert [parts.blobs.has(name) for name in (kept.media, kept.thumbnail, playing, gone.media)] == [True] * 3 + [False]


def test_the_sweep_spares_what_was_typeset_and_plays_nowhere_yet(parts: Parts, clock: FixedClock) -> None:
    typeset = parts.blobs.put(b"typeset", "png")
    body = {"pages": [{"media": typeset, "width": 1, "height": 1, "duration_ms": 1}]}
    with parts.db.transaction() as tx:
        tx.execute(renditions.insert().values(key="k", body=body, created=0, used=0))
    _age(parts.blobs.root, clock.pass_(8 * DAY) - 2 * DAY)
    assert (service.sweep(parts), parts.blobs.has(typeset)) == (0, True)


def test_the_sweep_spares_what_a_screenshot_shows(parts: Parts, owner: Identity, clock: FixedClock) -> None:
    taken = parts.blobs.put(b"a picture of the wall", "png")
    with parts.db.transaction() as tx:
        row = {"id": "s1", "org": "o1", "name": "s", "width": 1, "height": 1, "colour": "full", "key_hash": "k"}
        tx.execute(screens.insert().values(created=0, **row))
        more = {"kind": "screenshot", "ordered": 0, "result": {"media": taken}}
        tx.execute(commands.insert().values(id="m1", org="o1", screen="s1", **more))
    _age(parts.blobs.root, clock.pass_(8 * DAY) - 2 * DAY)
    assert (service.sweep(parts), parts.blobs.has(taken)) == (0, True)


def test_the_sweep_spares_what_was_put_aside_this_week_or_was_stored_today(
    parts: Parts, owner: Identity, clock: FixedClock
) -> None:
    asset = service.add(parts, owner, picture(), "a.png").asset
    service.delete(parts, owner, asset.id)
    fresh = parts.blobs.put(b"just typeset", "png")
    _age(parts.blobs.root, clock.now() - 3 * DAY)
    os.utime(parts.blobs.path(fresh), (clock.now() / 1000, clock.now() / 1000))
    assert service.sweep(parts) == 0
    assert service.restore(parts, owner, asset.id) == asset


def test_every_change_is_logged(parts: Parts, owner: Identity) -> None:
    asset = service.add(parts, owner, picture(), "a.png").asset
    service.rename(parts, owner, asset.id, "b.png")
    service.delete(parts, owner, asset.id)
    service.restore(parts, owner, asset.id)
    with parts.db.read() as tx:
        acts = [row.act for row in tx.execute(audit.select().order_by(audit.c.seq))]
    assert acts == ["asset.add", "asset.rename", "asset.delete", "asset.restore"]


@given(st.text(max_size=300))
def test_no_name_escapes_or_spoils_a_line(name: str) -> None:
    kept = service._named(name)
    assert len(kept) <= 200
    assert not set(kept) & set("/\\\r\n\x00")


def _age(root: Path, at: int) -> None:
    for file in root.rglob("*.*"):
        os.utime(file, (at / 1000, at / 1000))
