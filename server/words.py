"""One catalogue of every word people read, in Chinese and English."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

LOCALES = ("zh", "en")
FOLDER = Path(__file__).parent / "words"


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, str]]:
    """Return key -> locale -> text, gathered from ``server/words/*.json``; raise ValueError on a key said twice."""
    words: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        for key, texts in json.loads(path.read_text(encoding="utf-8")).items():
            if key in words:
                raise ValueError(f"{path.name}: {key} stands in another file already")
            words[key] = texts
    return words


def say(key: str, locale: str, /, **params: Any) -> str:
    """Return the text of ``key``; an unknown key is returned as it is, so that nothing is silent."""
    texts = catalogue().get(key)
    if texts is None:
        return key
    text = texts.get(locale) or texts["zh"]
    return text.format_map(_Kept(params)) if "{" in text else text


class _Kept(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
