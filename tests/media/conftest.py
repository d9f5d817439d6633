"""Stores, pictures and profiles that the media tests share."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from media.blobs import Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def photo() -> bytes:
    """A small JPEG with a bright left half and a dark right half."""
    picture = Image.new("RGB", (400, 300), (230, 220, 200))
    picture.paste((20, 30, 40), (200, 0, 400, 300))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()
