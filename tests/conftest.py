"""What every test process does."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """What was imported for the tests stays for good: it is not looked through again with every collection."""
    gc.collect()
    gc.freeze()
