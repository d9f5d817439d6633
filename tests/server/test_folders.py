"""Folders of playlists: taken in whole or not at all, written out so that they come back the same."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from server import folders
from server.accounts.model import Grant, Identity
from server.editorial import service as editorial
from server.editorial import views
from server.editorial.bodies import PlaylistQuery
from server.errors import Forbidden, Invalid, Refused
from server.library import service as library
from server.library.model import AssetQuery
from server.parts import Parts
from server.tables import playlists, screen_groups

SLOGANS = "---\nname: 门口\nkind: slogans\n---\n\n- 安全第一\n- 质量为本\n"
STORY = "---\nkind: mixed\n---\n\n# 老张\n\n**三十年**如一日。\n\n![窑](kiln.jpg)\n"


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((60, 40), 80).convert("RGB").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    (root / "pictures").mkdir(parents=True)
    (root / "a.md").write_text(SLOGANS, encoding="utf-8")
    (root / "b.md").write_text(STORY, encoding="utf-8")
    (root / "README.md").write_text("not a playlist", encoding="utf-8")
    (root / "pictures" / "kiln.jpg").write_bytes(picture())
    return root


def names(parts: Parts, who: Identity) -> list[str]:
    return sorted(view.name for view in views.listing(parts, who, PlaylistQuery())[0].items)


def faults(parts: Parts, who: Identity, path: Path) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        folders.import_path(parts, who, path)
    assert names(parts, who) == []
    assert library.listing(parts, who, AssetQuery()).items == ()
    return [(violation.field, violation.rule) for violation in refused.value.violations]


def test_a_folder_becomes_drafts_with_their_pictures(parts: Parts, owner: Identity, folder: Path) -> None:
    done = folders.import_path(parts, owner, folder)
    assert (done.made, done.pictures) == (("门口", "b"), 1)
    view = views.get(parts, owner, done.playlists["b.md"]).view
    asset = library.listing(parts, owner, AssetQuery()).items[0]
    assert ([item.kind for item in view.items], view.state) == (["story", "image"], "draft")
    assert (view.items[1].asset, asset.used) == (asset.id, 1)


def test_the_same_folder_again_changes_nothing_and_an_edit_only_its_playlist(
    parts: Parts, owner: Identity, folder: Path
) -> None:
    first = folders.import_path(parts, owner, folder)
    again = folders.import_path(parts, owner, folder)
    assert (again.made, again.changed, again.same, again.pictures) == ((), (), ("门口", "b"), 0)
    held = views.get(parts, owner, first.playlists["a.md"]).view.items
    (folder / "a.md").write_text(SLOGANS + "- 多一句\n", encoding="utf-8")
    assert folders.import_path(parts, owner, folder).changed == ("门口",)
    new = views.get(parts, owner, first.playlists["a.md"]).view.items
    assert new[:2] == held


def test_what_is_exported_comes_back_as_it_was(parts: Parts, owner: Identity, folder: Path, tmp_path: Path) -> None:
    folders.import_path(parts, owner, folder)
    folders.export_path(parts, owner, tmp_path / "out")
    back = folders.import_path(parts, owner, tmp_path / "out")
    assert (back.made, back.changed, sorted(back.same), back.pictures) == ((), (), ["b", "门口"], 0)


def test_an_export_overwrites_nothing(parts: Parts, owner: Identity, folder: Path) -> None:
    with pytest.raises(Refused) as refused:
        folders.export_path(parts, owner, folder)
    assert refused.value.detail == "export.not_empty"


def test_every_fault_is_told_by_file_and_line_and_nothing_is_half_imported(
    parts: Parts, owner: Identity, folder: Path
) -> None:
    (folder / "a.md").write_text(SLOGANS + "stray\n- a\u202eb\n", encoding="utf-8")
    (folder / "c.md").write_text("---\nname: c\ncolor: red\n---\n- x\n", encoding="utf-8")
    (folder / "d.md").write_text(SLOGANS + "- " + "字" * 501 + "\n", encoding="utf-8")
    assert faults(parts, owner, folder) == [
        ("a.md:8", "folder.stray_line"),
        ("c.md:3", "folder.front_unknown_field"),
        ("d.md:8", "rules.too_long"),
        ("d.md:1", "import.name_twice"),
    ]


def test_a_missing_picture_and_one_outside_are_told_by_line(parts: Parts, owner: Identity, folder: Path) -> None:
    (folder / "b.md").write_text("![a](no.png)\n\n![b](../../secret.key)\n\n![c](/etc/passwd)\n", encoding="utf-8")
    assert faults(parts, owner, folder) == [
        ("b.md:1", "import.no_picture"),
        ("b.md:3", "import.outside"),
        ("b.md:5", "import.outside"),
    ]


def test_a_picture_that_lies_stops_the_whole_import(parts: Parts, owner: Identity, folder: Path) -> None:
    (folder / "pictures" / "kiln.jpg").write_bytes(b"MZ")
    assert faults(parts, owner, folder) == [("pictures/kiln.jpg", "media.picture_type")]


def test_text_that_is_not_utf8_is_told_by_line(parts: Parts, owner: Identity, folder: Path) -> None:
    (folder / "b.md").write_bytes(b"- ok\n- " + "安全".encode("gbk") + b"\n")
    assert faults(parts, owner, folder) == [("b.md:2", "import.not_utf8")]


def test_a_link_that_leaves_the_folder_is_refused(parts: Parts, owner: Identity, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("- geheim\n", encoding="utf-8")
    (folder / "z.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(Refused) as refused:
        folders.import_path(parts, owner, folder)
    assert refused.value.detail == "import.outside"


@pytest.mark.parametrize("entry", ["../evil.md", "/evil.md", "a/../../evil.md", "..\\evil.md", "C:evil.md"])
def test_a_zip_that_leaves_itself_is_refused(parts: Parts, owner: Identity, tmp_path: Path, entry: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(entry, SLOGANS)
    with pytest.raises(Refused) as refused:
        folders.import_path(parts, owner, tmp_path / "x.zip")
    assert refused.value.detail == "import.outside"


def test_a_zip_is_read_like_a_folder_and_a_bomb_in_it_is_not_unpacked(
    parts: Parts, owner: Identity, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.md", SLOGANS)
    assert folders.import_path(parts, owner, tmp_path / "x.zip").made == ("门口",)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.md", b"0" * 50_000_000)
    with pytest.raises(Invalid) as refused:
        folders.import_path(parts, owner, tmp_path / "bomb.zip")
    assert refused.value.violations[0].rule == "import.too_large"


@pytest.mark.parametrize("name", ["missing", "x.txt"])
def test_a_path_that_holds_no_playlists_is_said(parts: Parts, owner: Identity, tmp_path: Path, name: str) -> None:
    (tmp_path / "x.txt").write_text("?")
    with pytest.raises(Refused) as refused:
        folders.import_path(parts, owner, tmp_path / name)
    assert refused.value.detail == "import.no_source"


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_starter_playlists_play_at_once(parts: Parts, owner: Identity, locale: str) -> None:
    made = folders.import_starter(parts, owner, locale)
    assert {"01-slogans", "06-pictures"} <= set(made)
    with parts.db.read() as tx:
        playing = editorial.approved_items(tx, "o1", list(made.values()))
        flags = [row.starter for row in tx.execute(playlists.select())]
    assert set(playing) == set(made.values())
    assert all(flags)
    assert folders.import_path(parts, owner, folders.STARTER / locale / "01-slogans.md").same


def test_an_import_refused_at_its_last_playlist_leaves_none_of_the_others(
    parts: Parts, owner: Identity, folder: Path
) -> None:
    editorial.create(parts, owner, "b", [{"kind": "slogan", "text": "归厂部"}])
    with parts.db.transaction() as tx:
        tx.execute(screen_groups.insert().values(id="g1", org="o1", name="窑", steps=0, created=0))
    of_kiln = Identity("o1", "person", "u7", "窑上", grants=(Grant("content", "g1"),))
    with pytest.raises(Forbidden):
        folders.import_path(parts, of_kiln, folder)
    assert (names(parts, owner), library.listing(parts, owner, AssetQuery()).items) == (["b"], ())
