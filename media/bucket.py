"""One bucket of an S3-compatible store: what it holds, and plain words for what went wrong."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from media.errors import Away, Missing

CONNECT_S = 2
READ_S = 5
REST_S = 2  # after a failure nobody waits for the store again before that
CONNECTIONS = 16
REGION = "us-east-1"
PROBE = ".probe"


@cache
def bucket(url: str) -> Bucket:
    """The bucket at ``https://KEY:SECRET@HOST/BUCKET``; a process keeps its connections."""
    return Bucket(url)


class Bucket:
    """Objects by key. Raises ``Away`` when the store does not answer, or does not let us in."""

    def __init__(self, url: str) -> None:
        import certifi  # with the library they are slow to import, and only who has a bucket needs them
        import urllib3
        from minio import Minio

        at = urlsplit(url)
        host = at.netloc.rpartition("@")[2]
        pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S),
            retries=urllib3.Retry(total=1, backoff_factor=0),
            maxsize=CONNECTIONS,
            cert_reqs="CERT_REQUIRED",
            ca_certs=os.environ.get("SSL_CERT_FILE") or certifi.where(),
        )
        self._name = at.path.strip("/")
        self._client = Minio(
            host, access_key=unquote(at.username or ""), secret_key=unquote(at.password or ""),
            secure=at.scheme == "https", region=parse_qs(at.query).get("region", [REGION])[0], http_client=pool,
        )  # fmt: skip
        self._rests_until = 0.0

    def look(self) -> None:
        """Return when it answers and is there."""
        with self._asked():
            found = self._client.bucket_exists(self._name)
        if not found:
            raise Away(f"NoSuchBucket {self._name}")

    def probe(self) -> None:
        """Write, read and remove something: return when all of it may be done."""
        self.look()
        self.put(PROBE, b"probe")
        self.get(PROBE)
        self.remove([PROBE])

    def put(self, key: str, data: bytes) -> None:
        """Store an object; one that is there is replaced."""
        with self._asked():
            self._client.put_object(self._name, key, io.BytesIO(data), len(data))

    def get(self, key: str) -> bytes:
        """The bytes of an object; raise Missing."""
        if not self.has(key):  # an answer without a body is the only "no" that every store words alike
            raise Missing(key)
        with self._asked():
            answer: Any = self._client.get_object(self._name, key)
            try:
                return bytes(answer.read())
            finally:
                answer.close()
                answer.release_conn()

    def has(self, key: str) -> bool:
        """Whether an object is there."""
        from minio.error import S3Error

        with self._asked():
            try:
                self._client.stat_object(self._name, key)
            except S3Error as error:
                if error.code == "NoSuchKey":
                    return False
                raise
        return True

    def listing(self) -> Iterator[tuple[str, int]]:
        """Every key with the time it was last written (UTC ms)."""
        with self._asked():
            for one in self._client.list_objects(self._name, recursive=True):
                yield str(one.object_name), _ms(one.last_modified)

    def remove(self, keys: Iterable[str]) -> None:
        """Remove objects; one that is gone already is no fault."""
        from minio.deleteobjects import DeleteObject

        with self._asked():
            for failed in self._client.remove_objects(self._name, [DeleteObject(key) for key in keys]):
                raise Away(str(failed.code))

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Have whatever the library raises become ``Away``, and let a store that does not answer rest a moment."""
        from minio.error import MinioException
        from urllib3.exceptions import HTTPError

        if time.monotonic() < self._rests_until:
            raise Away("rests after a failure")
        try:
            yield
        except (MinioException, HTTPError) as error:
            self._rests_until = time.monotonic() + REST_S
            raise Away(_why(error)) from error


def _ms(at: datetime | None) -> int:
    return int(at.timestamp() * 1_000) if at else 0


def _why(error: Exception) -> str:
    """The store's own code, or what kind of failure it was; never an address, for it may hold a name of the plant."""
    reason = getattr(error, "reason", None)
    return str(getattr(error, "code", None) or type(reason or error).__name__)
