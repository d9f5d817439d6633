"""One word per concept: in identifiers, in the catalogue people read, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from string import Formatter

from tests.architecture import tree

# What we say instead. Words of the list that are also plain technical English (file, content, event, default,
# version, test, level, message, template, worker, area …) are left to reviewers; these have no good use here.
NOT_SAID = {
    "display": "screen",
    "viewer": "player",
    "client": "player",
    "device": "player or screen",
    "announcement": "notice",
    "interrupt": "alert",
    "popup": "takeover",
    "overlay": "banner",
    "ttl": "expires",
    "stats": "playlog",
    "moderation": "review",
    "admin": "desk",
    "dashboard": "desk",
    "backend": "desk",
    "studio": "desk",
    "utils": "a plain noun",
    "helpers": "a plain noun",
    "manager": "a plain noun",
}
# In code a zone is a time zone and a tag is HTML's or HTTP's; on a page either would be a second word for something.
NOT_READ = {**NOT_SAID, "tag": "group", "zone": "region or group"}
# Identifiers that carry such a word for a reason.
ALLOWED = {
    ("server/accounts/model.py", "VIEWER"): "the role of that name: a person who looks and changes nothing",
    ("server/realtime/guard.py", "manager"): "the socket library's word for what keeps its rooms",
}
# Flask and the socket library call the peer of a test, and their hooks, so.
LIBRARY_WORDS = re.compile(r"^(?:\w*_client|client_manager|clientX|clientY)$")
CHINESE_NOT_SAID = ("显示屏", "客户端", "播放器", "仪表盘", "仪表板", "公告", "弹窗", "标签")


@cache
def parts(name: str) -> set[str]:
    """Return the lower-case words of a snake_case or camelCase identifier, plurals cut."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return {word.lower() for word in words} | {word.lower().removesuffix("s") for word in words}


def chosen_names() -> Iterator[tuple[str, str]]:
    """Yield (file, identifier) for everything our Python and JavaScript name."""
    for module in tree.modules():
        yield from ((module.path, name) for name in module.names)
    for path, text in tree.texts(".js", ".mjs"):
        yield from ((path, name) for name in re.findall(r"\b(?:const|let|class|function)\s+(\w+)", text))


def is_allowed(path: str, name: str) -> bool:
    """Tell whether an identifier carries its word for a reason."""
    in_tests = path.startswith("tests/") and "client" in parts(name)
    return bool((path, name) in ALLOWED or LIBRARY_WORDS.match(name) or in_tests)


def test_identifiers_use_the_words_of_the_vocabulary() -> None:
    wrong = {(path, name, word) for path, name in set(chosen_names()) for word in parts(name) & NOT_SAID.keys()}
    assert sorted(entry for entry in wrong if not is_allowed(*entry[:2])) == []


def test_files_are_named_by_plain_nouns() -> None:
    named = {
        (path, word) for path in tree.tracked() if path.startswith(tree.OURS) for word in parts(path) & NOT_SAID.keys()
    }
    assert sorted(named) == []


def catalogue() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield (file, key, texts by language) of every entry people can read."""
    for path in sorted((tree.ROOT / "server" / "words").glob("*.json")):
        for key, texts in json.loads(path.read_text(encoding="utf-8")).items():
            yield path.name, key, texts


def test_every_entry_is_there_in_both_languages() -> None:
    entries = list(catalogue())
    assert entries
    assert [key for _, key, texts in entries if texts.keys() != {"zh", "en"} or not all(texts.values())] == []


def test_both_languages_of_an_entry_take_the_same_parameters() -> None:
    def fields(text: str) -> set[str | None]:
        return {field for _, field, _, _ in Formatter().parse(text)} - {None}

    assert [key for _, key, texts in catalogue() if fields(texts["zh"]) != fields(texts["en"])] == []


def test_no_key_stands_in_two_files() -> None:
    keys = [key for _, key, _ in catalogue()]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_the_catalogue_speaks_the_words_of_the_vocabulary() -> None:
    wrong = []
    for _, key, texts in catalogue():
        if key == "people.role.viewer":  # the role's name in the specification
            continue
        english = re.sub(r"time zones?|zone \{zone\}|\{\w+\}", "", texts["en"], flags=re.IGNORECASE)
        wrong += [(key, word) for word in parts(english) & NOT_READ.keys()]
        wrong += [(key, word) for word in CHINESE_NOT_SAID if word in texts["zh"]]
    assert wrong == []
