"""Passwords: what is good enough, and their slow hash, which never runs in the hub."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import argon2

from server.errors import Violation
from server.pool import off_hub

MIN_LENGTH = 10
MAX_LENGTH = 256
COMMON = frozenset(
    "1234567890 0123456789 12345678910 123456789a a123456789 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty123456 "
    "password12 password123 password1234 passw0rd123 administrator admin12345 admin123456 woaini1314 woaini520 "
    "woaini5201314 5201314520 1314520520 asdfghjkl1 zxcvbnm123 q1w2e3r4t5 abc1234567 abcd123456 a1b2c3d4e5 "
    "iloveyou123 letmein123 welcome123 changeme123 paomadeng123 paomadeng1 88888888888 66666666666 11223344556 "
    "1122334455 9876543210 0987654321 qazwsxedcr 147258369a 1472583690 13145201314 factory123 safety1234".split()
)


def violations(password: str, login: str) -> tuple[Violation, ...]:
    """What speaks against this password; empty when it may be used."""
    if len(password) < MIN_LENGTH:
        return (Violation("password", "accounts.password_short", (("min", MIN_LENGTH),)),)
    if len(password) > MAX_LENGTH:
        return (Violation("password", "accounts.password_long", (("max", MAX_LENGTH),)),)
    return (Violation("password", "accounts.password_common"),) if _easily_guessed(password.lower(), login) else ()


def _easily_guessed(password: str, login: str) -> bool:
    run = len({ord(b) - ord(a) for a, b in pairwise(password)}) == 1
    named = len(login) >= 3 and login.lower() in password and len(password) - len(login) < 5
    return password in COMMON or run or named or len(set(password)) < 4


def hash_password(password: str, memory_mb: int) -> str:
    """Return the Argon2id hash to store; about 0.2 s of a core at 64 MiB, off the hub."""
    return off_hub(_hasher(memory_mb).hash, password)


def matches(stored: str, password: str, memory_mb: int) -> bool:
    """Whether ``password`` is the one behind ``stored``; takes as long for an account that does not exist.

    A hash carries what it cost, so that one made under another setting is checked as it was made.
    """
    return off_hub(_matches, stored or _nobody(memory_mb), password) and bool(stored)


@cache
def _hasher(memory_mb: int) -> argon2.PasswordHasher:
    """Argon2id with the passes and lanes of the library's RFC 9106 low-memory profile, which takes 64 MiB."""
    return argon2.PasswordHasher(memory_cost=memory_mb * 1024)


def _matches(stored: str, password: str) -> bool:
    try:
        return argon2.PasswordHasher().verify(stored, password[:MAX_LENGTH])
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


@cache
def _nobody(memory_mb: int) -> str:
    return off_hub(_hasher(memory_mb).hash, "nobody's password")
