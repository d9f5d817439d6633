"""The table of an alert's proof: narrowed by state, place and name, a page at a time, the missing first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import g

from server.alerts.model import Delivery, State
from server.api import parts
from server.screens import service as screens
from server.screens.model import Screen
from server.web.shell import locale_now
from server.words import say

ROWS = 200  # of one page
PROVED = (State.SHOWN, State.ACKNOWLEDGED)
ONLY = ("all", "missing", "shown", "seen")
TALL, WIDE = 32, 208  # px of the picture beside a row


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the table is wanted: ``only`` a state, ``spot`` a group or place, ``q`` in the name; pages from 0."""

    only: str = "all"
    spot: str = ""
    q: str = ""
    page: int = 0

    def address(self, **changes: Any) -> str:
        """The query of this, or of this changed."""
        new = replace(self, **changes)
        told = {"only": "" if new.only == "all" else new.only, "spot": new.spot, "q": new.q, "page": new.page or ""}
        return "?" + urlencode({name: value for name, value in told.items() if value})


def asked(args: Mapping[str, str]) -> Asked:
    """What an address asks for; anything strange asks for everything."""
    only, page = args.get("only", ""), args.get("page", "")
    return Asked(
        only if only in ONLY else "all", args.get("spot", "")[:120], args.get("q", "").strip()[:80],
        int(page) if page.isdecimal() and len(page) < 5 else 0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of an alert with the home of each screen; ``missing`` tells whether somebody should walk there."""

    rows: Sequence[Delivery]
    homes: Mapping[str, str]
    missing: Callable[[Delivery], bool]

    def told(self, wanted: Asked, row_of: Callable[[Delivery], dict[str, Any]], *, live: bool) -> dict[str, Any]:
        """One page with how many there are of each state, the ways on, and a picture beside what is proved."""
        here = [row for row in self.rows if self._here(row, wanted)]
        each = {only: [row for row in here if self._is(row, only)] for only in ONLY}
        found = sorted(each[wanted.only], key=self._order)
        page = min(wanted.page, max(0, len(found) - 1) // ROWS)
        shown = found[page * ROWS : (page + 1) * ROWS]
        known = screens.screens_of(parts(), g.who, [row.screen for row in shown if live and row.state in PROVED])
        wanted = replace(wanted, page=page)
        return {
            "rows": [{**row_of(row), "picture": _picture(row, known.get(row.screen))} for row in shown],
            "counts": {only: len(some) for only, some in each.items()},
            "links": {only: wanted.address(only=only, page=0) for only in ONLY},
            "range": _range(page * ROWS, len(shown), len(found)),
            "before": wanted.address(page=page - 1) if page else "",
            "after": wanted.address(page=page + 1) if (page + 1) * ROWS < len(found) else "",
            "none": "" if shown else say("alerts_page.no_rows", locale_now()),
        }

    def spots(self) -> list[str]:
        """Every group or place a screen is in."""
        return sorted(set(self.homes.values()))

    def _here(self, row: Delivery, wanted: Asked) -> bool:
        home = self.homes[row.screen]
        low = wanted.q.casefold()
        return wanted.spot in ("", home) and any(low in text.casefold() for text in (row.name, row.place, home))

    def _is(self, row: Delivery, only: str) -> bool:
        if only == "missing":
            return self.missing(row)
        return only == "all" or (row.state is State.ACKNOWLEDGED if only == "seen" else row.state in PROVED)

    def _order(self, row: Delivery) -> tuple[Any, ...]:
        return (not self.missing(row), row.state in PROVED, row.place, row.name, row.screen)


def _range(first: int, n: int, of: int) -> str:
    """``第 201–400 块，共 5000 块``; "" when all are there."""
    return say("alerts_page.range", locale_now(), first=first + 1, last=first + n, of=of) if n < of else ""


def _picture(row: Delivery, screen: Screen | None) -> dict[str, Any] | None:
    """The pixels of the instant a screen painted it, with room or cut: only full colour is ever shrunk."""
    if screen is None or row.shown_at is None:
        return None
    part = min(1.0, TALL / screen.height, WIDE / screen.width) if screen.colour.value == "full" else 1.0
    address = f"/api/v1/screens/{screen.id}/frame.png?at={max(row.shown_at, row.created)}"
    return {"src": address, "width": round(screen.width * part), "height": round(screen.height * part)}
