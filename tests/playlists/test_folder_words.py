"""Every fault a playlist file can have is said in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import playlists

ROOT = Path(playlists.__file__).parent
WORDS = json.loads((ROOT.parent / "server/words/folder.json").read_text("utf-8"))


def test_each_rule_of_the_reader_has_its_words_and_no_word_is_left_over() -> None:
    code = "".join((ROOT / f"{name}.py").read_text("utf-8") for name in ("frontmatter", "blocks", "folder"))
    rules = set(re.findall(r'Fault\([^()]+(?:\([^()]*\)[^()]*)*?, "([a-z_]+)"', code))
    rules |= {f"front_bad_{key}" for key in ("kind", "language", "effect")}
    assert {f"folder.{rule}" for rule in rules} == set(WORDS)
    assert all(set(texts) == {"zh", "en"} for texts in WORDS.values())
