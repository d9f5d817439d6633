"""What a name that people give must be: one line that can be read and is not too long."""

from __future__ import annotations

import re

from server.errors import Violation

LONGEST = 80
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def name_violations(name: str, field: str = "name") -> tuple[Violation, ...]:
    """What speaks against a name, whoever gave it: the desk, a program or the command line."""
    if not name.strip():
        return (Violation(field, "field.missing"),)
    if len(name) > LONGEST:
        return (Violation(field, "field.string_too_long", (("max_length", LONGEST),)),)
    return (Violation(field, "field.wrong"),) if _CONTROL.search(name) else ()
