"""A real server in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.server.realtime.raw import WAIT_S, Tiny, Wire

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    yield from started(tmp_path_factory.mktemp("tiny"))


def started(folder: Path, *options: str) -> Iterator[Tiny]:
    """A server as long as it is needed; ``without-epoll`` is an option."""
    with (folder / "stderr").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("tiny_server.py")), str(folder), *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            env=postgres.clean(blank=True) | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdin is not None
        yield Tiny(process, **json.loads(process.stdout.readline()), errors=folder / "stderr")
        process.stdin.close()
        process.wait(WAIT_S)
        process.stdout.close()


@pytest.fixture
def dial(tiny: Tiny) -> Iterator[Callable[..., Wire]]:
    made: list[Wire] = []

    def call(**more: Any) -> Wire:
        made.append(Wire(tiny, **more))
        return made[-1]

    yield call
    for one in made:
        one.end()


@pytest.fixture
def wire(dial: Callable[..., Wire]) -> Wire:
    return dial()


@pytest.fixture
def joined(tiny: Tiny, wire: Wire) -> Wire:
    assert wire.join(tiny.token).startswith('40/player,{"sid"')
    return wire
