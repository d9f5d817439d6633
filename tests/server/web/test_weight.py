"""What a page has to load before it answers a hand: its script with all it imports, the style sheet."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from server import web

STATIC = Path(web.__file__).with_name("static")
SOURCES = Path(web.__file__).with_name("src")
IMPORT = re.compile(r'(?:from|import)\s*"\./([^"]+\.js)"')
MOST = 30 * 1024
PAGES = sorted(path.stem for path in SOURCES.glob("*.js"))


def loaded(page: str) -> set[str]:
    """The page's script, the desk's own, and what they import at once."""
    waiting, found = [f"{page}.js", "desk.js"], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += IMPORT.findall((STATIC / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_no_more_script_than_it_may(page: str) -> None:
    weight = sum(len(gzip.compress((STATIC / name).read_bytes(), 9, mtime=0)) for name in loaded(page))
    assert weight <= MOST


def test_the_style_sheet_is_light() -> None:
    assert (STATIC / "desk.css").stat().st_size <= 40 * 1024
