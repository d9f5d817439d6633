"""Where a mirror lies, and what is left of those whose process was killed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from server.mirror import ABANDONED_S, PREFIX, Mirror


def test_a_new_mirror_removes_those_that_were_left_long_ago_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    first = Mirror()
    (mine,) = tmp_path.iterdir()
    for name, age in (("dead", ABANDONED_S + 60), ("other", ABANDONED_S - 60)):
        (tmp_path / (PREFIX + name)).mkdir()
        (tmp_path / (PREFIX + name) / "1.db").write_bytes(b"rows")
        at = mine.stat().st_mtime - age
        os.utime(tmp_path / (PREFIX + name), (at, at))
    (tmp_path / "somebody-elses").mkdir()
    os.utime(tmp_path / "somebody-elses", (0, 0))
    second = Mirror()
    assert {path.name for path in tmp_path.iterdir()} >= {mine.name, PREFIX + "other", "somebody-elses"}
    assert not (tmp_path / (PREFIX + "dead")).exists()
    for one in (first, second):
        one.close()
    assert mine not in tmp_path.iterdir()
