"""Rectangles typed into a form: rows of name, place and size."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from playlists.model import Region
from server.errors import Invalid, Violation

SIDES = ("x", "y", "width", "height")
MOST = 16


def regions_of(form: MultiDict[str, str]) -> tuple[Region, ...]:
    """The regions of a form whose fields ``region_name``, ``region_x`` … repeat row by row; empty rows do not count.

    Raises Invalid naming every figure that is none.
    """
    columns = {name: form.getlist(f"region_{name}") for name in ("name", *SIDES)}
    found: list[Region] = []
    wrong: list[Violation] = []
    for n, name in enumerate(columns["name"][:MOST]):
        texts = {side: columns[side][n].strip() if n < len(columns[side]) else "" for side in SIDES}
        if not name.strip() and not any(texts.values()):
            continue
        bad = [side for side, text in texts.items() if not _is_number(text)]
        wrong += [Violation(f"regions.{n}.{side}", "screens_page.whole_number") for side in bad]
        if not bad:
            found.append(Region(name.strip()[:40], **{side: int(text) for side, text in texts.items()}))
    if not found and not wrong:
        wrong = [Violation("regions", "screens_page.no_regions")]
    if wrong:
        raise Invalid(tuple(wrong))
    return tuple(found)


def columns_of(form: MultiDict[str, str], rows: int) -> dict[str, list[str]]:
    """What was typed into the first ``rows``, column by column, as it was typed."""
    return {name: (form.getlist(f"region_{name}") + [""] * rows)[:rows] for name in ("name", *SIDES)}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5
