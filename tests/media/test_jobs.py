"""Whole pieces of work as a server has them done: one that fails never keeps the others."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from media import jobs
from media.blobs import Blobs
from media.errors import Missing, Refused
from media.jobs import Stumble, Work
from media.profile import Profile
from media.renditions import Rendition

STRIP = Profile(192, 16, "single")


class FullDisk(Blobs):
    """A store on a disk without room."""

    def put(self, data: bytes, ext: str, *, derived: bool = False) -> str:
        raise OSError(errno.ENOSPC, "no space left")


class Broken(Blobs):
    """A store that fails in a way nobody foresaw."""

    def put(self, data: bytes, ext: str, *, derived: bool = False) -> str:
        raise ZeroDivisionError


def test_each_work_has_an_outcome_of_its_own(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    torn = blobs.put(b"\x89PNG\r\n\x1a\n torn", "png")
    works = [
        Work("line", {"kind": "slogan", "text": "安全第一"}, STRIP),
        Work("small", {"kind": "slogan", "text": "安全第一"}, Profile(192, 4, "single")),
        Work("gone", {"kind": "image", "asset": "0" * 64}, STRIP),
        Work("torn", {"kind": "image", "asset": "torn"}, STRIP),
    ]
    made = jobs.make_all(works, blobs, {"0" * 64: f"{'0' * 64}.png", "torn": torn})
    kinds = {key: type(one) for key, one in made.items()}
    assert kinds == {"line": Rendition, "small": Refused, "gone": Missing, "torn": Refused}


def test_what_nobody_foresaw_is_told_with_its_trace(tmp_path: Path) -> None:
    made = jobs.make_all([Work("k", {"kind": "slogan", "text": "安全第一"}, STRIP)], Broken(tmp_path), {})["k"]
    assert isinstance(made, Stumble)
    assert "ZeroDivisionError" in made.trace


def test_a_full_disk_is_not_the_items_fault(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no space"):
        jobs.make_all([Work("k", {"kind": "slogan", "text": "安全第一"}, STRIP)], FullDisk(tmp_path), {})


def test_facts_come_in_order_with_why_one_cannot_be_set(tmp_path: Path) -> None:
    item = {"kind": "slogan", "text": "安全第一"}
    good, bad = jobs.facts([(item, STRIP), (item, Profile(192, 4, "single"))], Blobs(tmp_path), {})
    assert getattr(good, "fits", 0) > 0
    assert isinstance(bad, Refused)
