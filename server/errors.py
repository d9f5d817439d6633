"""What can go wrong by a user's act; each error knows its HTTP status and its words, none knows Flask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that is not as it should be: ``rule`` is a key of the word catalogue, ``params`` fill it."""

    field: str
    rule: str
    params: tuple[tuple[str, Any], ...] = ()


class Problem(Exception):
    """An error a user can understand; ``problem.<slug>`` and ``problem.<slug>.detail`` are its words."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "bad-request"

    def __init__(self, violations: tuple[Violation, ...] = (), *, detail: str = "", **params: Any) -> None:
        """``detail`` names another key of the catalogue than the usual one; ``params`` fill it."""
        super().__init__(self.slug, params)
        self.violations = violations
        self.detail = detail or f"problem.{self.slug}.detail"
        self.params = params


class Invalid(Problem):
    """Input that breaks rules; ``violations`` names each field."""

    status, slug = 422, "invalid"


class Malformed(Problem):
    """A request that cannot be read at all."""

    status, slug = 400, "malformed"


class Unauthenticated(Problem):
    """Nobody is signed in, or the credential does not count."""

    status, slug = 401, "unauthenticated"


class Forbidden(Problem):
    """Someone else may do this."""

    status, slug = 403, "forbidden"


class NotFound(Problem):
    """No such thing in this organisation."""

    status, slug = 404, "not-found"


class Conflict(Problem):
    """It cannot be done in the present state."""

    status, slug = 409, "conflict"


class Gone(Problem):
    """It was there and is over, such as a used link or an old code."""

    status, slug = 410, "gone"


class Stale(Problem):
    """Someone else saved first; ``params`` carry the newer revision, nothing was overwritten."""

    status, slug = 412, "stale"


class TooLarge(Problem):
    """More bytes than are taken."""

    status, slug = 413, "too-large"


class Refused(Problem):
    """A thing that could be read but is not taken, such as a picture that is none."""

    status, slug = 422, "refused"


class NeedsRevision(Problem):
    """A write where two people may meet came without ``If-Match``."""

    status, slug = 428, "needs-revision"


class TooMany(Problem):
    """Too often; ``retry_s`` seconds to wait."""

    status, slug = 429, "too-many"


class Internal(Problem):
    """A fault of ours; the log holds the trace under ``code``, which is all that anybody is told."""

    status, slug = 500, "internal"


class Busy(Problem):
    """The database is locked or away; trying again helps."""

    status, slug = 503, "busy"


class MediaAway(Problem):
    """The store that nodes share cannot be reached; trying again helps."""

    status, slug = 503, "media-away"


class DiskFull(Problem):
    """Nothing can be stored until there is room."""

    status, slug = 507, "disk-full"
