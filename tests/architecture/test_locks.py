"""The locks name hashes, never a host, and agree with pyproject.toml and with one another."""

from __future__ import annotations

import re

import pytest

from tests.architecture import tree
from tests.gate.locks import LOCKS, Lock

PIN = re.compile(r"^(\S+?)==(\S+)(?: ; (.*?))? \\$", re.MULTILINE)


def pins(lock: Lock) -> set[tuple[str, str, str]]:
    """Return every (name, version, marker) of a lock."""
    return set(PIN.findall(lock.path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_is_what_pyproject_asks_for(lock: Lock) -> None:
    assert lock.is_fresh(), "run .venv/bin/python -m tests.gate.locks"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_has_a_hash(lock: Lock) -> None:
    entries = re.split(r"^(?=[a-z0-9])", lock.path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock.after], ids=lambda lock: lock.name)
def test_a_larger_lock_keeps_the_pins_of_the_smaller(lock: Lock) -> None:
    smaller = next(other for other in LOCKS if other.name == lock.after)
    assert {pin[:2] for pin in pins(smaller)} <= {pin[:2] for pin in pins(lock)}


def test_no_lock_names_a_host() -> None:
    locks = [name for name in tree.tracked() if name.startswith("requirements/") or name.endswith("package-lock.json")]
    assert len(locks) >= len(LOCKS)
    assert [name for name in locks if "://" in (tree.ROOT / name).read_text(encoding="utf-8")] == []
