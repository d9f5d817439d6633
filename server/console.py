"""What the terminal shows: the address, the owner link, a QR code, the log's form."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

from server.config import Config
from server.origin import address
from server.words import say


def welcome(config: Config, owner_link: str | None, *, first: bool) -> str:
    """The lines printed once the server listens."""
    base = address(config)
    lines = [say("console.listening", config.locale, address=base)]
    if first:
        lines.append(say("console.first", config.locale, data=config.data))
    if owner_link:
        link = f"{base}/welcome/{owner_link}"
        lines += [say("console.owner", config.locale), link, qr(link)]
    return "\n".join(lines)


def qr(text: str) -> str:
    """A QR code in half blocks for the terminal, or "" where nobody looks."""
    if not sys.stdout.isatty():
        return ""
    import segno

    rows = [list(row) for row in segno.make(text, error="l").matrix_iter(border=2)]
    rows += [[0] * len(rows[0])] if len(rows) % 2 else []
    halves = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(halves[int(a), int(b)] for a, b in zip(top, low, strict=True)) for top, low in pairs)


def set_up_log(config: Config) -> None:
    """Log lines to stderr: readable on a terminal, JSON in a journal."""
    level = getattr(logging, config.log.upper())
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a skipped turn of a job is no news: the next one does it
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    end = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    tail = [end] if sys.stderr.isatty() else [_traces(), end]
    structlog.configure(
        processors=[*processors, *tail],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", Unfailing(sys.stderr))),
    )


class Unfailing:
    """A file for log lines: one that cannot be written, such as to a full disk, is lost and stops nobody's work.

    Whoever logs why something failed is in no state to fail again: the loops that follow alerts up ended so.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write, or not."""
        with suppress(OSError, ValueError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or not."""
        with suppress(OSError, ValueError):
            self._file.flush()


def _traces() -> structlog.processors.ExceptionRenderer:
    """Stack traces without the values of local variables, which may be secrets."""
    return structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
    )
