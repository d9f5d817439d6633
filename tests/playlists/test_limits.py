"""The limits of the rules are those of the typesetter: what passes review can be shown."""

from __future__ import annotations

from media import markdown, wishes
from playlists import rules, text


def test_what_the_rules_take_the_typesetter_takes() -> None:
    shared = ("title", "body", "person")
    assert {name: rules.LIMITS[name] for name in shared} == {name: wishes.LIMITS[name] for name in shared}
    assert max(rules.LIMITS["slogan"], rules.LIMITS["notice"]) <= wishes.LIMITS["text"]


def test_markdown_has_one_set_of_limits() -> None:
    assert (
        rules.LIMITS["body"], text.BRACKETS, text.OPENING_BRACKETS,
    ) == (markdown.LONGEST, markdown.MOST_BRACKETS, markdown.OPENING_BRACKETS)  # fmt: skip
