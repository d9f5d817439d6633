"""The one place where an exception becomes a problem."""

from __future__ import annotations

import errno
import secrets
from typing import Any

import structlog
from pydantic import ValidationError

from media.errors import Away
from media.errors import Refused as MediaRefused
from playlists.violation import Malformed as Misshapen
from server import engines, errors
from server.errors import Problem, Violation
from server.words import catalogue

log = structlog.get_logger(__name__)


def from_validation(error: ValidationError) -> errors.Invalid:
    """Turn pydantic's findings into violations with our words."""
    return errors.Invalid(tuple(_violation(found) for found in error.errors(include_url=False)))


def _violation(found: Any) -> Violation:
    field = ".".join(str(part) for part in found["loc"])
    rule = f"field.{found['type']}"
    if rule not in catalogue():
        rule = "field.wrong"
    context = {k: v for k, v in (found.get("ctx") or {}).items() if isinstance(v, (str, int, float))}
    if isinstance(words := context.get("expected"), str):
        context["expected"] = words.replace("'", "").replace(" or ", ", ")  # pydantic's list is English
    return Violation(field, rule, tuple(sorted(context.items())))


def translate(error: Exception) -> Problem | None:
    """Return the problem behind a lower layer's exception, or None when it is a fault of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return from_validation(error)
    if isinstance(error, Misshapen):
        return _misshapen(error)
    if isinstance(error, MediaRefused):
        return _refused(error)
    if isinstance(error, Away):
        return errors.MediaAway(why=error.strerror)
    return _of_storage(error)


def _misshapen(error: Misshapen) -> errors.Invalid:
    """A value of the core that could not be read: the same words wherever it came from."""
    return errors.Invalid(
        tuple(Violation(v.field, f"rules.{v.rule}", tuple(sorted(v.params.items()))) for v in error.violations)
    )


def fault(error: Exception, told: str, **more: Any) -> errors.Internal:
    """Log an exception nobody foresaw under a code and the name ``told``; return the problem that carries the code."""
    code = secrets.token_hex(4)
    log.error(told, code=code, exc_info=error, **more)
    return errors.Internal(code=code)


def _refused(error: MediaRefused) -> errors.Refused:
    params: dict[str, Any] = {"rule": error.rule, **error.params}
    return errors.Refused((), detail=f"media.{error.rule}", **params)


def _of_storage(error: Exception) -> Problem | None:
    if getattr(error, "errno", None) == errno.ENOSPC:
        return errors.DiskFull()
    match engines.trouble(error):
        case engines.Trouble.BUSY:
            return errors.Busy()
        case engines.Trouble.FULL:
            return errors.DiskFull()
        case engines.Trouble.UNFIT:
            return errors.Malformed()
        case _:
            return None
