"""What the terminal shows at the first start: a QR code that holds the link."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TextIO, cast

import pytest
import segno
import structlog

from server import console

LINK = "http://192.0.2.7:8080/welcome/pQ3x_9-aB"
UNDER = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}
"""Light modules are drawn, dark ones left to the terminal's ground."""


def test_the_code_on_a_terminal_has_the_modules_of_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    halves = [[UNDER[mark] for mark in line] for line in console.qr(LINK).split("\n")]
    modules = [[pair[half] for pair in line] for line in halves for half in (0, 1)]
    wanted = [[int(bit) for bit in row] for row in segno.make(LINK, error="l").matrix_iter(border=2)]
    assert modules[: len(wanted)] == wanted
    assert [set(row) for row in modules[len(wanted) :]] in ([], [{0}])


def test_nobody_looks_at_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    assert console.qr(LINK) == ""


def test_a_log_line_that_cannot_be_written_stops_nobody() -> None:
    full = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115 - closing it fails too
    with pytest.raises(OSError, match="No space"):
        print("lost", file=full, flush=True)
    log = structlog.PrintLogger(cast("TextIO", console.Unfailing(full)))
    log.msg("why something failed")
    with suppress(OSError):
        full.close()
