"""A call counts when its source signed it, now; nobody else learns why it does not."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import TooMany
from server.intake.model import BadSignature
from server.intake.rates import MOST_KEYS, Rates
from server.intake.signing import WINDOW_MS, check, sign
from tests.server.cap import made
from tests.server.intake.setting import NOON

NOW = str(NOON // 1000)
SECRET = "pmh_secret"


def test_the_signature_is_hmac_sha256_over_time_dot_body() -> None:
    expected = hmac.new(b"pmh_secret", b"1763438400.{}", hashlib.sha256).hexdigest()
    assert sign(SECRET, NOW, b"{}") == f"sha256={expected}"


def test_a_signed_call_counts_within_five_minutes_of_our_clock() -> None:
    signature = sign(SECRET, NOW, b"{}")
    for late in (-WINDOW_MS, 0, WINDOW_MS):
        assert check(SECRET, NOW, signature, b"{}", NOON + late) == NOON
    for late in (-WINDOW_MS - 1, WINDOW_MS + 1):
        with pytest.raises(BadSignature) as caught:
            check(SECRET, NOW, signature, b"{}", NOON + late)
        assert caught.value.detail == "intake.clock_astray"


def test_a_time_in_milliseconds_counts_as_well() -> None:
    exact = str(NOON + 7)
    assert check(SECRET, exact, sign(SECRET, exact, b"{}"), b"{}", NOON) == NOON + 7


def test_a_stranger_is_never_told_that_the_time_is_wrong() -> None:
    with pytest.raises(BadSignature) as caught:
        check(SECRET, "1", sign("other", "1", b"{}"), b"{}", NOON)
    assert caught.value.detail == "problem.bad-signature.detail"


@pytest.mark.parametrize("timestamp", ["", "x", "-1", "1763438400.0", "１７６３４３８４００", " 1763438400", "9" * 15])
def test_a_time_that_is_no_number_of_seconds_is_refused(timestamp: str) -> None:
    with pytest.raises(BadSignature):
        check(SECRET, timestamp, sign(SECRET, timestamp, b"{}"), b"{}", NOON)


def test_a_source_without_a_secret_takes_nothing_not_even_an_empty_key() -> None:
    for secret in ("", "\0" * 32):
        with pytest.raises(BadSignature):
            check("", NOW, sign(secret, NOW, b"{}"), b"{}", NOON)


@made.patient
@given(st.text(max_size=80), st.binary(max_size=40), st.text(max_size=12))
def test_nothing_but_the_signature_of_this_body_at_this_time_counts(signature: str, body: bytes, time: str) -> None:
    with pytest.raises(BadSignature):
        check(SECRET, NOW, signature, body, NOON)
    if (time, body) != (NOW, b"{}"):
        with pytest.raises(BadSignature):
            check(SECRET, time, sign(SECRET, NOW, b"{}"), body, NOON)


def test_calls_above_the_rate_wait_until_the_oldest_is_a_minute_old() -> None:
    rates = Rates()
    for second in range(5):
        rates.count("a", 5, second * 1000)
    with pytest.raises(TooMany) as caught:
        rates.count("a", 5, 10_000)
    assert caught.value.params["retry_s"] == 50
    rates.count("b", 5, 10_000)
    rates.count("a", 5, 60_000)
    with pytest.raises(TooMany):
        rates.count("a", 5, 60_500)


def test_callers_without_number_do_not_fill_the_memory() -> None:
    rates = Rates()
    for number in range(MOST_KEYS + 50):
        rates.count(str(number), 1, number)
    assert len(rates._calls) == MOST_KEYS
