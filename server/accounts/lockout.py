"""Backing off after wrong passwords, per account and per address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from server.accounts import store
from server.db import Transaction
from server.errors import TooMany

FAILURES = 5
PAUSE_MS = 15 * 60_000
ADDRESS_FAILURES = 20  # many people share the address of one proxy or terminal
AT_ONCE = 4  # passwords of one address being checked: each takes a thread and a fifth of a second
KEPT_MS = 86_400_000

_checking: Counter[str] = Counter()


@contextmanager
def turn(address: str) -> Iterator[None]:
    """Hold one of the few places an address has for checking passwords; raise TooMany when all are taken."""
    if _checking[address] >= AT_ONCE:
        raise TooMany(detail="accounts.crowded", retry_s=1)
    _checking[address] += 1
    try:
        yield
    finally:
        _checking[address] -= 1
        if not _checking[address]:
            del _checking[address]


def account(login: str, code: str) -> str:
    """What counts as one account: a name within its organisation."""
    return f"{login} {code}".rstrip()


def keys(account: str, address: str) -> tuple[tuple[str, int], ...]:
    """The counters an attempt touches, each with its limit."""
    return ((f"account:{account.lower()[:80]}", FAILURES), (f"address:{address[:60]}", ADDRESS_FAILURES))


def check(tx: Transaction, account: str, address: str, at: int) -> None:
    """Raise TooMany while a counter is pausing."""
    for key, _ in keys(account, address):
        found = store.attempt(tx, key)
        if found and found.until > at:
            left = found.until - at
            raise TooMany(detail="accounts.locked", retry_s=(left + 999) // 1000, retry_min=(left + 59_999) // 60_000)


def miss(tx: Transaction, account: str, address: str, at: int) -> None:
    """Count a wrong password; the fifth within the pause starts a pause."""
    for key, limit in keys(account, address):
        found = store.attempt(tx, key)
        failures = (found.failures if found and at - found.last < PAUSE_MS else 0) + 1
        pausing = failures >= limit
        store.save_attempt(tx, key, 0 if pausing else failures, at, at + PAUSE_MS if pausing else 0)


def hit(tx: Transaction, account: str, address: str) -> None:
    """Forget this account's misses after a right password; an address keeps its own."""
    store.clear_attempts(tx, [keys(account, address)[0][0]])


def forget(tx: Transaction, at: int) -> int:
    """Drop counters, those of pairing too, that nobody has raised for a day; return how many."""
    return store.forget_attempts(tx, at - KEPT_MS)
