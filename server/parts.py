"""The collaborators of every use case, made once at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.clock import Clock
from server.config import Config
from server.db import Database

if TYPE_CHECKING:  # else the alert road, to which every part is handed, would load the media beside it
    from media.blobs import Blobs

EPOCH_FILE = "epoch"  # kept outside the database too, so that a restored database is noticed
RESTORED = "restored"  # what ``restore`` leaves there


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service may use; ``db.bus`` carries facts, ``blobs`` holds media by content."""

    config: Config
    clock: Clock
    db: Database
    blobs: Blobs
