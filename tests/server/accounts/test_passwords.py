"""What a password's hash costs is a setting, and a hash outlives a change of it."""

from __future__ import annotations

import pytest

from server.accounts import passwords

PASSWORD = "下班先断电再锁门喽好"


@pytest.mark.parametrize("memory_mb", [8, 16])
def test_a_hash_takes_the_memory_that_is_set(memory_mb: int) -> None:
    assert f"$argon2id$v=19$m={memory_mb * 1024},t=3,p=4$" in passwords.hash_password(PASSWORD, memory_mb)


@pytest.mark.parametrize("now", [8, 16])
def test_a_hash_made_under_another_setting_still_opens(now: int) -> None:
    stored = passwords.hash_password(PASSWORD, 8)
    assert passwords.matches(stored, PASSWORD, now)
    assert not passwords.matches(stored, PASSWORD + "!", now)


@pytest.mark.parametrize("stored", ["", "not a hash"])
def test_nothing_opens_an_account_without_a_hash(stored: str) -> None:
    assert not passwords.matches(stored, "nobody's password", 8)
