"""Marks that could not be written, and how long they are remembered."""

from __future__ import annotations

from server.accounts import marks
from server.clock import FixedClock
from server.parts import Parts

HOUR_MS = 3_600_000


def test_who_proved_a_password_unwritten_is_known_for_as_long_as_a_session_may_live(
    parts: Parts, clock: FixedClock
) -> None:
    begun = clock.now()
    marks.keep_fresh(parts, "early")
    clock.pass_(parts.config.session_hours * HOUR_MS - 1)
    marks.keep_fresh(parts, "late")
    assert [marks.fresh(parts, "early"), marks.fresh(parts, "late")] == [begun, clock.now()]
    clock.pass_(1)
    marks.keep_fresh(parts, "last")
    assert marks.fresh(parts, "early") == 0
    assert marks.fresh(parts, "late") == clock.now() - 1
