"""A process that works for the server: whatever takes the processor for long runs here, apart from every socket.

``python -m media.press`` reads calls from standard input and writes what they gave to standard output, one after the
other, until its input ends. A call is a pickle of (function, arguments, named arguments), an answer one of (well
done?, value or exception); before each stands its length in eight bytes. Both ends are this program: nobody else's
pickles are read.
"""

from __future__ import annotations

import os
import pickle  # nosec B403 - between a server and the process it started
import signal
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from media.errors import Missing, Refused

HEAD = 8
NICE = 5  # steps behind the server's own process, which carries the alerts


class Failed(Exception):
    """Work that ended in an unforeseen way; the text is its traceback."""


def packed(value: object) -> bytes:
    """A value as it goes through a pipe."""
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(HEAD) + body


def main() -> None:
    """Work until nobody can ask any more."""
    with suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's; it ends by its input
    with suppress(OSError, AttributeError):
        os.nice(NICE)
    calls, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not be taken for an answer
    with suppress(BrokenPipeError):
        while call := _read(calls):
            answers.write(_answer(call))
            answers.flush()


def _read(calls: BinaryIO) -> bytes:
    head = calls.read(HEAD)
    return calls.read(int.from_bytes(head)) if len(head) == HEAD else b""


def _answer(call: bytes) -> bytes:
    try:
        work, args, kwargs = pickle.loads(call)  # nosec B301
        return packed((True, work(*args, **kwargs)))
    except Exception as error:
        return _told(error)


def _told(error: Any) -> bytes:
    """An exception of our own or of the system as it is; of any other the traceback, for it may not survive a pipe."""
    if isinstance(error, (Refused, Missing, OSError)):
        return packed((False, error))
    import traceback

    return packed((False, "".join(traceback.format_exception(error))))


if __name__ == "__main__":
    main()
