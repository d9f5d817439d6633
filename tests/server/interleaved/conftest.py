"""Says which sequences were tried, whether they held or not."""

from __future__ import annotations

import pytest

from tests.server.interleaved.campaign import SEED, SEQUENCES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the seed of a long run."""
    if SEQUENCES:
        terminalreporter.write_line(f"{SEQUENCES} sequences from seed {SEED}")
