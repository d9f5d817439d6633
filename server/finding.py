"""Finding by words: the SQL that finds rows containing them, the rank of a name, what is shown of a text and marked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from server.paging import like

EXACT, BEGINS, NAMED, INSIDE = range(4)  # the ranks: the name itself, its beginning, within it, elsewhere
BEFORE = 12  # characters shown before the first match of a long text
LONGEST = 64  # characters shown of a text
MANY = 6  # words looked for; the rest of a longer sentence narrows nothing down

Piece = tuple[str, bool]  # a part of a text, and whether it is what was asked for
Condition = sa.ColumnElement[bool]


def words_of(asked: str) -> tuple[str, ...]:
    """What was typed as words, each of which has to be found."""
    return tuple(dict.fromkeys(asked.split()))[:MANY]


# SQL ------------------------------------------------------------------------------------------------------------------


def contains(words: Iterable[str], *columns: sa.ColumnElement[str]) -> Condition:
    """Every word is in one of the columns, in any case of letters."""
    return sa.and_(*(sa.or_(*(_in(column, word) for column in columns)) for word in words))


def contains_in_json(words: Iterable[str], column: sa.ColumnElement[Any]) -> Condition:
    """Every word is somewhere in a JSON column as it is stored; a word may be a name or a key there too, so look."""
    text = sa.cast(column, sa.Text)
    return sa.and_(*(sa.or_(*(_in(text, form) for form in _forms(word))) for word in words))


def best_first(asked: str, name: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
    """An order: names that are what was asked for, names that begin with it, names that have it, the rest."""
    begins = like(asked).removeprefix("%")
    return sa.case(
        (sa.func.lower(name) == asked.lower(), EXACT),
        (name.ilike(begins, escape="\\"), BEGINS),
        (contains(words_of(asked), name), NAMED),
        else_=INSIDE,
    )


def _in(column: sa.ColumnElement[str], word: str) -> Condition:
    return column.ilike(like(word), escape="\\")


def _forms(word: str) -> set[str]:
    """A word as JSON spells it, with signs outside ASCII escaped or left as they are."""
    return {json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1]}


# text -----------------------------------------------------------------------------------------------------------------


def has(words: Iterable[str], texts: Iterable[str]) -> bool:
    """Every word is in one of the texts, in any case of letters."""
    low = [text.casefold() for text in texts]
    return all(any(word.casefold() in text for text in low) for word in words)


def rank(asked: str, name: str) -> int:
    """How well a name answers, the lower the better; as ``best_first`` orders rows."""
    low, sought = name.casefold(), asked.casefold()
    if low == sought:
        return EXACT
    if low.startswith(sought):
        return BEGINS
    return NAMED if has(words_of(asked), (name,)) else INSIDE


def marked(words: Sequence[str], text: str) -> tuple[Piece, ...]:
    """A text in pieces, those that were asked for marked."""
    pattern = _pattern(words)
    if pattern is None:
        return ((text, False),) if text else ()
    return tuple((piece, n % 2 == 1) for n, piece in enumerate(pattern.split(text)) if piece)


def excerpt(words: Sequence[str], text: str) -> str:
    """The stretch of a long text around the first word that is found in it, on one line."""
    line = " ".join(text.split())
    pattern = _pattern(words)
    found = pattern.search(line) if pattern else None
    begins = max(0, found.start() - BEFORE) if found and len(line) > LONGEST else 0
    ends = begins + LONGEST
    return ("…" if begins else "") + line[begins:ends] + ("…" if ends < len(line) else "")


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    """The words in any case of letters, the longest first."""
    each = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(f"({each})", re.IGNORECASE) if each else None
