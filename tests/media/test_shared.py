"""Folders that share a bucket: what one of them took in, the others have, whatever becomes of it and of the store."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from media import bucket, jobs
from media.blobs import Blobs
from media.errors import Away, Damaged, Missing
from media.profile import Profile
from media.shared import Shared
from tests.rclone import Store, store_in

HOUR = 3_600_000


def key_of(name: str) -> str:
    return f"{name[:2]}/{name}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store_in(tmp_path_factory.mktemp("store")) as store:
        yield store


@pytest.fixture
def store(running: Store) -> Store:
    """The store with nothing in it, up, and nobody who remembers that it was away."""
    bucket.bucket.cache_clear()
    held = bucket.bucket(running.url)
    held.remove([key for key, _ in held.listing()])
    return running


@pytest.fixture
def here(store: Store, tmp_path: Path) -> Shared:
    return Shared(tmp_path / "here", store.url)


@pytest.fixture
def there(store: Store, tmp_path: Path) -> Shared:
    return Shared(tmp_path / "there", store.url)


@pytest.fixture
def down(store: Store) -> Iterator[Store]:
    """The same, killed until the test is over or starts it."""
    store.send(signal.SIGKILL)
    yield store
    if store.process is not None and store.process.poll() is not None:
        store.start()


def test_what_one_puts_the_other_has_whole(here: Shared, there: Shared) -> None:
    name = here.put(b"lamp", "png")
    assert name == f"{sha256(b'lamp').hexdigest()}.png"
    assert (there.has(name), there.size(name)) == (True, 4)
    assert there.path(name).read_bytes() == b"lamp"
    assert there.path(name).is_relative_to(there.root)


def test_what_was_fetched_is_read_from_here_while_the_store_is_away(
    here: Shared, there: Shared, store: Store, down: Store
) -> None:
    store.start()
    name, other = here.put(b"lamp", "png"), here.put(b"bulb", "png")
    there.path(name)
    store.send(signal.SIGKILL)
    assert (there.has(name), there.path(name).read_bytes()) == (True, b"lamp")
    for ask in (there.has, there.path, there.size):
        with pytest.raises(Away):
            ask(other)


def test_nothing_is_put_whose_name_could_not_be_fetched(here: Shared, there: Shared, down: Store) -> None:
    with pytest.raises(Away):
        here.put(b"lamp", "png")
    down.start()
    bucket.bucket.cache_clear()
    assert there.has(here.put(b"lamp", "png"))


def test_a_store_that_failed_is_left_alone_for_a_moment_and_is_found_again(
    here: Shared, down: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("media.bucket.time.monotonic", lambda: now)
    with pytest.raises(Away):
        here.look()
    down.start()
    with pytest.raises(Away, match="rests"):
        here.look()
    now += bucket.REST_S
    here.look()


def test_a_store_that_hangs_keeps_nobody_for_long(here: Shared, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "READ_S", 0.2)
    bucket.bucket.cache_clear()
    store.send(signal.SIGSTOP)
    try:
        with pytest.raises(Away, match="Timeout"):
            here.put(b"lamp", "png")
    finally:
        store.send(signal.SIGCONT)


@pytest.mark.parametrize(
    ("secret", "name", "why"), [("wrong", "media", "AccessDenied"), ("", "nobodys", "NoSuchBucket")]
)
def test_who_is_not_let_in_is_told_why_and_keeps_what_is_here(
    store: Store, tmp_path: Path, secret: str, name: str, why: str
) -> None:
    held = Blobs(tmp_path / "here").put(b"lamp", "png")
    url = store.address(secret, name) if secret else store.url.replace("/media", f"/{name}")
    shared = Shared(tmp_path / "here", url)
    with pytest.raises(Away, match=why):
        shared.look()
    assert shared.path(held).read_bytes() == b"lamp"
    with pytest.raises(Away) as told:
        shared.put(b"bulb", "png")
    assert "127.0.0.1" not in str(told.value)


def test_an_object_that_is_not_what_its_name_tells_is_never_given_out_and_is_made_anew(
    here: Shared, there: Shared, store: Store
) -> None:
    name = here.put(b"lamp", "png")
    assert there.has(name)
    here.bucket.put(key_of(name), b"pmal")
    with pytest.raises(Damaged):
        there.path(name)
    assert not there.has(name)
    assert not [path for path in there.root.rglob("*") if path.is_file()]
    there.put(b"lamp", "png")
    assert (there.has(name), store.object(name).read_bytes()) == (True, b"lamp")


def test_an_absent_blob_and_a_name_that_is_none_are_missing(here: Shared) -> None:
    for name in ("0" * 64 + ".png", "../../etc/passwd", ".probe", ""):
        assert not here.has(name)
        with pytest.raises(Missing):
            here.path(name)


def test_many_that_want_the_same_blob_fetch_it_once(here: Shared, there: Shared, store: Store) -> None:
    name = here.put(os.urandom(1 << 20), "png")
    fetched, all_here = list[str](), threading.Barrier(8)
    get = there.bucket.get

    class Counting:
        def get(self, key: str) -> bytes:
            fetched.append(key)
            return get(key)

    class Counted(Shared):
        bucket: Any = Counting()

    counted = Counted(there.root, store.url)

    def want(_: int) -> bytes:
        all_here.wait(10)
        return counted.path(name).read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(want, range(8)))) == 1
    assert len(fetched) == 1


def test_sweeping_spares_in_the_bucket_the_kept_the_young_and_what_is_not_ours(here: Shared, store: Store) -> None:
    now = 100 * HOUR
    kept, old, young = (here.put(text, "png") for text in (b"kept", b"old", b"young"))
    for key, data, at in (
        (key_of(kept), b"kept", 0),
        (key_of(old), b"old", 0),
        (key_of(young), b"young", now - HOUR),
        ("notes.txt", b"of somebody else", 0),
    ):
        store.write(key, data, at)
    assert here.sweep({kept}, 2 * HOUR, now) == 1
    assert store.held() == {kept, young, "notes.txt"}


def test_putting_again_what_was_swept_or_is_old_saves_it(here: Shared, store: Store) -> None:
    name = here.put(b"lamp", "png")
    here.bucket.remove([key_of(name)])
    assert here.put(b"lamp", "png") == name
    assert store.held() == {name}
    store.write(key_of(name), b"lamp", 0)
    here.put(b"lamp", "png")
    assert here.sweep((), 2 * HOUR, 1_000 * HOUR) == 0
    assert store.held() == {name}


def test_each_node_forgets_in_its_own_folder_what_nothing_needs_and_leaves_the_bucket_to_who_leads(
    here: Shared, store: Store
) -> None:
    kept, old = here.put(b"kept", "png"), here.put(b"old", "png")
    for name in (kept, old):
        os.utime(here.path(name), (0, 0))
    here.tend(lambda: {kept}, 2 * HOUR, 100 * HOUR)
    assert [path.name for path in here.root.rglob("*.png")] == [kept]
    assert store.held() == {kept, old}


def test_a_folder_from_before_the_bucket_is_shared_and_the_bucket_gathered(
    here: Shared, there: Shared, store: Store
) -> None:
    names = {Blobs(here.root).put(text, "png") for text in (b"a", b"b")}
    assert (here.share(), here.share()) == (2, 0)
    assert store.held() == names
    there.gather()
    assert {path.name for path in there.root.rglob("*.png")} == names


def test_more_objects_than_one_answer_lists_are_all_seen(here: Shared, store: Store) -> None:
    for number in range(1_100):
        name = sha256(str(number).encode()).hexdigest() + ".png"
        store.write(key_of(name), b"", 0)
    assert len({key for key, _ in here.bucket.listing()}) == 1_100
    assert here.sweep((), HOUR, 2 * HOUR) == 1_100


def test_another_process_has_the_same_store(here: Shared, there: Shared) -> None:
    copy = pickle.loads(pickle.dumps(here))
    assert there.has(copy.put(b"lamp", "png"))


def test_work_that_meets_a_store_that_is_away_is_to_be_tried_again(here: Shared, down: Store) -> None:
    item = {"kind": "slogan", "text": "安全"}
    work = jobs.Work("k", item, Profile(96, 16, "single"))
    with pytest.raises(Away):
        jobs.make_all([work], here, {})


def test_a_damaged_picture_spoils_its_own_item_only(here: Shared, there: Shared, store: Store) -> None:
    name = here.put(b"lamp", "png")
    here.bucket.put(key_of(name), b"pmal")
    sha = name.partition(".")[0]
    picture = jobs.Work("p", {"kind": "image", "asset": sha}, Profile(96, 16, "single"))
    slogan = jobs.Work("s", {"kind": "slogan", "text": "安全"}, Profile(96, 16, "single"))
    done = jobs.make_all([picture, slogan], there, {sha: name})
    assert isinstance(done["p"], Missing)
    assert not isinstance(done["s"], (Exception, jobs.Stumble))
