"""The store keeps whole files under the hash of their bytes, and nothing else."""

from __future__ import annotations

import os
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from media.blobs import Blobs
from media.errors import Missing, Refused

HOUR = 3_600_000


def aged(blobs: Blobs, name: str, at: int) -> None:
    os.utime(blobs.path(name), ns=(at * 1_000_000, at * 1_000_000))


def test_a_blob_is_named_by_its_bytes_and_comes_back_whole(blobs: Blobs) -> None:
    name = blobs.put(b"lamp", "png")
    assert name == f"{sha256(b'lamp').hexdigest()}.png"
    assert blobs.path(name).read_bytes() == b"lamp"
    assert blobs.size(name) == 4


def test_putting_twice_keeps_one_file(blobs: Blobs) -> None:
    assert blobs.put(b"lamp", "png") == blobs.put(b"lamp", "png")
    assert len([file for file in blobs.root.rglob("*") if file.is_file()]) == 1


def test_a_torn_blob_is_written_again(blobs: Blobs) -> None:
    name = blobs.put(b"lamp", "png")
    blobs.path(name).write_bytes(b"la")
    blobs.put(b"lamp", "png")
    assert blobs.path(name).read_bytes() == b"lamp"


@pytest.mark.parametrize(
    "name",
    ["", "..", "../../etc/passwd", "/etc/passwd", "a" * 64, "a" * 64 + ".png/..", "A" * 64 + ".png", "a" * 63 + "/.png",
     "a" * 64 + ".png\n", "a" * 64 + ".p\0g", ".put-x"],
)  # fmt: skip
def test_a_name_that_is_no_blobs_is_missing_and_never_a_path(blobs: Blobs, name: str) -> None:
    (blobs.root.parent / "secret").write_text("no")
    assert not blobs.has(name)
    with pytest.raises(Missing):
        blobs.path(name)


def test_an_absent_blob_is_missing(blobs: Blobs) -> None:
    with pytest.raises(KeyError):
        blobs.path("0" * 64 + ".png")


@pytest.mark.parametrize("ext", ["", "PNG", "../x", "p/g", "toolongext"])
def test_an_extension_is_letters_only(blobs: Blobs, ext: str) -> None:
    with pytest.raises(Refused):
        blobs.put(b"lamp", ext)


def test_a_failed_write_leaves_nothing_behind(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_source: object, _target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        blobs.put(b"lamp", "png")
    assert not [file for file in blobs.root.rglob("*") if file.is_file()]


def test_sweeping_spares_the_kept_and_the_young(blobs: Blobs) -> None:
    now = 10 * HOUR
    kept, young, old = (blobs.put(data, "png") for data in (b"kept", b"young", b"old"))
    for name, at in ((kept, 0), (young, now - HOUR), (old, 0)):
        aged(blobs, name, at)
    assert blobs.sweep({kept}, 2 * HOUR, now) == 1
    assert (blobs.has(kept), blobs.has(young), blobs.has(old)) == (True, True, False)


def test_putting_again_makes_a_blob_young(blobs: Blobs) -> None:
    name = blobs.put(b"lamp", "png")
    aged(blobs, name, 0)
    blobs.put(b"lamp", "png")
    assert blobs.sweep((), HOUR, HOUR * 2) == 0


def test_sweeping_removes_what_a_power_cut_left_half_written(blobs: Blobs) -> None:
    folder = blobs.path(blobs.put(b"lamp", "png")).parent
    draft = folder / ".put-half"
    draft.write_bytes(b"la")
    os.utime(draft, ns=(0, 0))
    blobs.sweep((), 10**15, 2 * HOUR)
    assert not draft.exists()


def test_many_writers_of_the_same_bytes_agree(blobs: Blobs) -> None:
    names: list[str] = []
    writers = [threading.Thread(target=lambda: names.append(blobs.put(b"x" * 100_000, "bin"))) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(set(names)) == 1
    assert blobs.path(names[0]).read_bytes() == b"x" * 100_000


def test_sweeping_a_store_that_was_never_used_finds_nothing(tmp_path: Path) -> None:
    assert Blobs(tmp_path / "none").sweep((), 0, 0) == 0


def test_a_stranger_beside_the_blobs_is_not_served(blobs: Blobs) -> None:
    name = blobs.put(b"lamp", "png")
    stranger = blobs.path(name).with_name(name + ".bak")
    stranger.write_bytes(b"x")
    assert not blobs.has(stranger.name)
