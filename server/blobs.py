"""Where a site's media lie: in its data folder, or in a bucket with a folder as the cache of each node."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from media.blobs import Blobs
from media.bucket import bucket
from media.shared import Shared
from server.config import BadSetting, Config
from server.pool import off_hub

MEDIA = "media"


def open_blobs(config: Config, data: Path | None = None) -> Blobs:
    """The site's blobs, with what is here in ``data``, usually the data folder; raise BadSetting."""
    folder = (data or config.data) / MEDIA
    if not config.s3_url:
        return Blobs(folder, off_hub)
    _must_have_library()
    return Shared(folder, config.s3_url, off_hub)


def probe(config: Config) -> None:
    """Write, read and remove something in the bucket; raise BadSetting, or ``media.errors.Away`` with the reason."""
    _must_have_library()
    bucket(config.s3_url).probe()


def _must_have_library() -> None:
    if find_spec("minio") is None:
        raise BadSetting("a bucket needs minio: start by run.py, which installs it, or run.py --extra s3")
